"""The main path told over the REST API alone, each step with the token of the person whose step it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.models import Event, IdempotencyRecord, Notice, User
from core.tokens import issue_token
from credit.models import CreditDecision, LedgerEntry, Posting, Remittance
from customers.models import Customer
from fulfillment.models import DeliveryProof, DispatchNotice, GatePass, Shipment
from inventory.models import Reservation, StockLevel, StockMovement
from orders.models import Order
from tests import factories
from tests.conftest import Cast, Company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

API = "/api/v1"
EVERYTHING_COUNTED = (
    Event,
    Notice,
    Order,
    CreditDecision,
    Remittance,
    LedgerEntry,
    Posting,
    Reservation,
    StockMovement,
    DispatchNotice,
    Shipment,
    GatePass,
    DeliveryProof,
)


def traces() -> dict[str, Any]:
    """What an act could have moved."""
    counted: dict[str, Any] = {model.__name__: model.objects.count() for model in EVERYTHING_COUNTED}
    counted["stock"] = list(
        StockLevel.objects.order_by("pk").values_list("on_hand", "reserved", "product__sku")
    )
    counted["versions"] = list(Order.objects.order_by("pk").values_list("number", "version", "status"))
    return counted


@dataclass
class Caller:
    """One token. Each POST is sent twice: the retry repeats the answer and changes nothing."""

    user: User
    secret: str
    keys: Iterator[int] = field(default_factory=lambda: iter(range(1, 1000)))

    def get(self, path: str, **params: Any) -> Any:
        answer = Client().get(f"{API}{path}", params, headers=self._headers())
        assert answer.status_code == 200, answer.content.decode()
        return answer

    def post(self, path: str, body: Any = None, *, etag: str = "", expect: int) -> Any:
        key = f"{self.user.username}-{next(self.keys)}"
        first = self._send(path, body, etag, key)
        assert first.status_code == expect, first.content.decode()
        assert "Idempotent-Replayed" not in first.headers

        before = traces()
        again = self._send(path, body, etag, key)
        assert (again.status_code, again.headers["Idempotent-Replayed"]) == (expect, "true"), path
        assert again.json() == first.json()
        assert again.headers.get("ETag") == first.headers.get("ETag")
        assert again.headers["Content-Type"] == first.headers["Content-Type"]
        assert traces() == before, path
        return first

    def _send(self, path: str, body: Any, etag: str, key: str) -> Any:
        headers = self._headers() | {"Idempotency-Key": key} | ({"If-Match": etag} if etag else {})
        if "file" not in (body or {}):
            return Client().post(f"{API}{path}", json.dumps(body or {}), "application/json", headers=headers)
        upload = SimpleUploadedFile(body["file"][0], body["file"][1], "image/png")
        return Client().post(f"{API}{path}", {**body, "file": upload}, headers=headers)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", "Accept-Language": "en"}


@pytest.fixture
def token(cast: Cast) -> Any:
    def issue(user: User, *scopes: str) -> Caller:
        maker = cast.admin if user.is_service else user
        return Caller(user, issue_token(user, name="story", scopes=scopes, actor=maker).secret)

    return issue


def picture(name: str) -> tuple[str, bytes]:
    return name, factories.png()


@pytest.mark.rule(
    "IN-01",
    "RM-01",
    "RM-09",
    "CT-02",
    "AP-01",
    "AP-04",
    "ST-01",
    "PM-03",
    "DS-01",
    "DS-03",
    "DL-01",
    "DL-03",
    "CS-01",
    "KP-01",
)
def test_an_order_posted_by_the_erp_becomes_a_settled_delivery(
    cast: Cast, company: Company, token: Any
) -> None:
    erp = token(cast.erp, "customers:read", "catalogue:read", "orders:write", "remittances:write")
    assistant = token(
        cast.assistant, "orders:write", "reviews:write", "remittances:read", "dispatch:write", "stock:read"
    )

    # Three calls to the first order: the customer, the prices, the order.
    (customer,) = erp.get("/customers/", q=company.customer.number).json()["results"]
    prices = erp.get("/prices/", customer=customer["code"], sku="A1023,B2040").json()["results"]
    assert [(price["sku"], price["unit_price"]) for price in prices] == [
        ("A1023", "980.00"),
        ("B2040", "12.3456"),
    ]
    draft = {
        "customer": customer["code"],
        "customer_po": "HX-0815",
        "external_ref": "ERP-1",
        "promised_on": "2026-12-05",
        "stated_amount": "11171.65",
        "lines": [{"sku": "A1023", "quantity": "10"}, {"sku": "B2040", "quantity": "7"}],
    }
    placed = erp.post("/orders/", draft, expect=201)
    order = placed.json()
    number = order["number"]
    assert (order["total"], order["stated_difference"], order["status"]) == ("11171.65", "0.00", "draft")
    assert [(line["net"], line["tax"], line["gross"]) for line in order["lines"]] == [
        ("9800.00", "1274.00", "11074.00"),
        ("86.42", "11.23", "97.65"),
    ]

    # The customer's letter, the submission, a check that holds, the slip, a check that passes by row R1.
    letter = {"confirmed_by": "王芳", "confirmed_on": "2026-11-21", "file": picture("letter.png")}
    path = f"/orders/{number}"
    confirmed = assistant.post(
        f"{path}/confirm-by-customer/", letter, etag=placed.headers["ETag"], expect=200
    )
    submitted = erp.post(f"{path}/submit/", etag=confirmed.headers["ETag"], expect=200)
    held = assistant.post(f"{path}/check/", etag=submitted.headers["ETag"], expect=422)
    assert (held.json()["code"], held.json()["row"]) == ("payment_gate", "R5")
    assert CreditDecision.objects.count() == 1
    slip = erp.post(
        "/remittances/",
        {
            "customer": customer["code"],
            "payer": customer["name"],
            "bank": "中国银行杭州分行",
            "reference": "2026112100077",
            "paid_on": "2026-11-21",
            "amount": "11171.65",
            "allocations": json.dumps([{"order": number, "amount": "11171.65"}]),
            "file": picture("slip.png"),
        },
        expect=201,
    ).json()
    etag = assistant.get(f"{path}/").headers["ETag"]
    checked = assistant.post(f"{path}/check/", etag=etag, expect=200)
    assert checked.json()["status"] == "rep_review"
    assert list(CreditDecision.objects.order_by("pk").values_list("row", "result")) == [
        ("R5", "hold"),
        ("R1", "pass"),
    ]

    # The accountant proves the slip by a bank line; rep, manager and finance review.
    accountant = token(cast.accountant, "bank:write")
    line = accountant.post(
        "/bank-lines/",
        {
            "account": "ICBC",
            "reference": "IN-5501",
            "booked_on": "2026-11-21",
            "amount": "11171.65",
            "payer": customer["name"],
        },
        expect=201,
    ).json()
    matched = accountant.post(
        "/bank-matches/", {"remittance": slip["number"], "bank_line": line["id"]}, expect=201
    )
    assert matched.json()["status"] == "credited"
    etag = checked.headers["ETag"]
    for step, person in (
        ("pass-rep", cast.rep),
        ("pass-manager", cast.manager),
        ("pass-finance", cast.finance),
    ):
        reviewer = token(person, "reviews:write")
        passed = reviewer.post(f"{path}/{step}/", {"note": "新客户，全款到账。"}, etag=etag, expect=200)
        etag = passed.headers["ETag"]
    assert (passed.json()["status"], passed.json()["payment_status"]) == ("fulfilling", "paid")
    assert passed.json()["has_shortage"] is False
    assert stock_seen_by(assistant) == {"A1023": ("100", "10"), "B2040": ("100", "7")}

    # Notice, signature, pick, second pair of eyes, gate.
    notice = assistant.post("/dispatch-notices/", {"order": number}, expect=201)
    signer = token(cast.second_manager, "dispatch:write")
    signed = signer.post(
        f"/dispatch-notices/{notice.json()['number']}/sign/", etag=notice.headers["ETag"], expect=200
    )
    shipment = f"/shipments/{signed.json()['shipment']}"
    picker = token(cast.picker, "dispatch:write")
    shown = picker.get(f"{shipment}/")
    lines = [
        {"line": row["line"], "quantity": row["quantity"], "batch": "B2026-01"}
        for row in shown.json()["lines"]
    ]
    picked = picker.post(f"{shipment}/pick/", {"lines": lines}, etag=shown.headers["ETag"], expect=200)
    read = [{**row, "sku": sku} for row, sku in zip(lines, ("A1023", "B2040"), strict=True)]
    ready = token(cast.checker, "dispatch:write").post(
        f"{shipment}/check/", {"lines": read}, etag=picked.headers["ETag"], expect=200
    )
    gone = token(cast.guard, "dispatch:write").post(
        f"{shipment}/gate-out/",
        {
            "gate_pass": ready.json()["gate_pass"],
            "carrier": company.carrier.code,
            "tracking_number": "SF1234567890",
        },
        etag=ready.headers["ETag"],
        expect=200,
    )
    assert stock_seen_by(assistant) == {"A1023": ("90", "0"), "B2040": ("93", "0")}

    # The proof posts the receivable, applies the slip, completes and settles the order.
    proof = {
        "signer": "王芳",
        "signed_at": "2026-11-21T12:00:00+08:00",
        "lines": json.dumps([{"line": 1, "good": "10"}, {"line": 2, "good": "7"}]),
        "file": picture("signed.png"),
    }
    assistant.post(f"{shipment}/proof/", proof, etag=gone.headers["ETag"], expect=201)

    final = erp.get(f"{path}/").json()
    names = ("status", "payment_status", "delivery_status", "paid", "unpaid", "posted")
    assert [final[name] for name in names] == ["settled", "paid", "signed", "11171.65", "0.00", "11171.65"]
    posting = Posting.objects.get()
    assert (str(posting.posted_on), posting.gross, posting.applied) == (
        "2026-11-21",
        Decimal("11171.65"),
        Decimal("11171.65"),
    )
    assert ledger() == {
        "bank": Decimal("11171.65"),
        "advance": Decimal("0.00"),
        "receivable": Decimal("0.00"),
        "revenue": Decimal("-9886.42"),
        "output_tax": Decimal("-1285.23"),
    }
    assert Remittance.objects.get().status == "credited"
    assert str(Customer.objects.get(pk=company.customer.pk).last_cooperation_on) == "2026-11-21"

    # The trail tells every step and that it came by the API; the month's total is this order.
    events = erp.get(f"{path}/events/", limit=200).json()["results"]
    steps = (
        "submit",
        "pass_check",
        "pass_rep",
        "pass_manager",
        "pass_finance",
        "release",
        "dispatch_rest",
        "complete",
        "settle",
    )
    assert [event["name"] for event in events if event["name"] in steps] == list(steps)
    assert {event["channel"] for event in events if event["actor"]} == {"api"}
    report = token(cast.manager, "reports:read").get("/reports/monthly/", month="2026-11").json()
    assert (report["figures"]["orders"], report["figures"]["order_total"]) == (1, "11171.65")
    assert not IdempotencyRecord.objects.filter(completed_at__isnull=True).exists()


def stock_seen_by(caller: Caller) -> dict[str, tuple[str, str]]:
    rows = caller.get("/stock/", warehouse="MAIN").json()["results"]
    return {row["sku"]: (row["on_hand"], row["reserved"]) for row in rows}


def ledger() -> dict[str, Decimal]:
    balances = {account: Decimal("0.00") for account in LedgerEntry.Account.values}
    for entry in LedgerEntry.objects.all():
        balances[entry.account] += entry.amount
    return balances
