"""Notices that must go out: written with the event, delivered later by a poller with a lease (IN-08).

The broker is never the source of truth: a notice is a row in the same transaction as the act it tells
of. A failed notice never blocks the process; it is tried again and shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.clock import now
from core.models.outbox import Notice

if TYPE_CHECKING:
    from core.models import Document, Event


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a notice goes: channel (`email`, `sms_log`, `in_app`), address, and its language."""

    channel: str
    address: str
    language: str = "zh-hans"


Audience = Callable[["Document"], Sequence[Recipient]]
"""Who belongs to an audience name of a document. Must not query: it runs inside the transaction."""

_audiences: dict[tuple[str, str], Audience] = {}


def register_audience(document_type: str, name: str, find: Audience) -> None:
    """Teach the outbox who `customer`, `salesperson` … are for one kind of document."""
    _audiences[document_type, name] = find


def recipients_of(document: Document, audiences: Sequence[str]) -> list[Recipient]:
    """Everybody with an address in the named audiences, each once."""
    found = (to for name in audiences for to in _audiences[document.document_type, name](document))
    return list({(to.channel, to.address): to for to in found if to.address}.values())


def queue_notices(event: Event, recipients: Sequence[Recipient]) -> None:
    """Queue one notice per recipient: one statement for all of them."""
    queue_all([(event, recipients)])


def queue_all(letters: Iterable[tuple[Event, Sequence[Recipient]]]) -> None:
    """Queue the notices of several events: one statement for all of them."""
    moment = now()
    rows: list[Any] = [
        Notice(
            event=event,
            channel=to.channel,
            recipient=to.address,
            language=to.language,
            next_attempt_at=moment,
            queued_at=moment,
        )
        for event, recipients in letters
        for to in recipients
    ]
    if rows:
        Notice.objects.bulk_create(rows)
