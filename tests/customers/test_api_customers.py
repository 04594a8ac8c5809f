"""The customer file over the API: scope, creation once, changes only to what was seen."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from core.models import User
from customers.models import Contact, Customer
from tests.api.clients import client_for
from tests.conftest import Cast, Company
from tests.factories import uscc_number

pytestmark = pytest.mark.django_db

Caller = Callable[..., APIClient]


@pytest.fixture
def as_client() -> Caller:
    """`as_client(person)` gives an API client with that person's token."""

    def sign_in(user: User, *scopes: str) -> APIClient:
        return client_for(user, *(scopes or ("customers:read", "customers:write")))

    return sign_in


def new_customer(**changes: Any) -> dict[str, Any]:
    return {
        "name": "宁波东海机电有限公司",
        "industry": "机电",
        "region": "S",
        "salesperson": "limin",
        "uscc": uscc_number(777),
        "contact": {"name": "周平", "title": "采购主管", "phone": "0574-8765 4321"},
        "address": {"province": "浙江省", "city": "宁波市", "district": "鄞州区", "detail": "东海路 8 号"},
        **changes,
    }


def create(client: APIClient, body: dict[str, Any], key: str = "") -> Any:
    return client.post(
        "/api/v1/customers/", body, format="json", HTTP_IDEMPOTENCY_KEY=key or str(uuid.uuid4())
    )


@pytest.mark.rule("RG-02")
def test_an_assistant_sees_only_her_desk(company: Company, cast: Cast, as_client: Caller) -> None:
    client = as_client(cast.assistant)

    listed = client.get("/api/v1/customers/").json()

    assert [row["code"] for row in listed["results"]] == [company.customer.number]
    assert client.get(f"/api/v1/customers/{company.northern_customer.number}/").status_code == 404
    assert client.get(f"/api/v1/customers/{company.northern_customer.number}/contacts/").status_code == 404
    assert client.get(f"/api/v1/customers/{company.northern_customer.number}/events/").status_code == 404


def test_a_customer_is_shown_with_labels_and_an_etag(company: Company, cast: Cast, as_client: Caller) -> None:
    answer = as_client(cast.finance).get(f"/api/v1/customers/{company.customer.number}/?include=contacts")

    body = answer.json()
    assert answer["ETag"] == f'"{company.customer.number}-1"'
    assert (body["settlement"], body["settlement_label"]) == ("prepaid", "Cash before delivery")
    assert (body["region"], body["currency"], body["status"]) == ("S", "CNY", "active")
    assert body["contacts"][0]["name"] == "王芳"
    assert "addresses" not in body


@pytest.mark.rule("CM-01", "CM-02", "CM-10")
def test_a_customer_is_created_once_however_often_it_is_asked(cast: Cast, as_client: Caller) -> None:
    client, body = as_client(cast.assistant), new_customer()

    answers = [create(client, body, key="one") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert answers[1]["Idempotent-Replayed"] == "true"
    customer = Customer.objects.get(name=body["name"])
    assert answers[0].json()["settlement"] == "prepaid"
    assert str(customer.default_address) == "浙江省宁波市鄞州区东海路 8 号"
    assert answers[0]["ETag"] == customer.etag


@pytest.mark.rule("CM-02")
@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"region": "X"}, "#/region"),
        ({"salesperson": "nobody"}, "#/salesperson"),
        ({"salesperson": "zhoujie"}, "#/salesperson"),
        ({"uscc": "91350100M000100Y4Z"}, "#/uscc"),
        ({"contact": {"name": "周平", "title": "主管", "phone": "call me"}}, "#/contact/phone"),
        ({"address": {"province": "浙江省", "city": "宁波市"}}, "#/address/detail"),
        ({"settlement": "monthly"}, "#/settlement"),
        ({"name": ""}, "#/name"),
    ],
)
def test_a_faulty_entry_is_named_and_nothing_is_kept(
    cast: Cast, as_client: Caller, changes: dict[str, Any], pointer: str
) -> None:
    answer = create(as_client(cast.assistant), new_customer(**changes))

    assert answer.status_code == 400
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert not Customer.objects.filter(name="宁波东海机电有限公司").exists()
    assert not Contact.objects.filter(name="周平").exists()


@pytest.mark.rule("RG-02")
def test_another_desk_is_refused(cast: Cast, as_client: Caller) -> None:
    answer = create(as_client(cast.assistant), new_customer(region="N"))

    assert (answer.status_code, answer.json()["rule"]) == (403, "RG-02")
    assert not Customer.objects.filter(name="宁波东海机电有限公司").exists()


