"""Pages of products and price lists: kept by the clerk, approved by the general manager, read by sales."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.clock import today
from core.models import Event, User
from inventory.models import CustomerPart, Price, PriceList, Product
from inventory.rows import PriceRow
from inventory.services.part_numbers import PartNumberRow, set_part_numbers
from inventory.services.price_lists import approve_price_list, create_price_list
from tests import factories
from tests.conftest import Cast, Company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
SignedIn = Callable[[User], Client]
D = Decimal

PRODUCT = {
    "sku": "C7", "name": "减速机", "spec": "1:20", "category": "传动", "barcode": "6900001", "unit": "台",
    "unit_decimals": "0", "tax_rate": "0.13", "supply": "buy", "minimum_stock": "5", "standard_cost": "310.5",
}  # fmt: skip
LIST = {
    "code": "PL2027-01", "name": "新年价目表", "customer": "", "currency": "CNY", "valid_from": "2027-01-01",
    "valid_until": "", "rows": "A1023\t950.00\t900\nA1023 920 100+\n\nB2040 12.3",
}  # fmt: skip


def test_the_clerk_adds_a_product_and_changes_it_and_the_page_keeps_the_history(
    company: Company, cast: Cast, signed_in: SignedIn
) -> None:
    client = signed_in(cast.catalogue)

    made = client.post("/products/new/", PRODUCT)
    product = Product.objects.get(sku="C7")
    assert made.status_code == 302
    assert (product.supply, product.minimum_stock, product.standard_cost) == ("buy", D(5), D("310.5"))

    changed = {name: value for name, value in PRODUCT.items() if name not in ("sku", "unit", "unit_decimals")}
    client.post("/products/C7/edit/", {**changed, "name": "减速机 II", "version": str(product.version)})

    product.refresh_from_db()
    assert (product.name, product.sku, product.unit) == ("减速机 II", "C7", "台")
    page = client.get("/products/C7/").content.decode()
    assert "减速机 II" in page
    assert "310.50" in page
    [event] = Event.objects.named("product_changed")
    assert [(c["before"], c["after"]) for c in event.data["changes"]] == [("减速机", "减速机 II")]


def test_a_faulty_product_keeps_everything_typed(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    wrong = {**PRODUCT, "sku": "A1023", "minimum_stock": "1.5"}

    answer = signed_in(cast.catalogue).post("/products/new/", wrong)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"sku", "minimum_stock"}
    assert "减速机" in answer.content.decode()
    assert Product.objects.count() == 2


def test_a_stale_change_is_refused(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    version = company.motor.version
    Product.objects.filter(pk=company.motor.pk).update(
        updated_at=company.motor.updated_at + timedelta(seconds=1)
    )
    changed = {name: value for name, value in PRODUCT.items() if name not in ("sku", "unit", "unit_decimals")}

    answer = signed_in(cast.catalogue).post("/products/A1023/edit/", {**changed, "version": str(version)})

    assert answer.status_code == 422
    assert Product.objects.get(sku="A1023").name == "伺服电机"


def test_the_cost_is_seen_only_by_those_who_may(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    Product.objects.filter(sku="A1023").update(standard_cost=D("611.11"))

    for person, sees in (
        (cast.gm, True),
        (cast.finance, True),
        (cast.assistant, False),
        (cast.picker, False),
    ):
        for address in ("/products/", "/products/A1023/"):
            page = signed_in(person).get(address)
            assert page.status_code == 200
            assert ("611.11" in page.content.decode()) is sees, (person, address)
    assert "980.00" in signed_in(cast.assistant).get("/products/").content.decode()
    assert "980.00" not in signed_in(cast.picker).get("/products/A1023/").content.decode()


def test_a_product_is_discontinued_with_a_reason_and_taken_up_again(
    company: Company, cast: Cast, signed_in: SignedIn
) -> None:
    client = signed_in(cast.catalogue)

    def step(name: str, note: str) -> Product:
        version = Product.objects.get(sku="A1023").version
        client.post(f"/products/A1023/{name}/", {"version": str(version), "note": note})
        return Product.objects.get(sku="A1023")

    assert step("discontinue", "").discontinued_on is None
    assert step("discontinue", "停产").discontinued_on == today()
    assert [product.sku for product, _found in client.get("/products/").context["products"]] == ["B2040"]
    gone = client.get("/products/?show=discontinued").context["products"]
    assert [product.sku for product, _found in gone] == ["A1023"]
    assert step("reactivate", "恢复生产").discontinued_on is None
    assert [
        e.note for e in Event.objects.named("product_discontinued", "product_reactivated").order_by("pk")
    ] == [
        "停产",
        "恢复生产",
    ]


@pytest.mark.rule("RG-02")
def test_part_numbers_are_kept_on_the_product_and_shown_on_the_customers_page(
    company: Company, cast: Cast, signed_in: SignedIn
) -> None:
    client = signed_in(cast.assistant)
    form = {"customer": company.customer.number, "part_number": "HX-750", "name": "主轴电机"}

    assert client.post("/products/A1023/part-numbers/new/", form).status_code == 302
    foreign = {**form, "customer": company.northern_customer.number}
    assert client.post("/products/A1023/part-numbers/new/", foreign).status_code == 422

    part = CustomerPart.objects.get()
    assert (part.product.sku, part.name) == ("A1023", "主轴电机")
    assert "HX-750" in client.get("/products/A1023/").content.decode()
    assert "HX-750" in client.get(f"/customers/{company.customer.number}/?tab=prices").content.decode()
    assert "HX-750" not in signed_in(cast.north_assistant).get("/products/A1023/").content.decode()
    assert (
        signed_in(cast.north_assistant).post(f"/products/part-numbers/{part.pk}/remove/").status_code == 404
    )

    signed_in(cast.assistant).post(f"/products/part-numbers/{part.pk}/remove/")
    assert not CustomerPart.objects.exists()
    assert company.customer.events().named("part_numbers_set", "part_number_removed").count() == 2


@pytest.mark.rule("QT-03", "IC-01")
def test_a_version_is_entered_approved_and_ends_the_one_before(
    company: Company, cast: Cast, signed_in: SignedIn
) -> None:
    clerk = signed_in(cast.catalogue)
    assert clerk.post("/price-lists/new/", LIST).status_code == 302
    entered = PriceList.objects.get(code="PL2027-01")
    assert set(
        entered.prices.values_list("product__sku", "minimum_quantity", "unit_price", "floor_price")
    ) == {
        ("A1023", D(0), D(950), D(900)),
        ("A1023", D(100), D(920), None),
        ("B2040", D(0), D("12.3"), None),
    }
    page = clerk.get("/price-lists/PL2027-01/").content.decode()
    assert "▼" in page
    clerk.post("/price-lists/PL2027-01/approve/", {"version": "1"})
    assert not PriceList.objects.get(code="PL2027-01").is_approved

    signed_in(cast.gm).post("/price-lists/PL2027-01/approve/", {"version": "1"})

    entered.refresh_from_db()
    company.price_list.refresh_from_db()
    assert entered.approved_by == cast.gm
    assert (company.price_list.valid_until, company.price_list.ended_by) == (date(2026, 12, 31), entered)
    assert company.price_list.events().named("price_list_ended").count() == 1


@pytest.mark.rule("QT-03")
@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"rows": "A1023 950\nNONE 12"}, "rows", "2"),
        ({"rows": "A1023 950\n\n\nA1023 990 100+"}, "rows", "4"),
        ({"rows": "A1023 950 100+"}, "rows", "1"),
        ({"rows": "price"}, "rows", "1"),
        ({"rows": ""}, "rows", ""),
        ({"code": "PL2026-01"}, "code", ""),
        ({"valid_from": "2020-01-01"}, "valid_from", "PL2026-01"),
        ({"valid_until": "2026-12-31"}, "valid_until", ""),
        ({"currency": "XXX"}, "currency", ""),
    ],
)
def test_a_faulty_version_is_refused_at_its_field_with_everything_kept(
    company: Company, cast: Cast, signed_in: SignedIn, changes: dict[str, str], field: str, said: str
) -> None:
    answer = signed_in(cast.catalogue).post("/price-lists/new/", {**LIST, **changes})

    assert answer.status_code == 422
    assert said in str(answer.context["form"].errors[field])
    assert answer.context["form"]["rows"].value() == {**LIST, **changes}["rows"]
    assert PriceList.objects.count() == 1


@pytest.mark.rule("QT-03", "G-01")
def test_a_version_is_copied_with_every_price_changed_by_a_percentage(
    company: Company, cast: Cast, signed_in: SignedIn
) -> None:
    form = {
        "code": "PL2027-01",
        "name": "新年",
        "valid_from": "2027-01-01",
        "valid_until": "",
        "percent": "-2.5",
    }

    assert signed_in(cast.catalogue).post("/price-lists/PL2026-01/copy/", form).status_code == 302

    copied = PriceList.objects.get(code="PL2027-01")
    assert dict(copied.prices.values_list("product__sku", "unit_price")) == {
        "A1023": D("955.50"),
        "B2040": D("12.0370"),
    }
    page = signed_in(cast.gm).get("/price-lists/PL2027-01/?only=changed")
    assert page.context["differences"].lowered == 2
    assert len(page.context["page"].lines) == 2


@pytest.mark.rule("QT-03")
def test_what_waits_is_withdrawn_with_a_reason(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    signed_in(cast.catalogue).post("/price-lists/new/", LIST)
    gm = signed_in(cast.gm)

    gm.post("/price-lists/PL2027-01/withdraw/", {"version": "1", "note": ""})
    assert PriceList.objects.get(code="PL2027-01").status == "entered"
    gm.post("/price-lists/PL2027-01/withdraw/", {"version": "1", "note": "价格过低"})

    withdrawn = PriceList.objects.get(code="PL2027-01")
    assert (withdrawn.status, withdrawn.withdrawn_by) == ("withdrawn", cast.gm)
    gm.post("/price-lists/PL2027-01/approve/", {"version": "2"})
    assert not PriceList.objects.get(code="PL2027-01").is_approved


@pytest.mark.rule("RG-02")
def test_agreed_prices_are_seen_by_the_customers_desk_alone(
    company: Company, cast: Cast, signed_in: SignedIn
) -> None:
    agreed = create_price_list(
        code="HX-1", name="华信协议价", valid_from=today(), prices=[PriceRow("A1023", D(900))],
        customer=company.customer, actor=cast.catalogue,
    )  # fmt: skip
    approve_price_list(agreed, actor=cast.gm)
    tab = f"/customers/{company.customer.number}/?tab=prices"

    assert "HX-1" in signed_in(cast.assistant).get("/price-lists/").content.decode()
    assert "900.00" in signed_in(cast.assistant).get(tab).content.decode()
    assert "HX-1" not in signed_in(cast.north_assistant).get("/price-lists/").content.decode()
    assert signed_in(cast.north_assistant).get("/price-lists/HX-1/").status_code == 404


@pytest.mark.parametrize("count", [100, 5000])
def test_lists_cost_the_same_at_any_length(
    company: Company, cast: Cast, signed_in: SignedIn, count: int, django_assert_max_num_queries: Any
) -> None:
    products = Product.objects.bulk_create(
        Product(sku=f"Q{n:05d}", name=f"端子 {n}", unit="只", category="端子") for n in range(count)
    )
    long = factories.price_list(
        dict.fromkeys(products, "12.5"), maker=cast.catalogue, approver=cast.gm, code="PL-LONG",
        valid_from=today() + timedelta(days=1),
    )  # fmt: skip
    Price.objects.bulk_create(
        Price(price_list=long, product=product, minimum_quantity=D(100), unit_price=D(12))
        for product in products
    )
    set_part_numbers(
        company.customer,
        rows=[PartNumberRow(f"HX{n}", f"Q{n:05d}") for n in range(min(count, 1000))],
        actor=cast.catalogue,
    )
    client = signed_in(cast.gm)
    # session, person, roles beside what the page says of itself
    for address, most in (
        ("/products/", 3 + 4),
        ("/products/Q00001/", 3 + 7),
        ("/price-lists/", 3 + 2),
        ("/price-lists/PL-LONG/", 3 + 9),
        ("/price-lists/PL-LONG/?only=changed", 3 + 11),
        (f"/customers/{company.customer.number}/?tab=prices", 14),
    ):
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200
