"""What signed goods are worth, and how receipts pay for it (DL-03, G-06, CS-01)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_noop

from core.clock import today
from core.models import User
from core.money import ZERO, value_up_to
from core.parameters import parameters_on
from core.sql import insert_rows, update_rows
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from credit.due_dates import due_date
from credit.models import Allocation, Application, CustomerAccount, LedgerEntry, Posting
from credit.services.accounts import change_account, journal, lock_account, write_ledger
from credit.workflow import RemittanceStatus
from orders.models import Order, OrderLine
from orders.services.progress import record_delivery, settle_order
from orders.workflow import OrderStatus

__all__ = ["apply_receipts", "lock_account", "post_delivery", "settle_if_clear"]

POSTED = Fact("post_receivable", gettext_noop("Receivable posted"), rule="DL-03")
Accounts, Kind = LedgerEntry.Account, LedgerEntry.Kind


@dataclass(frozen=True, slots=True)
class SignedLine:
    """An order line as it was before a delivery, and what of it has now been signed for, good or missing."""

    line: OrderLine
    good: Decimal
    missing: Decimal = Decimal(0)

    def share_of(self, amount: Decimal) -> Decimal:
        """The good quantity's part of a line amount, by cumulative rounding (G-06)."""
        before, whole = self.line.signed, self.line.quantity
        return value_up_to(amount, before + self.good, whole) - value_up_to(amount, before, whole)


@dataclass(frozen=True, slots=True)
class Worth:
    """What is posted: goods and freight, tax included, and the tax within."""

    goods: Decimal
    tax: Decimal
    freight: Decimal

    @property
    def gross(self) -> Decimal:
        return self.goods + self.freight


@dataclass(frozen=True, slots=True)
class Part:
    """So much of an allocation pays so much of a posting."""

    posting: Posting
    allocation: Allocation
    amount: Decimal


@unit_of_work
def post_delivery(
    order: Order,
    *,
    number: str,
    source_number: str,
    lines: Sequence[SignedLine],
    signed_on: date,
    actor: User | None,
    account: CustomerAccount,
) -> Posting | None:
    """The customer has signed: the order learns what arrived, the books what is owed, receipts pay it.

    Good quantities are revenue and receivable on the sign-off date, valued by the difference of two
    cumulative values (G-06); freight goes with the first posting, as revenue without tax of its own, which
    is split when it is invoiced. Nothing of value gives None, and `number` stays unused. A completed order
    of which 0.00 is open is settled (CS-01). Called inside the caller's unit of work, with the account and
    then the order locked and the lines read there. At most 14 statements, however many lines.
    """
    worth = _worth_of(order, lines)
    record_delivery(
        order,
        signed={each.line.line_no: each.good for each in lines},
        damaged={each.line.line_no: each.missing for each in lines},
        signed_on=signed_on,
        actor=actor,
        gross=worth.gross,
    )
    posting = None
    if worth.gross:
        posting = _book(order, account, worth, number=number, source_number=source_number, on=signed_on)
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


def _worth_of(order: Order, lines: Sequence[SignedLine]) -> Worth:
    """The value of what was newly signed for, and the freight if nothing has been posted yet."""
    return Worth(
        goods=sum((each.share_of(each.line.gross) for each in lines), ZERO),
        tax=sum((each.share_of(each.line.tax) for each in lines), ZERO),
        freight=ZERO if order.posted else order.freight,
    )


def _book(
    order: Order, account: CustomerAccount, worth: Worth, *, number: str, source_number: str, on: date
) -> Posting:
    """Write the posting with what receipts pay of it at once, both journals, and the account's figure."""
    gross = worth.gross
    posting = Posting(
        number=number,
        order=order,
        source_number=source_number,
        posted_on=on,
        due_on=_due_on(order, on),
        currency=order.currency,
        net=gross - worth.tax,
        tax=worth.tax,
        freight=worth.freight,
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
