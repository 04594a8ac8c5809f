"""What credit reads across its tables: sums for the check, proposals for slips, candidates for bank lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from core.clock import today
from core.money import ZERO
from core.parameters import Parameters
from credit.models import Allocation, BankLine, CustomerAccount, Posting, Remittance
from credit.policy import CreditTerms, MonthlyFigures, PrepaidFigures, due_at_approval
from credit.workflow import RemittanceStatus
from customers.models import Customer
from orders.models import Order
from orders.workflow import UNDER_REVIEW, OrderStatus

TAKES_MONEY = (
    OrderStatus.DRAFT,
    OrderStatus.CHECKING,
    *UNDER_REVIEW,
    OrderStatus.REJECTED,
    OrderStatus.APPROVED,
    OrderStatus.FULFILLING,
    OrderStatus.PARTLY_SHIPPED,
    OrderStatus.SHIPPED,
    OrderStatus.COMPLETED,
)
"""States of an order to which a slip may still be allocated."""

DAYS_AROUND_A_SLIP = 15
SURE = 90


def allocated_to(orders: Iterable[int]) -> dict[int, Decimal]:
    """P of each order by key: the sum of its valid allocations, matched or not. One query."""
    keys = list(orders)
    found = dict.fromkeys(keys, ZERO)
    sums = (
        Allocation.objects.valid()
        .filter(order__in=keys)
        .order_by()
        .values("order_id")
        .annotate(sum=Sum("amount"))
    )
    return {**found, **{row["order_id"]: row["sum"] for row in sums}}


def arrears_of(customer: Customer, *, on: date | None = None) -> Decimal:
    """V: posted and unpaid amounts whose due date is past, of all earlier months (section 12)."""
    overdue = Posting.objects.filter(order__customer=customer, due_on__lt=on or today())
    return overdue.aggregate(open=Sum(F("gross") - F("applied")))["open"] or ZERO


def balance_of(customer: Customer) -> Decimal:
    """Received money that belongs to no order (预收): it counts only once it is allocated (RM-08)."""
    credited = Remittance.objects.filter(customer=customer, status=RemittanceStatus.CREDITED)
    return credited.aggregate(left=Sum(F("amount") - F("allocated")))["left"] or ZERO


def due_now_on(order: Order) -> Decimal:
    """R0 of an order: all of it, or the prepaid share when it is paid in instalments."""
    is_staged = order.terms == Order.Terms.STAGED
    return due_at_approval(order.total, prepaid_percent=order.prepaid_percent if is_staged else None)


def figures_for(order: Order, account: CustomerAccount, settings: Parameters) -> PrepaidFigures:
    """Everything the tables need of an order, as it stands now. One query, one more for a monthly order."""
    customer = order.customer
    common: dict[str, Any] = {
        "due_now": due_now_on(order),
        "paid": allocated_to([order.pk])[order.pk],
        "limit": settings.amount("credit.default_limit") if account.limit is None else account.limit,
        "credit_in_use": account.credit_used,
        "quota": settings.amount("guarantee.default_quota"),
        "is_frozen": account.is_frozen or customer.status == Customer.Status.FROZEN,
        "terms": CreditTerms(
            equality_passes=settings.is_on("credit.equal_passes"),
            asks_full_top_up=settings.choice("guarantee.topup") == "whole",
            uses_credit_without_slip=settings.is_on("no_slip.use_credit"),
            allows_deferral_with_slip=settings.is_on("deferral.with_partial_slip"),
        ),
    }
    if order.terms == Order.Terms.MONTHLY:
        return MonthlyFigures(**common, arrears=arrears_of(customer))
    return PrepaidFigures(**common)


Split = list[tuple[Order, Decimal]]


def propose_allocations(customer: Customer, *, amount: Decimal, order: Order | None = None) -> Split:
    """How a slip is best split (RM-08): the order at hand up to its open amount, else the oldest that wait.

    Orders that wait for money get what is due at approval, the oldest first. What is left over stays the
    customer's balance.
    """
    waiting = Order.objects.filter(customer=customer, status__in=(OrderStatus.CHECKING, *UNDER_REVIEW))
    orders = [order] if order is not None else list(waiting.order_by("pk")[:50])
    given = allocated_to(each.pk for each in orders)
    split: Split = []
    left = amount
    for each in orders:
        wanted = each.total if order is not None else due_now_on(each)
        part = min(left, max(ZERO, wanted - given[each.pk]))
        if part > ZERO:
            split.append((each, part))
            left -= part
    return split


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bank line that may prove a slip: how likely in percent, and why."""

    line: BankLine
    score: int
    reasons: tuple[str, ...]
    is_acceptable: bool


