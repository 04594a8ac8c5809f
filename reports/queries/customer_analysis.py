"""How customers and we kept our promises over a quarter, customer by customer (CT-05).

Delivery: orders completed in the period against the promised date (KP-05). Payment: amounts that fell due in
the period against the day on which matched receipts paid them. Overdue: what stood open at the period's end.
All amounts include tax and are in the currency of the documents. Eight statements for any number of customers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from core.clock import month_of, next_month, today
from core.models import User
from core.money import ZERO, percentage
from core.parameters import parameters_on
from credit.models import Application, CustomerAccount, Posting
from customers.models import Customer
from orders.models import Contract, Order

Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months: `begins` is the first day, `ends` the last one."""

    begins: date
    ends: date

    @property
    def as_of(self) -> date:
        return min(self.ends, today())


@dataclass(slots=True)
class Conduct:
    """One customer in one currency over the period; shares are None where nothing was due (G-07)."""

    customer: Customer
    currency: str
    limit: Decimal | None = None
    contracts: int = 0
    completed: int = 0
    late: int = 0
    late_days: int = 0
    due: Decimal = ZERO
    paid_on_time: Decimal = ZERO
    paid_late: Decimal = ZERO
    longest_delay: int = 0
    overdue: Decimal = ZERO
    _delay_weight: Decimal = field(default=ZERO, repr=False)

    @property
    def on_time(self) -> int:
        return self.completed - self.late

    @property
    def on_time_share(self) -> Decimal | None:
        """Orders completed by the promised date, in percent of the completed ones."""
        return percentage(Decimal(self.on_time), Decimal(self.completed))

    @property
    def average_late_days(self) -> Decimal | None:
        """Days late of the orders that were late, on average."""
        return None if not self.late else (Decimal(self.late_days) / self.late).quantize(Decimal("0.1"))

    @property
    def paid_on_time_share(self) -> Decimal | None:
        """Of what fell due, the part paid by its day, in percent."""
        return percentage(self.paid_on_time, self.due)

    @property
    def average_delay(self) -> Decimal | None:
        """Days by which late payments were late, weighted by amount."""
        if not self.paid_late:
            return None
        return (self._delay_weight / self.paid_late).quantize(Decimal("0.1"))

    def add_payment(self, amount: Decimal, days_late: int) -> None:
        if days_late <= 0:
            self.paid_on_time += amount
            return
        self.paid_late += amount
        self._delay_weight += amount * days_late
        self.longest_delay = max(self.longest_delay, days_late)


def period_until(month: date | None = None) -> Period:
    """The months of `contract.analysis_months` that end with a month; with the last finished quarter by
    default. One statement."""
    months = parameters_on().number("contract.analysis_months")
    last = month or last_quarter_end(today())
    begins = last
    for _month in range(months - 1):
        begins = month_of(begins - timedelta(days=1))
    return Period(begins, next_month(last) - timedelta(days=1))


def last_quarter_end(day: date) -> date:
    """The first day of the last month of the quarter before the day's own."""
    first_of_quarter = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return month_of(first_of_quarter - timedelta(days=1))


def customer_analysis(user: User, period: Period) -> list[Conduct]:
    """Every customer within the person's scope who had anything to keep in the period; the most overdue
    first."""
    found: dict[Key, dict[str, Any]] = defaultdict(dict)
    orders = Order.objects.visible_to(user)
    _count_contracts(found, Contract.objects.visible_to(user), period)
    deliveries = _deliveries(found, orders, period)
    payments = _payments(found, orders, period)
    _sum_overdue(found, orders, period)
    rows = _rows(found)
    for key, promised, completed, count in deliveries:
        _add_delivery(rows[key], promised, completed, count)
    for key, amount, days in payments:
        rows[key].add_payment(amount, days)
    return sorted(rows.values(), key=lambda row: (-row.overdue, row.customer.number, row.currency))


