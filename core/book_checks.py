"""Core's own invariants, run by `manage.py verify_books` (see `core.books`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.db.models import Count, F, Max, Min, Q, Window
from django.db.models.functions import Lag
from django.utils.translation import gettext_lazy as _

from core.attachments import path_of
from core.books import check
from core.errors import RuleRefused
from core.models import Attachment, Event, IdempotencyRecord, Notice
from core.seal import verify_seal


@check("A1", _("The trail is whole: every sealed event still has its digest"))
def trail_is_whole() -> Iterator[str]:
    yield from verify_seal()


@check(
    "D2", _("The events of a document are numbered without gaps, and each starts where the last one ended")
)
def events_form_a_chain() -> Iterator[str]:
    numbered = Event.objects.filter(sequence__isnull=False).order_by()
    gaps = (
        numbered.values("document_type", "document_number")
        .annotate(first=Min("sequence"), last=Max("sequence"), count=Count("id"))
        .exclude(first=1, last=F("count"))
    )
    for row in gaps:
        yield f"{row['document_number']}: {row['count']} events numbered {row['first']} to {row['last']}"
    came_from = Window(
        Lag("to_status"),
        partition_by=[F("document_type"), F("document_number")],
        order_by=F("sequence").asc(),
    )
    breaks = numbered.exclude(to_status="").annotate(before=came_from).filter(~Q(before=F("from_status")))
    for event in breaks.exclude(before=None).values("document_number", "sequence", "before", "from_status"):
        yield (
            f"{event['document_number']} event {event['sequence']} starts from {event['from_status']}, "
            f"but the one before ended in {event['before']}"
        )


@check("N1", _("Every event has all the notices that were queued with it"))
def notices_are_complete() -> Iterator[str]:
    told = Event.objects.filter(data__has_key="notices").annotate(there=Count("notices"))
    for event in told.values("id", "document_number", "data", "there").iterator():
        if event["data"]["notices"] != event["there"]:
            queued = event["data"]["notices"]
            yield f"event {event['id']} of {event['document_number']}: {event['there']} of {queued}"


@check("N2", _("A notice is sent once, and a failed one says why"))
def notices_are_consistent() -> Iterator[str]:
    wrong = Notice.objects.filter(
        Q(state=Notice.State.SENT, sent_at__isnull=True)
        | Q(state=Notice.State.SENT, attempts=0)
        | (~Q(state=Notice.State.SENT) & Q(sent_at__isnull=False))
        | Q(state=Notice.State.DEAD, last_error="")
    )
    for pk, state in wrong.values_list("pk", "state"):
        yield f"notice {pk} is {state}"


@check("N4", _("An answer is stored for every completed key, and only for those"))
def keys_have_answers() -> Iterator[str]:
    wrong = IdempotencyRecord.objects.filter(
        Q(completed_at__isnull=False, status__isnull=True)
        | Q(completed_at__isnull=True, status__isnull=False)
        | (Q(status__gte=400) & ~Q(status=RuleRefused.http_status))  # a hold of the gate is an outcome
    )
    for pk in wrong.values_list("pk", flat=True):
        yield f"idempotency record {pk}"


@check("F1", _("Every file is where its row says, byte for byte"))
def files_are_whole() -> Iterator[str]:
    checked: dict[str, str] = {}
    for name, size, sha256 in Attachment.objects.values_list("name", "size", "sha256").iterator():
        if sha256 not in checked:
            checked[sha256] = _fault_of(sha256, size)
        if checked[sha256]:
            yield f"{name} ({sha256[:12]}…): {checked[sha256]}"


def _fault_of(sha256: str, size: int) -> str:
    path = path_of(sha256)
    if not path.exists():
        return "missing"
    if path.stat().st_size != size:
        return "wrong size"
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1024 * 1024):
            digest.update(chunk)
    return "" if digest.hexdigest() == sha256 else "changed"
