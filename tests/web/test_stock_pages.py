"""Stock on pages: figures, warnings below the minimum, goods coming in."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.models import User
from inventory.models import Batch, Product, StockLevel, StockMovement
from inventory.rows import ProductRow
from inventory.services.catalogue import create_products, create_warehouse
from tests.conftest import Cast, Company

pytestmark = pytest.mark.django_db

SignedIn = Callable[[User], Client]


def receipt(company: Company, *rows: dict[str, str], **more: str) -> dict[str, str]:
    body = {
        "warehouse": str(company.warehouse.pk),
        "reference": "送货单 7788",
        "row-TOTAL_FORMS": "8",
        "row-INITIAL_FORMS": "0",
    }
    for index, row in enumerate(rows):
        line = {
            "sku": "A1023",
            "quantity": "5",
            "batch": "B2026-02",
            "certificate": "QC-2",
            "expires_on": "",
            **row,
        }
        body |= {f"row-{index * 2}-{name}": value for name, value in line.items()}
    return body | more


@pytest.mark.rule("PP-02", "SY-04")
def test_goods_come_in_by_code_or_barcode_and_are_in_stock_at_once(
    company: Company, cast: Cast, signed_in: SignedIn
) -> None:
    body = receipt(company, {}, {"sku": company.cable.barcode, "quantity": "1,000.5", "batch": "C1"})

    answer = signed_in(cast.picker).post("/stock/receive/", body, follow=True)

    assert answer.status_code == 200
    assert StockLevel.objects.get(product=company.motor).on_hand == Decimal(105)
    assert StockLevel.objects.get(product=company.cable).on_hand == Decimal("1100.5")
    assert "C1" in answer.content.decode()
    assert Batch.objects.get(number="C1").certificate == "QC-2"


@pytest.mark.rule("PP-02")
@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"certificate": ""}, "certificate"),
        ({"sku": "NONE"}, "sku"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "1.5"}, "quantity"),
        ({"expires_on": "2001-01-01"}, "expires_on"),
        ({"batch": "B2026-01"}, "certificate"),
    ],
)
def test_a_fault_is_told_in_its_row_and_nothing_comes_in(
    company: Company, cast: Cast, signed_in: SignedIn, row: dict[str, str], field: str
) -> None:
    body = receipt(company, {"sku": "B2040", "batch": "C1"}, row)

    answer = signed_in(cast.picker).post("/stock/receive/", body)
    html = answer.content.decode()

    assert answer.status_code == 422
    assert f'id="id_row-2-{field}_error"' in html
    assert 'value="C1"' in html
    assert StockMovement.objects.count() == 2


def test_an_empty_receipt_is_refused(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    assert signed_in(cast.picker).post("/stock/receive/", receipt(company)).status_code == 422


def test_more_rows_keep_what_was_typed(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    answer = signed_in(cast.picker).post("/stock/receive/", receipt(company, {}, more="1"))
    html = answer.content.decode()

    assert 'value="B2026-02"' in html
    assert 'value="送货单 7788"' in html
    assert html.count('name="row-') >= 16 * 5
    assert StockMovement.objects.count() == 2


@pytest.mark.rule("IC-02")
def test_only_the_warehouse_opens_the_receipt_form(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    for user in (cast.assistant, cast.finance, cast.guard):
        assert signed_in(user).post("/stock/receive/", receipt(company, {})).status_code == 403
    assert StockMovement.objects.count() == 2


@pytest.mark.rule("ST-05")
def test_what_is_below_its_minimum_is_listed(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    Product.objects.filter(pk=company.motor.pk).update(minimum_stock=Decimal("100"))
    Product.objects.filter(pk=company.cable.pk).update(minimum_stock=Decimal("100.1"))
    create_products([ProductRow(sku="N1", name="新品", unit="台", minimum_stock=Decimal(1))], cast.catalogue)

    html = signed_in(cast.assistant).get("/stock/?view=low").content.decode()

    assert re.findall(r'card-title mono">([^<]+)<', html) == ["B2040", "N1"]


@pytest.mark.rule("SY-05")
def test_stock_is_shown_by_warehouse(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    create_warehouse(code="WEST", name="西仓", actor=cast.catalogue)
    client = signed_in(cast.assistant)

    everywhere = client.get("/stock/?q=A1023").content.decode()
    in_the_west = client.get("/stock/?q=A1023&warehouse=WEST").content.decode()

    assert ">100<" in everywhere.replace(" ", "")
    assert ">100<" not in in_the_west.replace(" ", "")


@pytest.mark.parametrize("count", [3, 120])
def test_the_list_costs_the_same_at_any_length(
    company: Company, cast: Cast, signed_in: SignedIn, count: int, django_assert_max_num_queries: Any
) -> None:
    create_products([ProductRow(sku=f"Q{n:03d}", name="件", unit="个") for n in range(count)], cast.catalogue)
    client = signed_in(cast.assistant)
    # session, person, roles, warehouses, products
    for address in ("/stock/", "/stock/?view=low", "/stock/?q=jian&warehouse=MAIN"):
        with django_assert_max_num_queries(5):
            client.get(address)


def test_products_are_offered_to_search_boxes(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.assistant)

    assert [row["value"] for row in client.get("/products/options/?q=A10").json()] == ["A1023"]
    assert client.get("/products/options/?q=%00").status_code == 200
    assert client.get("/stock/receipts/NONE/").status_code == 404
