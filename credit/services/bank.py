"""Bank lines, and the match that proves a slip (PM-03)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.clock import now, today
from core.errors import Conflict, Problems
from core.models import User
from core.money import CENT, round_half_up
from core.trail import Fact, record_act, record_event
from core.transactions import unit_of_work
from core.workflow import require_permission, require_version
from credit.errors import AmountsDiffer
from credit.models import BankAccount, BankLine, LedgerEntry, Remittance
from credit.queries import Candidate, candidates_for, valid_allocations
from credit.services.accounts import (
    change_account,
    journal,
    lock_account,
    lock_orders,
    require_currency,
    write_ledger,
)
from credit.services.receivables import apply_receipts
from credit.services.remittances import locked_slip
from credit.workflow import REMITTANCE_WORKFLOW
from orders.services.progress import record_payment
from orders.workflow import ORDER_WORKFLOW

__all__ = ["Candidate", "candidates_for", "enter_bank_line", "match_bank_line"]

PAYMENT_RECEIVED = Fact("payment_received", gettext_noop("Payment received"), duty="match", rule="PM-03")


def enter_bank_line(
    account: BankAccount,
    *,
    reference: str,
    booked_on: date,
    amount: Decimal,
    payer: str,
    actor: User,
    remark: str = "",
) -> BankLine:
    """Enter one incoming line of a bank statement; the same line a second time is refused (PM-03)."""
    require_permission(actor, "credit.enter_bank_lines", rule="PM-03")
    line = BankLine(
        account=account,
        reference="".join(reference.split()),
        booked_on=booked_on,
        amount=amount,
        payer=payer.strip(),
        remark=remark.strip(),
        entered_by=actor,
    )
    try:
        return _enter(account, line=line, actor=actor)
    except IntegrityError as error:
        _refuse_known_line(line)
        raise error


@unit_of_work
def _enter(account: BankAccount, *, line: BankLine, actor: User) -> BankLine:
    _refuse_faulty_line(line)
    _refuse_known_line(line)
    line.save(force_insert=True)
    data = {"account": account.code, "amount": str(line.amount), "booked_on": line.booked_on.isoformat()}
    record_act("enter_bank_line", actor=actor, subject=line.reference, data=data)
    return line


@unit_of_work
def match_bank_line(
    remittance: Remittance, line: BankLine, *, actor: User, version: int | None = None
) -> Remittance:
    """Prove a slip by a bank line of the same amount: the money is received and pays its orders (PM-03).

    Posts bank against customer advances on the day of the bank line, tells each allocated order, and
    applies it to what is already posted there. Nobody matches who keyed, checked or reviewed one of the
    orders or recorded the slip (IC-01). Locks the account, the slip, its orders and the line. Raises
    AmountsDiffer, SameActor, StaleVersion, TransitionNotAllowed, Conflict; then nothing is saved.
    """
    account = lock_account(remittance.customer_id)
    slip = locked_slip(remittance)
    require_version(slip, version)
    REMITTANCE_WORKFLOW.require(slip, "match", actor=actor)
    line = BankLine.objects.select_for_update(of=("self",)).select_related("account").get(pk=line.pk)
    _refuse_unequal(slip, line)
    given = {allocation.order_id: allocation.amount for allocation in valid_allocations(slip)}
    orders = lock_orders(given)
    for order in orders:
        ORDER_WORKFLOW.require_duty(order, "match", actor=actor)
    _take_line(line)
    data = {"bank_line": line.reference, "amount": str(line.amount), "booked_on": line.booked_on.isoformat()}
    REMITTANCE_WORKFLOW.move(
        slip, "match", actor=actor, data=data, changes={"bank_line": line, "matched_at": now()}
    )
    _post_receipt(slip, line)
    change_account(account, received=slip.amount)
    for order in orders:
        record_payment(order, paid=order.paid + given[order.pk])
        data = {"slip": slip.number, "amount": str(given[order.pk]), "currency": slip.currency}
        record_event(order, PAYMENT_RECEIVED, actor=actor, data=data)
        apply_receipts(order, account=account, actor=actor)
    return slip


def _post_receipt(slip: Remittance, line: BankLine) -> None:
    receipt = journal(
        LedgerEntry.Kind.RECEIPT,
        source_type="remittance",
        source_number=slip.number,
        customer_id=slip.customer_id,
        currency=slip.currency,
        posted_on=line.booked_on,
    )
    accounts = LedgerEntry.Account
    write_ledger(receipt({accounts.BANK: slip.amount, accounts.ADVANCE: -slip.amount}))


def _take_line(line: BankLine) -> None:
    """One bank line proves one slip; whoever comes second is told."""
    matched_at = now()
    if not BankLine.objects.filter(pk=line.pk, matched_at__isnull=True).update(matched_at=matched_at):
        raise Conflict(
            _("Bank line %(reference)s already proves another slip. Choose another line.")
            % {"reference": line.reference},
            rule="PM-03",
            code="line_taken",
        )
    line.matched_at = matched_at


def _refuse_unequal(slip: Remittance, line: BankLine) -> None:
    require_currency(slip.currency, expected=line.account.currency, what=str(line.account))
    if line.amount != slip.amount:
        raise AmountsDiffer(
            _(
                "%(slip)s says %(claimed)s, the bank line %(proved)s. Choose the line of the same amount, "
                "or correct the slip to the bank's amount with a reason."
            )
            % {"slip": slip.number, "claimed": f"{slip.amount:,.2f}", "proved": f"{line.amount:,.2f}"}
        )


def _refuse_faulty_line(line: BankLine) -> None:
    problems = Problems()
    if not line.reference or len(line.reference) > 64:
        problems.add("#/reference", "required", _("Enter the bank's reference no., at most 64 characters."))
    if not line.payer or len(line.payer) > 120:
        problems.add(
            "#/payer", "required", _("Enter the payer as the bank names him, at most 120 characters.")
        )
    if len(line.remark) > 200:
        problems.add("#/remark", "too_long", _("The remark has at most 200 characters."))
    if line.amount < CENT or line.amount != round_half_up(line.amount) or line.amount >= Decimal(10) ** 13:
        problems.add("#/amount", "invalid", _("Enter an amount of at least 0.01 with at most 2 decimals."))
    if line.booked_on > today():
        problems.add("#/booked_on", "in_the_future", _("The bank's date cannot lie in the future."))
    problems.raise_if_any(rule="PM-03")


def _refuse_known_line(line: BankLine) -> None:
    known = BankLine.objects.filter(
        account=line.account, reference=line.reference, amount=line.amount, booked_on=line.booked_on
    )
    if known.exists():
        raise Conflict(
            _("This line of %(date)s over %(amount)s, reference no. %(reference)s, is already entered.")
            % {
                "date": line.booked_on.isoformat(),
                "amount": f"{line.amount:,.2f}",
                "reference": line.reference,
            },
            rule="PM-03",
            code="line_known",
        )
