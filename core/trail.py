"""The append-only trail: every act, decision and refusal, who, when, through which door (AU-01).

An event is history, notice source and report source at once. The row never changes; a database
trigger refuses UPDATE, DELETE and TRUNCATE.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Max, Subquery, Value
from django.db.models.functions import Coalesce

from core import context
from core.clock import now, today
from core.errors import BusinessError
from core.models.trail import Event
from core.outbox import Recipient, queue_all, recipients_of
from core.sql import among, insert_rows

if TYPE_CHECKING:
    from core.models import Document, User


_gathered: ContextVar[list[tuple[Event, Sequence[Recipient]]] | None] = ContextVar("gathered", default=None)


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened: a stable name, its label, the duty it was done in, and whom it is told."""

    name: str
    label: str
    duty: str = ""
    rule: str = ""
    notify: tuple[str, ...] = ()


@contextmanager
def events_together() -> Iterator[None]:
    """Write the events of a block at its end, in one statement, and their notices in another.

    For a use case in which one act follows from another. Whoever asks the trail inside the block calls
    `write_gathered` first; `Workflow.require_duty` does.
    """
    token = _gathered.set([])
    try:
        yield
        write_gathered()
    finally:
        _gathered.reset(token)


def write_gathered() -> None:
    """Write what `events_together` has gathered so far."""
    if gathered := _gathered.get():
        _write(gathered)
        gathered.clear()


def record_event(
    document: Document,
    fact: Fact,
    *,
    actor: User | None,
    note: str = "",
    came_from: str = "",
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Write one event of a document and queue its notices: one statement, two with notices.

    Inside `events_together` it is written at the end of the block, and has no key until then.

    `data["notices"]` keeps how many were queued, so that a lost one shows (check N1).
    """
    recipients = recipients_of(document, fact.notify)
    kept = {**(data or {}), **({"notices": len(recipients)} if recipients else {})}
    event = Event(
        **_who(actor),
        document_type=document.document_type,
        document_number=document.number,
        root_number=document.root_number,
        name=fact.name,
        label=fact.label,
        from_status=came_from,
        to_status=document.status if came_from else "",
        duty=fact.duty,
        round=document.round,
        rule=fact.rule,
        note=note,
        data=kept,
    )
    gathered = _gathered.get()
    if gathered is None:
        _write([(event, recipients)])
    else:
        gathered.append((event, recipients))
    return event


def _write(events: Sequence[tuple[Event, Sequence[Recipient]]]) -> None:
    """Number the events within their documents and write them with their notices."""
    place: Counter[tuple[str, str]] = Counter()
    for event, _recipients in events:
        document = (event.document_type, event.document_number)
        place[document] += 1
        event.sequence = _last_sequence(event) + place[document]
    Event.objects.bulk_create([event for event, _recipients in events])
    queue_all(events)


def record_alike(
    documents: Sequence[Document], fact: Fact, *, actor: User | None, data: Mapping[str, Mapping[str, Any]]
) -> None:
    """The same thing happened to many documents of one type, each with `data` by its number. Two statements.

    For bulk work that queues no notices.
    """
    if not documents:
        return
    numbers = among(document.number for document in documents)
    kind = documents[0].document_type
    last = dict(
        Event.objects.filter(document_type=kind, document_number__in=numbers, sequence__isnull=False)
        .order_by()
        .values_list("document_number")
        .annotate(last=Max("sequence"))
    )
    common = {
        **_who(actor), "document_type": kind, "name": fact.name, "label": fact.label,
        "duty": fact.duty, "rule": fact.rule,
    }  # fmt: skip
    rows = [
        {
            **common,
            "document_number": document.number,
            "root_number": document.root_number,
            "round": document.round,
            "sequence": last.get(document.number, 0) + 1,
            "data": dict(data.get(document.number, {})),
        }
        for document in documents
    ]
    insert_rows(Event, rows)


def record_act(
    name: str, *, actor: User | None, subject: str = "", note: str = "", data: Mapping[str, Any] | None = None
) -> Event:
    """Write an act that belongs to no document: sign-in, export, download, a setting (AU-01)."""
    event = Event(**_who(actor), name=name, label=name, root_number=subject, note=note, data=dict(data or {}))
    event.save(force_insert=True)
    return event


def record_refusal(error: BusinessError) -> None:
    """Keep what was refused, to whom and by which rule, after the refused work was rolled back."""
    attempt = error.attempt
    subject = attempt.subject
    Event(
        **_who(attempt.actor),
        document_type=getattr(subject, "document_type", ""),
        document_number=getattr(subject, "number", ""),
        root_number=getattr(subject, "root_number", ""),
        name=attempt.service,
        label=attempt.service,
        outcome=Event.Outcome.REFUSED,
        rule=error.rule,
        note=error.message,
        data={"code": error.code},
    ).save(force_insert=True)


def _who(actor: User | None) -> dict[str, Any]:
    door = context.current()
    return {
        "at": now(),
        "business_date": today(),
        "actor": actor,
        "roles": ",".join(sorted(actor.role_slugs)) if actor is not None else "",
        "channel": door.channel,
        "source_address": door.source_address,
        "request_id": door.request_id,
    }


def _last_sequence(event: Event) -> Any:
    last = (
        Event.objects.filter(
            document_type=event.document_type,
            document_number=event.document_number,
            sequence__isnull=False,
        )
        .order_by()
        .values("document_number")
        .annotate(last=Max("sequence"))
        .values("last")
    )
    return Coalesce(Subquery(last), Value(0))
