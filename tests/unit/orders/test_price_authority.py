"""Who may allow a price: limits inclusive, the floor for the general manager alone (QT-03, G-08)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from orders.price_authority import (
    DiscountLimits,
    digest_of_prices,
    discount_of,
    judge_prices,
    level_for,
    limits_from,
    may_allow,
    roles_that_allow,
)

D = Decimal
LIMITS = DiscountLimits(D(0), D(5), D(10))


@dataclass(frozen=True)
class Line:
    line_no: int = 1
    sku: str = "A1023"
    quantity: Decimal = Decimal(10)
    unit_price: Decimal = Decimal(100)
    discount_percent: Decimal = Decimal(0)
    list_price: Decimal | None = Decimal(100)
    floor_price: Decimal | None = None
    price_source: str = "manual"


@pytest.mark.rule("QT-03", "G-08")
@pytest.mark.parametrize(
    ("discount", "level"),
    [
        ("0", "rep"),
        ("0.01", "manager"),
        ("5", "manager"),
        ("5.01", "director"),
        ("10.00", "director"),
        ("10.01", "gm"),
        ("100", "gm"),
    ],
)
def test_a_discount_up_to_a_limit_is_within_it(discount: str, level: str) -> None:
    assert level_for(D(discount), False, LIMITS) == level


@pytest.mark.rule("QT-03")
def test_below_the_floor_only_the_general_manager_whatever_the_discount() -> None:
    assert level_for(D(0), True, LIMITS) == "gm"


@pytest.mark.rule("QT-03")
@pytest.mark.parametrize(
    ("roles", "level", "may"),
    [
        ({"salesperson"}, "rep", True),
        ({"salesperson"}, "manager", False),
        ({"sales_manager"}, "manager", True),
        ({"sales_manager"}, "director", False),
        ({"marketing_director"}, "director", True),
        ({"marketing_director"}, "gm", False),
        ({"sales_manager", "marketing_director"}, "director", True),
        ({"general_manager"}, "gm", True),
        ({"finance", "admin"}, "rep", False),
        (set(), "rep", False),
    ],
)
def test_a_role_allows_up_to_its_own_level(roles: set[str], level: str, may: bool) -> None:
    assert may_allow(level, roles) is may


@pytest.mark.rule("QT-03")
def test_the_posts_that_may_allow_are_named_from_the_lowest() -> None:
    assert roles_that_allow("director") == ("marketing_director", "general_manager")
    assert roles_that_allow("gm") == ("general_manager",)


@pytest.mark.rule("QT-03", "G-07")
@pytest.mark.parametrize(
    ("line", "discount"),
    [
        (Line(unit_price=D(95)), "5.00"),
        (Line(unit_price=D(95), discount_percent=D(10)), "14.50"),
        (Line(discount_percent=D("12.5"), price_source="list"), "12.50"),
        (Line(unit_price=D(80), price_source="customer"), "0"),
        (Line(unit_price=D(80), price_source="customer", discount_percent=D(1)), "20.80"),
        (Line(unit_price=D(90), price_source="break"), "0"),
        (Line(unit_price=D(90), price_source="quote"), "10.00"),
        (Line(unit_price=D(120)), "0"),
        (Line(unit_price=D(90), list_price=None), "0"),
        (Line(unit_price=D(90), list_price=None, discount_percent=D(7)), "7"),
        (Line(unit_price=D(0), list_price=D(0)), "0"),
        (Line(unit_price=D("94.996")), "5.00"),
        (Line(unit_price=D("94.99")), "5.01"),
    ],
)
def test_a_line_is_measured_against_its_list_price(line: Line, discount: str) -> None:
    assert discount_of(line) == D(discount)


@pytest.mark.rule("QT-03")
def test_the_worst_line_decides_and_every_line_over_a_level_is_named() -> None:
    lines = [
        Line(1, unit_price=D(96)),
        Line(2, "B2040", unit_price=D(92)),
        Line(3, "C", unit_price=D(99), floor_price=D("99.0001")),
        Line(4, "D", unit_price=D(99), floor_price=D(99), price_source="list"),
    ]

    verdict = judge_prices(lines, LIMITS)

    assert (verdict.level, verdict.largest_discount, verdict.is_below_floor) == ("gm", D("8.00"), True)
    assert [line.level for line in verdict.lines] == ["manager", "director", "gm", "rep"]
    assert [line.sku for line in verdict.above("manager")] == ["B2040", "C"]
    assert judge_prices([], LIMITS).level == "rep"


@pytest.mark.rule("AP-07", "QT-03")
@pytest.mark.parametrize(
    "other",
    [
        Line(quantity=D(11)),
        Line(unit_price=D("100.0001")),
        Line(discount_percent=D("0.01")),
        Line(sku="A1024"),
    ],
)
def test_the_digest_of_prices_moves_with_quantity_price_and_discount(other: Line) -> None:
    assert digest_of_prices([other]) != digest_of_prices([Line()])


def test_the_digest_does_not_depend_on_order_or_on_trailing_zeros() -> None:
    first = [Line(1, "A", D("10"), D("100")), Line(2, "B", D("7.50"), D("12.3400"))]
    second = [Line(1, "B", D("7.5"), D("12.34")), Line(2, "A", D("10.000"), D("100.00"))]

    assert digest_of_prices(first) == digest_of_prices(second)


@pytest.mark.rule("QT-03")
def test_the_limits_are_settings() -> None:
    settings = {"discount.rep": D(1), "discount.manager": D(3), "discount.director": D(8)}

    assert limits_from(settings) == DiscountLimits(D(1), D(3), D(8))
