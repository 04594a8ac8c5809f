"""Up to which event nothing can appear any more: the ground on which the seal and the feed stand.

Ids are given out when a row is written and become visible when its transaction commits, so a higher id may be
there before a lower one. SQLite has one writer at a time; there the highest id is the horizon. On PostgreSQL:
read the highest id given out, then wait until every transaction that held a writer's lock on the table at
that moment has ended. The lock is taken before the id, so whatever got an id up to ours is among them.
"""

from __future__ import annotations

import time

from django.db import connection
from django.db.models import Max

from core.models import Event, TrailSeal

POLL_SECONDS = 0.02
WRITERS = """
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND relation = 'core_event'::regclass AND mode = 'RowExclusiveLock' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()
"""


def settled_horizon(*, wait_seconds: float = 2.0) -> int:
    """The highest event id below which no event is still to come.

    When a writer takes longer than we wait, what has been sealed already is certain, and that is answered.
    Call it outside a transaction: only then does the next query see what has been committed meanwhile.
    """
    if connection.vendor != "postgresql":
        return int(Event.objects.order_by().aggregate(last=Max("id"))["last"] or 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM core_event_id_seq")
        given_out = int(cursor.fetchone()[0])
        cursor.execute(WRITERS)
        writers = [row[0] for row in cursor.fetchall()]
        deadline = time.monotonic() + wait_seconds
        while writers:
            if time.monotonic() >= deadline:
                return last_sealed_id()
            time.sleep(POLL_SECONDS)
            cursor.execute(f"{WRITERS} AND virtualtransaction = ANY(%s)", [writers])  # nosec B608 - constant text
            writers = [row[0] for row in cursor.fetchall()]
    return given_out


def last_sealed_id() -> int:
    return int(TrailSeal.objects.order_by().aggregate(last=Max("event_id"))["last"] or 0)
