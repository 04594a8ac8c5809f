"""The endpoints of credit, as a client and as people with their own tokens use them."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.api.hashing import hash_token
from core.clock import now, today
from core.models import ApiToken, User
from credit.models import BankLine, CreditDecision, Remittance
from orders.models import Order
from tests import factories
from tests.conftest import Cast, Company
from tests.credit.matters import at_finance, fresh, line_for, slip_for, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
SCOPES = ["orders:write", "reviews:write", "remittances:write", "bank:write", "customers:read"]


class Api:
    """A client with one person's token; every POST gets a key of its own unless one is given."""

    def __init__(self, person: User) -> None:
        secret = f"secret-of-{person.username}"
        ApiToken.objects.create(
            user=person,
            name="test",
            prefix=person.username[:12],
            token_hash=hash_token(secret),
            scopes=SCOPES,
            created_by=person,
            expires_at=now() + timedelta(days=1),
        )
        self.headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}
        self.client = Client()

    def get(self, path: str, **params: Any) -> Any:
        return self.client.get(f"/api/v1{path}", params, headers=self.headers)

    def post(self, path: str, body: Any = None, *, etag: str = "", key: str = "", **kwargs: Any) -> Any:
        headers = {**self.headers, "Idempotency-Key": key or f"key-{now().timestamp()}-{path}"}
        headers |= {"If-Match": etag} if etag else {}
        if "file" in (body or {}):
            return self.client.post(f"/api/v1{path}", body, headers=headers, **kwargs)
        return self.client.post(
            f"/api/v1{path}", json.dumps(body or {}), "application/json", headers=headers, **kwargs
        )

    def step(self, order: Order, name: str, **body: Any) -> Any:
        return self.post(f"/orders/{order.number}/{name}/", body, etag=fresh(order).etag)


def slip_body(order: Order, **facts: Any) -> dict[str, Any]:
    amount = facts.get("amount", str(order.total))
    return {
        "customer": order.customer.number,
        "payer": order.customer.name,
        "bank": "中国银行",
        "reference": "R-1",
        "paid_on": today().isoformat(),
        "amount": amount,
        "file": SimpleUploadedFile("slip.png", factories.png(), "image/png"),
        "allocations": json.dumps([{"order": order.number, "amount": amount}]),
        **facts,
    }


@pytest.mark.rule("PM-01")
def test_a_client_records_a_slip_once(cast: Cast, company: Company) -> None:
    order, api = submitted(cast, company), Api(cast.erp)
    picture = factories.png()

    def send() -> Any:
        file = SimpleUploadedFile("slip.png", picture, "image/png")
        return api.post("/remittances/", slip_body(order, file=file), key="once")

    first, again = send(), send()

    assert (first.status_code, again.status_code, Remittance.objects.count()) == (201, 201, 1)
    assert again.headers["Idempotent-Replayed"] == "true"
    body = first.json()
    assert (body["amount"], body["currency"], body["status"]) == ("11074.00", "CNY", "registered")
    assert body["status_label"] == "Registered"
    assert body["allocations"] == [{"order": order.number, "amount": "11074.00", "applied": "0.00"}]
    assert first.headers["ETag"].startswith(f'"{body["number"]}-')