@pytest.mark.rule("CM-02")
def test_the_same_company_is_on_file_once(company: Company, cast: Cast, as_client: Caller) -> None:
    answer = create(as_client(cast.assistant), new_customer(name=company.customer.name))

    assert (answer.status_code, answer.json()["code"]) == (409, "customer_on_file")
    assert company.customer.number in answer.json()["detail"]


def test_a_change_needs_the_state_that_was_seen(company: Company, cast: Cast, as_client: Caller) -> None:
    client, address = as_client(cast.assistant), f"/api/v1/customers/{company.customer.number}/"
    etag = client.get(address)["ETag"]

    assert client.patch(address, {"industry": "机电"}, format="json").status_code == 428
    changed = client.patch(address, {"industry": "机电"}, format="json", HTTP_IF_MATCH=etag)
    stale = client.patch(address, {"industry": "化工"}, format="json", HTTP_IF_MATCH=etag)

    assert (changed.status_code, changed.json()["industry"]) == (200, "机电")
    assert stale.status_code == 412
    assert Customer.objects.get(pk=company.customer.pk).industry == "机电"


@pytest.mark.rule("CM-10")
def test_terms_belong_to_finance(company: Company, cast: Cast, as_client: Caller) -> None:
    address = f"/api/v1/customers/{company.customer.number}/"
    terms = {"settlement": "staged", "prepaid_percent": "30"}

    refused = as_client(cast.assistant).patch(
        address, terms, format="json", HTTP_IF_MATCH=company.customer.etag
    )
    mixed = as_client(cast.finance).patch(
        address, {**terms, "industry": "x"}, format="json", HTTP_IF_MATCH=company.customer.etag
    )
    done = as_client(cast.finance).patch(address, terms, format="json", HTTP_IF_MATCH=company.customer.etag)

    assert (refused.status_code, refused.json()["rule"]) == (403, "CM-10")
    assert mixed.status_code == 400
    assert (done.status_code, done.json()["settlement"], done.json()["prepaid_percent"]) == (
        200,
        "staged",
        "30.00",
    )


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "unknown=1", "status=dead", "ordering=uscc", "cursor=x"]
)
def test_odd_parameters_are_refused(cast: Cast, as_client: Caller, query: str) -> None:
    assert as_client(cast.assistant).get(f"/api/v1/customers/?{query}").status_code == 400


def test_a_token_without_the_scope_reads_nothing(company: Company, cast: Cast, as_client: Caller) -> None:
    answer = as_client(cast.assistant, "orders:read").get("/api/v1/customers/")

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_pages_follow_each_other_without_gap(company: Company, cast: Cast, as_client: Caller) -> None:
    client = as_client(cast.finance)
    first = client.get("/api/v1/customers/?limit=1&ordering=-code").json()
    second = client.get(first["next"]).json()

    assert [first["results"][0]["code"], second["results"][0]["code"]] == [
        company.northern_customer.number,
        company.customer.number,
    ]
    assert second["next"] is None


@pytest.mark.parametrize("count", [1, 40])
def test_the_list_costs_the_same_at_any_length(
    company: Company, cast: Cast, as_client: Caller, count: int, django_assert_num_queries: Any
) -> None:
    from tests.factories import CustomerFactory

    CustomerFactory.create_batch(count, region=cast.south, salesperson=cast.rep)
    client = as_client(cast.assistant)
    client.get("/api/v1/customers/")
    # token, roles, customers
    with django_assert_num_queries(3):
        client.get("/api/v1/customers/")
    # and both kinds of parts
    with django_assert_num_queries(5):
        client.get("/api/v1/customers/?include=contacts,addresses")


@pytest.mark.rule("CM-02")
def test_a_second_contact_is_added_once(company: Company, cast: Cast, as_client: Caller) -> None:
    address = f"/api/v1/customers/{company.customer.number}/contacts/"
    body = {"name": "李娜", "title": "财务", "phone": "0571-5550 0199 转 12", "email": "ln@example.com"}
    client = as_client(cast.assistant)

    answers = [client.post(address, body, format="json", HTTP_IDEMPOTENCY_KEY="k") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert [row["name"] for row in client.get(address).json()["results"]] == ["王芳", "李娜"]
    events = client.get(f"/api/v1/customers/{company.customer.number}/events/").json()["results"]
    assert [(event["name"], event["actor"]) for event in events] == [("contact_added", "chenli")]
