"""Holding goods for an order line: all there is, and never more (ST-01)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.models import Batch, Product, Reservation, StockLevel, StockMovement, Warehouse
from inventory.rows import ProductRow
from inventory.services.catalogue import create_products
from inventory.services.stock import (
    IssueLine,
    ReceiptLine,
    ReservationLine,
    availability_for,
    issue_stock,
    receive_stock,
    release_stock,
    reserve_stock,
)
from tests.conftest import Cast, Company

pytestmark = pytest.mark.django_db

ORDER = "SO202611-0001"


def line(line_no: int, product: Product, quantity: str | int) -> ReservationLine:
    return ReservationLine(line_no=line_no, product_id=product.pk, quantity=Decimal(quantity))


def level_of(product: Product) -> tuple[Decimal, Decimal]:
    level = StockLevel.objects.get(product=product)
    return level.on_hand, level.reserved


def held_by(document_number: str) -> dict[int, Decimal]:
    return dict(Reservation.objects.of(document_number).values_list("line_no", "quantity"))


@pytest.mark.rule("ST-01")
def test_what_is_available_is_held_and_the_rest_comes_back_as_short(company: Company) -> None:
    # given 100 motors and 100 metres of cable
    # when
    got = reserve_stock(
        ORDER,
        warehouse=company.warehouse,
        lines=[line(1, company.motor, 101), line(2, company.cable, "99.5")],
    )
    # then
    assert [(each.line_no, each.quantity, each.short) for each in got] == [
        (1, Decimal(100), Decimal(1)),
        (2, Decimal("99.5"), Decimal(0)),
    ]
    assert level_of(company.motor) == (Decimal(100), Decimal(100))
    assert level_of(company.cable) == (Decimal(100), Decimal("99.5"))
    assert held_by(ORDER) == {1: Decimal(100), 2: Decimal("99.5")}


@pytest.mark.rule("ST-01")
@pytest.mark.parametrize(
    ("asked", "held", "short"), [("99.9", "99.9", "0"), ("100", "100", "0"), ("100.1", "100", "0.1")]
)
def test_the_limit_is_exact(company: Company, asked: str, held: str, short: str) -> None:
    [got] = reserve_stock(ORDER, warehouse=company.warehouse, lines=[line(1, company.cable, asked)])

    assert (got.quantity, got.short) == (Decimal(held), Decimal(short))
    assert level_of(company.cable) == (Decimal(100), Decimal(held))


@pytest.mark.rule("ST-01")
def test_lines_of_one_product_share_what_is_there_in_their_order(company: Company) -> None:
    got = reserve_stock(
        ORDER,
        warehouse=company.warehouse,
        lines=[line(1, company.motor, 60), line(2, company.motor, 60), line(3, company.motor, 1)],
    )

    assert [(each.quantity, each.short) for each in got] == [
        (Decimal(60), Decimal(0)),
        (Decimal(40), Decimal(20)),
        (Decimal(0), Decimal(1)),
    ]
    assert held_by(ORDER) == {1: Decimal(60), 2: Decimal(40)}


@pytest.mark.rule("ST-01")
def test_a_second_order_gets_only_what_the_first_left(company: Company) -> None:
    reserve_stock(ORDER, warehouse=company.warehouse, lines=[line(1, company.motor, 70)])

    [got] = reserve_stock("SO202611-0002", warehouse=company.warehouse, lines=[line(1, company.motor, 70)])

    assert (got.quantity, got.short) == (Decimal(30), Decimal(40))
    assert availability_for([company.motor.pk], company.warehouse) == {company.motor.pk: Decimal(0)}


@pytest.mark.rule("ST-01")
def test_new_goods_go_on_top_of_what_a_line_already_holds(company: Company, cast: Cast) -> None:
    reserve_stock(ORDER, warehouse=company.warehouse, lines=[line(1, company.motor, 120)])
    receive_stock(
        company.warehouse,
        document_number="GR202611-0002",
        actor=cast.checker,
        lines=[ReceiptLine(company.motor.pk, Decimal(50), "B2026-02", "QC-2")],
    )

    [got] = reserve_stock(ORDER, warehouse=company.warehouse, lines=[line(1, company.motor, 20)])

    assert (got.quantity, got.short) == (Decimal(20), Decimal(0))
    assert held_by(ORDER) == {1: Decimal(120)}
    assert Reservation.objects.count() == 1
    assert level_of(company.motor) == (Decimal(150), Decimal(120))


def test_a_line_that_holds_one_product_cannot_hold_another_on_top(company: Company) -> None:
    reserve_stock(ORDER, warehouse=company.warehouse, lines=[line(1, company.motor, 5)])

    with pytest.raises(ValueError, match="another product"):
        reserve_stock(ORDER, warehouse=company.warehouse, lines=[line(1, company.cable, 5)])

    assert held_by(ORDER) == {1: Decimal(5)}


@pytest.mark.parametrize(
    "quantities",
    [(Decimal(0),), (Decimal(-1),), (Decimal(1), Decimal(1))],
    ids=["zero", "negative", "line twice"],
)
def test_a_mistaken_call_moves_nothing(company: Company, quantities: Sequence[Decimal]) -> None:
    with pytest.raises(ValueError, match=r"line number|above zero"):
        reserve_stock(
            ORDER,
            warehouse=company.warehouse,
            lines=[ReservationLine(1, company.motor.pk, quantity) for quantity in quantities],
        )

    assert level_of(company.motor) == (Decimal(100), Decimal(0))


@pytest.mark.rule("ST-01")
def test_a_product_never_stocked_is_short_in_full(company: Company, cast: Cast) -> None:
    [new] = create_products([ProductRow(sku="N1", name="新品", unit="台")], cast.catalogue)

    [got] = reserve_stock(ORDER, warehouse=company.warehouse, lines=[line(1, new, 3)])

    assert (got.quantity, got.short) == (Decimal(0), Decimal(3))
    assert held_by(ORDER) == {}


@pytest.mark.rule("ST-01")
def test_a_cancelled_order_gives_everything_back(company: Company) -> None:
    reserve_stock(
        ORDER, warehouse=company.warehouse, lines=[line(1, company.motor, 10), line(2, company.cable, "2.5")]
    )
    reserve_stock("SO202611-0002", warehouse=company.warehouse, lines=[line(1, company.motor, 7)])

    freed = release_stock(ORDER)

    assert [(each.line_no, each.quantity) for each in freed] == [(1, Decimal(10)), (2, Decimal("2.5"))]
    assert level_of(company.motor) == (Decimal(100), Decimal(7))
    assert level_of(company.cable) == (Decimal(100), Decimal(0))
    assert held_by("SO202611-0002") == {1: Decimal(7)}


@pytest.mark.rule("ST-01")
def test_part_of_a_line_is_released_and_never_more_than_it_holds(company: Company) -> None:
    reserve_stock(
        ORDER, warehouse=company.warehouse, lines=[line(1, company.motor, 10), line(2, company.motor, 5)]
    )

    freed = release_stock(ORDER, lines={1: Decimal(4), 2: Decimal(9), 3: Decimal(1)})

    assert [(each.line_no, each.quantity) for each in freed] == [(1, Decimal(4)), (2, Decimal(5))]
    assert held_by(ORDER) == {1: Decimal(6), 2: Decimal(0)}
    assert level_of(company.motor) == (Decimal(100), Decimal(6))


def test_releasing_twice_frees_once(company: Company) -> None:
    reserve_stock(ORDER, warehouse=company.warehouse, lines=[line(1, company.motor, 10)])
    release_stock(ORDER)

    assert release_stock(ORDER) == []
    assert level_of(company.motor) == (Decimal(100), Decimal(0))


def many_products(count: int, warehouse: Warehouse, cast: Cast) -> list[Product]:
    rows = [ProductRow(sku=f"M{count}-{n:04d}", name=f"件{n}", unit="个") for n in range(count)]
    products = create_products(rows, cast.catalogue)
    receive_stock(
        warehouse,
        document_number=f"GR202611-1{count:04d}",
        actor=cast.checker,
        lines=[ReceiptLine(product.pk, Decimal(10), "B1", "QC-1") for product in products],
    )
    return products


def statements(captured: CaptureQueriesContext) -> list[str]:
    return [
        q["sql"] for q in captured if not q["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT"))
    ]


@pytest.mark.rule("ST-01")
@pytest.mark.parametrize("count", [10, 100, 1000])
def test_statements_do_not_grow_with_the_lines(company: Company, cast: Cast, count: int) -> None:
    products = many_products(count, company.warehouse, cast)
    batches = dict(Batch.objects.values_list("product_id", "pk"))
    day = StockMovement.objects.latest("id").posted_on

    with CaptureQueriesContext(connection) as reserving:
        reserve_stock(
            ORDER,
            warehouse=company.warehouse,
            lines=[ReservationLine(n, product.pk, Decimal(3)) for n, product in enumerate(products, start=1)],
        )
    with CaptureQueriesContext(connection) as issuing:
        issue_stock(
            ORDER,
            warehouse=company.warehouse,
            shipment_number="SH202611-0001",
            posted_on=day,
            actor=cast.guard,
            lines=[
                IssueLine(n, n, product.pk, Decimal(2), batches[product.pk])
                for n, product in enumerate(products, start=1)
            ],
        )
    with CaptureQueriesContext(connection) as releasing:
        release_stock(ORDER)

    # lock, levels, reservations
    assert len(statements(reserving)) == 3
    # lock, batches, reservations, levels, movements
    assert len(statements(issuing)) == 5
    # lock, what is held, levels, reservations
    assert len(statements(releasing)) == 4
    assert Reservation.objects.of(ORDER).open().count() == 0
    assert StockLevel.objects.filter(product__in=products, on_hand=Decimal(8), reserved=0).count() == count


@pytest.mark.parametrize("count", [10, 100, 1000])
def test_a_receipt_costs_the_same_whatever_its_length(company: Company, cast: Cast, count: int) -> None:
    rows = [ProductRow(sku=f"R{n:04d}", name="件", unit="个") for n in range(count)]
    products = create_products(rows, cast.catalogue)
    cast.checker.may("inventory.receive")

    with CaptureQueriesContext(connection) as captured:
        receive_stock(
            company.warehouse,
            document_number="GR202611-0002",
            actor=cast.checker,
            lines=[ReceiptLine(product.pk, Decimal(1), "B1", "QC-1") for product in products],
        )

    # products, posted already?, batches in and out, levels made, locked and raised, movements, trail
    assert len(statements(captured)) == 9
