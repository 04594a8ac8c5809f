"""The hash chain over the trail: a change, an insertion or a removal anywhere breaks it (AU-01).

    seal_trail()            # the poller does it every minute, beat every night
    verify_seal()           # part of verify_books, check A1

digest(n) = SHA-256(digest(n-1) ‖ canonical form of event n), in the order of event ids. Only settled events
are sealed (`core.horizon`), so none can slip in below. Cutting off the tail cannot be seen from inside: that
is what the anchor is for, the last digest and count, written daily to a file outside the database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Max

from core.clock import now
from core.horizon import settled_horizon
from core.models import Event, TrailSeal
from core.sql import insert_rows
from core.transactions import preparation

GENESIS = "0" * 64
BATCH = 1000
SEALER_LOCK = 0x5EA1
SEALED_FIELDS = [field.attname for field in Event._meta.concrete_fields]


def canonical(values: dict[str, Any]) -> bytes:
    """One event as bytes, the same on both databases: names sorted, times in UTC."""
    return json.dumps(
        values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain
    ).encode("utf-8", "surrogatepass")


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)


def next_digest(previous: str, values: dict[str, Any]) -> str:
    return hashlib.sha256(bytes.fromhex(previous) + canonical(values)).hexdigest()


def seal_trail(*, wait_seconds: float = 10.0) -> int:
    """Seal what has settled since the last time. Returns how many events. Two sealers never run at once."""
    horizon = settled_horizon(wait_seconds=wait_seconds)
    total = 0
    while True:
        sealed = _seal_batch(horizon)
        total += sealed
        if sealed < BATCH:
            return total


@preparation
def _seal_batch(horizon: int) -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])
    last = TrailSeal.objects.order_by("-sequence").values_list("event_id", "digest").first() or (0, GENESIS)
    fresh = (
        Event.objects.filter(id__gt=last[0], id__lte=horizon).order_by("id").values(*SEALED_FIELDS)[:BATCH]
    )
    digest, moment, rows = last[1], now(), []
    for values in fresh:
        digest = next_digest(digest, values)
        rows.append({"event": values["id"], "digest": digest, "sealed_at": moment})
    insert_rows(TrailSeal, rows)
    return len(rows)


def verify_seal() -> Iterator[str]:
    """One line per break of the chain: a changed, missing or inserted event, a changed or missing seal."""
    last_sealed = TrailSeal.objects.order_by().aggregate(last=Max("event_id"))["last"] or 0
    events = iter(
        Event.objects.filter(id__lte=last_sealed).order_by("id").values(*SEALED_FIELDS).iterator(BATCH)
    )
    seals = iter(
        TrailSeal.objects.order_by("event_id").values_list("sequence", "event_id", "digest").iterator(BATCH)
    )
    digest, event, expected, previous_sequence = GENESIS, next(events, None), None, 0
    for sequence, event_id, sealed in seals:
        if sequence <= previous_sequence:
            yield f"seal {sequence} stands out of order"
        previous_sequence = sequence
        while event is not None and event["id"] < event_id:
            yield f"event {event['id']} was inserted below the seal"
            event = next(events, None)
        if event is None or event["id"] != event_id:
            yield f"event {event_id} is missing"
            digest = sealed
            continue
        expected = next_digest(digest, event)
        if expected != sealed:
            yield f"event {event_id} or its seal was changed"
        digest, event = sealed, next(events, None)
    yield from _verify_anchors()


def anchor_path() -> Path:
    return Path(settings.APP_VAR) / "trail_anchors.jsonl"


def write_anchor() -> dict[str, Any] | None:
    """Append the head of the chain to a file outside the database; send a copy elsewhere in production."""
    head = TrailSeal.objects.order_by("-sequence").values("event_id", "digest").first()
    if head is None:
        return None
    anchor = {**head, "count": TrailSeal.objects.count(), "at": now().isoformat()}
    with anchor_path().open("a", encoding="utf-8") as file:
        file.write(json.dumps(anchor, sort_keys=True) + "\n")
    return anchor


def _verify_anchors() -> Iterable[str]:
    if not anchor_path().exists():
        return
    for number, line in enumerate(anchor_path().read_text(encoding="utf-8").splitlines(), 1):
        anchor = json.loads(line)
        digest = (
            TrailSeal.objects.filter(event_id=anchor["event_id"]).values_list("digest", flat=True).first()
        )
        count = TrailSeal.objects.filter(event_id__lte=anchor["event_id"]).count()
        if digest != anchor["digest"] or count != anchor["count"]:
            yield f"the trail no longer reaches anchor {number} of {anchor['at']}"
