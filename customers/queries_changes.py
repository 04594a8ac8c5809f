"""How many reported changes reached the customer file in time (CM-04)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q

from core.clock import next_month, today
from core.models import User
from core.money import percentage
from customers.models import ChangeReport


@dataclass(frozen=True, slots=True)
class ChangeRate:
    """Of the reports of a month that are due or done: how many were applied in time."""

    name: str
    in_time: int
    due: int

    @property
    def rate(self) -> Decimal | None:
        """In percent, 2 decimals; None without a report that counts (G-07)."""
        return percentage(Decimal(self.in_time), Decimal(self.due))


@dataclass(frozen=True, slots=True)
class ChangeRates:
    total: ChangeRate
    by_salesperson: tuple[ChangeRate, ...]


def change_rates(user: User, month: date) -> ChangeRates:
    """The on-time rate of a month of reports, in all and by responsible salesperson. One query.

    Withdrawn reports count nowhere, open ones only once they are overdue.
    """
    month = month.replace(day=1)
    applied, overdue = Q(status=ChangeReport.Status.APPLIED), Q(status=ChangeReport.Status.REPORTED)
    own = ChangeReport.objects.visible_to(user).filter(
        reported_on__gte=month, reported_on__lt=next_month(month)
    )
    rows = (
        own.order_by()
        .values("customer__salesperson__display_name")
        .annotate(
            in_time=Count("pk", filter=applied & Q(closed_on__lte=F("due_on"))),
            due=Count("pk", filter=applied | (overdue & Q(due_on__lt=today()))),
        )
    )
    rates = sorted(
        (
            ChangeRate(row["customer__salesperson__display_name"], row["in_time"], row["due"])
            for row in rows
            if row["due"]
        ),
        key=lambda rate: rate.name,
    )
    total = ChangeRate("", sum(rate.in_time for rate in rates), sum(rate.due for rate in rates))
    return ChangeRates(total, tuple(rates))
