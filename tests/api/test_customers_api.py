"""What a client may do with the customer file: contacts, moves of the state, merging, comments."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from core.models import Event, User
from customers.models import Customer, DataRecord
from tests.api.clients import client_for
from tests.conftest import Cast, Company
from tests.factories import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

Api = Callable[[User], APIClient]


@pytest.fixture
def api() -> Api:
    return lambda user: client_for(user, "customers:read", "customers:write")


def address_of(customer: Customer, rest: str = "") -> str:
    return f"/api/v1/customers/{customer.number}/{rest}"


def send(
    client: APIClient, method: str, address: str, body: Any = None, *, etag: str = "", key: bool = False
) -> Any:
    extra = {"HTTP_IF_MATCH": etag} if etag else {}
    if key:
        extra["HTTP_IDEMPOTENCY_KEY"] = str(uuid.uuid4())
    return getattr(client, method)(address, body or {}, format="json", **extra)


def etag_of(client: APIClient, customer: Customer) -> str:
    return str(client.get(address_of(customer))["ETag"])


@pytest.mark.rule("CM-02", "CM-03")
def test_a_customer_shows_its_cooperation_data_and_masks_phones_by_post(
    api: Api, cast: Cast, company: Company
) -> None:
    body = api(cast.assistant).get(address_of(company.customer), {"include": "contacts"}).json()
    masked = api(cast.auditor).get(address_of(company.customer), {"include": "contacts"}).json()

    assert (body["order_count"], body["cumulative_amount"], body["uscc_is_valid"]) == (0, "0.00", True)
    assert body["contacts"][0]["phone"] == "0571-55500123"
    assert masked["contacts"][0]["phone"] == masked["contact"]["phone"] == "0571-****0123"
    listed = api(cast.auditor).get(address_of(company.customer, "contacts/")).json()
    assert listed["results"][0]["phone"] == "0571-****0123"


@pytest.mark.rule("CM-12")
def test_the_next_moves_are_those_of_the_callers_post(api: Api, cast: Cast, company: Company) -> None:
    def moves(user: User) -> list[str]:
        return [
            move["name"] for move in api(user).get(address_of(company.customer)).json()["available_actions"]
        ]

    assert moves(cast.finance) == ["freeze"]
    assert moves(cast.manager) == ["stop", "merge"]
    assert moves(cast.assistant) == moves(cast.auditor) == []


@pytest.mark.rule("CM-12")
def test_credit_is_frozen_with_a_reason_and_the_state_that_was_seen(
    api: Api, cast: Cast, company: Company
) -> None:
    client, address = api(cast.finance), address_of(company.customer, "freeze/")

    assert send(client, "post", address, {"reason": "逾期"}).status_code == 428
    etag = etag_of(client, company.customer)
    assert send(client, "post", address, {}, etag=etag).json()["code"] == "reason_required"
    done = send(client, "post", address, {"reason": "逾期"}, etag=etag)
    assert (done.status_code, done.json()["status"], done.json()["status_reason"]) == (200, "frozen", "逾期")
    assert send(client, "post", address, {"reason": "逾期"}, etag=etag).status_code == 412
    again = send(client, "post", address, {"reason": "逾期"}, etag=done["ETag"])
    assert again.status_code == 409
    assert send(api(cast.manager), "post", address, {"reason": "逾期"}, etag=done["ETag"]).status_code == 403


@pytest.mark.rule("CM-02")
def test_a_contact_is_corrected_with_the_etag_of_the_file(api: Api, cast: Cast, company: Company) -> None:
    client, contact = api(cast.assistant), company.customer.contacts.get()
    address = address_of(company.customer, f"contacts/{contact.pk}/")
    etag = etag_of(client, company.customer)

    wrong = send(client, "patch", address, {"phone": "打电话"}, etag=etag)
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "#/phone")
    done = send(client, "patch", address, {"title": "采购总监"}, etag=etag)
    assert (done.status_code, done.json()["title"], done.json()["name"]) == (200, "采购总监", "王芳")
    assert send(client, "patch", address, {"title": "x"}, etag=etag).status_code == 412
    north = api(cast.north_assistant)
    assert send(north, "patch", address, {"title": "x"}, etag=etag).status_code == 404
    strange = address_of(company.customer, f"contacts/{company.northern_customer.contacts.get().pk}/")
    assert send(client, "patch", strange, {"title": "x"}, etag=done["ETag"]).status_code == 404


@pytest.mark.rule("LG-01")
def test_a_contact_is_erased_with_a_reason(api: Api, cast: Cast, company: Company) -> None:
    client, contact = api(cast.assistant), company.customer.contacts.get()
    address = address_of(company.customer, f"contacts/{contact.pk}/erase/")
    etag = etag_of(client, company.customer)
    last = send(client, "post", address, {"reason": "离职"}, etag=etag)
    assert (last.status_code, last.json()["code"]) == (422, "last_contact")

    body = {"name": "李娜", "title": "财务", "phone": "0571-55500199", "is_default": True}
    send(client, "post", address_of(company.customer, "contacts/"), body, key=True)
    etag = etag_of(client, company.customer)
    assert send(client, "post", address, {}, etag=etag).json()["errors"][0]["pointer"] == "#/reason"
    assert send(client, "post", address, {"reason": "离职"}, etag=etag).status_code == 204
    assert DataRecord.objects.get().purpose == "离职"
    assert [contact.name for contact in company.customer.contacts.all()] == ["李娜"]


@pytest.mark.rule("CM-12")
def test_two_files_are_merged_and_both_numbers_are_found(api: Api, cast: Cast, company: Company) -> None:
    double = CustomerFactory(number="C2026900", uscc="", region=cast.south, salesperson=cast.rep)
    client, address = api(cast.manager), address_of(double, "merge/")
    etag = etag_of(client, double)

    unknown = send(client, "post", address, {"into": "C1999001", "reason": "同一家"}, etag=etag, key=True)
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (400, "#/into")
    done = send(
        client, "post", address, {"into": company.customer.number, "reason": "同一家"}, etag=etag, key=True
    )

    assert (done.status_code, done.json()["status"]) == (200, "merged")
    assert done.json()["merged_into"] == company.customer.number
    reader = api(cast.assistant)
    for number in (double.number, company.customer.number):
        found = reader.get("/api/v1/customers/", {"q": number}).json()["results"]
        assert number in [row["code"] for row in found]
    stays = send(reader, "patch", address_of(double), {"industry": "机电"}, etag=etag_of(reader, double))
    assert (stays.status_code, stays.json()["code"]) == (422, "customer_merged")


@pytest.mark.rule("SY-02")
def test_the_currency_of_a_customer_is_one_we_trade_in(api: Api, cast: Cast, company: Company) -> None:
    client = api(cast.assistant)
    etag = etag_of(client, company.customer)
    wrong = send(client, "patch", address_of(company.customer), {"currency": "XXX"}, etag=etag)
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "#/currency")
    done = send(
        client, "patch", address_of(company.customer), {"currency": "USD", "language": "en"}, etag=etag
    )
    assert (done.json()["currency"], done.json()["language"]) == ("USD", "en")


@pytest.mark.rule("SY-08")
def test_whoever_sees_the_file_comments_on_it_but_the_auditor_only_reads(
    api: Api, cast: Cast, company: Company
) -> None:
    address = address_of(company.customer, "comments/")
    written = send(api(cast.rep), "post", address, {"text": "客户要求下周拜访"}, key=True)
    assert written.status_code == 201
    assert send(api(cast.auditor), "post", address, {"text": "看过"}, key=True).status_code == 403
    assert send(api(cast.north_assistant), "post", address, {"text": "看过"}, key=True).status_code == 404

    read = api(cast.auditor).get(address).json()["results"]
    assert [comment["note"] for comment in read] == ["客户要求下周拜访"]
    assert Event.objects.done().filter(root_number=company.customer.number).count() == 1


@pytest.mark.rule("LG-01")
def test_the_purpose_of_contact_data_is_noted(api: Api, cast: Cast, company: Company) -> None:
    client = api(cast.assistant)
    etag = etag_of(client, company.customer)
    body = {"purpose": "订单与发货联系", "consented_on": "2026-11-01"}
    done = send(client, "post", address_of(company.customer, "consent/"), body, etag=etag)

    assert (done.json()["data_purpose"], done.json()["consented_on"]) == ("订单与发货联系", "2026-11-01")
    future = {"purpose": "订单", "consented_on": "2099-01-01"}
    wrong = send(client, "post", address_of(company.customer, "consent/"), future, etag=done["ETag"])
    assert wrong.json()["errors"][0]["pointer"] == "#/consented_on"


@pytest.mark.rule("RG-02")
@pytest.mark.parametrize("count", [20, 300])
def test_the_list_with_contacts_costs_the_same_at_any_length(
    api: Api, cast: Cast, count: int, django_assert_max_num_queries: Any
) -> None:
    CustomerFactory.create_batch(count, region=cast.south, salesperson=cast.rep)
    client = api(cast.assistant)
    client.get("/api/v1/customers/")
    # token and its note of use, roles, customers, contacts, addresses
    with django_assert_max_num_queries(7):
        answer = client.get("/api/v1/customers/?limit=200&include=contacts,addresses&region=S&status=active")
    assert len(answer.json()["results"]) == min(count, 200)
