"""What people type into amounts and dates is understood however they write it, and kept when it is not."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.clock import clock_set_to
from core.widgets import AmountInput, DateInput, QuantityInput, plain_number


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("1,234.50", "1234.50"),
        ("１２３４．５", "1234.5"),
        ("¥ 12 800", "12800"),
        ("￥1，000", "1000"),
        (" -3 ", "-3"),
        ("12 thousand", "12 thousand"),
        ("", ""),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, understood: str) -> None:
    assert plain_number(typed) == understood


def test_an_amount_is_shown_with_commas_and_wrong_text_as_it_was() -> None:
    assert AmountInput().format_value(Decimal("12800")) == "12,800.00"
    assert AmountInput().format_value("12 thousand") == "12 thousand"
    assert AmountInput().format_value(None) is None


def test_a_quantity_is_shown_without_idle_zeros() -> None:
    assert QuantityInput().format_value(Decimal("12.500")) == "12.5"
    assert QuantityInput().format_value(Decimal("100")) == "100"


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("2026-12-03", "2026-12-03"),
        ("2026/1/5", "2026-01-05"),
        ("20261203", "2026-12-03"),
        ("2026年12月3日", "2026-12-03"),
        ("+7", "2026-11-28"),
        ("＋7", "2026-11-28"),
        ("today", "2026-11-21"),
        ("今天", "2026-11-21"),
        ("next week", "next week"),
    ],
)
def test_dates_are_read_as_people_write_them(typed: str, understood: str) -> None:
    with clock_set_to(datetime(2026, 11, 21, 4, 0, tzinfo=UTC)):
        assert DateInput().value_from_datadict({"due": typed}, {}, "due") == understood
