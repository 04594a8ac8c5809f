"""Pure figures of dispatch: what is free, what arrived, how it reads."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fulfillment.drafts import Arrival, Dispatchable
from fulfillment.figures import figure, has_more_places

D = Decimal


def line(**figures: str) -> Dispatchable:
    amounts = {"ordered": "10", "shipped": "0", "held": "10", "on_notices": "0", **figures}
    return Dispatchable(
        line_no=1, order_line_id=1, sku="A1", name="", spec="", unit="台", unit_decimals=0,
        special_request="",
        **{name: D(value) for name, value in amounts.items()},
    )  # fmt: skip


@pytest.mark.rule("DS-01")
@pytest.mark.parametrize(
    ("figures", "free"),
    [
        ({}, "10"),
        ({"held": "6"}, "6"),
        ({"on_notices": "4"}, "6"),
        ({"held": "6", "on_notices": "6"}, "0"),
        ({"held": "4", "on_notices": "6"}, "0"),
        ({"shipped": "7"}, "3"),
        ({"shipped": "4", "held": "6", "on_notices": "2"}, "4"),
    ],
)
def test_free_is_reserved_and_unshipped_less_open_notices(figures: dict[str, str], free: str) -> None:
    assert line(**figures).free == D(free)


@pytest.mark.rule("DL-01")
def test_what_arrived_adds_up() -> None:
    arrival = Arrival(D("6.5"), short=D("0.5"), damaged=D(1))

    assert (arrival.total, arrival.missing) == (D(8), D("1.5"))


@pytest.mark.rule("G-01")
@pytest.mark.parametrize(
    ("quantity", "places", "has_more"),
    [("1", 0, False), ("1.5", 0, True), ("1.5", 1, False), ("1.0001", 3, True)],
)
def test_a_quantity_fits_its_unit(quantity: str, places: int, has_more: bool) -> None:
    assert has_more_places(D(quantity), places) is has_more


@pytest.mark.parametrize(
    ("quantity", "text"), [("10.000", "10"), ("2.50", "2.5"), ("0.0", "0"), ("1000", "1000")]
)
def test_quantities_read_plainly(quantity: str, text: str) -> None:
    assert figure(D(quantity)) == text