def _count_contracts(found: dict[Key, dict[str, Any]], contracts: Any, period: Period) -> None:
    """Contracts that were in force at some time of the period."""
    running = (
        contracts.registered()
        .exclude(kind=Contract.Kind.CONFIRMATION)
        .filter(signed_on__lte=period.ends)
        .exclude(ended_on__lt=period.begins)
    )
    for row in running.order_by().values("customer_id", "currency").annotate(n=Count("pk")):
        found[row["customer_id"], row["currency"]]["contracts"] = row["n"]


def _deliveries(
    found: dict[Key, dict[str, Any]], orders: QuerySet[Order], period: Period
) -> list[tuple[Key, date | None, date, int]]:
    done = orders.filter(completed_on__gte=period.begins, completed_on__lte=period.ends)
    names = ("customer_id", "currency", "promised_on", "completed_on")
    rows = done.order_by().values(*names).annotate(n=Count("pk"))
    deliveries = [
        ((row["customer_id"], row["currency"]), row["promised_on"], row["completed_on"], row["n"])
        for row in rows
    ]
    for key, *_rest in deliveries:
        found[key]
    return deliveries


def _payments(
    found: dict[Key, dict[str, Any]], orders: QuerySet[Order], period: Period
) -> list[tuple[Key, Decimal, int]]:
    """What fell due, and what was paid of it by the period's end with how many days' delay."""
    due = Posting.objects.filter(
        order__in=orders, due_on__gte=period.begins, due_on__lte=period.as_of, posted_on__lte=period.as_of
    )
    sums = due.order_by().values("order__customer_id", "currency").annotate(sum=Sum("gross"))
    for row in sums:
        found[row["order__customer_id"], row["currency"]]["due"] = row["sum"]
    customer, currency, due_on = "posting__order__customer_id", "posting__currency", "posting__due_on"
    paid = (
        Application.objects.filter(posting__in=due.order_by().values("pk"), applied_on__lte=period.as_of)
        .order_by()
        .values(customer, currency, due_on, "applied_on")
        .annotate(sum=Sum("amount"))
    )
    return [
        ((row[customer], row[currency]), row["sum"], (row["applied_on"] - row[due_on]).days) for row in paid
    ]


def _sum_overdue(found: dict[Key, dict[str, Any]], orders: QuerySet[Order], period: Period) -> None:
    """Posted, past its due date and unpaid at the period's end."""
    late = Posting.objects.filter(order__in=orders, due_on__lt=period.as_of, posted_on__lte=period.as_of)
    rows = late.order_by().values("order__customer_id", "currency").annotate(sum=Sum("gross"))
    open_ones = {(row["order__customer_id"], row["currency"]): row["sum"] for row in rows}
    customer, currency = "posting__order__customer_id", "posting__currency"
    paid = Application.objects.filter(posting__in=late.order_by().values("pk"), applied_on__lte=period.as_of)
    for row in paid.order_by().values(customer, currency).annotate(sum=Sum("amount")):
        open_ones[row[customer], row[currency]] -= row["sum"]
    for key, amount in open_ones.items():
        if amount:
            found[key]["overdue"] = amount


def _rows(found: dict[Key, dict[str, Any]]) -> dict[Key, Conduct]:
    keys = {customer for customer, _currency in found}
    customers = Customer.objects.select_related("region", "salesperson").in_bulk(keys)
    limits = dict(CustomerAccount.objects.filter(customer__in=keys).values_list("customer_id", "limit"))
    return {
        key: Conduct(customers[key[0]], key[1], limits.get(key[0]), **values) for key, values in found.items()
    }


def _add_delivery(row: Conduct, promised: date | None, completed: date, count: int) -> None:
    row.completed += count
    if promised is not None and completed > promised:
        row.late += count
        row.late_days += (completed - promised).days * count


def overdue_totals(rows: Iterable[Conduct]) -> list[tuple[str, Decimal, Decimal]]:
    """Per currency what fell due and what is overdue (SY-02)."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for row in rows:
        sums[row.currency][0] += row.due
        sums[row.currency][1] += row.overdue
    return [(currency, due, overdue) for currency, (due, overdue) in sorted(sums.items())]
