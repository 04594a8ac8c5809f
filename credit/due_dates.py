"""When a posted amount is due. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from core.clock import month_of, next_month


def due_date(posted_on: date, *, is_monthly: bool, settlement_day: int | None) -> date:
    """MS-01: without a settlement day the last day of the posting month, else that day of the next month.

    Anything but monthly settlement is due on the day of posting (AG-01).
    """
    if not is_monthly:
        return posted_on
    following = next_month(month_of(posted_on))
    if settlement_day is None:
        return following - timedelta(days=1)
    last_day = next_month(following) - timedelta(days=1)
    return min(following + timedelta(days=settlement_day - 1), last_day)
