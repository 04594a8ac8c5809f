"""What signed goods are worth, and how receipts pay for it (DL-03, G-06, CS-01)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_noop

from core.clock import today
from core.models import User
from core.money import ZERO, value_up_to
from core.numbering import next_number
from core.parameters import parameters_on
from core.sql import insert_rows, update_rows
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from credit.due_dates import due_date
from credit.models import Allocation, Application, CustomerAccount, LedgerEntry, Posting
from credit.services.accounts import change_account, journal, lock_account, write_ledger
from credit.workflow import RemittanceStatus
from orders.models import Order
from orders.services.progress import add_posted, settle_order
from orders.workflow import OrderStatus

__all__ = ["apply_receipts", "lock_account", "post_receivable", "settle_if_clear"]

POSTED = Fact("post_receivable", gettext_noop("Receivable posted"), rule="DL-03")
Accounts, Kind = LedgerEntry.Account, LedgerEntry.Kind

SignedFromTo = tuple[Decimal, Decimal]
"""Quantity of a line signed for before this delivery and after it."""


@dataclass(frozen=True, slots=True)
class Worth:
    """Value of goods: `gross` tax included, `tax` within it."""

    gross: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """So much of an allocation pays so much of a posting."""

    posting: Posting
    allocation: Allocation
    amount: Decimal


@unit_of_work
def post_receivable(
    order: Order,
    *,
    source_number: str,
    quantities: Mapping[int, SignedFromTo],
    signed_on: date,
    actor: User | None,
    account: CustomerAccount | None = None,
) -> Posting | None:
    """Book newly signed goods as revenue and receivable on the sign-off date, and let receipts pay them.

    The value is the difference of two cumulative values (G-06); freight goes with the first posting, as
    revenue without tax of its own, which is split when it is invoiced. Nothing of value gives None. A
    completed order of which 0.00 is open is settled (CS-01), so the delivery is recorded before. Called
    inside the caller's unit of work, with the account and then the order locked there. At most 13
    statements, however many lines.
    """
    worth = _worth_of(order, quantities)
    freight = ZERO if order.posted else order.freight
    posting = None
    if worth.gross + freight:
        account = account or lock_account(order.customer_id)
        posting = _book(
            order, account, source_number=source_number, worth=worth, freight=freight, on=signed_on
        )
        data = {"posting": posting.number, "gross": str(posting.gross), "posted_on": signed_on.isoformat()}
        record_event(order, POSTED, actor=actor, data=data)
    settle_if_clear(order, actor=actor)
    return posting


@unit_of_work
def apply_receipts(order: Order, *, actor: User | None, account: CustomerAccount | None = None) -> Decimal:
    """Let matched receipts of a locked order pay what is posted and open, oldest first; returns how much."""
    applied = ZERO
    if order.posted:
        postings = list(order.postings.filter(applied__lt=F("gross")).order_by("id"))
        parts = _share_out(postings, _free_allocations(order)) if postings else []
        applied = sum((part.amount for part in parts), ZERO)
        if parts:
            changes = [{"id": posting.pk, "applied": posting.applied} for posting in postings]
            update_rows(Posting, ("id",), ("applied",), changes)
            write_ledger(_write_parts(parts, order, on=today()))
            change_account(account or lock_account(order.customer_id), receivable=-applied)
    settle_if_clear(order, actor=actor)
    return applied


def settle_if_clear(order: Order, *, actor: User | None) -> bool:
    """CS-01: a completed order is settled once as much is received as is posted."""
    if order.status != OrderStatus.COMPLETED or order.paid < order.posted:
        return False
    settle_order(order, actor=actor)
    return True


def _worth_of(order: Order, quantities: Mapping[int, SignedFromTo]) -> Worth:
    """The value of what was newly signed for, line by line, by cumulative rounding (G-06)."""
    gross = tax = ZERO
    for line_no, quantity, line_gross, line_tax in order.lines.order_by().values_list(
        "line_no", "quantity", "gross", "tax"
    ):
        if line_no in quantities:
            before, after = quantities[line_no]
            gross += value_up_to(line_gross, after, quantity) - value_up_to(line_gross, before, quantity)
            tax += value_up_to(line_tax, after, quantity) - value_up_to(line_tax, before, quantity)
    return Worth(gross, tax)


def _book(
    order: Order, account: CustomerAccount, *, source_number: str, worth: Worth, freight: Decimal, on: date
) -> Posting:
    """Write the posting with what receipts pay of it at once, both journals, and the figures they move."""
    gross = worth.gross + freight
    posting = Posting(
        number=next_number("PT"),
        order=order,
        source_number=source_number,
        posted_on=on,
        due_on=_due_on(order, on),
        currency=order.currency,
        net=gross - worth.tax,
        tax=worth.tax,
        freight=freight,
        gross=gross,
    )
    parts = _share_out([posting], _free_allocations(order))
    posting.save(force_insert=True)
    sides: dict[str, Decimal] = {
        Accounts.RECEIVABLE: gross,
        Accounts.REVENUE: -posting.net,
        Accounts.OUTPUT_TAX: -posting.tax,
    }
    booked = journal(
        Kind.POSTING, source_type="posting", source_number=posting.number, posted_on=on, **_owner(order)
    )
    write_ledger([*booked(sides), *_write_parts(parts, order, on=on)])
    add_posted(order, gross=gross)
    change_account(account, receivable=gross - posting.applied)
    return posting


def _due_on(order: Order, posted_on: date) -> date:
    if order.terms != Order.Terms.MONTHLY:
        return due_date(posted_on, is_monthly=False, settlement_day=None)
    day = order.customer.settlement_day
    if day is None:
        day = parameters_on(posted_on)["monthly.settlement_day"]  # type: ignore[assignment]
    return due_date(posted_on, is_monthly=True, settlement_day=day)


def _free_allocations(order: Order) -> list[Allocation]:
    """Matched parts of slips that have not yet paid posted goods, the oldest first."""
    matched = order.allocations.valid().filter(remittance__status=RemittanceStatus.CREDITED)
    return list(matched.filter(applied__lt=F("amount")).order_by("id"))


def _share_out(postings: Sequence[Posting], allocations: Sequence[Allocation]) -> list[Part]:
    """Pay the oldest posting from the oldest receipt; sets `applied` on the instances of both."""
    parts = []
    for posting in postings:
        for allocation in allocations:
            amount = min(posting.gross - posting.applied, allocation.amount - allocation.applied)
            if amount > ZERO:
                posting.applied += amount
                allocation.applied += amount
                parts.append(Part(posting, allocation, amount))
    return parts


def _write_parts(parts: Sequence[Part], order: Order, *, on: date) -> list[dict[str, object]]:
    """Write applications and what is left of the allocations; returns the ledger rows still to be written.

    A pair of posting and allocation meets once, for one of the two is used up by it: that makes the number.
    """
    numbers = [f"{part.posting.number}-{part.allocation.pk}" for part in parts]
    insert_rows(
        Application,
        [
            {
                "number": number,
                "posting": part.posting.pk,
                "allocation": part.allocation.pk,
                "amount": part.amount,
                "applied_on": on,
            }
            for number, part in zip(numbers, parts, strict=True)
        ],
    )
    used = {part.allocation.pk: part.allocation.applied for part in parts}
    update_rows(
        Allocation, ("id",), ("applied",), [{"id": key, "applied": applied} for key, applied in used.items()]
    )
    rows = []
    for number, part in zip(numbers, parts, strict=True):
        applied = journal(
            Kind.APPLICATION, source_type="application", source_number=number, posted_on=on, **_owner(order)
        )
        rows += applied({Accounts.ADVANCE: part.amount, Accounts.RECEIVABLE: -part.amount})
    return rows


def _owner(order: Order) -> dict[str, object]:
    return {"customer": order.customer_id, "order_number": order.number, "currency": order.currency}
