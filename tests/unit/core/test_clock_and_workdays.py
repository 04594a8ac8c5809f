"""Days are cut at midnight in Shanghai; deadlines count working days."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import clock_set_to, end_of_day, local_midnight, next_month, now, today
from core.workdays import WorkCalendar

FRIDAY, SATURDAY, WEDNESDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 25)


@pytest.mark.rule("G-04")
@pytest.mark.parametrize(
    ("utc", "day"),
    [
        (datetime(2026, 1, 31, 15, 59, 59, 999999, UTC), date(2026, 1, 31)),
        (datetime(2026, 1, 31, 16, 0, 0, 0, UTC), date(2026, 2, 1)),
    ],
)
def test_a_business_day_begins_at_midnight_in_shanghai(utc: datetime, day: date) -> None:
    with clock_set_to(utc):
        assert today() == day
        assert now() == utc


@pytest.mark.rule("G-04")
def test_a_deadline_ends_in_the_last_second_of_its_day() -> None:
    assert end_of_day(FRIDAY) == datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC)
    assert local_midnight(SATURDAY) == datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)


@pytest.mark.rule("G-05", "SV-01")
def test_three_working_days_after_friday_is_wednesday() -> None:
    assert WorkCalendar().after(FRIDAY, 3) == WEDNESDAY


@pytest.mark.rule("G-05")
def test_holidays_do_not_count_and_make_up_saturdays_do() -> None:
    calendar = WorkCalendar(holidays=frozenset({date(2026, 11, 23)}), make_up_days=frozenset({SATURDAY}))
    assert calendar.after(FRIDAY, 1) == SATURDAY
    assert calendar.after(FRIDAY, 2) == date(2026, 11, 24)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 30))
def test_counting_forward_and_back_agree(day: date, days: int) -> None:
    calendar = WorkCalendar()
    assert calendar.between(day, calendar.after(day, days)) == days
