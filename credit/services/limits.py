"""Credit limits: sales proposes, finance grants; and the words in the credit file (CM-11)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.clock import now
from core.errors import Conflict, PermissionDenied, Problems
from core.models import User
from core.money import ZERO
from core.numbering import next_number
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import require_permission
from credit.models import CreditLimitChange, CreditNote, CustomerAccount
from credit.services.accounts import lock_account
from credit.workflow import LIMIT_WORKFLOW
from customers.models import Customer

if TYPE_CHECKING:
    from core.models import Document

PROPOSES, DECIDES = "credit.propose_limit", "credit.approve_limit"
LONGEST_REASON, LONGEST_TEXT = 500, 4000
HIGHEST = Decimal("999999999999.99")
PROPOSED = Fact("limit_proposed", gettext_noop("Credit limit proposed"), duty="propose_limit", rule="CM-11")
SET = Fact("limit_set", gettext_noop("Credit limit set"), rule="CM-11")
NOTED = Fact("credit_noted", gettext_noop("Note in the credit file"), rule="CM-11")


@unit_of_work
def propose_limit(
    customer: Customer, *, new_limit: Decimal, reason: str, assessment: str = "", actor: User
) -> CreditLimitChange:
    """Propose a formal limit, tax included, in the customer's currency; nothing changes yet (CM-11).

    0.00 is a limit too: the customer then has no credit. Locks the account. Raises InvalidInput, Conflict
    while another proposal waits, PermissionDenied for a customer of another desk.
    """
    require_permission(actor, PROPOSES, rule="CM-11")
    _require_own(customer, PROPOSES, actor)
    problems = Problems()
    if not ZERO <= new_limit <= HIGHEST or new_limit != round(new_limit, 2):
        problems.add("#/new_limit", "amount", _("Enter an amount with at most 2 decimals, 0.00 or more."))
    _collect_text(reason, LONGEST_REASON, "#/reason", problems, is_required=True)
    _collect_text(assessment, LONGEST_TEXT, "#/assessment", problems)
    problems.raise_if_any(rule="CM-11")
    account = lock_account(customer)
    waiting = CreditLimitChange.objects.filter(customer=customer).open().first()
    if waiting is not None:
        raise Conflict(
            _("%(number)s already waits for finance. Have it decided before you propose another limit.")
            % {"number": waiting.number},
            rule="CM-11",
            code="proposal_waits",
        )
    change = CreditLimitChange(
        number=next_number("LM"),
        customer=customer,
        currency=account.currency,
        old_limit=account.limit,
        new_limit=new_limit,
        reason=reason.strip(),
        assessment=assessment.strip(),
        created_by=actor,
    )
    change.save(force_insert=True)
    data = {"customer": customer.number, "new_limit": str(new_limit), "currency": account.currency}
    record_event(change, PROPOSED, actor=actor, note=change.reason, data=data)
    return change


@unit_of_work
def approve_limit(
    change: CreditLimitChange, *, actor: User, version: int | None = None, note: str = ""
) -> CreditLimitChange:
    """Grant a proposed limit; it holds for every check from now on (CM-11).

    Orders already passed keep their credit, even above a lower limit. Never by the proposer. Locks the
    account. Raises SameActor, StaleVersion, TransitionNotAllowed, PermissionDenied.
    """
    change, account = _locked(change)
    decision = {**_decision(actor, note), "old_limit": account.limit}
    data = {"before": str(account.limit or ""), "after": str(change.new_limit), "currency": change.currency}
    LIMIT_WORKFLOW.move(
        change, "approve", actor=actor, version=version, note=note, data=data, changes=decision
    )
    CustomerAccount.objects.filter(pk=account.pk).update(limit=change.new_limit)
    record_event(cast("Document", change.customer), SET, actor=actor, data={**data, "change": change.number})
    return change


@unit_of_work
def refuse_limit(
    change: CreditLimitChange, *, reason: str, actor: User, version: int | None = None
) -> CreditLimitChange:
    """Refuse a proposed limit with a reason; the old one goes on (CM-11)."""
    change, _account = _locked(change)
    LIMIT_WORKFLOW.move(
        change, "refuse", actor=actor, version=version, note=reason, changes=_decision(actor, reason)
    )
    return change


@unit_of_work
def note_credit(customer: Customer, *, kind: str, text: str, actor: User) -> CreditNote:
    """Write a word into the credit file; it is never changed afterwards (CM-11). By sales and finance."""
    permission = PROPOSES if actor.may(PROPOSES) else DECIDES
    require_permission(actor, permission, rule="CM-11")
    _require_own(customer, permission, actor)
    problems = Problems()
    if kind not in CreditNote.Kind.values:
        problems.add("#/kind", "unknown", _("There is no such kind of note."))
    _collect_text(text, LONGEST_TEXT, "#/text", problems, is_required=True)
    problems.raise_if_any(rule="CM-11")
    note = CreditNote(customer=customer, kind=kind, text=text.strip(), actor=actor)
    note.save(force_insert=True)
    record_event(cast("Document", customer), NOTED, actor=actor, data={"kind": kind})
    return note


def _require_own(customer: Customer, permission: str, actor: User) -> None:
    if not Customer.objects.visible_to(actor, permission=permission).filter(pk=customer.pk).exists():
        raise PermissionDenied(_("This customer belongs to another desk."), rule="RG-02")


def _locked(change: CreditLimitChange) -> tuple[CreditLimitChange, CustomerAccount]:
    account = lock_account(change.customer_id)
    rows = CreditLimitChange.objects.select_for_update(of=("self",)).select_related("customer")
    return rows.get(pk=change.pk), account


def _decision(actor: User, note: str) -> dict[str, object]:
    problems = Problems()
    _collect_text(note, LONGEST_REASON, "#/note", problems)
    problems.raise_if_any(rule="CM-11")
    return {"decided_by": actor, "decided_at": now(), "decision_note": note.strip()}


def _collect_text(
    text: str, longest: int, pointer: str, problems: Problems, *, is_required: bool = False
) -> None:
    if is_required and not text.strip():
        problems.add(pointer, "required", _("This entry is required."))
    elif len(text.strip()) > longest:
        problems.add(pointer, "too_long", _("At most %(count)s characters fit here.") % {"count": longest})
