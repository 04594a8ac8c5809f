"""Grades and the window they look back on (CM-05, CM-06). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

MONTHS_OF_A_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Window:
    """Business days from `start` to `end`, both included."""

    start: date
    end: date


def grade_for(purchases: Decimal, a_from: Decimal, b_from: Decimal) -> str:
    """A from `a_from`, B from `b_from`, both inclusive; C below. Tax included, company currency (CM-05)."""
    if purchases >= a_from:
        return "A"
    return "B" if purchases >= b_from else "C"


def is_upgrade(old: str, new: str) -> bool:
    """A is the best grade."""
    return new < old


def window_for(day: date, *, is_calendar_year: bool = False) -> Window:
    """The twelve full months up to the last quarter end before `day` (CM-06).

    On 1 January, April, July and October that is the day before. `is_calendar_year` begins on 1 January of
    the year in which the quarter ended instead.
    """
    first_of_quarter = date(day.year, (day.month - 1) // MONTHS_OF_A_QUARTER * MONTHS_OF_A_QUARTER + 1, 1)
    end = first_of_quarter - timedelta(days=1)
    if is_calendar_year:
        return Window(date(end.year, 1, 1), end)
    return Window(first_of_quarter.replace(year=first_of_quarter.year - 1), end)


def needs_review(satisfaction: Decimal | None, below: Decimal) -> bool:
    """A mean below the threshold asks a person to look; no survey asks nobody (CM-07)."""
    return satisfaction is not None and satisfaction < below
