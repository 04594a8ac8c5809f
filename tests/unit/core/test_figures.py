"""Amounts, quantities and times as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from core.money import Money
from core.templatetags import figures


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234.5", "CNY", "¥1,234.50"),
        ("-800", "CNY", "−¥800.00"),
        ("88000", "USD", "US$88,000.00"),
        ("0.005", "CNY", "¥0.01"),
        ("12", "SGD", "SGD 12.00"),
    ],
)
def test_an_amount_has_its_sign_its_commas_and_two_places(amount: str, currency: str, shown: str) -> None:
    assert figures.amount_text(Decimal(amount), currency) == shown


def test_money_brings_its_own_currency() -> None:
    assert figures.amount_text(Money(Decimal("5.00"), "EUR")) == "€5.00"


def test_nothing_and_nought_are_a_dash_unless_nought_is_meant() -> None:
    assert "—" in figures.money(None)
    assert "—" in figures.money(Decimal("0.00"))
    assert "¥0.00" in figures.money(Decimal("0.00"), zero=True)


@pytest.mark.parametrize(
    ("value", "shown"),
    [("980", "¥980.00"), ("12.3456", "¥12.3456"), ("0.125", "¥0.125"), ("0.1000", "¥0.10")],
)
def test_a_price_shows_two_to_four_places(value: str, shown: str) -> None:
    assert figures.price(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [("1200.500", "1,200.5"), ("100", "100"), ("1E+2", "100"), ("-3.0", "−3")]
)
def test_a_quantity_has_no_idle_zeros(value: str, shown: str) -> None:
    assert figures.quantity_text(Decimal(value)) == shown


def test_a_quantity_carries_its_unit() -> None:
    assert "12.5" in figures.qty(Decimal("12.5"), "台")
    assert "台" in figures.qty(Decimal("12.5"), "台")


def test_times_are_shown_in_the_business_zone() -> None:
    late = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
    assert ">2026-11-22 00:30<" in figures.stamp(late)
    assert ">2026-11-22<" in figures.day(late)
    assert ">2026-11-21<" in figures.day(date(2026, 11, 21))


@pytest.mark.parametrize(
    ("span", "figure"),
    [(timedelta(minutes=45), "45"), (timedelta(hours=2, minutes=10), "10"), (timedelta(days=3), "3")],
)
def test_waiting_is_told_shortly(span: timedelta, figure: str) -> None:
    assert figure in figures.duration_text(span)


@pytest.mark.parametrize(("size", "shown"), [(512, "512 B"), (12_800, "12.5 KB"), (1_258_291, "1.2 MB")])
def test_a_file_size_is_short(size: int, shown: str) -> None:
    assert figures.filesize(size) == shown
