"""The month in figures: KP-01, KP-10 and what was posted, by region and salesperson.

A valid order is finance-approved and not cancelled; it belongs to the business month of its approval.
All amounts are in the company currency, tax included (G-03).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from core.clock import next_month
from core.models import User
from core.money import BASE_CURRENCY, ZERO, percentage
from credit.models import Posting
from orders.models import Order, OrderLine

GROUP = (
    "region__code",
    "region__name",
    "region__name_en",
    "salesperson__username",
    "salesperson__display_name",
)
NO_REGION = "-"


@dataclass(frozen=True, slots=True)
class Figures:
    """Order total and count (KP-01), posted gross, and the lines behind the fill rate (KP-10)."""

    orders: int = 0
    total: Decimal = ZERO
    posted: Decimal = ZERO
    lines: int = 0
    filled_lines: int = 0

    @property
    def fill_rate(self) -> Decimal | None:
        """Lines fully reserved at approval ÷ lines, in percent; None without lines (G-07)."""
        return percentage(Decimal(self.filled_lines), Decimal(self.lines))

    @property
    def short_lines(self) -> int:
        return self.lines - self.filled_lines

    def plus(self, other: Figures) -> Figures:
        return Figures(
            self.orders + other.orders,
            self.total + other.total,
            self.posted + other.posted,
            self.lines + other.lines,
            self.filled_lines + other.filled_lines,
        )


@dataclass(frozen=True, slots=True)
class Group:
    """One salesperson in one region. `region` is the code, `-` for orders without one."""

    region: str
    region_name: str
    region_name_en: str
    salesperson: str
    salesperson_name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class RegionFigures:
    region: str
    name: str
    name_en: str
    figures: Figures
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class MonthlyReport:
    """`previous` are the same figures of the month before, for comparison."""

    month: date
    figures: Figures
    previous: Figures
    regions: tuple[RegionFigures, ...]


def orders_of_month(user: User, month: date) -> QuerySet[Order]:
    """Valid orders approved in a business month that the person may see (KP-01)."""
    return (
        Order.objects.visible_to(user)
        .approved()
        .filter(approved_on__gte=month, approved_on__lt=next_month(month), currency=BASE_CURRENCY)
    )


def postings_of_month(user: User, month: date) -> QuerySet[Posting]:
    """What was posted in a business month on orders that the person may see (DL-03)."""
    return Posting.objects.filter(
        order__in=Order.objects.visible_to(user),
        posted_on__gte=month,
        posted_on__lt=next_month(month),
        currency=BASE_CURRENCY,
    )


def lines_of_month(user: User, month: date) -> QuerySet[OrderLine]:
    """The lines of the month's valid orders (KP-10)."""
    return OrderLine.objects.filter(order__in=orders_of_month(user, month))


def short_lines_of_month(user: User, month: date) -> QuerySet[OrderLine]:
    """Lines that could not be fully reserved when the order was approved."""
    return lines_of_month(user, month).filter(reserved__lt=F("quantity"))


def month_figures(user: User, month: date) -> Figures:
    """The month's totals alone, for the home page and for comparison. Three statements."""
    orders = orders_of_month(user, month).aggregate(orders=Count("pk"), total=Sum("total"))
    posted = postings_of_month(user, month).aggregate(posted=Sum("gross"))
    lines = lines_of_month(user, month).aggregate(**_LINE_COUNTS)
    return Figures(orders["orders"], orders["total"] or ZERO, posted["posted"] or ZERO, **lines)


def monthly_report(user: User, month: date) -> MonthlyReport:
    """The report of a business month within the person's scope. Six statements for any number of orders."""
    month = month.replace(day=1)
    groups = _groups(user, month)
    return MonthlyReport(
        month=month,
        figures=_sum(group.figures for group in groups),
        previous=month_figures(user, (month - date.resolution).replace(day=1)),
        regions=tuple(_by_region(groups)),
    )


_LINE_COUNTS: dict[str, Any] = {
    "lines": Count("pk"),
    "filled_lines": Count("pk", filter=Q(reserved__gte=F("quantity"))),
}


def _groups(user: User, month: date) -> list[Group]:
    found: dict[tuple[Any, ...], Figures] = defaultdict(Figures)
    ordered = orders_of_month(user, month).order_by().values(*GROUP)
    for row in ordered.annotate(orders=Count("pk"), amount=Sum("total")):
        found[_key(row)] = found[_key(row)].plus(Figures(orders=row["orders"], total=row["amount"] or ZERO))
    lines = lines_of_month(user, month).order_by().values(*_through_order())
    for row in lines.annotate(**_LINE_COUNTS):
        key = _key(row, "order__")
        found[key] = found[key].plus(Figures(lines=row["lines"], filled_lines=row["filled_lines"]))
    posted = postings_of_month(user, month).order_by().values(*_through_order())
    for row in posted.annotate(amount=Sum("gross")):
        key = _key(row, "order__")
        found[key] = found[key].plus(Figures(posted=row["amount"] or ZERO))
    return [
        Group(region, name, name_en, salesperson, salesperson_name, found[key])
        for key in sorted(found)
        for region, name, name_en, salesperson, salesperson_name in [key]
    ]


def _through_order() -> list[str]:
    return [f"order__{name}" for name in GROUP]


def _key(row: dict[str, Any], prefix: str = "") -> tuple[str, str, str, str, str]:
    region, name, name_en, salesperson, salesperson_name = (row[prefix + column] or "" for column in GROUP)
    return region or NO_REGION, name, name_en, salesperson, salesperson_name


def _by_region(groups: list[Group]) -> Iterable[RegionFigures]:
    for code in dict.fromkeys(group.region for group in groups):
        own = tuple(group for group in groups if group.region == code)
        figures = _sum(group.figures for group in own)
        yield RegionFigures(code, own[0].region_name, own[0].region_name_en, figures, own)


def _sum(many: Iterable[Figures]) -> Figures:
    total = Figures()
    for figures in many:
        total = total.plus(figures)
    return total


def narrowed(
    rows: QuerySet[Any], *, region: str = "", salesperson: str = "", prefix: str = ""
) -> QuerySet[Any]:
    """The rows behind one figure: of one region, of one salesperson."""
    if region == NO_REGION:
        rows = rows.filter(**{f"{prefix}region__isnull": True})
    elif region:
        rows = rows.filter(**{f"{prefix}region__code": region})
    if salesperson:
        rows = rows.filter(**{f"{prefix}salesperson__username": salesperson})
    return rows
