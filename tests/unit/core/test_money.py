"""Money adds up, rounds commercially, and refuses what it cannot hold exactly."""

from decimal import Decimal
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from core.money import (
    AmountField,
    CurrencyMismatch,
    Money,
    PriceField,
    QuantityField,
    percentage,
    round_half_up,
    to_decimal,
    total_of,
    value_up_to,
)


@pytest.mark.rule("G-01")
@pytest.mark.parametrize(
    ("given", "rounded"),
    [("86.4192", "86.42"), ("11.2346", "11.23"), ("0.005", "0.01"), ("-0.005", "-0.01"), ("2.675", "2.68")],
)
def test_amounts_round_half_away_from_zero(given: str, rounded: str) -> None:
    assert round_half_up(Decimal(given)) == Decimal(rounded)


@pytest.mark.rule("G-06")
def test_parts_of_a_line_are_worth_the_difference_of_cumulative_values() -> None:
    cumulative = [value_up_to(Decimal("10.00"), Decimal(n), Decimal(3)) for n in range(4)]
    assert cumulative == [Decimal("0.00"), Decimal("3.33"), Decimal("6.67"), Decimal("10.00")]
    assert [b - a for a, b in pairwise(cumulative)] == [
        Decimal("3.33"),
        Decimal("3.34"),
        Decimal("3.33"),
    ]


@pytest.mark.rule("G-06")
@given(gross=st.integers(0, 10**9), parts=st.lists(st.integers(1, 10**6), min_size=1, max_size=20))
def test_however_a_line_is_delivered_its_parts_add_up_to_its_gross(gross: int, parts: list[int]) -> None:
    line_gross, whole = Decimal(gross).scaleb(-2), Decimal(sum(parts))
    delivered, posted = Decimal(0), Decimal(0)
    for part in parts:
        before = value_up_to(line_gross, delivered, whole)
        delivered += part
        posted += value_up_to(line_gross, delivered, whole) - before
    assert posted == line_gross


@pytest.mark.rule("G-07")
def test_a_percentage_without_a_base_has_no_value() -> None:
    assert percentage(Decimal(1), Decimal(0)) is None
    assert percentage(Decimal(1), Decimal(3)) == Decimal("33.33")
    assert percentage(Decimal(2), Decimal(3)) == Decimal("66.67")


def test_money_of_two_currencies_neither_adds_nor_compares() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(Decimal(1), "CNY") + Money(Decimal(1), "USD")
    with pytest.raises(CurrencyMismatch):
        Money(Decimal(1), "CNY") < Money(Decimal(1), "USD")  # noqa: B015
    assert total_of([Money(Decimal("0.10")), Money(Decimal("0.20"))]) == Money(Decimal("0.30"))


@pytest.mark.parametrize("wrong", [0.1, True, "NaN", "1e999999", "abc"])
def test_what_is_no_exact_number_is_refused(wrong: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        Money(to_decimal(wrong))  # type: ignore[arg-type]


@given(st.decimals(min_value="-90000000000000", max_value="90000000000000", places=2))
def test_an_amount_comes_back_from_the_database_as_it_went_in(amount: Decimal) -> None:
    field = AmountField()
    assert field.from_db_value(field.get_prep_value(amount), None, None) == amount


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        (PriceField(), "12.3456", "12.3456"),
        (PriceField(), "980", "980.00"),
        (QuantityField(), "10", "10"),
        (QuantityField(), "0.125", "0.125"),
        (AmountField(), "0", "0.00"),
        (QuantityField(), "1000", "1000"),
    ],
)
def test_a_stored_figure_reads_with_the_places_it_needs(field: AmountField, value: str, shown: str) -> None:
    assert str(field.from_db_value(field.get_prep_value(Decimal(value)), None, None)) == shown


def test_a_field_never_rounds_and_never_overflows_silently() -> None:
    with pytest.raises(ValueError, match="places"):
        AmountField().get_prep_value(Decimal("0.001"))
    with pytest.raises(ValueError, match="too large"):
        AmountField().get_prep_value(Decimal("1e17"))
    with pytest.raises(ValidationError):
        AmountField().to_python("12,5")
