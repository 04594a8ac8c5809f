"""The response clock and what may be said of an answer (EN-01, G-05). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.clock import local_date
from core.money import round_half_up
from core.workdays import WorkCalendar

SECONDS_AN_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the response clock of one enquiry stands."""

    due_on: date
    answered_on: date | None
    closed_on: date | None
    today: date

    @property
    def is_running(self) -> bool:
        return self.answered_on is None and self.closed_on is None

    @property
    def is_overdue(self) -> bool:
        """No answer by 23:59:59 of the due day."""
        return self.is_running and self.today > self.due_on

    @property
    def is_on_time(self) -> bool | None:
        """Whether the answer came in time; None while there is none."""
        return None if self.answered_on is None else self.answered_on <= self.due_on


def response_due(received_at: datetime, *, working_days: int, calendar: WorkCalendar) -> date:
    """The n-th working day after the day of receipt, which does not count (G-05)."""
    return calendar.after(local_date(received_at), working_days)


def hours_between(received_at: datetime, answered_at: datetime) -> Decimal:
    """Hours by the clock, nights and holidays included, with 2 decimals."""
    return round_half_up(Decimal((answered_at - received_at).total_seconds()) / SECONDS_AN_HOUR)
