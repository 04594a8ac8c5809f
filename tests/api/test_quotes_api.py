"""Quotations over the API: the same services, If-Match, Idempotency-Key, and never an approval by a client."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from rest_framework.test import APIClient

from core.models import User
from customers.phones import masked_phone
from orders.models import Order, Quote
from tests.api.clients import client_for
from tests.orders.quotes import accepted, cleared, drafted, fresh, in_review, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
BASE = "/api/v1/quotes/"


def key() -> dict[str, str]:
    return {"HTTP_IDEMPOTENCY_KEY": uuid.uuid4().hex}


def act(client: APIClient, quote: Quote, step: str, body: dict[str, Any] | None = None, **extra: str) -> Any:
    headers = {"HTTP_IF_MATCH": fresh(quote).etag, **extra}
    return client.post(f"{BASE}{quote.number}/{step}/", body or {}, format="json", **headers)


@pytest.fixture
def rep(cast: Any) -> APIClient:
    return client_for(cast.rep, "orders:write")


def body_for(company: Any, **more: Any) -> dict[str, Any]:
    return {
        "customer": company.customer.number,
        "external_ref": "Q-1",
        "warranty": "一年",
        "lines": [
            {"sku": "A1023", "quantity": "2"},
            {"sku": "B2040", "quantity": "7", "alternative": True, "lead_days": 5},
        ],
        **more,
    }


@pytest.mark.rule("QT-01")
def test_a_client_writes_one_quotation_however_often_it_asks(cast, company):
    client = client_for(cast.erp, "orders:write", actor=cast.admin)
    once = key()

    answers = [client.post(BASE, body_for(company), format="json", **once) for _n in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 201], answers[0].content
    assert Quote.objects.count() == 1
    made = answers[0].json()
    assert (made["total"], made["revision"], made["reviews_needed"]) == ("2214.80", 1, [])
    assert [line["price_source"] for line in made["lines"]] == ["list", "list"]
    assert "unit_cost" not in made["lines"][0]
    again = client.post(BASE, body_for(company), format="json", **key())
    assert (again.status_code, again.json()["code"]) == (409, "duplicate_external_ref")
    assert client.post(BASE, body_for(company), format="json").status_code == 400


@pytest.mark.rule("QT-01")
def test_what_is_wrong_is_said_at_its_pointer(rep, company):
    answer = rep.post(
        BASE, body_for(company, lines=[{"sku": "NONE", "quantity": "1"}]), format="json", **key()
    )

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/lines/0/sku"]
    unknown = rep.post(BASE, body_for(company, customer="C999"), format="json", **key())
    assert unknown.json()["errors"][0]["pointer"] == "#/customer"


@pytest.mark.rule("QT-01")
def test_a_draft_is_patched_with_if_match(rep, cast, company):
    quote = drafted(cast, company, warranty="一年")
    address = f"{BASE}{quote.number}/"

    assert rep.patch(address, {"freight": "10.00"}, format="json").status_code == 428
    stale = rep.patch(address, {"freight": "10.00"}, format="json", HTTP_IF_MATCH='"x"')
    assert stale.status_code == 412
    answer = rep.patch(address, {"freight": "10.00"}, format="json", HTTP_IF_MATCH=quote.etag)

    assert answer.status_code == 200, answer.content
    assert (answer.json()["freight"], answer.json()["warranty"]) == ("10.00", "一年")
    assert answer.json()["total"] == "2322.45"


@pytest.mark.rule("QT-02", "QT-04")
def test_the_way_from_draft_to_order(cast, company, rep):
    quote = drafted(cast, company)
    finance = client_for(cast.finance, "reviews:write", "orders:read")

    assert act(rep, quote, "submit").json()["reviews_needed"] == ["finance"]
    seen = finance.get(f"{BASE}{quote.number}/").json()
    assert {"approve", "refuse"} <= {action["name"] for action in seen["available_actions"]}
    agreed = act(finance, quote, "approve", {"department": "finance", "note": "可以"})
    assert (agreed.status_code, agreed.json()["status"]) == (200, "cleared"), agreed.content
    assert act(rep, quote, "send").json()["status"] == "sent"
    assert act(rep, quote, "accept", {"answered_by": "王芳"}).json()["status"] == "accepted"
    made = act(rep, quote, "convert", **key())

    assert made.status_code == 201, made.content
    order = Order.objects.get(number=made.json()["number"])
    assert (order.quote_id, order.total) == (quote.pk, fresh(quote).total)
    assert made["Location"].endswith(f"/orders/{order.number}/")


@pytest.mark.rule("IC-01", "QT-02")
def test_an_api_client_never_approves(cast, company):
    quote = in_review(cast, company)
    client = client_for(cast.erp, "orders:write", "reviews:write", actor=cast.admin)

    assert act(client, quote, "approve", {"department": "finance"}).status_code == 403
    assert fresh(quote).status == "in_review"


@pytest.mark.rule("QT-02")
def test_refusing_needs_a_reason(cast, company):
    quote = in_review(cast, company)
    finance = client_for(cast.finance, "reviews:write")

    assert act(finance, quote, "refuse", {"department": "finance"}).status_code == 400
    assert act(finance, quote, "refuse", {"department": "finance", "reason": "太低"}).status_code == 200
    assert fresh(quote).status == "draft"


@pytest.mark.rule("QT-04")
def test_revising_answers_the_new_version(rep, cast, company):
    answer = act(rep, sent(cast, company), "revise", **key())

    assert answer.status_code == 201, answer.content
    assert (answer.json()["number"], answer.json()["revision"]) == ("QT202611-0001-V2", 2)
    listed = rep.get(BASE).json()["results"]
    assert [row["number"] for row in listed] == ["QT202611-0001-V2"]
    assert len(rep.get(f"{BASE}?superseded=true").json()["results"]) == 2


def test_declining_withdrawing_commenting_and_the_paper(rep, cast, company):
    declined = sent(cast, company)
    assert act(rep, declined, "decline", {"reason": "太贵"}).json()["status"] == "declined"
    assert act(rep, cleared(cast, company), "withdraw", {"reason": "x"}).json()["status"] == "withdrawn"
    paper = rep.get(f"{BASE}{declined.number}/pdf/")
    assert paper.status_code == 200
    assert b"".join(paper.streaming_content)[:5] == b"%PDF-"
    said = rep.post(f"{BASE}{declined.number}/comments/", {"text": "再联系"}, format="json", **key())
    assert said.status_code == 201
    names = [event["name"] for event in rep.get(f"{BASE}{declined.number}/events/").json()["results"]]
    assert names == ["made", "submit", "reviewed", "clear", "send", "decline", "comment"]


@pytest.mark.rule("RG-02")
def test_another_desks_quotation_does_not_exist(cast, company):
    quote = accepted(cast, company)
    other = client_for(cast.other_rep, "orders:write")

    assert other.get(f"{BASE}{quote.number}/").status_code == 404
    assert act(other, quote, "convert", **key()).status_code == 404
    assert User.objects.get(username="zhaogang") == cast.other_rep


@pytest.mark.rule("CM-03")
def test_the_customers_phone_is_masked_for_posts_that_do_not_call_him(cast, company):
    quote = in_review(cast, company)

    shown = {
        name: client_for(person, "orders:read").get(f"{BASE}{quote.number}/").json()["contact_phone"]
        for name, person in (("rep", cast.rep), ("planner", cast.planner))
    }

    assert shown == {"rep": quote.contact_phone, "planner": masked_phone(quote.contact_phone)}
