"""Enquiries over the API: recorded once, moved by their own endpoints, wrong input told at its place."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from core.models import Event
from orders.models import Enquiry
from tests.api.clients import client_for
from tests.conftest import Cast, Company
from tests.files import png_bytes
from tests.orders.enquiries.matters import enquiry_of, prospect_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

BODY = {
    "customer": "C2026001",
    "channel": "email",
    "wanted_on": "2026-12-01",
    "lines": [{"sku": "A1023", "quantity": "10"}, {"description": "减速机", "spec": "1:50", "unit": "台"}],
}


@pytest.fixture
def rep(cast: Cast) -> APIClient:
    return client_for(cast.rep, "orders:write")


@pytest.fixture
def erp(cast: Cast) -> APIClient:
    return client_for(cast.erp, "orders:write", actor=cast.admin)


def send(client: APIClient, body: Any, key: str | None = None) -> Any:
    return client.post(
        "/api/v1/enquiries/", body, format="json", HTTP_IDEMPOTENCY_KEY=key or str(uuid.uuid4())
    )


def step(client: APIClient, enquiry: Enquiry, name: str, body: Any = None, **more: Any) -> Any:
    enquiry.refresh_from_db()
    address = f"/api/v1/enquiries/{enquiry.number}/{name}/"
    return client.post(address, body or {}, **{"format": "json", "HTTP_IF_MATCH": enquiry.etag, **more})


@pytest.mark.rule("EN-01", "G-05")
def test_a_website_records_an_enquiry(erp: APIClient, company: Company) -> None:
    answer = send(erp, {**BODY, "external_ref": "WEB-7"})
    body = answer.json()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/enquiries/{body['number']}/"
    assert answer["ETag"] == f'"{body["number"]}-1"'
    assert (body["status"], body["response_due_on"], body["on_time"], body["overdue"]) == (
        "new", "2026-11-23", None, False,
    )  # fmt: skip
    assert (body["owner"], body["region"], body["external_ref"]) == ("limin", "S", "WEB-7")
    assert body["lines"][0] == {
        "line": 1, "sku": "A1023", "description": "伺服电机", "spec": "750W", "quantity": "10", "unit": "台",
    }  # fmt: skip
    assert (body["lines"][1]["sku"], body["lines"][1]["quantity"]) == (None, None)
    assert [action["name"] for action in body["available_actions"]] == ["respond", "close"]


def test_the_same_key_records_once(erp: APIClient, company: Company) -> None:
    first, second = send(erp, BODY, "k-1"), send(erp, BODY, "k-1")
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert send(erp, {**BODY, "channel": "phone"}, "k-1").status_code == 422
    assert erp.post("/api/v1/enquiries/", BODY, format="json").status_code == 400
    assert Enquiry.objects.count() == 1


@pytest.mark.rule("EN-01")
def test_wrong_entries_are_told_by_their_pointers(erp: APIClient, company: Company) -> None:
    answer = send(
        erp,
        {
            "channel": "email",
            "contact_phone": "x",
            "lines": [{"sku": "NOSUCH"}, {"description": "y", "quantity": "0"}],
        },
    )
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "#/customer", "#/region", "#/contact_phone", "#/lines/0/sku", "#/lines/1/quantity",
    }  # fmt: skip
    assert send(erp, {**BODY, "customer": "C2026999"}).json()["errors"][0]["pointer"] == "#/customer"
    assert send(erp, {**BODY, "owner": "zhoujie"}).json()["errors"][0]["pointer"] == "#/owner"
    assert send(erp, {**BODY, "price": "1"}).json()["errors"][0]["code"] == "unknown_field"
    assert not Enquiry.objects.exists()


@pytest.mark.rule("EN-01", "EN-02")
def test_it_is_answered_confirmed_closed_and_reopened(rep: APIClient, cast: Cast, company: Company) -> None:
    enquiry = enquiry_of(cast, company)
    assert step(rep, enquiry, "respond", HTTP_IF_MATCH='"x-9"').status_code == 412
    assert step(rep, enquiry, "respond", {"note": "called"}).json()["on_time"] is True
    assert step(rep, enquiry, "respond").status_code == 409
    paper = SimpleUploadedFile("ok.png", png_bytes())
    confirmed = step(
        rep, enquiry, "confirm-demand",
        {"confirmed_by": "王芳", "confirmed_on": "2026-11-21", "file": paper}, format="multipart",
    )  # fmt: skip
    assert (confirmed.status_code, confirmed.json()["demand_confirmed"]) == (200, True)
    refused = step(rep, enquiry, "close")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "#/lost_reason")
    closed = step(rep, enquiry, "close", {"lost_reason": "price"}).json()
    assert (closed["status"], closed["lost_reason_label"]) == ("closed", "Price")
    assert step(rep, enquiry, "reopen").json()["status"] == "in_progress"


@pytest.mark.rule("EN-02")
def test_a_patch_changes_what_is_sent_and_unconfirms_a_changed_demand(
    rep: APIClient, cast: Cast, company: Company
) -> None:
    enquiry = enquiry_of(cast, company)
    step(rep, enquiry, "confirm-demand", {"confirmed_by": "王芳", "confirmed_on": "2026-11-21"})
    address = f"/api/v1/enquiries/{enquiry.number}/"
    assert rep.patch(address, {"wanted_on": "2026-12-09"}, format="json").status_code == 428
    etag = rep.get(address)["ETag"]
    changed = rep.patch(address, {"contact_name": "李娜"}, format="json", HTTP_IF_MATCH=etag)
    assert changed.json()["demand_confirmed"] is True
    changed = rep.patch(address, {"wanted_on": "2026-12-09"}, format="json", HTTP_IF_MATCH=changed["ETag"])
    body = changed.json()
    assert (body["demand_confirmed"], body["wanted_on"], body["contact_name"]) == (
        False,
        "2026-12-09",
        "李娜",
    )
    assert body["lines"][0]["sku"] == "A1023"


def test_a_prospect_is_handed_over_and_linked(cast: Cast, company: Company) -> None:
    enquiry = prospect_of(cast)
    desk = client_for(cast.assistant, "orders:write")
    assert step(desk, enquiry, "reassign", {"owner": "limin"}).json()["owner"] == "limin"
    linked = step(desk, enquiry, "link-customer", {"customer": "C2026001"}).json()
    assert (linked["customer"], linked["prospect_name"]) == ("C2026001", "宁波海天机械厂")


@pytest.mark.rule("SY-08")
def test_comments_and_trail(rep: APIClient, cast: Cast, company: Company) -> None:
    enquiry = enquiry_of(cast, company)
    address = f"/api/v1/enquiries/{enquiry.number}/comments/"
    written = rep.post(address, {"text": "急"}, format="json", HTTP_IDEMPOTENCY_KEY=str(uuid.uuid4()))
    assert (written.status_code, written.json()["note"]) == (201, "急")
    assert [row["note"] for row in rep.get(address).json()["results"]] == ["急"]
    events = rep.get(f"/api/v1/enquiries/{enquiry.number}/events/").json()["results"]
    assert [event["name"] for event in events] == ["received", "comment"]
    auditor = client_for(cast.auditor, "orders:write")
    refused = auditor.post(address, {"text": "x"}, format="json", HTTP_IDEMPOTENCY_KEY=str(uuid.uuid4()))
    assert refused.status_code == 403
    assert len(auditor.get(address).json()["results"]) == 1
    assert Event.objects.filter(name="comment", outcome="done").count() == 1


@pytest.mark.rule("RG-02")
def test_another_desks_enquiry_is_not_there(cast: Cast, company: Company) -> None:
    enquiry = enquiry_of(cast, company)
    north = client_for(cast.north_assistant, "orders:write")
    assert north.get(f"/api/v1/enquiries/{enquiry.number}/").status_code == 404
    assert step(north, enquiry, "respond").status_code == 404
    assert north.get("/api/v1/enquiries/").json()["results"] == []


def test_the_list_is_filtered(rep: APIClient, cast: Cast, company: Company) -> None:
    first, second = enquiry_of(cast, company, channel="email"), prospect_of(cast, actor=cast.rep)

    def found(query: str) -> set[str]:
        return {row["number"] for row in rep.get(f"/api/v1/enquiries/?{query}").json()["results"]}

    assert found("") == {first.number, second.number}
    assert found("channel=email") == found("customer=C2026001") == {first.number}
    assert found("q=海天") == {second.number}
    assert found("overdue=true") == set()
    assert rep.get("/api/v1/enquiries/?status=nothing").status_code == 400
    assert "lines" in rep.get("/api/v1/enquiries/?include=lines").json()["results"][0]


@pytest.mark.parametrize("size", [1, 15])
def test_the_list_costs_the_same_for_few_and_for_many(
    rep: APIClient, cast: Cast, company: Company, django_assert_max_num_queries: Any, size: int
) -> None:
    for _n in range(size):
        enquiry_of(cast, company)
    # token, its use, person's roles; page, lines and their products
    with django_assert_max_num_queries(6):
        assert rep.get("/api/v1/enquiries/?include=lines").status_code == 200
