"""An enquiry is answered, its demand note confirmed, quoted, closed, reopened (EN-01, EN-02)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.attachments import attach_to
from core.clock import local_date, now, today
from core.errors import FieldProblem, InvalidInput, Problems, RuleRefused, TransitionNotAllowed
from core.models import Attachment, User
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import compare_and_set, require_in_scope, require_permission, require_version
from orders.enquiries.policy import hours_between
from orders.enquiries.services.intake import EDITABLE, HANDLE
from orders.enquiries.workflow import ENQUIRY_WORKFLOW, EnquiryStatus
from orders.models import Enquiry, Quote
from orders.quotes.workflow import QuoteStatus

CONFIRMED = Fact("demand_confirmed", gettext_noop("Demand note confirmed by the customer"), rule="EN-02")
QUOTED_AGAIN = Fact("quoted_again", gettext_noop("Another quotation made"), rule="EN-01")
WON = (QuoteStatus.ACCEPTED, QuoteStatus.CONVERTED)


@unit_of_work
def respond_enquiry(enquiry: Enquiry, *, actor: User, version: int | None = None, note: str = "") -> Enquiry:
    """Record the first response to the customer, on time or late (EN-01). `note`: what was answered.

    It is on time until 23:59:59 of the due day (G-05). Raises TransitionNotAllowed when it was answered before.
    """
    enquiry = Enquiry.objects.locked().get(pk=enquiry.pk)
    ENQUIRY_WORKFLOW.move(
        enquiry,
        "respond",
        actor=actor,
        version=version,
        note=note,
        data=_answered(enquiry),
        changes={"responded_at": now()},
    )
    return enquiry


@unit_of_work
def confirm_demand(
    enquiry: Enquiry,
    *,
    confirmed_by: str,
    confirmed_on: date,
    actor: User,
    attachment: Attachment | None = None,
    version: int | None = None,
) -> Enquiry:
    """The customer has confirmed the demand note as it stands (EN-02). A later change of it clears this."""
    enquiry = Enquiry.objects.locked().get(pk=enquiry.pk)
    require_version(enquiry, version)
    require_permission(actor, HANDLE, rule="EN-02")
    require_in_scope(enquiry, HANDLE, actor=actor)
    confirmed_by = confirmed_by.strip()
    problems = Problems()
    if not confirmed_by or len(confirmed_by) > 60:
        problems.add("#/confirmed_by", "required", _("Enter who confirmed, with at most 60 characters."))
    if confirmed_on > today():
        problems.add("#/confirmed_on", "in_the_future", _("The confirmation cannot lie in the future."))
    if confirmed_on < local_date(enquiry.received_at):
        problems.add(
            "#/confirmed_on", "before_receipt", _("The confirmation cannot be older than the enquiry.")
        )
    problems.raise_if_any(rule="EN-02")
    changes: dict[str, Any] = {
        "demand_confirmed_by": confirmed_by,
        "demand_confirmed_on": confirmed_on,
        "demand_attachment": attachment,
    }
    compare_and_set(enquiry, sources=EDITABLE, changes=changes)
    if attachment is not None:
        attach_to(attachment, enquiry)
    data = {"confirmed_by": confirmed_by, "confirmed_on": confirmed_on.isoformat()}
    record_event(enquiry, CONFIRMED, actor=actor, data=data)
    return enquiry


@unit_of_work
def close_enquiry(
    enquiry: Enquiry,
    *,
    actor: User,
    lost_reason: str = "",
    note: str = "",
    version: int | None = None,
) -> Enquiry:
    """Close an enquiry; one that was never quoted needs the reason why it was lost (EN-01).

    Another reason than those listed needs words. Raises RuleRefused for a lost reason when one of its
    quotations was accepted.
    """
    enquiry = Enquiry.objects.locked().get(pk=enquiry.pk)
    require_version(enquiry, version)
    ENQUIRY_WORKFLOW.require(enquiry, "close", actor=actor)
    if lost_reason and lost_reason not in Enquiry.LostReason.values:
        raise _wrong_reason("unknown", _("There is no such reason."))
    if not lost_reason and enquiry.status != EnquiryStatus.QUOTED:
        raise _wrong_reason("required", _("Say why the enquiry is closed without a quotation."))
    if lost_reason == Enquiry.LostReason.OTHER and not note.strip():
        detail = _("Say in words what the other reason is.")
        raise InvalidInput(detail, rule="EN-01", problems=[FieldProblem("#/note", "required", detail)])
    if lost_reason and Quote.objects.filter(enquiry=enquiry, status__in=WON).exists():
        raise RuleRefused(
            _("A quotation of %(number)s was accepted. Close it without a lost reason.")
            % {"number": enquiry.number},
            rule="EN-01",
            code="enquiry_won",
        )
    ENQUIRY_WORKFLOW.move(
        enquiry,
        "close",
        actor=actor,
        version=version,
        note=note,
        data={"lost_reason": lost_reason},
        changes={"lost_reason": lost_reason, "closed_at": now()},
    )
    return enquiry


def _wrong_reason(code: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, rule="EN-01", problems=[FieldProblem("#/lost_reason", code, detail)])


@unit_of_work
def reopen_enquiry(enquiry: Enquiry, *, actor: User, version: int | None = None, note: str = "") -> Enquiry:
    """Take a closed enquiry up again; if nobody had answered it, the response clock runs on (EN-01)."""
    enquiry = Enquiry.objects.locked().get(pk=enquiry.pk)
    require_version(enquiry, version)
    ENQUIRY_WORKFLOW.require(enquiry, "reopen", actor=actor)
    changes: dict[str, Any] = {"lost_reason": "", "closed_at": None}
    if enquiry.responded_at is None:
        ENQUIRY_WORKFLOW.move(
            enquiry, "reopen_unanswered", actor=actor, version=version, note=note, changes=changes
        )
    else:
        ENQUIRY_WORKFLOW.move(enquiry, "reopen", actor=actor, version=version, note=note, changes=changes)
    return enquiry


@unit_of_work
def mark_quoted(enquiry: Enquiry, *, quote_number: str, actor: User) -> Enquiry:
    """A quotation was made for it: called by the quotation, which has asked for permission (EN-01).

    A quotation is an answer, so it stops a clock that still runs. A second one is only noted. Raises
    RuleRefused for a prospect without a customer file, TransitionNotAllowed for a closed enquiry.
    """
    enquiry = Enquiry.objects.locked().get(pk=enquiry.pk)
    if enquiry.customer_id is None:
        raise RuleRefused(
            _("%(number)s is a prospect's. Open or link a customer file before you quote.")
            % {"number": enquiry.number},
            rule="EN-01",
            code="no_customer_file",
        )
    if enquiry.status == EnquiryStatus.CLOSED:
        raise TransitionNotAllowed(
            _("%(number)s is closed. Reopen it before you quote.") % {"number": enquiry.number}, rule="EN-01"
        )
    data: dict[str, Any] = {"quote": quote_number}
    if enquiry.status == EnquiryStatus.QUOTED:
        compare_and_set(enquiry, sources=(EnquiryStatus.QUOTED,))
        record_event(enquiry, QUOTED_AGAIN, actor=actor, note=quote_number, data=data)
        return enquiry
    changes: dict[str, Any] = {}
    if enquiry.responded_at is None:
        changes["responded_at"] = now()
        data |= _answered(enquiry)
    ENQUIRY_WORKFLOW.move(enquiry, "quote", actor=actor, note=quote_number, data=data, changes=changes)
    return enquiry


def _answered(enquiry: Enquiry) -> dict[str, Any]:
    """What the trail keeps of the first answer: in time or not, and after how many hours."""
    return {
        "on_time": today() <= enquiry.response_due_on,
        "due_on": enquiry.response_due_on.isoformat(),
        "hours": str(hours_between(enquiry.received_at, now())),
    }
