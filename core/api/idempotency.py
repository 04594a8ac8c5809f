"""One effect per Idempotency-Key, however often a client asks (the API's contract).

    class OrdersView(ApiView):
        @idempotent
        def post(self, request):
            draft = self.read(OrderIn)
            return place_order(customer, draft=draft, actor=request.user)    # the service's result, no Response

        def answer(self, request, result):                                   # runs inside the service's transaction
            return Response(OrderOut(result, context={"request": request}).data, status=201)

The key is claimed in a transaction of its own. `answer` is called by the service's unit of work just before it
commits and its answer stored there, so that the stored answer exists exactly when the effect does. A refused or
failed run gives the key back. A run that died keeps it until its lease ends; the next caller then takes it over.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.clock import now
from core.errors import Conflict, InvalidInput, RuleRefused
from core.models import IdempotencyRecord
from core.transactions import before_commit, is_outermost, preparation

LEASE = timedelta(seconds=60)
KEY = re.compile(r"[\x21-\x7e]{1,255}")
KEPT_HEADERS = ("ETag", "Location")
CLAIM = """
INSERT INTO core_idempotencyrecord (client_id, key, route, fingerprint, claimed_at, leased_until, headers)
VALUES (%s, %s, %s, %s, %s, %s, '{}') ON CONFLICT (client_id, key, route) DO NOTHING RETURNING id
"""


class KeyRequired(InvalidInput):
    code = "idempotency_key_required"

    @classmethod
    def default_message(cls) -> str:
        return _("Send an Idempotency-Key, new for every act and the same for every retry of it.")


class KeyReused(RuleRefused):
    code = "idempotency_key_reused"

    @classmethod
    def default_message(cls) -> str:
        return _("This Idempotency-Key was used with another body. Use a new key for a new act.")


class StillRunning(Conflict):
    code = "idempotency_key_running"

    @classmethod
    def default_message(cls) -> str:
        return _("The first request with this key is still being worked on. Ask again in a moment.")


class TakenOver(Conflict):
    """This run was too slow: its lease ran out and another run has the key. Rolls this one back."""

    code = "idempotency_key_taken_over"


def idempotent(post: Callable[..., Any]) -> Callable[..., Response]:
    """Make a POST handler effective once per client, key and path."""

    @functools.wraps(post)
    def run(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not KEY.fullmatch(key):
            raise KeyRequired()
        fingerprint = fingerprint_of(request)
        claim = _claim(request, key, fingerprint)
        if isinstance(claim, Response):
            return claim
        return _run_claimed(claim, view, request, post, args, kwargs)

    run.is_idempotent = True  # type: ignore[attr-defined]
    return run


def fingerprint_of(request: Request) -> str:
    """SHA-256 over method, path, query and body; a file counts by its bytes and name."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    digest.update(json.dumps(_canonical(request.data), sort_keys=True, ensure_ascii=True).encode())
    return digest.hexdigest()


def _canonical(data: Any) -> Any:
    if hasattr(data, "lists"):
        return {name: [_canonical(value) for value in values] for name, values in sorted(data.lists())}
    if isinstance(data, UploadedFile):
        digest = hashlib.sha256()
        data.seek(0)
        for chunk in data.chunks():
            digest.update(chunk)
        data.seek(0)
        return {"file": data.name, "sha256": digest.hexdigest()}
    return data


def _claim(request: Request, key: str, fingerprint: str) -> _Claim | Response:
    """The claim when this run may go ahead, else the answer of the run before. One statement the first time."""
    route = request.path[:200]
    claim = _insert(request.user.pk, key, route, fingerprint)
    if claim is not None:
        return claim
    record = IdempotencyRecord.objects.filter(client=request.user.pk, key=key, route=route).first()
    if record is None:  # given back between the two statements
        raise StillRunning()
    if record.fingerprint != fingerprint:
        raise KeyReused()
    if record.completed_at is not None:
        return _replay(record)
    claim = _take_over(record)
    if claim is None:
        raise StillRunning()
    return claim


class _Claim:
    """The right to run, while `leased_until` in the database is still ours."""

    def __init__(self, pk: int, leased_until: datetime) -> None:
        self.pk, self.leased_until = pk, leased_until
        self.response: Response | None = None

    def _row(self) -> Any:
        return IdempotencyRecord.objects.filter(
            pk=self.pk, leased_until=self.leased_until, completed_at__isnull=True
        )

    def complete(self, response: Response) -> None:
        """Store the answer; raises TakenOver, and so rolls the work back, when the key is no longer ours."""
        body = json.loads(JSONRenderer().render(response.data)) if response.data is not None else None
        kept = {name: response[name] for name in KEPT_HEADERS if name in response}
        if not self._row().update(completed_at=now(), status=response.status_code, body=body, headers=kept):
            raise TakenOver()
        self.response = response

    def give_back(self) -> None:
        self._row().delete()


@preparation
def _insert(client_id: int, key: str, route: str, fingerprint: str) -> _Claim | None:
    moment = now()
    leased_until = moment + LEASE
    fields = IdempotencyRecord._meta
    times = [
        fields.get_field(name).get_db_prep_save(value, connection)
        for name, value in (("claimed_at", moment), ("leased_until", leased_until))
    ]
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [client_id, key, route, fingerprint, *times])
        row = cursor.fetchone()
    return _Claim(row[0], leased_until) if row else None


@preparation
def _take_over(record: IdempotencyRecord) -> _Claim | None:
    """Continue a run that died: only after its lease, and only one of those who try."""
    if record.leased_until > now():
        return None
    leased_until = now() + LEASE
    mine = IdempotencyRecord.objects.filter(
        pk=record.pk, leased_until=record.leased_until, completed_at__isnull=True
    ).update(leased_until=leased_until)
    return _Claim(record.pk, leased_until) if mine else None


def _run_claimed(
    claim: _Claim, view: Any, request: Request, post: Callable[..., Any], args: Any, kwargs: Any
) -> Response:
    try:
        with before_commit(lambda result: claim.complete(view.answer(request, result))):
            result = post(view, request, *args, **kwargs)
        if claim.response is not None:
            return claim.response
        response = result if isinstance(result, Response) else view.answer(request, result)
        if response.status_code < 400:
            claim.complete(response)
        else:
            claim.give_back()
        return response
    except BaseException as error:
        if not isinstance(error, TakenOver) and is_outermost():
            claim.give_back()
        raise


def _replay(record: IdempotencyRecord) -> Response:
    response = Response(record.body, status=record.status)
    for name, value in record.headers.items():
        response[name] = value
    response["Idempotent-Replayed"] = "true"
    return response
