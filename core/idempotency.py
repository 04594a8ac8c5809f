"""Claims on idempotency keys: who may do the work of a key, and the answer kept with it.

A claim is committed before the work begins and completed inside the work's own transaction, so the answer
exists exactly when the effect does. A claim whose process died can be taken over when its lease has run out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from core.clock import now
from core.errors import Conflict
from core.models import IdempotencyRecord
from core.transactions import preparation

LEASE = timedelta(seconds=60)
KEPT_FOR = timedelta(hours=96)
CLAIM = """
INSERT INTO core_idempotencyrecord (client_id, key, route, fingerprint, claimed_at, leased_until, headers)
VALUES (%s, %s, %s, %s, %s, %s, '{}') ON CONFLICT (client_id, key, route) DO NOTHING RETURNING id
"""


class TakenOver(Conflict):
    """This run was too slow: its lease ran out and another run has the key. Rolls this one back."""

    code = "idempotency_key_taken_over"


class Claim:
    """The right to do the work of a key, while `leased_until` in the database is still ours."""

    def __init__(self, pk: int, leased_until: datetime) -> None:
        self.pk, self.leased_until = pk, leased_until
        self.answer: Any = None

    def _row(self) -> Any:
        return IdempotencyRecord.objects.filter(
            pk=self.pk, leased_until=self.leased_until, completed_at__isnull=True
        )

    def complete(self, status: int, body: Any, headers: dict[str, str]) -> None:
        """Keep the answer; raises TakenOver, and so rolls the work back, when the key is no longer ours."""
        answer = {"status": status, "body": body, "headers": headers}
        if not self._row().update(completed_at=now(), **answer):
            raise TakenOver()

    def give_back(self) -> None:
        """Forget the key, so that it may be used again; what has been completed stays."""
        self._row().delete()


def claim_key(client_id: int, key: str, route: str, fingerprint: str) -> Claim | IdempotencyRecord | None:
    """The claim if the work may begin, else the record of the run before; None if that has just gone.

    One statement when the key is new. A dead run with the same fingerprint is taken over by one of those who
    try.
    """
    claim = _insert(client_id, key, route, fingerprint)
    if claim is not None:
        return claim
    record = IdempotencyRecord.objects.filter(client=client_id, key=key, route=route).first()
    if record is None or record.completed_at is not None or record.fingerprint != fingerprint:
        return record
    return _take_over(record) or record


def forget_old_keys() -> int:
    """Remove keys nobody retries any more; at least 72 hours are promised."""
    return IdempotencyRecord.objects.filter(claimed_at__lt=now() - KEPT_FOR).delete()[0]


def _field(name: str) -> Any:
    return IdempotencyRecord._meta.get_field(name)


@preparation
def _insert(client_id: int, key: str, route: str, fingerprint: str) -> Claim | None:
    moment = now()
    leased_until = moment + LEASE
    times = [
        _field(name).get_db_prep_save(value, connection)
        for name, value in (("claimed_at", moment), ("leased_until", leased_until))
    ]
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [client_id, key, route, fingerprint, *times])
        row = cursor.fetchone()
    return Claim(row[0], leased_until) if row else None


@preparation
def _take_over(record: IdempotencyRecord) -> Claim | None:
    """Continue a run that died: only after its lease, and only one of those who try."""
    if record.leased_until > now():
        return None
    leased_until = now() + LEASE
    mine = IdempotencyRecord.objects.filter(
        pk=record.pk, leased_until=record.leased_until, completed_at__isnull=True
    ).update(leased_until=leased_until)
    return Claim(record.pk, leased_until) if mine else None
