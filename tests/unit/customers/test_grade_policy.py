"""Grades and the window they look back on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from customers.policy import Window, grade_for, is_upgrade, needs_review, window_for

A, B = Decimal("500000.00"), Decimal("100000.00")


@pytest.mark.rule("CM-05", "G-08")
@pytest.mark.parametrize(
    ("purchases", "grade"),
    [
        ("500000.00", "A"), ("499999.99", "B"), ("100000.00", "B"), ("99999.99", "C"), ("0.00", "C"),
        ("-0.01", "C"), ("9999999.99", "A"),
    ],
)  # fmt: skip
def test_a_threshold_belongs_to_the_better_grade(purchases: str, grade: str) -> None:
    assert grade_for(Decimal(purchases), A, B) == grade


@pytest.mark.rule("CM-05", "CM-06")
def test_worked_check_5() -> None:
    bought = Decimal("510000.00") - Decimal("10000.01")
    assert (bought, grade_for(bought, A, B)) == (Decimal("499999.99"), "B")


@pytest.mark.rule("CM-06")
@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        ((2026, 1, 1), (2025, 1, 1), (2025, 12, 31)),
        ((2026, 4, 1), (2025, 4, 1), (2026, 3, 31)),
        ((2026, 7, 1), (2025, 7, 1), (2026, 6, 30)),
        ((2026, 10, 1), (2025, 10, 1), (2026, 9, 30)),
        ((2026, 9, 30), (2025, 7, 1), (2026, 6, 30)),
        ((2026, 12, 31), (2025, 10, 1), (2026, 9, 30)),
        ((2024, 4, 1), (2023, 4, 1), (2024, 3, 31)),
    ],
)
def test_a_run_looks_back_twelve_full_months_from_the_last_quarter_end(
    day: tuple[int, int, int], start: tuple[int, int, int], end: tuple[int, int, int]
) -> None:
    assert window_for(date(*day)) == Window(date(*start), date(*end))


@pytest.mark.rule("CM-06")
def test_a_company_may_look_at_the_calendar_year_instead() -> None:
    assert window_for(date(2026, 10, 1), is_calendar_year=True) == Window(date(2026, 1, 1), date(2026, 9, 30))
    assert window_for(date(2026, 1, 1), is_calendar_year=True) == Window(date(2025, 1, 1), date(2025, 12, 31))


@pytest.mark.rule("CM-07")
def test_only_a_mean_below_the_threshold_asks_for_a_look() -> None:
    below = Decimal("3.00")
    assert needs_review(Decimal("2.9967"), below)
    assert not needs_review(Decimal("3.0000"), below)
    assert not needs_review(None, below)
    assert is_upgrade("B", "A")
    assert not is_upgrade("A", "B")
