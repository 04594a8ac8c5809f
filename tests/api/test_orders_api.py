"""Orders over the API: the same rules as on the page, through the same services."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from core.models import Event
from inventory.models import Price
from orders.models import Order, OrderLine
from orders.services.placing import place_order
from tests import factories
from tests.api.clients import client_for
from tests.orders.drafts import draft_of, placed
from tests.workbooks import fill_in_form

D = Decimal
pytestmark = pytest.mark.django_db


def key() -> dict[str, str]:
    return {"HTTP_IDEMPOTENCY_KEY": str(uuid.uuid4())}


def body_of(company: Any, **changes: Any) -> dict[str, Any]:
    return {
        "customer": company.customer.number,
        "customer_po": "HX-0815",
        "promised_on": "2099-01-01",
        "stated_amount": "2312.45",
        "lines": [{"sku": "A1023", "quantity": "2"}, {"sku": "B2040", "quantity": "7"}],
        **changes,
    }


@pytest.fixture
def erp(cast) -> APIClient:
    return client_for(cast.erp, "orders:write", actor=cast.admin)


@pytest.fixture
def assistant(cast) -> APIClient:
    return client_for(cast.assistant, "orders:write")


@pytest.mark.rule("IN-01", "G-02", "G-03", "VA-02")
def test_an_order_is_placed_priced_and_answered_with_its_etag(company, erp):
    answer = erp.post("/api/v1/orders/", body_of(company), format="json", **key())

    assert answer.status_code == 201
    order = answer.json()
    assert (order["total"], order["currency"], order["stated_difference"]) == ("2312.45", "CNY", "0.00")
    assert (order["status"], order["status_label"], order["payment_status"]) == ("draft", "Draft", "unpaid")
    assert [(line["sku"], line["net"], line["tax"], line["gross"]) for line in order["lines"]] == [
        ("A1023", "1960.00", "254.80", "2214.80"),
        ("B2040", "86.42", "11.23", "97.65"),
    ]
    assert answer["ETag"] == f'"{order["number"]}-1"'
    assert answer["Location"] == f"/api/v1/orders/{order['number']}/"
    assert [action["name"] for action in order["available_actions"]] == ["submit"]


def test_the_same_key_places_once(company, erp):
    headers = key()

    first = erp.post("/api/v1/orders/", body_of(company), format="json", **headers)
    second = erp.post("/api/v1/orders/", body_of(company), format="json", **headers)

    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert Order.objects.count() == 1


@pytest.mark.rule("IN-04")
def test_a_second_order_with_the_same_customer_po_is_a_conflict(company, erp):
    number = erp.post("/api/v1/orders/", body_of(company), format="json", **key()).json()["number"]

    again = erp.post("/api/v1/orders/", body_of(company), format="json", **key())

    assert (again.status_code, again.json()["rule"], again.json()["existing"]) == (409, "IN-04", number)
    assert Order.objects.count() == 1


def test_every_fault_is_answered_with_its_pointer(company, erp):
    lines = [{"sku": "NOPE", "quantity": "1"}, {"sku": "A1023", "quantity": "1.5"}]

    answer = erp.post("/api/v1/orders/", body_of(company, lines=lines), format="json", **key())

    assert answer.status_code == 400
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("#/lines/0/sku", "unknown_sku"),
        ("#/lines/1/quantity", "fraction_not_allowed"),
    ]
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "lines",
    [
        [],
        "A1023",
        [{"sku": "A1023"}],
        [{"sku": "A1023", "quantity": 1.5}],
        [{"sku": "A1023", "quantity": "NaN"}],
        [{"sku": "A1023", "quantity": "²"}],
        [{"sku": "A1023", "quantity": "9" * 30}],
        [{"sku": "A1023", "quantity": "1", "colour": "red"}],
        [{"sku": "A1023", "quantity": "1", "unit_price": "1e400"}],
        [{"sku": ["A1023"], "quantity": "1"}],
        [None],
    ],
)
def test_malformed_lines_are_400_and_never_an_error(company, erp, lines):
    answer = erp.post("/api/v1/orders/", body_of(company, lines=lines), format="json", **key())

    assert answer.status_code == 400
    assert not Order.objects.exists()


def test_an_unknown_field_is_refused(company, erp):
    answer = erp.post("/api/v1/orders/", body_of(company, colour="red"), format="json", **key())

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "#/colour")


@pytest.mark.rule("RG-02")
def test_another_regions_order_is_not_found(company, cast, assistant):
    northern = place_order(company.northern_customer, draft=draft_of(), actor=cast.north_assistant)

    assert assistant.get(f"/api/v1/orders/{northern.number}/").status_code == 404
    assert assistant.post(f"/api/v1/orders/{northern.number}/submit/", {}, format="json").status_code == 404
    assert assistant.get("/api/v1/orders/").json()["results"] == []
    refused = assistant.post(
        "/api/v1/orders/", body_of(company, customer=company.northern_customer.number), format="json", **key()
    )
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "unknown_customer")


@pytest.mark.rule("AP-07", "VA-04")
def test_submitting_needs_the_etag_and_happens_once(company, cast, assistant):
    order = placed(company, cast.assistant)
    url = f"/api/v1/orders/{order.number}/submit/"

    assert assistant.post(url, {}, format="json").status_code == 428
    assert assistant.post(url, {}, format="json", HTTP_IF_MATCH=f'"{order.number}-9"').status_code == 412
    done = assistant.post(url, {}, format="json", HTTP_IF_MATCH=order.etag)
    assert (done.status_code, done.json()["status"]) == (200, "checking")
    assert assistant.post(url, {}, format="json", HTTP_IF_MATCH=order.etag).status_code == 412
    assert assistant.post(url, {}, format="json", HTTP_IF_MATCH=done["ETag"]).status_code == 409
    assert order.events().named("submit").done().count() == 1


@pytest.mark.rule("VA-02")
def test_a_refusal_to_submit_names_the_rule(company, cast, assistant):
    order = placed(company, cast.assistant, stated_amount=D("1.00"))

    answer = assistant.post(
        f"/api/v1/orders/{order.number}/submit/", {}, format="json", HTTP_IF_MATCH=order.etag
    )

    assert (answer.status_code, answer.json()["rule"]) == (422, "VA-02")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_patch_changes_only_what_it_names(company, cast, assistant):
    order = placed(company, cast.assistant, customer_po="HX-1", remarks="请加急")
    url = f"/api/v1/orders/{order.number}/"

    answer = assistant.patch(url, {"customer_po": "HX-2"}, format="json", HTTP_IF_MATCH=order.etag)
    assert (answer.status_code, answer.json()["customer_po"], answer.json()["remarks"]) == (
        200,
        "HX-2",
        "请加急",
    )
    assert len(answer.json()["lines"]) == 2

    lines = [{"sku": "A1023", "quantity": "1"}]
    answer = assistant.patch(url, {"lines": lines}, format="json", HTTP_IF_MATCH=answer["ETag"])
    assert answer.json()["total"] == "1107.40"
    assert (
        assistant.patch(url, {"status": "approved"}, format="json", HTTP_IF_MATCH=answer["ETag"]).status_code
        == 400
    )


def test_validate_answers_what_placing_would_and_saves_nothing(company, erp):
    events = Event.objects.count()

    answer = erp.post("/api/v1/orders/validate/", body_of(company, stated_amount="2300.00"), format="json")

    assert answer.status_code == 200
    found = answer.json()
    assert (found["total"], found["due_now"], found["stated_difference"]) == ("2312.45", "2312.45", "-12.45")
    assert [w["code"] for w in found["warnings"]] == ["amount_mismatch"]
    assert [(line["gross"], line["available"]) for line in found["lines"]] == [
        ("2214.80", "100"),
        ("97.65", "100"),
    ]
    assert not Order.objects.exists()
    assert not OrderLine.objects.exists()
    assert Event.objects.count() == events


@pytest.mark.rule("XL-01", "XL-02")
def test_a_form_is_downloaded_filled_and_imported(company, assistant):
    form = assistant.get(f"/api/v1/order-forms/?customer={company.customer.number}")
    assert form.status_code == 200
    filled = fill_in_form(form.content, quantities={"A1023": 2}, stated_amount="2214.80")

    answer = assistant.post(
        "/api/v1/orders/import/",
        {"file": SimpleUploadedFile("form.xlsx", filled)},
        format="multipart",
        **key(),
    )
    assert (answer.status_code, answer.json()["total"], answer.json()["channel"]) == (201, "2214.80", "excel")

    number = answer.json()["number"]
    again = assistant.get(f"/api/v1/orders/{number}/form.xlsx")
    assert again.content.startswith(b"PK")


@pytest.mark.rule("XL-02")
def test_a_faulty_form_is_refused_with_its_cells(company, assistant):
    form = assistant.get(f"/api/v1/order-forms/?customer={company.customer.number}").content
    filled = fill_in_form(form, quantities={"A1023": -1})

    answer = assistant.post(
        "/api/v1/orders/import/",
        {"file": SimpleUploadedFile("form.xlsx", filled)},
        format="multipart",
        **key(),
    )

    assert (answer.status_code, answer.json()["rule"]) == (422, "XL-02")
    assert [(c["row"], c["column"], c["code"]) for c in answer.json()["cells"]] == [(9, "H", "not_positive")]
    assert not Order.objects.exists()


@pytest.mark.rule("CT-02", "IN-02")
def test_the_customers_confirmation_is_recorded_with_its_paper(company, cast, assistant):
    order = placed(company, cast.assistant, channel="phone")
    paper = SimpleUploadedFile("letter.png", factories.png(), "image/png")

    answer = assistant.post(
        f"/api/v1/orders/{order.number}/confirm-by-customer/",
        {"confirmed_by": "王芳", "confirmed_on": order.ordered_on.isoformat(), "file": paper},
        format="multipart",
        HTTP_IF_MATCH=order.etag,
    )

    assert answer.status_code == 200, answer.content
    assert order.confirmations.get().attachment.name == "letter.png"


@pytest.mark.rule("SY-08")
def test_comments_are_kept_in_the_trail(company, cast, assistant):
    order = placed(company, cast.assistant)
    url = f"/api/v1/orders/{order.number}/comments/"

    assert assistant.post(url, {"text": "请确认地址"}, format="json", **key()).status_code == 201
    assert assistant.post(url, {"text": "  "}, format="json", **key()).status_code == 400

    assert [row["note"] for row in assistant.get(url).json()["results"]] == ["请确认地址"]
    assert "comment" in [
        row["name"] for row in assistant.get(f"/api/v1/orders/{order.number}/events/").json()["results"]
    ]


def test_lists_filter_search_and_page(company, cast, assistant):
    orders = [placed(company, cast.assistant, ("A1023", str(n)), customer_po=f"HX-{n}") for n in (1, 2, 3)]

    found = assistant.get("/api/v1/orders/?limit=2").json()
    assert [row["number"] for row in found["results"]] == [orders[2].number, orders[1].number]
    rest = assistant.get(found["next"]).json()
    assert [row["number"] for row in rest["results"]] == [orders[0].number]
    assert assistant.get("/api/v1/orders/?q=HX-2").json()["results"][0]["number"] == orders[1].number
    assert assistant.get("/api/v1/orders/?status=approved").json()["results"] == []
    assert assistant.get("/api/v1/orders/?status=nonsense").status_code == 400
    assert assistant.get("/api/v1/orders/?colour=red").status_code == 400
    assert "lines" not in assistant.get("/api/v1/orders/").json()["results"][0]
    assert len(assistant.get("/api/v1/orders/?include=lines").json()["results"][0]["lines"]) == 1


@pytest.mark.rule("IC-01")
def test_a_client_without_the_scope_or_the_role_is_refused(company, cast):
    reader = client_for(cast.erp, "customers:read", actor=cast.admin)
    auditor = client_for(cast.auditor, "orders:write")

    assert reader.get("/api/v1/orders/").status_code == 403
    assert auditor.post("/api/v1/orders/", body_of(company), format="json", **key()).status_code == 403
    assert not Order.objects.exists()


@pytest.mark.rule("QT-03")
def test_a_price_below_the_floor_is_said_without_telling_the_floor(company, erp):
    Price.objects.filter(product=company.motor).update(floor_price=Decimal("876.54"))
    body = body_of(company)
    body["lines"][0] |= {"sku": "A1023", "unit_price": "700"}

    answer = erp.post("/api/v1/orders/validate/", body, format="json")
    placed = erp.post("/api/v1/orders/", body, format="json", **key())
    trail = erp.get(f"/api/v1/orders/{placed.json()['number']}/events/")

    assert "below_floor" in [warning["code"] for warning in answer.json()["warnings"]]
    for text in (answer, placed, trail):
        assert text.status_code < 300
        assert "876.54" not in text.content.decode()
