"""The customer answers, or the validity runs out (QT-04)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.attachments import attach_to
from core.clock import local_date, today
from core.errors import FieldProblem, InvalidInput, TransitionNotAllowed
from core.models import Attachment, User
from core.transactions import unit_of_work
from core.workflow import require_version
from orders.models import Quote
from orders.quotes.policy import is_past
from orders.quotes.services.guards import facts_of, require_valid
from orders.quotes.workflow import QUOTE_WORKFLOW, QuoteStatus

LONGEST_NAME = 60


@unit_of_work
def accept_quote(
    quote: Quote,
    *,
    answered_by: str,
    answered_on: date | None = None,
    attachment: Attachment | None = None,
    note: str = "",
    actor: User,
    version: int | None = None,
) -> Quote:
    """Record that the customer accepts the quotation as it stands, with the paper if there is one (QT-04).

    Refused past the last day of validity, also before the nightly run has marked it expired.
    """
    return _answer(
        quote,
        "accept",
        answered_by,
        answered_on,
        attachment=attachment,
        note=note,
        actor=actor,
        version=version,
    )


@unit_of_work
def decline_quote(
    quote: Quote,
    *,
    reason: str,
    answered_by: str = "",
    answered_on: date | None = None,
    attachment: Attachment | None = None,
    actor: User,
    version: int | None = None,
) -> Quote:
    """Record that the customer does not want it, and why (QT-04)."""
    return _answer(
        quote,
        "decline",
        answered_by,
        answered_on,
        attachment=attachment,
        note=reason,
        actor=actor,
        version=version,
        needs_name=False,
    )


def _answer(
    quote: Quote,
    step: str,
    answered_by: str,
    answered_on: date | None,
    *,
    attachment: Attachment | None,
    note: str,
    actor: User,
    version: int | None,
    needs_name: bool = True,
) -> Quote:
    quote = Quote.objects.locked().get(pk=quote.pk)
    require_version(quote, version)
    QUOTE_WORKFLOW.require(quote, step, actor=actor)
    require_valid(quote)
    day, name = answered_on or today(), answered_by.strip()
    _check_answer(quote, name, day, needs_name=needs_name)
    if attachment is not None:
        attach_to(attachment, quote)
    data: dict[str, Any] = {**facts_of(quote), "answered_by": name, "answered_on": day.isoformat()}
    changes = {"answered_on": day, "answered_by": name}
    QUOTE_WORKFLOW.move(quote, step, actor=actor, note=note, data=data, changes=changes)
    return quote


def _check_answer(quote: Quote, name: str, day: date, *, needs_name: bool) -> None:
    problems = []
    if (needs_name and not name) or len(name) > LONGEST_NAME:
        problems.append(
            FieldProblem(
                "#/answered_by", "required", _("Enter who answered, with at most %(most)s characters.")
                % {"most": LONGEST_NAME},
            )
        )  # fmt: skip
    if day > today():
        problems.append(
            FieldProblem("#/answered_on", "in_the_future", _("The answer cannot lie in the future."))
        )
    elif quote.sent_at is not None and day < local_date(quote.sent_at):
        problems.append(
            FieldProblem(
                "#/answered_on", "before_sent", _("The answer cannot be older than the quotation sent.")
            )
        )
    if problems:
        raise InvalidInput(rule="QT-04", problems=problems)


def expire_quotes(day: date | None = None) -> int:
    """Mark as expired whatever was not converted by the end of its last day (QT-04). Returns how many.

    Each in a transaction of its own; one that somebody has just acted on is left to the next run.
    """
    day = day or today()
    expired = 0
    for pk in list(Quote.objects.past_validity(day).order_by("pk").values_list("pk", flat=True)):
        try:
            expired += _expire(pk, day)
        except TransitionNotAllowed:
            continue
    return expired


@unit_of_work
def _expire(pk: int, day: date) -> bool:
    quote = Quote.objects.locked().get(pk=pk)
    may_expire = quote.status in (QuoteStatus.CLEARED, QuoteStatus.SENT, QuoteStatus.ACCEPTED)
    if not may_expire or not is_past(quote.valid_until, day):
        return False
    QUOTE_WORKFLOW.move(quote, "expire", actor=None, data=facts_of(quote))
    return True
