"""Delivers what waits in the outbox: claim with a lease, render, send, mark (IN-08).

    deliver_due(worker="poller-1")        # one round; the poller, a worker and a command all call this

A notice is claimed in a short transaction (SKIP LOCKED on PostgreSQL, IMMEDIATE on SQLite), sent outside of
any, and marked. A process that dies in between leaves the lease to run out, so a notice is sent at least
once, in rare cases twice with the same Message-ID. A failure concerns one notice; it is tried again for three
days.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import F, Q
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string, select_template
from django.utils import translation
from django.utils.translation import gettext as _

from core.attachments import open_attachment
from core.clock import now
from core.errors import Conflict
from core.failpoints import failpoint
from core.labels import label_of
from core.models import Attachment, Event, Heartbeat, Notice, User
from core.trail import record_act
from core.transactions import preparation, unit_of_work
from core.workflow import require_permission

LEASE = timedelta(seconds=60)
BATCH = 20
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480, 720))
GIVE_UP_AFTER = timedelta(days=3)

log = structlog.get_logger("core.delivery")

NoticeContext = Callable[[Event], Mapping[str, Any]]
_contexts: dict[str, NoticeContext] = {}


def register_notice_context(document_type: str, gather: NoticeContext) -> None:
    """What the texts of one kind of document may name besides the event: plain values only."""
    _contexts[document_type] = gather


NoticePapers = Callable[[Event], Sequence[Attachment]]

_papers: dict[tuple[str, str], NoticePapers] = {}


def register_notice_papers(document_type: str, event_name: str, find: NoticePapers) -> None:
    """Which kept files go with the message about one kind of event. They are read when it is sent."""
    _papers[document_type, event_name] = find


@dataclass(frozen=True, slots=True)
class Text:
    """A message as one recipient reads it."""

    subject: str
    plain: str
    html: str = ""


def worker_name() -> str:
    return f"{socket.gethostname()[:40]}-{os.getpid()}"


def deliver_due(*, worker: str = "", limit: int = BATCH) -> int:
    """Claim up to `limit` due notices and deliver them. Returns how many were claimed."""
    worker = worker or worker_name()
    claimed = claim_due(worker, limit=limit)
    failpoint("after_claim")
    for notice in claimed:
        _deliver(notice, worker)
    return len(claimed)


@preparation
def claim_due(worker: str, *, limit: int = BATCH) -> list[Notice]:
    """Take what is due and nobody holds; the oldest due first, so what failed before waits behind the
    fresh."""
    moment = now()
    due = (
        Notice.objects.pending()
        .filter(Q(leased_until__isnull=True) | Q(leased_until__lte=moment), next_attempt_at__lte=moment)
        .order_by("next_attempt_at", "id")
        .select_for_update(skip_locked=True)
        .values_list("id", flat=True)[:limit]
    )
    taken = list(due)
    if not taken:
        return []
    Notice.objects.filter(id__in=taken).update(
        leased_until=moment + LEASE, leased_by=worker, attempts=F("attempts") + 1
    )
    return list(Notice.objects.filter(id__in=taken).select_related("event__actor").order_by("id"))


def _deliver(notice: Notice, worker: str) -> None:
    held = Notice.objects.filter(id=notice.pk, leased_by=worker, state=Notice.State.PENDING)
    if not held.filter(leased_until__gt=now()).exists():  # the round took longer than the lease
        return
    try:
        _CHANNELS[notice.channel](notice)
    except Exception as error:  # one recipient's trouble must not reach the next
        _put_off(notice, held, error)
        return
    failpoint("after_send_before_mark")
    held.update(state=Notice.State.SENT, sent_at=now(), leased_until=None, last_error="")


def _put_off(notice: Notice, held: Any, error: Exception) -> None:
    """Try again later, longer each time; after three days give up and show it."""
    moment = now()
    wait = BACK_OFF[min(notice.attempts, len(BACK_OFF)) - 1]
    is_dead = moment + wait > notice.queued_at + GIVE_UP_AFTER
    held.update(
        state=Notice.State.DEAD if is_dead else Notice.State.PENDING,
        next_attempt_at=moment + wait,
        leased_until=None,
        last_error=f"{type(error).__name__}: {error}"[:1000],
    )
    log.warning("notice_failed", notice=notice.pk, attempts=notice.attempts, error=type(error).__name__)


@unit_of_work
def retry_notice(notice: Notice, *, actor: User) -> None:
    """Send a notice that was given up, or put off, again at once."""
    require_permission(actor, "core.manage_people")
    changed = (
        Notice.objects.filter(id=notice.pk)
        .exclude(state=Notice.State.SENT)
        .update(state=Notice.State.PENDING, next_attempt_at=now(), queued_at=now(), leased_until=None)
    )
    if not changed:
        raise Conflict(_("This notice has been sent already."))
    record_act(
        "notice.retry", actor=actor, subject=notice.event.root_number, data={"recipient": notice.recipient}
    )


def text_for(notice: Notice) -> Text:
    """The notice in its recipient's language, from the event's own template or the general one."""
    event = notice.event
    folder, name = event.document_type or "core", event.name.replace(".", "_")
    with translation.override(notice.language):
        values = _values(event)
        subject = _rendered(folder, name, "subject.txt", values)
        plain = _rendered(folder, name, "txt", values)
        html = _optional(f"mail/{folder}/{name}.html", values)
    return Text(" ".join(subject.split()), plain, html)


def _values(event: Event) -> dict[str, Any]:
    gather = _contexts.get(event.document_type)
    own = dict(gather(event)) if gather else {}
    return {
        "number": event.root_number or event.document_number,
        "label": label_of(event),
        "note": event.note,
        "at": event.at,
        "on": event.business_date,
        "data": event.data,
        **own,
    }


def _rendered(folder: str, name: str, ending: str, values: Mapping[str, Any]) -> str:
    choices = [f"mail/{folder}/{name}.{ending}", f"mail/{folder}/general.{ending}", f"mail/general.{ending}"]
    return str(select_template(choices).render(dict(values)))


def _optional(name: str, values: Mapping[str, Any]) -> str:
    try:
        return render_to_string(name, dict(values))
    except TemplateDoesNotExist:
        return ""


def _send_mail(notice: Notice) -> None:
    text = text_for(notice)
    message = EmailMultiAlternatives(
        text.subject, text.plain, settings.DEFAULT_FROM_EMAIL, [notice.recipient],
        headers={"Message-ID": f"<notice-{notice.event.uid}-{notice.pk}@shundan.example.com>"},
        connection=get_connection(fail_silently=False),
    )  # fmt: skip
    if text.html:
        message.attach_alternative(text.html, "text/html")
    for paper in papers_with(notice.event):
        with open_attachment(paper) as content:
            message.attach(paper.name, content.read(), paper.content_type)
    message.send()


def papers_with(event: Event) -> Sequence[Attachment]:
    find = _papers.get((event.document_type, event.name))
    return find(event) if find else ()


def _keep_for_reading(notice: Notice) -> None:
    """Read inside the product, or kept as a record of what was told by phone: nothing leaves the house."""


_CHANNELS: dict[str, Callable[[Notice], None]] = {
    "email": _send_mail,
    "in_app": _keep_for_reading,
    "sms_log": _keep_for_reading,
}


def beat(name: str, moment: datetime | None = None) -> None:
    """Leave a sign of work done; `/health/ready` shows its age."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": moment or now()})
