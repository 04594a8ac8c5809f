"""What becomes of enquiries: received, answered in time, quoted, ordered, lost (EN-01, G-07).

One statement for the table, one for the reasons. Every figure is a condition of `queries.OUTCOMES`, so that the
list behind it is the figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, Sum
from django.db.models.functions import TruncMonth

from core.clock import BUSINESS_ZONE, today
from core.models import User
from core.money import percentage, round_half_up
from orders.enquiries.policy import SECONDS_AN_HOUR
from orders.enquiries.queries import OUTCOMES, EnquiryFilter, enquiries_matching
from orders.models import Enquiry

GROUPS = ("month", "owner", "channel")


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of some enquiries. Counts; `waited` is the sum of the times to the first answer."""

    received: int = 0
    answered: int = 0
    on_time: int = 0
    late: int = 0
    quoted: int = 0
    ordered: int = 0
    lost: int = 0
    waited: timedelta = timedelta()

    def __add__(self, other: Conversion) -> Conversion:
        return Conversion(
            **{part.name: getattr(self, part.name) + getattr(other, part.name) for part in fields(self)}
        )

    @property
    def on_time_rate(self) -> Decimal | None:
        """Answered in time ÷ those whose clock has ended: answered, or missed. Percent; None without a base.

        One that was closed in time without an answer is in neither.
        """
        return percentage(Decimal(self.on_time), Decimal(self.on_time + self.late))

    @property
    def quote_rate(self) -> Decimal | None:
        return percentage(Decimal(self.quoted), Decimal(self.received))

    @property
    def order_rate(self) -> Decimal | None:
        """Enquiries with an order ÷ enquiries received, in percent."""
        return percentage(Decimal(self.ordered), Decimal(self.received))

    @property
    def mean_hours(self) -> Decimal | None:
        """Mean hours from receipt to the first answer, by the clock; None without an answer (G-07)."""
        if not self.answered:
            return None
        return round_half_up(Decimal(self.waited.total_seconds()) / SECONDS_AN_HOUR / self.answered)


@dataclass(frozen=True, slots=True)
class FiguresRow:
    """One line of the table: a month, a person or a channel. `key` is what the list filters by."""

    key: str
    label: str
    figures: Conversion


@dataclass(frozen=True, slots=True)
class FiguresTable:
    group_by: str
    rows: list[FiguresRow]
    total: Conversion
    lost: list[tuple[str, int]]
    """How many were lost for which reason, the most frequent first."""


def conversion_figures(user: User, wanted: EnquiryFilter, *, group_by: str) -> FiguresTable:
    """The enquiries a person may see, grouped; `wanted` says of which period. Two statements."""
    rows = enquiries_matching(user, wanted)
    grouped = _grouped(rows, group_by).annotate(**_figures(today()))
    table = [_row(group_by, found) for found in grouped]
    total = sum_of(row.figures for row in table)
    reasons = rows.exclude(lost_reason="").order_by().values_list("lost_reason").annotate(count=Count("pk"))
    lost = sorted(reasons, key=lambda reason: (-reason[1], reason[0]))
    return FiguresTable(group_by, table, total, lost)


def sum_of(parts: Iterable[Conversion]) -> Conversion:
    return sum(parts, Conversion())


def _grouped(rows: Any, group_by: str) -> Any:
    rows = rows.with_lateness().order_by()
    if group_by == "owner":
        return rows.values("owner__username", "owner__display_name").order_by("owner__display_name")
    if group_by == "channel":
        return rows.values("channel").order_by("channel")
    return rows.values(month=TruncMonth("received_at", tzinfo=BUSINESS_ZONE)).order_by("-month")


def _figures(day: date) -> Mapping[str, Any]:
    waited = ExpressionWrapper(F("responded_at") - F("received_at"), output_field=DurationField())
    counts = {f"n_{name}": Count("pk", filter=OUTCOMES[name](day)) for name in OUTCOMES}
    return {
        "n_received": Count("pk"),
        **counts,
        "waited": Sum(waited, filter=Q(responded_at__isnull=False)),
    }


def _row(group_by: str, found: Mapping[str, Any]) -> FiguresRow:
    counts = {name: found[f"n_{name}"] for name in ("received", *OUTCOMES)}
    figures = Conversion(**counts, waited=found["waited"] or timedelta())
    key, label = _named(group_by, found)
    return FiguresRow(key, label, figures)


def _named(group_by: str, found: Mapping[str, Any]) -> tuple[str, str]:
    if group_by == "owner":
        return found["owner__username"], found["owner__display_name"]
    if group_by == "channel":
        return found["channel"], str(Enquiry.Channel(found["channel"]).label)
    month: datetime = found["month"]
    return f"{month:%Y-%m}", f"{month:%Y-%m}"
