from __future__ import annotations

from datetime import date

import pytest

from credit.due_dates import due_date


@pytest.mark.rule("MS-01")
@pytest.mark.parametrize(
    ("posted_on", "day", "due"),
    [
        (date(2026, 11, 1), None, date(2026, 11, 30)),
        (date(2026, 11, 30), None, date(2026, 11, 30)),
        (date(2028, 2, 3), None, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
        (date(2026, 11, 30), 28, date(2026, 12, 28)),
        (date(2026, 1, 31), 31, date(2026, 2, 28)),
    ],
)
def test_the_due_date_of_a_monthly_posting(posted_on: date, day: int | None, due: date) -> None:
    assert due_date(posted_on, is_monthly=True, settlement_day=day) == due


@pytest.mark.rule("AG-01")
def test_without_monthly_settlement_a_posting_is_due_at_once() -> None:
    assert due_date(date(2026, 11, 21), is_monthly=False, settlement_day=25) == date(2026, 11, 21)
