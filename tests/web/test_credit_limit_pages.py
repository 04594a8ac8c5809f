"""Credit limits on pages, in the API and in the administration: one function behind all three (CM-11)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.models import User
from credit.models import CreditLimitChange, CreditNote, CustomerAccount
from credit.services.limits import propose_limit
from tests.api.clients import client_for
from tests.conftest import Cast, Company
from tests.factories import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

SignedIn = Callable[[User], Client]
D = Decimal


@pytest.fixture
def change(cast: Cast, company: Company) -> CreditLimitChange:
    return propose_limit(company.customer, new_limit=D("20000.00"), reason="合作三年", actor=cast.rep)


@pytest.mark.rule("CM-11")
def test_sales_proposes_on_the_customers_page_and_finance_approves(
    cast: Cast, company: Company, signed_in: SignedIn
) -> None:
    client, number = signed_in(cast.rep), company.customer.number
    new = reverse("credit_limit_new", args=[number])
    bad = client.post(new, {"new_limit": "2.005", "reason": "合作三年"})
    assert (bad.status_code, "合作三年" in bad.content.decode()) == (422, True)
    assert client.post(new, {"new_limit": "20,000.00", "reason": "合作三年"}).status_code == 302
    change = CreditLimitChange.objects.get()
    tab = client.get(f"{company.customer.get_absolute_url()}?tab=credit").content.decode()
    assert change.number in tab

    finance = signed_in(cast.finance)
    page = finance.get(change.get_absolute_url())
    assert sum(action.is_primary for action in page.context["actions"]) == 1
    assert change.number in finance.get("/credit-limits/").content.decode()
    finance.post(reverse("credit_limit_approve", args=[change.number]), {"version": change.version})
    assert CustomerAccount.objects.get(customer=company.customer).limit == D("20000.00")
    assert "20,000.00" in finance.get(f"{company.customer.get_absolute_url()}?tab=credit").content.decode()


@pytest.mark.rule("CM-11", "RG-02")
def test_nobody_else_decides_and_another_desk_sees_nothing(
    cast: Cast, company: Company, change: CreditLimitChange, signed_in: SignedIn
) -> None:
    approve, refuse = (
        reverse(f"credit_limit_{step}", args=[change.number]) for step in ("approve", "refuse")
    )
    for somebody in (cast.rep, cast.manager, cast.accountant):
        assert signed_in(somebody).post(approve).status_code == 403
    northern = signed_in(cast.north_assistant)
    assert northern.get(change.get_absolute_url()).status_code == 404
    assert change.number not in northern.get("/credit-limits/").content.decode()
    finance = signed_in(cast.finance)
    finance.post(refuse, {"version": change.version, "note": ""})
    change.refresh_from_db()
    assert change.status == "proposed"
    finance.post(refuse, {"version": change.version, "note": "逾期两次"})
    change.refresh_from_db()
    assert (change.status, change.decision_note) == ("refused", "逾期两次")


@pytest.mark.rule("CM-11")
def test_a_note_goes_into_the_credit_file(cast: Cast, company: Company, signed_in: SignedIn) -> None:
    client = signed_in(cast.finance)
    new = reverse("credit_note_new", args=[company.customer.number])
    assert client.post(new, {"kind": "legal", "text": ""}).status_code == 422
    assert client.post(new, {"kind": "legal", "text": "2025 年诉讼已结"}).status_code == 302
    assert CreditNote.objects.get().text == "2025 年诉讼已结"
    tab = client.get(f"{company.customer.get_absolute_url()}?tab=credit").content.decode()
    assert "2025 年诉讼已结" in tab


@pytest.mark.rule("CM-11")
def test_the_api_proposes_and_approves(cast: Cast, company: Company) -> None:
    sales, finance = client_for(cast.rep, "remittances:write"), client_for(cast.finance, "remittances:write")
    body = {"customer": company.customer.number, "new_limit": "20000.00", "reason": "合作三年"}
    made = sales.post("/api/v1/credit-limits/", body, format="json", HTTP_IDEMPOTENCY_KEY=str(uuid.uuid4()))
    assert (made.status_code, made.json()["new_limit"], made.json()["old_limit"]) == (201, "20000.00", None)
    address = f"/api/v1/credit-limits/{made.json()['number']}/"
    headers = {"HTTP_IF_MATCH": made["ETag"], "HTTP_IDEMPOTENCY_KEY": str(uuid.uuid4())}
    assert sales.post(f"{address}approve/", {}, format="json", **headers).status_code == 403
    done = finance.post(f"{address}approve/", {"note": "良好"}, format="json", **headers)
    assert (done.status_code, done.json()["status"], done.json()["decided_by"]) == (
        200,
        "approved",
        "zhoujie",
    )
    again = finance.post(f"{address}approve/", {"note": "良好"}, format="json", **headers)
    assert (again.status_code, again.json()) == (200, done.json())
    credit = client_for(cast.finance, "customers:read").get(
        f"/api/v1/customers/{company.customer.number}/credit/"
    )
    assert (credit.json()["limit"], credit.json()["limit_is_formal"]) == ("20000.00", True)
    north = {**body, "customer": company.northern_customer.number}
    refused = sales.post(
        "/api/v1/credit-limits/", north, format="json", HTTP_IDEMPOTENCY_KEY=str(uuid.uuid4())
    )
    assert refused.status_code == 400


@pytest.mark.rule("CM-11")
def test_the_administration_approves_by_the_same_function(
    cast: Cast, company: Company, change: CreditLimitChange, signed_in: SignedIn
) -> None:
    address = reverse("admin:credit_creditlimitchange_changelist")
    picked = {"action": "approve", "_selected_action": [change.pk], "note": ""}
    signed_in(cast.manager).post(address, picked)
    change.refresh_from_db()
    assert change.status == "proposed"
    client = signed_in(cast.finance)
    client.post(address, {**picked, "action": "refuse_proposal"})
    change.refresh_from_db()
    assert change.status == "proposed"  # no reason was given
    client.post(address, picked)
    change.refresh_from_db()
    assert (change.status, change.decided_by) == ("approved", cast.finance)


@pytest.mark.parametrize("count", [2, 60])
@pytest.mark.rule("CM-11")
def test_lists_cost_the_same_at_any_length(
    cast: Cast, company: Company, signed_in: SignedIn, count: int, django_assert_max_num_queries: Any
) -> None:
    for _n in range(count):
        customer = CustomerFactory(region=cast.south, salesperson=cast.rep)
        propose_limit(customer, new_limit=D("5.00"), reason="x", actor=cast.rep)
    client = signed_in(cast.finance)
    with django_assert_max_num_queries(7):
        assert client.get("/credit-limits/").status_code == 200
    api = client_for(cast.finance, "remittances:read")
    with django_assert_max_num_queries(5):
        assert api.get("/api/v1/credit-limits/").status_code == 200
