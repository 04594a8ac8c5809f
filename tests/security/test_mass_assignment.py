"""A body with every field there is changes no field that belongs to somebody else (X3)."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import NoReverseMatch, reverse

from core.models import User
from core.tokens import SCOPES
from credit.models import CreditLimitChange, CustomerAccount, Remittance
from customers.models import Customer
from fulfillment.models import DispatchNotice, Shipment
from inventory.models import PriceList, Product
from orders.models import Contract, Enquiry, Order, OrderLine, Quote
from tests.api.clients import client_for
from tests.conftest import Cast, Company
from tests.security.matrix import API
from tests.security.test_access_matrix import address_of, cells, gets_in
from tests.security.world import World, arguments_of, build_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

MODELS: tuple[type[Model], ...] = (
    Order, OrderLine, Customer, CustomerAccount, Remittance, DispatchNotice, Shipment, Product, PriceList, User,
)  # fmt: skip
PROTECTED = {field.name for model in MODELS for field in model._meta.get_fields()} | {
    "approved_by", "credit_limit", "exposure", "owner", "role", "roles", "is_superuser", "_connector", "__class__",
}  # fmt: skip


@pytest.fixture
def world(cast: Cast, company: Company) -> World:
    return build_world(cast, company)


def rows() -> dict[str, Any]:
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in MODELS}


def argument_of(name: str, world: World, company: Company) -> Any:
    try:
        reverse(name)
    except NoReverseMatch:
        return arguments_of(name, world, company)[0]
    return ""


def etag_of(name: Any) -> str:
    """The tag of whatever goes by this number, code or name."""
    for model, field in (
        (Order, "number"), (Remittance, "number"), (Customer, "number"), (DispatchNotice, "number"),
        (Shipment, "number"), (PriceList, "code"), (Product, "sku"), (Enquiry, "number"), (Quote, "number"),
        (Contract, "number"), (CreditLimitChange, "number"),
    ):  # fmt: skip
        found = model._default_manager.filter(**{field: str(name)}).first()
        if found is not None:
            return str(found.etag)  # type: ignore[attr-defined]
    return ""


def unsafe_routes() -> list[tuple[str, str, Any]]:
    return [(name, method, guard) for name, method, guard in cells(API) if method != "GET"]


@pytest.mark.rule("IC-01")
def test_every_field_that_an_endpoint_does_not_know_is_refused_and_changes_nothing(
    cast: Cast, company: Company, world: World
) -> None:
    before, wrong = rows(), []
    for name, method, guard in unsafe_routes():
        user = next(p for p in world.people.values() if not p.is_service and gets_in(guard, p))
        client = client_for(user, *SCOPES)
        etag = etag_of(argument_of(name, world, company))
        body = dict.fromkeys(PROTECTED, "1")
        answer = client.generic(
            method, address_of(name, world, company), json.dumps(body), content_type="application/json",
            HTTP_IDEMPOTENCY_KEY=str(uuid.uuid4()), HTTP_IF_MATCH=etag,
        )  # fmt: skip
        if answer.status_code != 400 or answer.json()["code"] != "unknown_field":
            wrong.append(f"{method} {name}: {answer.status_code} {answer.json().get('code')}")
    assert wrong == [], "\n".join(wrong)
    assert rows() == before


PROTECTED_OF_AN_ORDER = (
    "status", "number", "total", "net", "tax", "paid", "posted", "payment_status", "delivery_status", "has_shortage",
    "holds", "round", "version", "created_by", "approved_at", "salesperson", "region", "currency",
)  # fmt: skip


@pytest.mark.rule("IC-01", "CM-10")
@pytest.mark.parametrize("field", PROTECTED_OF_AN_ORDER)
def test_a_sound_order_with_one_field_too_many_is_not_placed(
    field: str, cast: Cast, company: Company
) -> None:
    client = client_for(cast.assistant, "orders:write")
    body = {
        "customer": company.customer.number, "promised_on": "2099-01-01", "stated_amount_absent": True,
        "lines": [{"sku": "A1023", "quantity": "1"}], field: "1",
    }  # fmt: skip
    answer = client.post("/api/v1/orders/", body, format="json", HTTP_IDEMPOTENCY_KEY=str(uuid.uuid4()))
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_field")
    assert [problem["pointer"] for problem in answer.json()["errors"]] == [f"#/{field}"]
    assert not Order.objects.exists()


@pytest.mark.rule("IC-01")
@pytest.mark.parametrize(
    "field", ["gross", "net", "reserved", "shipped", "signed", "product", "floor_price", "line_no"]
)
def test_a_line_takes_no_field_of_the_house(field: str, cast: Cast, company: Company) -> None:
    client = client_for(cast.assistant, "orders:write")
    body = {
        "customer": company.customer.number, "promised_on": "2099-01-01", "stated_amount_absent": True,
        "lines": [{"sku": "A1023", "quantity": "1", field: "1"}],
    }  # fmt: skip
    answer = client.post("/api/v1/orders/", body, format="json", HTTP_IDEMPOTENCY_KEY=str(uuid.uuid4()))
    assert answer.status_code == 400
    assert not Order.objects.exists()


@pytest.mark.rule("CM-10", "CM-11")
@pytest.mark.parametrize(
    "field", ["number", "code", "grade", "status", "version", "limit", "first_cooperation_on"]
)
def test_master_data_is_not_changed_beside_its_own_ways(field: str, cast: Cast, company: Company) -> None:
    before = Customer.objects.values().get(pk=company.customer.pk)
    answer = client_for(cast.assistant, "customers:write").patch(
        f"/api/v1/customers/{company.customer.number}/",
        {"short_name": "x", field: "A"}, format="json", HTTP_IF_MATCH=company.customer.etag,
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_field")
    assert Customer.objects.values().get(pk=company.customer.pk) == before


@pytest.mark.rule("CM-10")
def test_sales_does_not_set_the_terms_of_a_customer(cast: Cast, company: Company) -> None:
    before = Customer.objects.values().get(pk=company.customer.pk)
    answer = client_for(cast.assistant, "customers:write").patch(
        f"/api/v1/customers/{company.customer.number}/",
        {"settlement": "monthly"}, format="json", HTTP_IF_MATCH=company.customer.etag,
    )  # fmt: skip
    assert (answer.status_code, answer.json()["rule"]) == (403, "CM-10")
    assert Customer.objects.values().get(pk=company.customer.pk) == before


@pytest.mark.rule("IC-01")
def test_page_forms_ignore_what_they_do_not_ask_for(cast: Cast, company: Company) -> None:
    client = Client()
    client.force_login(cast.assistant)
    before = Customer.objects.values().get(pk=company.customer.pk)
    client.post(
        f"/customers/{company.customer.number}/edit/",
        {
            "short_name": "华信",
            "settlement": "monthly",
            "grade": "A",
            "status": "stopped",
            "number": "C2099001",
        },
    )
    after = Customer.objects.values().get(pk=company.customer.pk)
    for name in ("settlement", "grade", "status", "number"):
        assert after[name] == before[name]
