"""Goods travel over the API as they do on the pages: same services, same refusals."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from core.models import User
from fulfillment.models import DispatchNotice
from tests import factories
from tests.api.clients import client_for
from tests.conftest import Cast, Company
from tests.credit.matters import fresh
from tests.fulfillment.matters import BATCH, approved, gone, goods_traces, levels, noticed, picked, ready

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

API = "/api/v1"


def client(user: User) -> APIClient:
    return client_for(user, "dispatch:write", actor=user)


def send(user: User, path: str, body: Any = None, *, etag: str = "", key: str = "", **options: Any) -> Any:
    """A POST with everything the contract asks for."""
    headers = {"HTTP_IDEMPOTENCY_KEY": key or uuid.uuid4().hex}
    if etag:
        headers["HTTP_IF_MATCH"] = etag
    return client(user).post(f"{API}{path}", body or {}, format=options.pop("format", "json"), **headers)


def proof_body(arrived: list[dict[str, Any]], /, **facts: Any) -> dict[str, Any]:
    body = {
        "file": SimpleUploadedFile("签收.png", factories.png(), "image/png"),
        "signer": "王芳",
        "signed_at": "2026-11-21T12:00:00+08:00",
        "lines": json.dumps(arrived),
    }
    return {**body, **facts}


@pytest.mark.rule("DS-01", "DS-02", "DS-03", "DL-01", "DL-03", "CS-01")
def test_a_reserved_order_becomes_a_signed_delivery_over_the_api(cast: Cast, company: Company) -> None:
    order = approved(cast, company)

    made = send(cast.assistant, "/dispatch-notices/", {"order": order.number, "remarks": "走 3 号门"})
    assert (made.status_code, made.data["status"], made.data["status_label"]) == (
        201,
        "draft",
        "To be signed",
    )
    assert [(line["line"], line["quantity"]) for line in made.data["lines"]] == [(1, "10"), (2, "7")]

    signed = send(
        cast.second_manager, f"/dispatch-notices/{made.data['number']}/sign/", etag=made.headers["ETag"]
    )
    assert signed.status_code == 200, signed.data
    shipment = signed.data["shipment"]

    shown = client(cast.picker).get(f"{API}/shipments/{shipment}/")
    assert shown.data["available_actions"] == [
        {"name": "pick", "label": "Record the pick", "needs_reason": False}
    ]
    lines = [
        {"line": line["line"], "quantity": line["quantity"], "batch": BATCH} for line in shown.data["lines"]
    ]
    taken = send(cast.picker, f"/shipments/{shipment}/pick/", {"lines": lines}, etag=shown.headers["ETag"])
    assert (taken.status_code, taken.data["status"]) == (200, "picked")

    read = [{**line, "sku": sku} for line, sku in zip(lines, ("A1023", "B2040"), strict=True)]
    checked = send(cast.checker, f"/shipments/{shipment}/check/", {"lines": read}, etag=taken.headers["ETag"])
    assert (checked.status_code, checked.data["gate_pass"]) == (200, "GP202611-0001")

    left = send(
        cast.guard,
        f"/shipments/{shipment}/gate-out/",
        {"gate_pass": "GP202611-0001", "carrier": "SF", "tracking_number": "SF1", "cost": "35.00"},
        etag=checked.headers["ETag"],
    )
    assert (left.status_code, left.data["status"], left.data["gone_on"]) == (200, "gone", "2026-11-21")
    assert left.data["cost"] == "35.00"
    assert levels() == {"A1023": (90, 0), "B2040": (93, 0)}

    proved = send(
        cast.assistant,
        f"/shipments/{shipment}/proof/",
        proof_body([{"line": 1, "good": "10"}, {"line": 2, "good": "7", "short": "0"}]),
        etag=left.headers["ETag"],
        format="multipart",
    )
    assert proved.status_code == 201, proved.data
    assert (proved.data["number"], proved.data["signed_on"]) == ("DP202611-0001", "2026-11-21")
    assert fresh(order).status == "settled"
    assert client(cast.assistant).get(f"{API}/shipments/{shipment}/proof/").data["signer"] == "王芳"
    events = client(cast.auditor).get(f"{API}/shipments/{shipment}/events/?limit=200").data["results"]
    assert {"make_notice", "sign", "pick", "check", "gate_out", "deliver", "settle"} <= {
        e["name"] for e in events
    }


@pytest.mark.rule("DS-01", "IC-01")
def test_refusals_name_rule_and_place(cast: Cast, company: Company) -> None:
    order = approved(cast, company)

    asked = send(
        cast.assistant,
        "/dispatch-notices/",
        {"order": order.number, "lines": [{"line": 1, "quantity": "11"}]},
    )
    assert (asked.status_code, asked.data["rule"], asked.data["code"]) == (422, "DS-01", "not_reserved")
    assert asked.data["errors"][0]["pointer"] == "#/lines/0/quantity"

    twice = send(
        cast.assistant,
        "/dispatch-notices/",
        {"order": order.number, "lines": [{"line": 1, "quantity": "1"}, {"line": 1, "quantity": "1"}]},
    )
    assert (twice.status_code, twice.data["errors"][0]["code"]) == (400, "line_twice")
    assert send(cast.picker, "/dispatch-notices/", {"order": order.number}).status_code == 403
    assert send(cast.north_assistant, "/dispatch-notices/", {"order": order.number}).status_code == 404
    assert not DispatchNotice.objects.exists()


@pytest.mark.rule("AP-07")
def test_the_same_key_makes_one_notice_and_a_stale_etag_signs_nothing(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    first = send(cast.assistant, "/dispatch-notices/", {"order": order.number}, key="k1")
    again = send(cast.assistant, "/dispatch-notices/", {"order": order.number}, key="k1")

    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert again.json()["number"] == first.data["number"]
    assert DispatchNotice.objects.count() == 1
    path = f"/dispatch-notices/{first.data['number']}/sign/"
    assert send(cast.second_manager, path).status_code == 428
    assert send(cast.second_manager, path, etag='"X-1"').status_code == 412
    assert send(cast.second_manager, path, etag=first.headers["ETag"]).status_code == 200


@pytest.mark.rule("DS-03")
def test_gate_out_needs_a_key_and_happens_once(cast: Cast, company: Company) -> None:
    shipment = ready(cast, approved(cast, company))
    body = {"gate_pass": shipment.gate_pass.number, "carrier": "SF", "tracking_number": "SF1"}
    path = f"/shipments/{shipment.number}/gate-out/"
    before = goods_traces()

    without = client(cast.guard).post(f"{API}{path}", body, format="json", HTTP_IF_MATCH=shipment.etag)
    assert (without.status_code, without.data["code"]) == (400, "idempotency_key_required")
    unknown = send(cast.guard, path, {**body, "carrier": "NOPE"}, etag=shipment.etag)
    assert (unknown.status_code, unknown.data["errors"][0]["pointer"]) == (400, "#/carrier")
    wrong = send(cast.guard, path, {**body, "gate_pass": "GP1"}, etag=shipment.etag)
    assert (wrong.status_code, wrong.data["rule"]) == (422, "DS-03")
    assert goods_traces() == before

    done = send(cast.guard, path, body, etag=shipment.etag, key="out")
    replayed = send(cast.guard, path, body, etag=shipment.etag, key="out")
    assert (done.status_code, replayed.status_code) == (200, 200)
    assert replayed.headers["Idempotent-Replayed"] == "true"
    assert levels()["A1023"] == (90, 0)
    stale = send(cast.guard, path, body, etag=shipment.etag)
    assert stale.status_code == 412


@pytest.mark.rule("DL-01")
@pytest.mark.parametrize(
    ("facts", "status", "pointer"),
    [
        ({"lines": json.dumps([{"line": 1, "good": "9"}, {"line": 2, "good": "7"}])}, 400, "#/lines/0/good"),
        ({"lines": "no json"}, 400, "#/lines"),
        ({"signed_at": "2026-11-22T12:00:00+08:00"}, 400, "#/signed_at"),
        ({"signed_at": "0001-01-01"}, 400, "#/signed_at"),
        ({"signed_at": "9999-12-31T23:59:59-12:00"}, 400, "#/signed_at"),
        ({"file": SimpleUploadedFile("a.exe", b"MZ")}, 400, "#/file"),
        ({"file": SimpleUploadedFile("a.png", b"no picture")}, 400, "#/file"),
    ],
)
def test_a_bad_proof_is_refused_at_its_place(
    cast: Cast, company: Company, facts: dict[str, Any], status: int, pointer: str
) -> None:
    shipment = gone(cast, company, approved(cast, company))
    shipment.refresh_from_db()
    before = goods_traces()

    answer = send(
        cast.assistant,
        f"/shipments/{shipment.number}/proof/",
        proof_body([{"line": 1, "good": "10"}, {"line": 2, "good": "7"}], **facts),
        etag=shipment.etag,
        format="multipart",
    )

    assert answer.status_code == status, answer.data
    assert pointer in [error["pointer"] for error in answer.data["errors"]]
    assert goods_traces() == before


@pytest.mark.rule("RG-02", "IN-06")
def test_lists_show_only_what_the_person_may_see(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    noticed(cast, order, {1: 4})
    shipment = picked(cast, order, {1: 3})

    listed = client(cast.assistant).get(f"{API}/shipments/?status=picked&order={order.number}&include=lines")
    assert [(row["number"], len(row["lines"])) for row in listed.data["results"]] == [(shipment.number, 1)]
    assert "lines" not in client(cast.assistant).get(f"{API}/dispatch-notices/").data["results"][0]
    assert client(cast.north_assistant).get(f"{API}/shipments/").data["results"] == []
    assert client(cast.north_assistant).get(f"{API}/shipments/{shipment.number}/").status_code == 404
    assert client(cast.assistant).get(f"{API}/shipments/?colour=red").status_code == 400
    assert client(cast.assistant).get(f"{API}/gate-passes/?used=false").data["results"] == []


@pytest.mark.rule("IC-01")
def test_an_erp_client_reads_and_never_moves_goods(cast: Cast, company: Company) -> None:
    shipment = ready(cast, approved(cast, company))
    erp = client_for(cast.erp, "dispatch:write", actor=cast.admin)

    assert erp.get(f"{API}/shipments/{shipment.number}/").status_code == 200
    for step in ("pick", "check", "send-back", "gate-out", "proof"):
        answer = erp.post(
            f"{API}/shipments/{shipment.number}/{step}/",
            {},
            format="json",
            HTTP_IDEMPOTENCY_KEY=step,
            HTTP_IF_MATCH=shipment.etag,
        )
        assert answer.status_code == 403, step