@pytest.mark.rule("PM-01")
def test_a_slip_without_a_key_is_refused(cast: Cast, company: Company) -> None:
    order, api = submitted(cast, company), Api(cast.erp)

    answer = api.client.post("/api/v1/remittances/", slip_body(order), headers=api.headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")


@pytest.mark.rule("PM-02", "RM-08", "SY-02")
@pytest.mark.parametrize(
    ("facts", "status", "pointer"),
    [
        ({"amount": "0.00"}, 400, "#/amount"),
        ({"amount": "1e400"}, 400, "#/amount"),
        ({"payer": ""}, 400, "#/payer"),
        ({"customer": "C0000"}, 400, "#/customer"),
        ({"allocations": "[]]"}, 400, "#/allocations"),
        ({"allocations": '[{"order": "SO-NONE", "amount": "1.00"}]'}, 400, "#/allocations/0/order"),
        ({"file": SimpleUploadedFile("slip.txt", b"no picture", "text/plain")}, 400, "#/file"),
        ({"surprise": "x"}, 400, "#/surprise"),
        ({"currency": "USD"}, 422, None),
    ],
)
def test_a_bad_slip_is_refused_at_its_place(
    cast: Cast, company: Company, facts: dict[str, Any], status: int, pointer: str | None
) -> None:
    order, api = submitted(cast, company), Api(cast.erp)

    answer = api.post("/remittances/", slip_body(order, **facts))

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    if pointer:
        assert pointer in [each["pointer"] for each in answer.json()["errors"]]
    assert Remittance.objects.count() == 0


@pytest.mark.rule("RM-02", "RM-09")
def test_a_failed_gate_says_row_holds_needs_and_figures(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip_for(cast, order, "10274.00")

    answer = Api(cast.assistant).step(order, "check")

    body = answer.json()
    assert (answer.status_code, body["code"], body["row"]) == (422, "payment_gate", "R2")
    assert body["holds"] == ["letter"]
    assert body["needs"][0] == {"kind": "commitment_letter", "amount": "800.00"}
    names = (
        "due_now",
        "paid",
        "shortfall",
        "available_credit",
        "excess",
        "available_quota",
        "minimum_top_up",
    )
    assert [body[name] for name in names] == [
        "11074.00",
        "10274.00",
        "800.00",
        "1000.00",
        "0.00",
        "0.00",
        "0.00",
    ]
    assert CreditDecision.objects.get().result == "hold"
    assert fresh(order).holds == ["letter"]


@pytest.mark.rule("AP-01", "AP-04", "PM-03")
def test_check_match_and_the_whole_chain_by_personal_tokens(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip = slip_for(cast, order)
    accountant = Api(cast.accountant)
    entry = {
        "account": company.bank_account.code,
        "reference": "IN-1",
        "booked_on": today().isoformat(),
        "amount": "11074.00",
        "payer": slip.payer,
    }
    line = accountant.post("/bank-lines/", entry)
    assert line.status_code == 201
    matched = accountant.post("/bank-matches/", {"remittance": slip.number, "bank_line": line.json()["id"]})
    assert (matched.status_code, matched.json()["status"]) == (201, "credited")
    assert [row["id"] for row in accountant.get("/bank-lines/", matched="true").json()["results"]] == [
        line.json()["id"]
    ]

    assert Api(cast.assistant).step(order, "check").json()["status"] == "rep_review"
    assert Api(cast.rep).step(order, "pass-rep").json()["status"] == "manager_review"
    refused = (manager := Api(cast.manager)).step(order, "pass-manager")
    assert (refused.status_code, refused.json()["rule"]) == (422, "AP-03")
    assert manager.step(order, "pass-manager", note="老客户").json()["status"] == "finance_review"
    approved = Api(cast.finance).step(order, "pass-finance")

    assert approved.json()["status"] == "fulfilling"
    assert approved.headers["ETag"] == fresh(order).etag


@pytest.mark.rule("AP-07")
def test_a_step_needs_the_present_etag(cast: Cast, company: Company) -> None:
    order, api = at_finance(cast, company), Api(cast.finance)
    path = f"/orders/{order.number}/pass-finance/"

    assert api.post(path).status_code == 428
    assert api.post(path, etag=f'"{order.number}-1"').status_code == 412
    assert fresh(order).status == "finance_review"


@pytest.mark.rule("IC-01")
@pytest.mark.parametrize("step", ["check", "pass-rep", "pass-manager", "pass-finance", "reject"])
def test_a_client_never_approves(cast: Cast, company: Company, step: str) -> None:
    order = at_finance(cast, company)

    answer = Api(cast.erp).step(order, step)

    assert answer.status_code == 403
    assert fresh(order).status == "finance_review"


@pytest.mark.rule("IC-01")
def test_a_client_never_matches(cast: Cast, company: Company) -> None:
    slip = slip_for(cast, submitted(cast, company))
    line = line_for(cast, company, slip)

    answer = Api(cast.erp).post("/bank-matches/", {"remittance": slip.number, "bank_line": line.pk})

    assert answer.status_code == 403
    assert BankLine.objects.unmatched().count() == 1


@pytest.mark.rule("RG-02")
def test_another_desks_slip_and_order_are_not_there(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip, api = slip_for(cast, order), Api(cast.north_assistant)

    assert api.get(f"/remittances/{slip.number}/").status_code == 404
    assert api.get(f"/remittances/{slip.number}/events/").status_code == 404
    assert api.get("/remittances/").json()["results"] == []
    assert api.step(order, "check").status_code == 404
    assert api.get(f"/customers/{company.customer.number}/credit/").status_code == 404


@pytest.mark.rule("CR-01", "RM-06")
def test_the_credit_of_a_customer(cast: Cast, company: Company) -> None:
    at_finance(cast, company)

    body = Api(cast.assistant).get(f"/customers/{company.customer.number}/credit/").json()

    assert body == {
        "currency": "CNY",
        "limit": "1000.00",
        "limit_is_formal": False,
        "used": "0.00",
        "available": "1000.00",
        "frozen": False,
        "exposure": {"undelivered": "0.00", "receivable": "0.00", "total": "0.00"},
        "overdue": "0.00",
        "balance": "0.00",
    }


@pytest.mark.rule("RM-08", "PM-01")
def test_the_rest_of_a_slip_is_allocated_and_a_slip_is_voided(cast: Cast, company: Company) -> None:
    order, api = submitted(cast, company), Api(cast.assistant)
    slip = slip_for(cast, order, "500.00", allocations=[])
    etag = api.get(f"/remittances/{slip.number}/").headers["ETag"]

    given = api.post(
        f"/remittances/{slip.number}/allocate/",
        {"allocations": [{"order": order.number, "amount": "500.00"}]},
        etag=etag,
    )
    assert given.json()["allocated"] == "500.00"
    voided = api.post(f"/remittances/{slip.number}/void/", {"reason": "填错"}, etag=given.headers["ETag"])

    assert (voided.json()["status"], voided.json()["allocated"]) == ("void", "0.00")
    assert Remittance.objects.get().amount == Decimal("500.00")


@pytest.mark.rule("CH-04")
def test_cancelling_gives_the_slips_back(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip_for(cast, order)

    assert Api(cast.assistant).step(order, "cancel", reason="客户取消").json()["status"] == "cancelled"
    assert Remittance.objects.get().allocated == 0
