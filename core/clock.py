"""The only clocks of the product: business zone Asia/Shanghai, storage in UTC (G-04)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")

_set_to: ContextVar[datetime | None] = ContextVar("clock_set_to", default=None)


def now() -> datetime:
    """The present moment, in UTC."""
    return _set_to.get() or datetime.now(UTC)


def today() -> date:
    """The business day: it begins at midnight in Shanghai."""
    return local_date(now())


def local_date(moment: datetime) -> date:
    """The business day on which a moment falls."""
    return moment.astimezone(BUSINESS_ZONE).date()


def local_midnight(day: date) -> datetime:
    """The moment at which a business day begins, in UTC."""
    return datetime.combine(day, time.min, BUSINESS_ZONE).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """23:59:59 of a business day, the last second of a deadline (G-05)."""
    return datetime.combine(day, time(23, 59, 59), BUSINESS_ZONE).astimezone(UTC)


def month_of(day: date) -> date:
    """The first day of the month, by which months are named in the database."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


@contextmanager
def clock_set_to(moment: datetime) -> Iterator[None]:
    """Let a block live at another moment: for the demo company and for tests."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    token = _set_to.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)