def candidates_for(remittance: Remittance, *, most: int = 5) -> list[Candidate]:
    """Unmatched bank lines that may prove a slip, the likeliest first; only equal amounts can be accepted."""
    near = Q(
        booked_on__gte=remittance.paid_on - timedelta(days=DAYS_AROUND_A_SLIP),
        booked_on__lte=remittance.paid_on + timedelta(days=DAYS_AROUND_A_SLIP),
    )
    alike = Q(amount=remittance.amount) | Q(payer=remittance.payer)
    if remittance.reference:
        alike |= Q(reference=remittance.reference)
    lines = BankLine.objects.unmatched().filter(near & alike, account__currency=remittance.currency)
    numbers = [allocation.order.number for allocation in valid_allocations(remittance)]
    found = [
        _rated(remittance, line, numbers) for line in lines.select_related("account").order_by("-id")[:200]
    ]
    return sorted(found, key=lambda candidate: (-candidate.score, candidate.line.pk))[:most]


def _rated(remittance: Remittance, line: BankLine, order_numbers: Sequence[str]) -> Candidate:
    is_equal = line.amount == remittance.amount
    days = abs((line.booked_on - remittance.paid_on).days)
    signs = [
        (is_equal, 50, _("amount equal")),
        (line.payer.strip() == remittance.payer, 25, _("payer equal")),
        (bool(remittance.reference) and line.reference == remittance.reference, 15, _("reference no. equal")),
        (any(number in line.remark for number in order_numbers), 15, _("remark names the order")),
        (days <= 1, 10, _("same day or the day beside")),
    ]
    score = min(99, sum(points for holds, points, _why in signs if holds) + max(0, 5 - days))
    return Candidate(line, score, tuple(why for holds, _points, why in signs if holds), is_equal)


def valid_allocations(remittance: Remittance) -> list[Allocation]:
    """The slip's parts with their orders, in the order in which orders are locked."""
    return list(remittance.allocations.valid().select_related("order").order_by("order_id"))


@dataclass(frozen=True, slots=True)
class CreditStanding:
    """What a customer may use and owes, tax included, in the account's currency (CR-01).

    `exposure` is the open amount of approved orders: goods not yet delivered and goods not yet paid.
    """

    currency: str
    limit: Decimal
    is_limit_formal: bool
    used: Decimal
    available: Decimal
    is_frozen: bool
    undelivered: Decimal
    receivable: Decimal
    overdue: Decimal
    unallocated: Decimal

    @property
    def exposure(self) -> Decimal:
        return self.undelivered + self.receivable


def credit_standing(customer: Customer, *, default_limit: Decimal) -> CreditStanding:
    """Limit, use, exposure and overdue of one customer. Four queries."""
    account = CustomerAccount.objects.filter(customer=customer).first() or CustomerAccount(
        customer=customer, currency=customer.currency
    )
    limit = default_limit if account.limit is None else account.limit
    is_frozen = account.is_frozen or customer.status == Customer.Status.FROZEN
    live = Order.objects.filter(customer=customer).approved().exclude(status=OrderStatus.SETTLED)
    sums = live.aggregate(total=Sum("total"), posted=Sum("posted"))
    return CreditStanding(
        currency=account.currency,
        limit=limit,
        is_limit_formal=account.limit is not None,
        used=account.credit_used,
        available=ZERO if is_frozen else max(ZERO, limit - account.credit_used),
        is_frozen=is_frozen,
        undelivered=(sums["total"] or ZERO) - (sums["posted"] or ZERO),
        receivable=account.receivable,
        overdue=arrears_of(customer),
        unallocated=balance_of(customer),
    )
