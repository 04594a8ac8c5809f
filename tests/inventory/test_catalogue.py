"""Products and price lists: kept by the clerk, prices in force only by the general manager (QT-03)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from core.clock import today
from core.errors import InvalidInput, PermissionDenied, RuleRefused, SameActor, TransitionNotAllowed
from core.models import Event, RoleGrant, User
from inventory.models import PriceList, Product
from inventory.queries import catalogue_of, current_price_list, priced_products, stock_rows
from inventory.rows import PriceRow, ProductRow
from inventory.services.catalogue import create_products, create_warehouse, update_product
from inventory.services.price_lists import approve_price_list, create_price_list
from inventory.services.stock import ReservationLine, reserve_stock
from tests.conftest import Cast, Company

pytestmark = pytest.mark.django_db


def enter(
    cast: Cast, *prices: PriceRow, code: str = "PL2026-02", from_in: int = 0, days: int | None = None
) -> PriceList:
    start = today() + timedelta(days=from_in)
    until = None if days is None else start + timedelta(days=days)
    return create_price_list(
        code=code, name="价目表", valid_from=start, valid_until=until, prices=prices, actor=cast.catalogue
    )


@pytest.mark.rule("G-02")
def test_products_come_in_all_or_none(cast: Cast) -> None:
    good = ProductRow(sku="A1", name="电机", unit="台")
    bad = [
        ProductRow(sku="A1", name="电机", unit="台"),
        ProductRow(sku="", name="电缆", unit="米", unit_decimals=4),
        ProductRow(sku="A3", name="阀", unit="个", tax_rate=Decimal("0.17"), minimum_stock=Decimal("1.5")),
    ]

    with pytest.raises(InvalidInput) as refused:
        create_products([good, *bad], cast.catalogue)

    assert {(problem.pointer, problem.code) for problem in refused.value.problems} == {
        ("#/rows/0/sku", "duplicate"),
        ("#/rows/1/sku", "duplicate"),
        ("#/rows/2/sku", "required"),
        ("#/rows/2/unit_decimals", "out_of_range"),
        ("#/rows/3/tax_rate", "unknown_rate"),
        ("#/rows/3/minimum_stock", "out_of_range"),
    }
    assert Product.objects.count() == 0


def test_a_product_is_found_by_its_initials(cast: Cast) -> None:
    [product] = create_products([ProductRow(sku="A1", name="伺服电机", unit="台")], cast.catalogue)

    assert product.pinyin == "sfdj sifudianji"


def test_a_changed_product_leaves_old_and_new_in_the_trail(company: Company, cast: Cast) -> None:
    update_product(
        company.motor, changes={"name": "伺服电机 II", "minimum_stock": Decimal(5)}, actor=cast.catalogue
    )

    assert Product.objects.get(sku="A1023").pinyin.startswith("sfdj")
    changes = Event.objects.get(name="product_changed").data["changes"]
    assert {(c["before"], c["after"]) for c in changes} == {("伺服电机", "伺服电机 II"), ("0", "5")}
    with pytest.raises(InvalidInput):
        update_product(company.motor, changes={"sku": "X"}, actor=cast.catalogue)


@pytest.mark.rule("QT-03")
def test_a_price_list_is_in_force_only_once_approved(company: Company, cast: Cast) -> None:
    entered = enter(cast, PriceRow("A1023", Decimal("950")))
    assert current_price_list() == company.price_list

    approve_price_list(entered, actor=cast.gm)

    assert current_price_list() == entered
    priced = priced_products(["A1023", "B2040", "NONE"], entered)
    assert (priced["A1023"].unit_price, priced["B2040"].is_priced) == (Decimal(950), False)
    assert set(priced) == {"A1023", "B2040"}
    assert [row.sku for row in catalogue_of(entered)] == ["A1023"]


@pytest.mark.rule("QT-03")
def test_a_list_ends_on_its_last_day(company: Company, cast: Cast) -> None:
    short = approve_price_list(enter(cast, PriceRow("A1023", Decimal("950")), days=2), actor=cast.gm)

    assert current_price_list(on=short.valid_until) == short
    with pytest.raises(RuleRefused):
        current_price_list(on=short.valid_until + timedelta(days=1))


@pytest.mark.rule("IC-01", "QT-03")
def test_the_maker_of_a_list_never_approves_it(company: Company, cast: Cast) -> None:
    RoleGrant.objects.create(user=cast.catalogue, role="general_manager")
    both = User.objects.get(pk=cast.catalogue.pk)
    entered = enter(cast, PriceRow("A1023", Decimal("950")))

    with pytest.raises(SameActor):
        approve_price_list(entered, actor=both)

    entered.refresh_from_db()
    assert entered.approved_at is None
    assert current_price_list() == company.price_list


@pytest.mark.rule("QT-03")
def test_only_the_general_manager_approves_and_only_once(company: Company, cast: Cast) -> None:
    entered = enter(cast, PriceRow("A1023", Decimal("950")))
    for person in (cast.director, cast.cfo, cast.admin):
        with pytest.raises(PermissionDenied):
            approve_price_list(entered, actor=person)
    approve_price_list(entered, actor=cast.gm)

    with pytest.raises(TransitionNotAllowed):
        approve_price_list(entered, actor=cast.gm)

    assert Event.objects.filter(name="price_list_approved", outcome="done").count() == 1


@pytest.mark.rule("QT-03")
@pytest.mark.parametrize(
    ("prices", "pointer"),
    [
        ([PriceRow("NONE", Decimal(1))], "#/prices/0/sku"),
        ([PriceRow("A1023", Decimal(2)), PriceRow("A1023", Decimal(1))], "#/prices/1/sku"),
        ([PriceRow("A1023", Decimal("-0.01"))], "#/prices/0/unit_price"),
        ([PriceRow("A1023", Decimal("0.00001"))], "#/prices/0/unit_price"),
        ([PriceRow("A1023", Decimal(10), Decimal("10.01"))], "#/prices/0/floor_price"),
    ],
)
def test_a_faulty_price_keeps_the_list_out(
    company: Company, cast: Cast, prices: list[PriceRow], pointer: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        enter(cast, *prices)

    assert refused.value.problems[0].pointer == pointer
    assert PriceList.objects.count() == 1


def ended_yesterday(cast: Cast) -> PriceList:
    return enter(cast, PriceRow("A1023", Decimal(9)), from_in=-5, days=4)


@pytest.mark.rule("QT-03")
@pytest.mark.parametrize("make", [ended_yesterday])
def test_a_list_that_has_ended_is_not_approved(
    company: Company, cast: Cast, make: Callable[[Cast], PriceList]
) -> None:
    with pytest.raises(RuleRefused):
        approve_price_list(make(cast), actor=cast.gm)


def test_there_is_one_default_warehouse(company: Company, cast: Cast) -> None:
    west = create_warehouse(code="WEST", name="西仓", is_default=True, actor=cast.catalogue)

    company.warehouse.refresh_from_db()
    assert (west.is_default, company.warehouse.is_default) == (True, False)


@pytest.mark.rule("ST-05")
@pytest.mark.parametrize(("minimum", "is_listed"), [("90", False), ("90.001", True)])
def test_stock_below_its_minimum_is_listed_and_blocks_nothing(
    company: Company, cast: Cast, minimum: str, is_listed: bool
) -> None:
    Product.objects.filter(pk=company.cable.pk).update(minimum_stock=Decimal(minimum))
    reserve_stock(
        "SO1", warehouse=company.warehouse, lines=[ReservationLine(1, company.cable.pk, Decimal(10))]
    )

    listed = [row.product.sku for row in stock_rows(is_below_minimum=True)]

    assert listed == (["B2040"] if is_listed else [])
    [got] = reserve_stock(
        "SO2", warehouse=company.warehouse, lines=[ReservationLine(1, company.cable.pk, Decimal(90))]
    )
    assert got.short == 0
