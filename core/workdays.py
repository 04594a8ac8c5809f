"""Working days: Monday to Friday, less public holidays, plus make-up days (G-05). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

SATURDAY = 5


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked."""

    holidays: frozenset[date] = field(default_factory=frozenset)
    make_up_days: frozenset[date] = field(default_factory=frozenset)

    def is_working(self, day: date) -> bool:
        if day in self.make_up_days:
            return True
        return day.weekday() < SATURDAY and day not in self.holidays

    def after(self, day: date, working_days: int) -> date:
        """The n-th working day after `day`; the day itself does not count (G-05)."""
        found = day
        while working_days > 0:
            found += timedelta(days=1)
            working_days -= self.is_working(found)
        return found

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start`, up to and including `end`."""
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
