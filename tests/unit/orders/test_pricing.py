"""What lines and orders are worth, without a database."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import value_up_to
from orders.pricing import discount_from_list, order_totals, price_line

D = Decimal


@pytest.mark.rule("G-02")
def test_a_line_rounds_its_net_and_then_its_tax_once():
    line = price_line(D(7), D("12.3456"), D(0), D("0.13"))

    assert (line.net, line.tax, line.gross) == (D("86.42"), D("11.23"), D("97.65"))


@pytest.mark.rule("G-02", "G-01")
def test_half_a_cent_rounds_up():
    assert price_line(D(1), D("0.005"), D(0), D(0)).net == D("0.01")
    assert price_line(D(1), D("10.00"), D("0.05"), D(0)).net == D("10.00")  # 9.995


@pytest.mark.rule("G-02")
def test_the_discount_is_taken_before_rounding():
    line = price_line(D(3), D("33.3333"), D(5), D("0.13"))

    assert line.net == D("95.00")  # 94.9999
    assert line.tax == D("12.35")


@pytest.mark.rule("G-02", "G-03")
def test_the_order_amount_is_the_sum_of_rounded_lines_and_freight():
    lines = [price_line(D(1), D("0.335"), D(0), D("0.13"))] * 3

    totals = order_totals(lines, freight=D("12.00"))

    assert (totals.net, totals.tax, totals.total) == (D("1.02"), D("0.12"), D("13.14"))


@pytest.mark.rule("G-06")
def test_parts_of_a_line_add_up_to_the_line():
    values = [value_up_to(D("10.00"), D(n), D(3)) for n in range(4)]

    assert [b - a for a, b in itertools.pairwise(values)] == [D("3.33"), D("3.34"), D("3.33")]


@pytest.mark.rule("QT-03")
def test_the_discount_from_list_counts_a_lower_price_and_a_discount_together():
    assert discount_from_list(D("90.00"), D(10), D("100.00")) == D("19.00")
    assert discount_from_list(D("110.00"), D(0), D("100.00")) == D("0.00")
    assert discount_from_list(D("110.00"), D(0), D(0)) is None


quantities = st.decimals(min_value=0, max_value=10_000, places=3)
prices = st.decimals(min_value=0, max_value=100_000, places=4)


@given(
    quantities,
    prices,
    st.decimals(min_value=0, max_value=100, places=2),
    st.sampled_from(["0.13", "0.09", "0.06", "0"]),
)
@pytest.mark.rule("G-02")
def test_gross_is_net_and_tax_in_whole_cents_and_never_negative(quantity, price, discount, rate):
    line = price_line(quantity, price, discount, D(rate))

    assert line.gross == line.net + line.tax
    assert line.net >= 0
    assert line.tax >= 0
    assert line.gross == line.gross.quantize(D("0.01"))
    assert abs(line.net - quantity * price * (100 - discount) / 100) <= D("0.005")
