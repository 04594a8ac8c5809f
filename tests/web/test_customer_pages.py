"""The customer file on pages: scope, forms that lose nothing, lists that cost the same at any length."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.models import User
from customers.models import Customer
from tests.conftest import Cast, Company
from tests.factories import CustomerFactory, uscc_number
from tests.orders.drafts import placed

pytestmark = pytest.mark.django_db

SignedIn = Callable[[User], Client]


def new_file(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "name": "宁波东海机电有限公司",
        "uscc": uscc_number(9),
        "industry": "机电",
        "kind": "new",
        "region": cast.south.pk,
        "salesperson": cast.rep.pk,
        "language": "zh-hans",
        "currency": "CNY",
        "contact_name": "周平",
        "contact_title": "采购主管",
        "contact_phone": "0574-8765 4321",
        "address_province": "浙江省",
        "address_city": "宁波市",
        "address_detail": "东海路 8 号",
        **changes,
    }


@pytest.mark.rule("RG-02")
def test_the_list_shows_the_own_desk_and_the_page_of_another_is_not_found(
    company: Company, cast: Cast, signed_in: SignedIn
) -> None:
    client = signed_in(cast.assistant)
    html = client.get("/customers/").content.decode()

    assert company.customer.number in html
    assert company.northern_customer.number not in html
    for rest in ("", "edit/", "contacts/new/", "addresses/new/"):
        assert client.get(f"/customers/{company.northern_customer.number}/{rest}").status_code == 404
    assert client.get(f"/customers/{company.customer.number}/").status_code == 200


def test_people_without_customers_in_their_post_are_turned_away(
    company: Company, cast: Cast, signed_in: SignedIn
) -> None:
    assert signed_in(cast.picker).get("/customers/").status_code == 403
    assert Client().get("/customers/").status_code == 302


@pytest.mark.rule("SY-01")
@pytest.mark.parametrize("text", ["hxdz", "huaxin", "华信", "C2026"])
def test_a_customer_is_found_by_number_name_and_pinyin(cast: Cast, signed_in: SignedIn, text: str) -> None:
    client = signed_in(cast.assistant)
    client.post("/customers/new/", new_file(cast, short_name="华信电子"))
    client.post("/customers/new/", new_file(cast, name="别家公司", uscc="", short_name="别家"))

    html = client.get("/customers/", {"q": text}).content.decode()
    options = client.get("/customers/options/", {"q": text}).json()

    assert "宁波东海机电有限公司" in html
    assert ("别家公司" in html) is (text == "C2026")
    assert "华信电子" in options[0]["text"]


@pytest.mark.rule("CM-02")
def test_a_file_is_opened_and_shown(cast: Cast, signed_in: SignedIn) -> None:
    answer = signed_in(cast.assistant).post("/customers/new/", new_file(cast), follow=True)

    customer = Customer.objects.get()
    assert answer.request["PATH_INFO"] == customer.get_absolute_url()
    assert "东海路 8 号" in answer.content.decode()


@pytest.mark.rule("CM-02")
@pytest.mark.parametrize(
    ("field", "value"),
    [("uscc", "91350100M000100Y4Z"), ("contact_phone", "?"), ("address_detail", ""), ("region", "")],
)
def test_a_faulty_entry_is_told_at_its_field_and_nothing_typed_is_lost(
    cast: Cast, signed_in: SignedIn, field: str, value: str
) -> None:
    answer = signed_in(cast.assistant).post("/customers/new/", new_file(cast, **{field: value}))
    html = answer.content.decode()

    assert answer.status_code == 422
    assert re.search(rf'id="id_{field}_error"', html)
    assert 'value="宁波东海机电有限公司"' in html
    assert Customer.objects.count() == 0


@pytest.mark.rule("AP-07")
def test_a_stale_form_changes_nothing_and_says_so(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    client, customer = signed_in(cast.assistant), company.customer
    form = {
        name: value
        for name, value in new_file(cast, name=customer.name, uscc=customer.uscc).items()
        if not name.startswith(("contact", "address"))
    }

    first = client.post(f"{customer.get_absolute_url()}edit/", {**form, "version": 1, "industry": "机电"})
    stale = client.post(f"{customer.get_absolute_url()}edit/", {**form, "version": 1, "industry": "化工"})

    assert (first.status_code, stale.status_code) == (302, 422)
    assert "AP-07" in stale.content.decode()
    assert Customer.objects.get(pk=customer.pk).industry == "机电"


@pytest.mark.rule("CM-10")
def test_finance_sets_the_terms_on_their_page(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    address = f"{company.customer.get_absolute_url()}terms/"
    body = {
        "settlement": "staged",
        "prepaid_percent": "30",
        "version": 1,
        "currency": "CNY",
        "note": "合同约定",
    }

    assert signed_in(cast.assistant).post(address, body).status_code == 403
    wrong = signed_in(cast.finance).post(address, {**body, "prepaid_percent": ""})
    done = signed_in(cast.finance).post(address, body)

    assert wrong.status_code == 422
    assert "id_prepaid_percent_error" in wrong.content.decode()
    assert done.status_code == 302
    assert Customer.objects.get(pk=company.customer.pk).settlement == "staged"


@pytest.mark.rule("CM-02")
def test_a_contact_is_added_from_the_page(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    address = f"{company.customer.get_absolute_url()}contacts/new/"
    body = {"contact_name": "李娜", "contact_title": "财务", "contact_phone": "0571-55500199"}

    wrong = signed_in(cast.assistant).post(address, {**body, "contact_phone": "no"})
    done = signed_in(cast.assistant).post(address, {**body, "is_default": "on"}, follow=True)

    assert wrong.status_code == 422
    assert "id_contact_phone_error" in wrong.content.decode()
    assert "李娜" in done.content.decode()
    assert Customer.objects.get(pk=company.customer.pk).default_contact.name == "李娜"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_exactly_one_primary_button_on_every_page(
    company: Company, cast: Cast, signed_in: SignedIn, language: str
) -> None:
    customer = company.customer.get_absolute_url()
    pages = {
        cast.assistant: [
            "/customers/",
            "/customers/new/",
            customer,
            f"{customer}edit/",
            f"{customer}contacts/new/",
        ],
        cast.finance: [customer, f"{customer}terms/"],
    }
    for user, addresses in pages.items():
        user.language = language
        user.save()
        client = signed_in(user)
        for address in addresses:
            html = client.get(address).content.decode()
            main = html[html.index("<main") : html.index("</main>")]
            assert len(re.findall(r"btn-primary", main)) == 1, address


@pytest.mark.parametrize("count", [20, 300])
def test_the_list_costs_the_same_at_any_length(
    cast: Cast, signed_in: SignedIn, count: int, django_assert_max_num_queries: Any
) -> None:
    CustomerFactory.create_batch(count, region=cast.south, salesperson=cast.rep)
    client = signed_in(cast.assistant)
    # session, person, roles, customers, regions and salespeople for the facets
    with django_assert_max_num_queries(6):
        client.get("/customers/?grade=C&q=华信&salesperson=limin&status=active")
    with django_assert_max_num_queries(6):
        client.get("/customers/?sort=-name")


def test_pages_of_the_list_follow_each_other(cast: Cast, signed_in: SignedIn) -> None:
    CustomerFactory.create_batch(120, region=cast.south, salesperson=cast.rep)
    client = signed_in(cast.assistant)
    seen: list[str] = []
    address = "/customers/"
    while address:
        html = client.get(address).content.decode()
        seen += re.findall(r'data-row-link href="/customers/(C\d+)/"', html)
        found = re.search(r'rel="next" href="([^"]+)"', html)
        address = "/customers/" + found[1].replace("&amp;", "&") if found else ""
    assert seen == sorted(Customer.objects.values_list("number", flat=True))
    assert len(seen) == 120


@pytest.mark.parametrize(
    "query", ["cursor=%00", "q=%00", "sort=uscc", "cursor=xx", "region=nowhere", "grade=Z"]
)
def test_odd_addresses_are_answered(company: Company, cast: Cast, signed_in: SignedIn, query: str) -> None:
    assert signed_in(cast.assistant).get(f"/customers/?{query}").status_code == 200


@pytest.mark.rule("SY-01")
@pytest.mark.parametrize("orders", [1, 30])
def test_the_page_shows_the_latest_orders_and_costs_the_same_for_a_busy_customer(
    company: Company, cast: Cast, signed_in: SignedIn, orders: int, django_assert_max_num_queries: Any
) -> None:
    numbers = [placed(company, cast.assistant, ("A1023", str(n + 1))).number for n in range(orders)]
    client = signed_in(cast.assistant)

    # session, person, roles, customer, files merged into it, two for the credit header, settings, orders,
    # and one for a button that asks whether something is open
    with django_assert_max_num_queries(14):
        html = client.get(company.customer.get_absolute_url()).content.decode()

    assert numbers[-1] in html
    assert sum(number in html for number in numbers) == min(orders, 10)
