"""Catalogue, prices, customers and desks in the administration: the same services, the same refusals."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from core.clock import today
from core.models import User
from customers.models import Customer, DeskAssignment
from inventory.models import Price, PriceList, Product
from tests.conftest import Cast, Company
from tests.factories import person

pytestmark = pytest.mark.django_db

SignedIn = Callable[[User], Client]


def enter_price_list(
    client: Client, code: str = "PL2026-02", rows: str = "A1023\t950.00\t900\nB2040 12.3"
) -> object:
    body = {"code": code, "name": "年末", "valid_from": str(today()), "valid_until": "", "rows": rows}
    return client.post("/admin/inventory/pricelist/add/", body)


@pytest.mark.rule("QT-03", "IC-01")
def test_the_clerk_pastes_a_list_and_the_general_manager_approves_it(
    company: Company, cast: Cast, signed_in: SignedIn
) -> None:
    enter_price_list(signed_in(cast.catalogue))
    entered = PriceList.objects.get(code="PL2026-02")
    assert set(
        Price.objects.filter(price_list=entered).values_list("product__sku", "unit_price", "floor_price")
    ) == {
        ("A1023", Decimal(950), Decimal(900)),
        ("B2040", Decimal("12.3"), None),
    }
    act = {"action": "approve", "_selected_action": [entered.pk]}

    signed_in(cast.catalogue).post("/admin/inventory/pricelist/", act)
    entered.refresh_from_db()
    assert entered.approved_at is None

    signed_in(cast.gm).post("/admin/inventory/pricelist/", act)
    entered.refresh_from_db()
    assert entered.approved_by == cast.gm


@pytest.mark.rule("QT-03")
@pytest.mark.parametrize("rows", ["A1023 price", "NONE 12", "A1023 10 11", "A1023 1 1 1", ""])
def test_a_faulty_list_does_not_come_in(company: Company, cast: Cast, signed_in: SignedIn, rows: str) -> None:
    enter_price_list(signed_in(cast.catalogue), rows=rows)

    assert PriceList.objects.count() == 1


@pytest.mark.rule("QT-03")
def test_the_floor_price_is_shown_to_those_alone_who_may_see_it(
    company: Company, cast: Cast, signed_in: SignedIn
) -> None:
    address = f"/admin/inventory/pricelist/{company.price_list.pk}/change/"
    Price.objects.filter(product=company.motor).update(floor_price=Decimal("876.54"))

    assert "876.54" in signed_in(cast.gm).get(address).content.decode()
    for user in (cast.legal, cast.auditor, cast.accountant):
        page = signed_in(user).get(address)
        assert page.status_code == 200
        assert "876.54" not in page.content.decode()


def test_prices_are_not_edited_and_nothing_is_deleted(
    company: Company, cast: Cast, signed_in: SignedIn
) -> None:
    for user in (cast.catalogue, cast.gm):
        client, address = signed_in(user), f"/admin/inventory/pricelist/{company.price_list.pk}"
        assert client.get(f"{address}/change/").status_code == 200
        assert client.post(f"{address}/change/", {"name": "x"}).status_code == 403
        assert client.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    assert PriceList.objects.get().name == "标准价目表"


def test_the_clerk_adds_and_changes_a_product(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    body = {
        "sku": "C7",
        "name": "减速机",
        "unit": "台",
        "unit_decimals": "0",
        "tax_rate": "0.13",
        "supply": "make",
        "minimum_stock": "5",
        "spec": "",
        "category": "",
        "barcode": "",
        "discontinued_on": "",
    }
    client = signed_in(cast.catalogue)

    client.post("/admin/inventory/product/add/", body)
    made = Product.objects.get(sku="C7")
    client.post(f"/admin/inventory/product/{made.pk}/change/", {**body, "sku": "X", "name": "减速机 II"})

    assert Product.objects.get(pk=made.pk).name == "减速机 II"
    assert Product.objects.get(pk=made.pk).sku == "C7"
    assert signed_in(cast.gm).post("/admin/inventory/product/add/", {**body, "sku": "C8"}).status_code == 403


@pytest.mark.rule("RG-02")
def test_a_manager_sees_and_keeps_the_customers_of_his_regions_only(
    company: Company, cast: Cast, signed_in: SignedIn
) -> None:
    southern = person("south", "sales_manager", desks=(cast.south,))
    client = signed_in(southern)
    html = client.get("/admin/customers/customer/").content.decode()
    foreign = client.get(f"/admin/customers/customer/{company.northern_customer.pk}/change/")

    assert company.customer.number in html
    assert company.northern_customer.number not in html
    assert foreign.status_code == 302

    customer = company.customer
    body = {
        "name": customer.name,
        "short_name": "",
        "uscc": customer.uscc,
        "industry": "机电",
        "kind": "new",
        "region": cast.south.pk,
        "salesperson": cast.rep.pk,
        "language": "zh-hans",
        "currency": "CNY",
        "source": "",
        "core_needs": "",
        "invoice_title": "",
    }
    client.post(f"/admin/customers/customer/{customer.pk}/change/", body)
    client.post(f"/admin/customers/customer/{customer.pk}/change/", {**body, "region": cast.north.pk})

    changed = Customer.objects.get(pk=customer.pk)
    assert (changed.industry, changed.region, changed.version) == ("机电", cast.south, 2)


@pytest.mark.rule("RG-02")
def test_cover_is_given_by_the_manager_and_standing_work_by_the_administrator(
    cast: Cast, signed_in: SignedIn
) -> None:
    body = {
        "user": cast.second_assistant.pk,
        "region": cast.north.pk,
        "starts_on": str(today()),
        "ends_on": str(today()),
        "reason": "刘梅休假",
    }
    standing = {**body, "ends_on": "", "reason": ""}

    signed_in(cast.manager).post("/admin/customers/deskassignment/add/", standing)
    assert not DeskAssignment.objects.of(cast.second_assistant).filter(region=cast.north).exists()
    signed_in(cast.manager).post("/admin/customers/deskassignment/add/", body)
    assert (
        DeskAssignment.objects.of(cast.second_assistant).get(region=cast.north).delegated_by == cast.manager
    )
    signed_in(cast.admin).post(
        "/admin/customers/deskassignment/add/", {**standing, "user": cast.assistant.pk}
    )
    assert DeskAssignment.objects.get(user=cast.assistant, region=cast.north).ends_on is None
