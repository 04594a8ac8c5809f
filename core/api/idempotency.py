"""One effect per Idempotency-Key, however often a client asks (the API's contract).

    class OrdersView(ApiView):
        @idempotent
        def post(self, request):
            draft = self.read(OrderIn)
            return place_order(customer, draft=draft, actor=request.user)  # the service's result, no Response

        def answer(self, request, result):  # runs inside the service's transaction
            return Response(OrderOut(result, context={"request": request}).data, status=201)

The key is claimed in a transaction of its own. `answer` is called by the service's unit of work just before
it commits and its answer stored there, so that the stored answer exists exactly when the effect does. A
refused or failed run gives the key back. A run that died keeps it until its lease ends; the next caller then
takes it over.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.errors import PROBLEM_JSON
from core.errors import Conflict, InvalidInput, RuleRefused
from core.idempotency import Claim, TakenOver, claim_key
from core.models import IdempotencyRecord
from core.transactions import before_commit, is_outermost

KEY = re.compile(r"[\x21-\x7e]{1,255}")
KEPT_HEADERS = ("ETag", "Location")


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


def idempotent(post: Callable[..., Any]) -> Callable[..., Response]:
    """Make a POST handler effective once per client, key and path."""

    @functools.wraps(post)
    def run(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not KEY.fullmatch(key):
            raise KeyRequired()
        fingerprint = fingerprint_of(request)
        claim = _answered_or_claimed(request, key, fingerprint)
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


def _answered_or_claimed(request: Request, key: str, fingerprint: str) -> Claim | Response:
    """The claim when this run may go ahead, else the answer of the run before."""
    found = claim_key(int(request.user.pk or 0), key, request.path[:200], fingerprint)
    if isinstance(found, Claim):
        return found
    if found is None:  # given back between two statements, or still at work
        raise StillRunning()
    if found.fingerprint != fingerprint:
        raise KeyReused()
    if found.completed_at is None:
        raise StillRunning()
    return _replay(found)


def _run_claimed(
    claim: Claim, view: Any, request: Request, post: Callable[..., Any], args: Any, kwargs: Any
) -> Response:
    try:
        with before_commit(lambda result: _complete(claim, view.answer(request, result))):
            result = post(view, request, *args, **kwargs)
        if claim.answer is not None:
            return claim.answer
        response = result if isinstance(result, Response) else view.answer(request, result)
        if response.status_code < 400:
            _complete(claim, response)
        else:
            claim.give_back()
        return response
    except BaseException as error:
        if not isinstance(error, TakenOver) and is_outermost():
            claim.give_back()
        raise


def _complete(claim: Claim, response: Response) -> None:
    body = json.loads(JSONRenderer().render(response.data)) if response.data is not None else None
    kept = {name: response[name] for name in KEPT_HEADERS if name in response}
    claim.complete(response.status_code, body, kept)
    claim.answer = response


def _replay(record: IdempotencyRecord) -> Response:
    kind = PROBLEM_JSON if int(record.status or 0) >= 400 else None
    response = Response(record.body, status=record.status, content_type=kind)
    for name, value in record.headers.items():
        response[name] = value
    response["Idempotent-Replayed"] = "true"
    return response
