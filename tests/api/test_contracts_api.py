"""Contracts over the API: a client applies, people sign with their own tokens."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from core.models import User
from orders.models import Contract, Order
from tests import factories
from tests.api.clients import client_for
from tests.conftest import Cast, Company
from tests.orders.contracts import D, at_manager, framework_draft, fresh_contract, in_force

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
BASE = "/api/v1/contracts/"


def body_for(company: Company, **facts: Any) -> dict[str, Any]:
    return {
        "customer": company.customer.number,
        "title": "十台电机",
        "order_intention": "十台",
        "policy_basis": "标准价目表",
        "lines": [{"sku": "A1023", "quantity": "10"}],
        **facts,
    }


def keyed() -> dict[str, str]:
    return {"HTTP_IDEMPOTENCY_KEY": str(uuid.uuid4())}


def at(contract: Contract) -> dict[str, str]:
    return {"HTTP_IF_MATCH": fresh_contract(contract).etag}


def of(person: User, cast: Cast) -> APIClient:
    return client_for(person, "orders:write", actor=cast.admin if person.is_service else None)


def step(cast: Cast, person: User, contract: Contract, name: str, body: Any = None, **extra: Any) -> Any:
    address = f"{BASE}{contract.number}/{name}/"
    return of(person, cast).post(
        address, body or {}, format=extra.pop("format", "json"), **at(contract), **extra
    )


@pytest.mark.rule("CT-01", "IC-01")
def test_a_client_applies_and_submits_and_signs_nothing(cast: Cast, company: Company) -> None:
    client = of(cast.erp, cast)
    key = keyed()
    answer = client.post(BASE, body_for(company, external_ref="E-1"), format="json", **key)
    again = client.post(BASE, body_for(company, external_ref="E-1"), format="json", **key)
    contract = Contract.objects.get()

    assert (answer.status_code, answer.json()["amount"], answer.json()["status"]) == (
        201,
        "11074.00",
        "draft",
    )
    assert again.json()["number"] == contract.number
    assert answer.json()["available_actions"]
    assert step(cast, cast.erp, contract, "submit").json()["status"] == "manager_review"
    for name in ("approve", "countersign", "seal", "register", "reject"):
        refusal = step(cast, cast.erp, contract, name, {"side": "sales", "reason": "x"})
        assert refusal.status_code == 403, name
    assert not contract.signatures.exists()


@pytest.mark.rule("CT-01", "CT-04", "CT-06")
def test_people_sign_with_their_own_tokens_up_to_the_register(cast: Cast, company: Company) -> None:
    client = of(cast.assistant, cast)
    client.post(BASE, body_for(company, over_capacity=True), format="json", **keyed())
    contract = Contract.objects.get()
    step(cast, cast.assistant, contract, "submit")
    turns: tuple[tuple[User, str, dict[str, Any]], ...] = (
        (cast.manager, "approve", {}),
        (cast.engineer, "approve", {"note": "可行"}),
        (cast.qc, "approve", {}),
        (cast.planner, "approve", {"promised_on": "2026-12-20"}),
        (cast.finance, "approve", {"part": "price"}),
        (cast.gm, "approve", {}),
        (cast.cfo, "countersign", {"side": "finance"}),
        (cast.director, "countersign", {"side": "sales"}),
        (cast.second_assistant, "seal", {}),
    )
    for person, name, body in turns:
        answer = step(cast, person, contract, name, body)
        assert answer.status_code == 200, (person, answer.json())
    scan = SimpleUploadedFile("a.png", factories.png(), "image/png")
    facts = {"signed_on": "2026-11-21", "signed_by_customer": "王芳", "file": scan}
    answer = step(cast, cast.second_assistant, contract, "register", facts, format="multipart")

    shown = answer.json()
    assert (shown["status"], shown["has_signed_copy"], len(shown["signatures"])) == ("in_force", True, 9)


@pytest.mark.rule("CT-06")
def test_a_missing_day_of_production_is_pointed_at(cast: Cast, company: Company) -> None:
    of(cast.assistant, cast).post(BASE, body_for(company, over_capacity=True), format="json", **keyed())
    contract = Contract.objects.get()
    step(cast, cast.assistant, contract, "submit")
    step(cast, cast.manager, contract, "approve")

    answer = step(cast, cast.planner, contract, "approve")

    problem = answer.json()
    assert (answer.status_code, problem["rule"], problem["errors"][0]["pointer"]) == (
        400,
        "CT-06",
        "#/promised_on",
    )


@pytest.mark.rule("CT-01")
def test_a_draft_is_corrected_with_if_match(cast: Cast, company: Company) -> None:
    client = of(cast.assistant, cast)
    client.post(BASE, body_for(company), format="json", **keyed())
    contract = Contract.objects.get()
    address = f"{BASE}{contract.number}/"
    body = {"lines": [{"sku": "A1023", "quantity": "2"}], "clauses": {"payment": "货到付款"}}

    assert client.patch(address, body, format="json").status_code == 428
    answer = client.patch(address, body, format="json", **at(contract))

    assert (answer.status_code, answer.json()["amount"]) == (200, "2214.80")
    assert answer.json()["clauses"]["payment"] == "货到付款"
    assert answer.json()["clauses"]["product"]


@pytest.mark.rule("CT-07")
def test_a_supplement_is_applied_for_at_its_contract(cast: Cast, company: Company) -> None:
    parent = in_force(cast, company)
    body = {"title": "增补", "amount": "500.00", "order_intention": "加量", "policy_basis": "同原合同"}

    answer = step(cast, cast.assistant, parent, "supplement", body, **keyed())

    shown = answer.json()
    assert (answer.status_code, shown["kind"], shown["supplement_to"], shown["amount"]) == (
        201,
        "supplement",
        parent.number,
        "500.00",
    )


@pytest.mark.rule("CT-02", "CT-07")
def test_a_client_names_the_contract_of_an_order(cast: Cast, company: Company) -> None:
    contract = in_force(cast, company, framework_draft("2000.00"))
    client = of(cast.erp, cast)
    order = {
        "customer": company.customer.number,
        "contract": contract.number,
        "lines": [{"sku": "A1023", "quantity": "1"}],
    }

    first = client.post("/api/v1/orders/", order, format="json", **keyed())
    second = client.post("/api/v1/orders/", order, format="json", **keyed())

    assert (first.status_code, first.json()["contract"]) == (201, contract.number)
    problem = second.json()
    assert (second.status_code, problem["code"], problem["rule"]) == (422, "contract_exceeded", "CT-07")
    assert Order.objects.count() == 1
    letter = client.get(f"{BASE}?kind=framework").json()["results"]
    assert [row["number"] for row in letter] == [contract.number]


@pytest.mark.rule("RG-02")
def test_another_desks_contract_is_not_found(cast: Cast, company: Company) -> None:
    contract = at_manager(cast, company)
    client = of(cast.north_assistant, cast)

    assert client.get(f"{BASE}{contract.number}/").status_code == 404
    assert client.get(BASE).json()["results"] == []
    assert D("0") == 0
