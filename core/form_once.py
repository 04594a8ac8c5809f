"""A form that creates something works once: the key that came with the page is kept with its outcome.

    with sent_once(user, key=request.POST.get("form_key", ""), route=request.path, address=address_of):
        result = receive_stock(...)

For forms whose repetition no other rule would refuse; a document's own steps are kept apart by its version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.clock import now
from core.errors import Conflict
from core.models import IdempotencyRecord, User
from core.transactions import before_commit

SEE_OTHER = 303


class AlreadySent(Conflict):
    """This very form was sent before; `address` is where that led."""

    code = "form_already_sent"

    def __init__(self, address: str) -> None:
        super().__init__(_("This form was already sent; it was saved once."))
        self.address = address


@contextmanager
def sent_once(
    user: User, *, key: str, route: str, address: Callable[[Any], str] = lambda result: ""
) -> Iterator[None]:
    """Within, one unit of work: it commits with the key or raises AlreadySent. Without a key nothing is
    guarded.

    `address` says where the result of the service is seen.
    """
    known = _key_of(key)
    if not known:
        yield
        return
    _refuse_known(user, known, route)
    with before_commit(lambda result: _keep(user, known, route, address(result))):
        yield


def _key_of(given: str) -> str:
    try:
        return f"form:{UUID(given)}"
    except ValueError:
        return ""


def _refuse_known(user: User, key: str, route: str) -> None:
    found = IdempotencyRecord.objects.filter(client=user, key=key, route=route[:200]).first()
    if found is not None:
        raise AlreadySent((found.body or {}).get("address", ""))


def _keep(user: User, key: str, route: str, address: str) -> None:
    moment = now()
    try:
        with transaction.atomic():
            IdempotencyRecord.objects.create(
                client=user, key=key, route=route[:200], claimed_at=moment, leased_until=moment,
                completed_at=moment, status=SEE_OTHER, body={"address": address},
            )  # fmt: skip
    except IntegrityError:
        _refuse_known(user, key, route)
        raise
