"""Catalogue, prices, stock and receipts over the API."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.clock import today
from inventory.models import Batch, PriceList, Product, StockLevel, StockMovement
from inventory.rows import PriceRow, ProductRow
from inventory.services.catalogue import create_products
from inventory.services.price_lists import create_price_list
from inventory.services.stock import ReservationLine, reserve_stock
from tests.api.clients import client_for
from tests.conftest import Cast, Company

pytestmark = pytest.mark.django_db

READ = ("catalogue:read", "stock:read")


def receipt(**changes: Any) -> dict[str, Any]:
    line = {"sku": "A1023", "quantity": "5", "batch": "B2026-02", "certificate": "QC-2", "expires_on": None}
    return {"warehouse": "MAIN", "reference": "送货单 7788", "lines": [{**line, **changes}]}


@pytest.mark.rule("ST-01", "SY-04")
def test_stock_shows_on_hand_reserved_and_available(company: Company, cast: Cast) -> None:
    reserve_stock(
        "SO1", warehouse=company.warehouse, lines=[ReservationLine(1, company.cable.pk, Decimal("2.5"))]
    )

    rows = (
        client_for(cast.erp, *READ, actor=cast.admin)
        .get("/api/v1/stock/?sku=B2040&warehouse=MAIN")
        .json()["results"]
    )

    assert rows == [
        {
            "sku": "B2040",
            "name": "控制电缆",
            "unit": "米",
            "warehouse": "MAIN",
            "on_hand": "100",
            "reserved": "2.5",
            "available": "97.5",
            "minimum_stock": "0",
        }
    ]


@pytest.mark.rule("QT-03")
def test_prices_are_those_of_the_list_in_force(company: Company, cast: Cast) -> None:
    client = client_for(cast.assistant, *READ)
    address = f"/api/v1/prices/?customer={company.customer.number}&sku=B2040&quantity=100.5"

    [row] = client.get(address).json()["results"]

    assert (row["sku"], row["unit_price"], row["tax_rate"], row["currency"]) == (
        "B2040",
        "12.3456",
        "0.13",
        "CNY",
    )
    assert (row["price_list"], row["available"], row["is_available"]) == ("PL2026-01", "100", False)
    assert (row["source"], row["list_price"], row["valid_until"]) == ("list", "12.3456", None)
    assert row["floor_price"] is None
    [outside] = client_for(cast.erp, *READ, actor=cast.admin).get(address).json()["results"]
    assert "floor_price" not in outside
    assert len(client.get("/api/v1/prices/").json()["results"]) == 2


@pytest.mark.rule("RG-02")
def test_prices_for_a_customer_of_another_desk_are_not_found(company: Company, cast: Cast) -> None:
    client = client_for(cast.assistant, *READ)

    assert client.get(f"/api/v1/prices/?customer={company.northern_customer.number}").status_code == 404


@pytest.mark.rule("QT-03")
def test_without_an_approved_list_there_are_no_prices(company: Company, cast: Cast) -> None:
    answer = client_for(cast.assistant, *READ).get("/api/v1/prices/?on=2001-01-01")

    assert (answer.status_code, answer.json()["code"], answer.json()["rule"]) == (
        422,
        "no_price_list",
        "QT-03",
    )


@pytest.mark.rule("QT-03", "IC-01")
def test_a_price_list_is_entered_by_the_clerk_and_approved_by_the_general_manager(
    company: Company, cast: Cast
) -> None:
    clerk, gm = (
        client_for(cast.catalogue, "catalogue:write"),
        client_for(cast.gm, "catalogue:write", "catalogue:read"),
    )
    body = {
        "code": "PL2026-02",
        "name": "年末价目表",
        "valid_from": str(today()),
        "prices": [{"sku": "A1023", "unit_price": "950.00", "floor_price": "900"}],
    }

    made = clerk.post("/api/v1/price-lists/", body, format="json", HTTP_IDEMPOTENCY_KEY="p1")
    unapproved = gm.get("/api/v1/prices/?sku=A1023").json()["results"][0]["unit_price"]
    own = clerk.post("/api/v1/price-lists/PL2026-02/approve/", format="json", HTTP_IF_MATCH=made["ETag"])
    approved = gm.post("/api/v1/price-lists/PL2026-02/approve/", format="json", HTTP_IF_MATCH=made["ETag"])
    again = gm.post("/api/v1/price-lists/PL2026-02/approve/", format="json", HTTP_IF_MATCH=made["ETag"])

    assert (made.status_code, made.json()["is_approved"]) == (201, False)
    assert unapproved == "980.00"
    assert own.status_code == 403
    assert (approved.status_code, approved.json()["approved_by"]) == (200, "zhengguo")
    assert again.status_code == 412
    assert gm.get("/api/v1/prices/?sku=A1023").json()["results"][0]["unit_price"] == "950.00"


def test_products_are_found_by_pinyin(company: Company, cast: Cast) -> None:
    create_products([ProductRow(sku="C7", name="减速机", unit="台")], cast.catalogue)

    rows = client_for(cast.assistant, *READ).get("/api/v1/products/?q=jsj").json()["results"]

    assert [row["sku"] for row in rows] == ["C7"]


def test_a_product_is_created_once(company: Company, cast: Cast) -> None:
    client = client_for(cast.catalogue, "catalogue:write", "catalogue:read")
    body = {"sku": "C8", "name": "联轴器", "unit": "个", "tax_rate": "0.13", "minimum_stock": "20"}

    answers = [
        client.post("/api/v1/products/", body, format="json", HTTP_IDEMPOTENCY_KEY="c8") for _ in range(2)
    ]
    other = client.post("/api/v1/products/", body, format="json", HTTP_IDEMPOTENCY_KEY="c9")

    assert [answer.status_code for answer in answers] == [201, 201]
    assert (other.status_code, other.json()["errors"][0]["code"]) == (400, "duplicate")
    assert client.get("/api/v1/products/C8/").json()["minimum_stock"] == "20"


@pytest.mark.rule("PP-02")
def test_the_erp_receives_goods_once_however_often_it_asks(company: Company, cast: Cast) -> None:
    client = client_for(cast.erp, "stock:write", actor=cast.admin)

    answers = [
        client.post("/api/v1/receipts/", receipt(), format="json", HTTP_IDEMPOTENCY_KEY="r1")
        for _ in range(3)
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert StockLevel.objects.get(product=company.motor).on_hand == Decimal(105)
    assert Batch.objects.get(number="B2026-02").certificate == "QC-2"


@pytest.mark.rule("PP-02")
@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"certificate": ""}, "#/lines/0/certificate"),
        ({"sku": "NONE"}, "#/lines/0/sku"),
        ({"quantity": "-1"}, "#/lines/0/quantity"),
        ({"quantity": "1.5"}, "#/lines/0/quantity"),
        ({"quantity": 1.5}, "#/lines/0/quantity"),
        ({"expires_on": "2001-01-01"}, "#/lines/0/expires_on"),
    ],
)
def test_a_faulty_receipt_is_refused_whole(
    company: Company, cast: Cast, changes: dict[str, Any], pointer: str
) -> None:
    client = client_for(cast.erp, "stock:write", actor=cast.admin)
    good = receipt()["lines"][0]
    body = receipt(**changes)
    body["lines"].append({**good, "sku": "B2040", "batch": "C-9"})

    answer = client.post("/api/v1/receipts/", body, format="json", HTTP_IDEMPOTENCY_KEY="r2")

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert StockMovement.objects.count() == 2
    assert set(StockLevel.objects.values_list("on_hand", flat=True)) == {Decimal(100)}


@pytest.mark.rule("IC-02")
def test_sales_and_money_do_not_receive_goods(company: Company, cast: Cast) -> None:
    for person in (cast.assistant, cast.rep, cast.finance, cast.catalogue):
        answer = client_for(person, "stock:write").post(
            "/api/v1/receipts/", receipt(), format="json", HTTP_IDEMPOTENCY_KEY="r3"
        )
        assert answer.status_code == 403
    assert StockMovement.objects.count() == 2


@pytest.mark.parametrize("count", [1, 40])
def test_lists_cost_the_same_at_any_length(
    company: Company, cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    products = create_products(
        [ProductRow(sku=f"Q{n}", name="件", unit="个") for n in range(count)], cast.catalogue
    )
    StockLevel.objects.bulk_create(
        StockLevel(product=product, warehouse=company.warehouse) for product in products
    )
    client = client_for(cast.assistant, *READ)
    # token, roles, rows
    for address in ("products", "stock", "stock-movements", "warehouses", "price-lists"):
        with django_assert_num_queries(3):
            client.get(f"/api/v1/{address}/")
    # token, roles, price list in force, rows, warehouse, availability
    with django_assert_num_queries(6):
        client.get("/api/v1/prices/")


@pytest.mark.rule("QT-03")
def test_an_unapproved_list_of_a_later_day_changes_nothing(company: Company, cast: Cast) -> None:
    create_price_list(
        code="PL-NEXT",
        name="明年",
        valid_from=today() + timedelta(days=30),
        prices=[PriceRow("A1023", Decimal(1))],
        actor=cast.catalogue,
    )
    assert PriceList.objects.in_force(today() + timedelta(days=40)).first() == company.price_list
    assert Product.objects.count() == 2
