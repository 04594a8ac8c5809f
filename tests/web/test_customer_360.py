"""The customer's page from every side: tabs, states, paste, merging, export, what is shown to whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.models import Job, User
from customers.models import Customer, DataRecord
from customers.services import add_contact, stop_orders
from customers.services.merging import merge_customers
from customers.services.parts import ContactDraft
from orders.models import Order
from tests.conftest import Cast, Company
from tests.factories import CustomerFactory
from tests.orders.drafts import placed
from tests.web.test_customer_pages import new_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

SignedIn = Callable[[User], Client]


@pytest.fixture
def double(cast: Cast) -> Customer:
    return CustomerFactory(number="C2026900", uscc="", region=cast.south, salesperson=cast.rep)


@pytest.mark.rule("CM-02")
@pytest.mark.parametrize("tab", ["orders", "payments", "contacts", "file", "surveys", "timeline"])
def test_every_tab_is_a_page_of_its_own_and_costs_little(
    cast: Cast, company: Company, signed_in: SignedIn, tab: str, django_assert_max_num_queries: Any
) -> None:
    for n in range(3):
        placed(company, cast.assistant, ("A1023", str(n + 1)))
    client = signed_in(cast.assistant)
    # session, person, roles, customer, files merged into it, two for the credit header, settings, and the tab's own
    with django_assert_max_num_queries(16):
        html = client.get(company.customer.get_absolute_url(), {"tab": tab}).content.decode()
    assert f'href="?tab={tab}" aria-current="page"' in html
    assert company.customer.uscc in html


def test_an_unknown_tab_and_one_of_another_post_are_not_found(
    cast: Cast, company: Company, signed_in: SignedIn
) -> None:
    address = company.customer.get_absolute_url()
    assert signed_in(cast.assistant).get(address, {"tab": "nothing"}).status_code == 404
    assert signed_in(cast.planner).get(address, {"tab": "payments"}).status_code == 404
    assert "tab=payments" not in signed_in(cast.planner).get(address).content.decode()


@pytest.mark.rule("CM-03")
def test_phones_are_masked_for_who_does_not_call_customers(
    cast: Cast, company: Company, signed_in: SignedIn
) -> None:
    for tab in ("orders", "contacts"):
        html = signed_in(cast.auditor).get(company.customer.get_absolute_url(), {"tab": tab}).content.decode()
        assert "0571-****0123" in html
        assert "0571-55500123" not in html
    assert "0571-55500123" in signed_in(cast.rep).get(company.customer.get_absolute_url()).content.decode()


@pytest.mark.rule("CM-02")
def test_a_pasted_line_fills_the_form_and_saves_nothing(cast: Cast, signed_in: SignedIn) -> None:
    text = "张三 0571-88886666 浙江省杭州市余杭区文一西路 1 号"
    body = new_file(cast, contact_name="", contact_phone="", address_province="", pasted=text, fill="1")
    answer = signed_in(cast.assistant).post("/customers/new/", body)
    html = answer.content.decode()

    assert answer.status_code == 200
    for value in ("张三", "0571-88886666", "浙江省", "杭州市", "余杭区", "文一西路 1 号", body["name"]):
        assert f'value="{value}"' in html
    assert not Customer.objects.exists()


@pytest.mark.rule("CM-02")
def test_a_name_on_file_is_refused_at_its_field(cast: Cast, company: Company, signed_in: SignedIn) -> None:
    answer = signed_in(cast.assistant).post("/customers/new/", new_file(cast, name=company.customer.name))

    assert answer.status_code == 422
    assert company.customer.number in answer.context["form"].errors["name"][0]


@pytest.mark.rule("CM-12")
def test_a_customer_is_stopped_from_its_page_with_a_reason(
    cast: Cast, company: Company, signed_in: SignedIn
) -> None:
    address = f"{company.customer.get_absolute_url()}stop/"
    signed_in(cast.manager).post(address, {"version": 1, "note": ""})
    assert Customer.objects.get(pk=company.customer.pk).status == "active"
    done = signed_in(cast.manager).post(address, {"version": 1, "note": "客户破产"}, follow=True)

    assert "客户破产" in done.content.decode()
    page = signed_in(cast.assistant).get(company.customer.get_absolute_url()).content.decode()
    assert 'aria-disabled="true"' in page


@pytest.mark.rule("CM-12")
def test_merging_is_shown_confirmed_and_leads_on(
    cast: Cast, company: Company, double: Customer, signed_in: SignedIn
) -> None:
    client, address = signed_in(cast.manager), f"{double.get_absolute_url()}merge/"
    assert client.get(address).status_code == 200
    assert "C1999001" in client.get(address, {"into": "C1999001"}).content.decode()
    html = client.get(address, {"into": company.customer.number}).content.decode()
    assert company.customer.name in html

    body = {"into": company.customer.number, "version": 1, "target_version": 1, "reason": ""}
    assert client.post(address, body).status_code == 422
    assert client.post(address, {**body, "reason": "同一家", "target_version": 9}).status_code == 422
    assert Customer.objects.get(pk=double.pk).status == "active"
    done = client.post(address, {**body, "reason": "同一家"})
    assert done.status_code == 302

    old = client.get(double.get_absolute_url(), follow=True)
    assert old.request["PATH_INFO"] == company.customer.get_absolute_url()
    assert double.number in old.content.decode()
    assert client.get(double.get_absolute_url(), {"old": "1"}).status_code == 200
    assert double.number in client.get("/customers/", {"q": double.number}).content.decode()
    assert f"/customers/{double.number}/" not in client.get("/customers/").content.decode()


@pytest.mark.rule("CM-12")
def test_both_numbers_find_the_orders(
    cast: Cast, company: Company, double: Customer, signed_in: SignedIn
) -> None:
    order = placed(company, cast.assistant)
    merge_customers(double, target=company.customer, reason="同一家", actor=cast.manager)

    client = signed_in(cast.assistant)
    assert order.number in client.get("/orders/", {"q": double.number}).content.decode()
    found = client.get("/orders/options/customers/", {"q": double.number}).content.decode()
    assert company.customer.number in found
    assert double.number in client.get("/palette/", {"q": double.number}).content.decode()
    assert Order.objects.get().customer == company.customer


@pytest.mark.rule("LG-01")
def test_the_export_asks_for_a_purpose_and_leaves_a_note(
    cast: Cast, company: Company, signed_in: SignedIn
) -> None:
    client = signed_in(cast.manager)
    assert client.post("/customers/export/?region=S", {"purpose": ""}).status_code == 422
    assert not DataRecord.objects.exists()
    done = client.post("/customers/export/?region=S", {"purpose": "年度拜访"})

    assert done["Location"] == f"/jobs/{Job.objects.get().uid}/"
    assert DataRecord.objects.get().rows == 1
    assert signed_in(cast.assistant).get("/customers/export/").status_code == 403


@pytest.mark.rule("LG-01")
def test_a_contact_is_erased_from_its_page_with_a_reason(
    cast: Cast, company: Company, signed_in: SignedIn
) -> None:
    old = company.customer.contacts.get()
    add_contact(company.customer, contact=ContactDraft("李娜", "财务", "0571-55500199"), actor=cast.assistant)
    client, address = (
        signed_in(cast.assistant),
        f"{company.customer.get_absolute_url()}contacts/{old.pk}/remove/",
    )

    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "离职"})
    assert client.get(address).status_code == 404
    assert [contact.name for contact in company.customer.contacts.all()] == ["李娜"]


@pytest.mark.rule("SY-08")
def test_a_comment_stands_in_the_timeline(cast: Cast, company: Company, signed_in: SignedIn) -> None:
    client = signed_in(cast.rep)
    done = client.post(f"{company.customer.get_absolute_url()}comments/", {"text": "下周拜访"}, follow=True)
    assert "下周拜访" in done.content.decode()


@pytest.mark.rule("CM-12")
def test_the_timeline_tells_of_file_and_orders(cast: Cast, company: Company, signed_in: SignedIn) -> None:
    placed(company, cast.assistant)
    stop_orders(company.customer, reason="客户重组", actor=cast.manager)
    html = signed_in(cast.rep).get(company.customer.get_absolute_url(), {"tab": "timeline"}).content.decode()

    assert "客户重组" in html
    assert html.count('class="timeline-head"') == 2
