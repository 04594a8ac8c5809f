"""Every endpoint given nonsense: a problem that says what is wrong, never a failure.

`FUZZ_SEED` and `FUZZ_CASES` choose another campaign; the long one runs with `-m soak`.
"""

from __future__ import annotations

import json
import os
import random
import uuid
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from core.tokens import SCOPES
from orders.models import Enquiry, Quote
from tests import factories
from tests.api.clients import client_for
from tests.conftest import Cast, Company
from tests.fuzz import Fuzz
from tests.nasty import TEXTS, is_sendable, spoil_json
from tests.orders import quotes
from tests.orders.enquiries.matters import enquiry_of, prospect_of
from tests.stages import Stages, everyone, stages_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

SEED = int(os.environ.get("FUZZ_SEED", "20261121"))
CASES = int(os.environ.get("FUZZ_CASES", "1000"))
JSON = "application/json"
UNREADABLE = (
    b"", b"{", b"\xff\xfe", b'{"a": NaN}', b'{"a": 1e999}', b'{"a": "\\ud800"}', b'{"a": "\\u0000"}', b'"text"',
    b"null", b"[" * 5000 + b"]" * 5000, b'{"a":' * 3000 + b"1" + b"}" * 3000, b'{"a": ' + b"9" * 6000 + b"}",
    b'{"lines": 1, "lines": 2}', b"\xef\xbb\xbf{}", b"customer=C2026001",
)  # fmt: skip


@pytest.fixture
def stages(cast: Cast, company: Company) -> Stages:
    enquiry_of(cast, company)
    prospect_of(cast)
    for quoted in (quotes.drafted, quotes.in_review, quotes.cleared, quotes.sent, quotes.accepted):
        quoted(cast, company)
    return stages_of(cast, company)


def everyones_client(**headers: Any) -> APIClient:
    return client_for(everyone(), *(scope for scope in SCOPES if scope.endswith(":write")))


def bodies(company: Company, stages: Stages) -> dict[str, dict[str, Any]]:
    """A body that each endpoint would take, by its path; what is not here takes a note or nothing."""
    line = {"sku": "A1023", "quantity": "2", "unit_price": "980", "discount_percent": "0.02",
            "tax_rate": "0.13",
            "unclear": False, "special_request": "急", "remark": "x"}  # fmt: skip
    header = {"channel": "email", "customer_po": "HX-1", "ordered_on": "2026-11-21",
            "promised_on": "2026-12-01",
              "terms": "prepaid", "prepaid_percent": None, "stated_amount": "2214.80",
                      "stated_amount_absent": False,
              "freight": "0.00", "contact_name": "王芳", "contact_phone": "1", "contact_email": "a@example.com",
              "address": "杭州", "source": "", "remarks": ""}  # fmt: skip
    order = {"customer": company.customer.number, "external_ref": "E-1", **header, "lines": [line, line]}
    asked = {"channel": "phone", "prospect_name": "", "contact_name": "王芳",
             "contact_phone": "0571-88886666",
             "contact_email": "a@example.com", "region": "S", "wanted_on": "2026-12-01", "special_needs": "急",
             "lines": [{"sku": "A1023", "description": "", "spec": "", "quantity": "2", "unit": "台"}]}  # fmt: skip
    part = [{"order": stages.orders["checking"].number, "amount": "1.00"}]
    goods = [
        {"line": 1, "quantity": "10", "batch": "B2026-01"},
        {"line": 2, "quantity": "7", "batch": "B2026-01"},
    ]
    contact = {"name": "李娜", "title": "经理", "phone": "1", "email": "a@example.com"}
    address = {"province": "浙江省", "city": "杭州市", "district": "", "detail": "1 号"}
    customer = {"name": "新客户", "industry": "电子", "region": "S", "salesperson": "limin", "kind": "company",
                "uscc": factories.uscc_number(950), "short_name": "", "source": "", "core_needs": "",
                        "invoice_title": "",
                "language": "en", "contact": contact, "address": address}  # fmt: skip
    words = {"title": "采购", "order_intention": "x", "policy_basis": "y", "language": "zh-hans", "terms": "prepaid",
             "prepaid_percent": None, "valid_from": "2026-01-01", "valid_until": "2026-12-31", "freight": "0.00",
             "clauses": {"payment": "x"}, "nonstandard": False, "nonstandard_terms": "",
             "nonstandard_product": False, "new_requirements": False, "over_capacity": False,
             "lines": [{"sku": "A1023", "quantity": "2"}]}  # fmt: skip
    quoted = {"title": "一期", "valid_until": "2026-12-21", "language": "en", "terms": "prepaid",
              "prepaid_percent": None, "freight": "1.00", "preferential_policy": "", "delivery_cycle": "两周",
              "warranty": "一年", "contact_name": "王芳", "contact_phone": "1", "contact_email": "a@example.com",
              "address": "杭州", "remarks": "", "internal_note": "", "lines": [
                  {"sku": "A1023", "quantity": "2", "unit_price": "970", "discount_percent": "2", "tax_rate": "0.13",
                   "alternative": False, "made_to_order": None, "lead_days": 5, "remark": "x"}]}  # fmt: skip
    terms = {"settlement": "prepaid", "prepaid_percent": None, "settlement_day": None}
    return {
        "/quotes/": {**quoted, "customer": company.customer.number, "external_ref": "Q-1"},
        "/quotes/{number}/": quoted,
        "/quotes/{number}/comments/": {"text": "你好"},
        "/quotes/{number}/approve/": {"department": "finance", "note": "x", "promised_on": "2026-12-01"},
        "/quotes/{number}/refuse/": {"department": "production", "reason": "x"},
        "/quotes/{number}/send/": {"to": "a@example.com", "note": "x"},
        "/quotes/{number}/accept/": {"answered_by": "王芳", "answered_on": "2026-11-21", "note": "x"},
        "/quotes/{number}/decline/": {"answered_by": "王芳", "reason": "x"},
        "/enquiries/": {"customer": company.customer.number, "external_ref": "EQ-1", "owner": "limin",
                "received_at": "2026-11-20T12:00:00+08:00", **asked},
        "/enquiries/{number}/": asked,
        "/enquiries/{number}/comments/": {"text": "你好"},
        "/enquiries/{number}/confirm-demand/": {"confirmed_by": "王芳", "confirmed_on": "2026-11-21"},
        "/enquiries/{number}/close/": {"lost_reason": "price", "note": "x"},
        "/enquiries/{number}/reassign/": {"owner": "limin", "note": ""},
        "/enquiries/{number}/link-customer/": {"customer": company.customer.number},
        "/orders/": order,
        "/orders/validate/": order,
        "/orders/{number}/": {**header, "lines": [line]},
        "/orders/{number}/comments/": {"text": "你好"},
        "/orders/{number}/confirm-by-customer/": {"confirmed_by": "王芳", "confirmed_on": "2026-11-21"},
        "/contracts/": {**words, "customer": company.customer.number, "kind": "individual", "external_ref": "C-1"},
        "/contracts/{number}/": {**words, "amount": None},
        "/contracts/{number}/supplement/": {**words, "amount": None, "external_ref": "C-2"},
        "/contracts/{number}/approve/": {"part": "qc", "promised_on": "2026-12-01", "note": "x"},
        "/contracts/{number}/countersign/": {"side": "sales", "note": "x"},
        "/contracts/{number}/register/": {"signed_on": "2026-11-21", "signed_by_customer": "王芳"},
        "/contracts/{number}/comments/": {"text": "你好"},
        "/contracts/{number}/seal/": {"note": "x"},
        "/contracts/{number}/end/": {"note": "x"},
        "/credit-limits/": {
            "customer": company.customer.number, "new_limit": "2000.00", "reason": "长期合作", "assessment": "",
        },
        "/bank-lines/": {"account": "ICBC", "reference": "IN-1", "booked_on": "2026-11-21",
                "amount": "1.00", "payer": "某", "remark": ""},
        "/bank-matches/": {"remittance": stages.slip.number, "bank_line": 1, "version": 1},
        "/customers/": {**customer, **terms},
        "/customers/{number}/": customer,
        "/customers/{number}/contacts/": contact,
        "/customers/{number}/addresses/": address,
        "/customers/{number}/contacts/{id}/": contact,
        "/customers/{number}/addresses/{id}/": address,
        "/customers/{number}/contacts/{id}/erase/": {"reason": "离职"},
        "/customers/{number}/addresses/{id}/erase/": {"reason": "搬迁"},
        "/customers/{number}/comments/": {"text": "你好"},
        "/customers/{number}/merge/": {"into": company.northern_customer.number, "reason": "同一家"},
        "/customers/{number}/consent/": {"purpose": "订单", "consented_on": "2026-11-21"},
        "/dispatch-notices/": {"order": stages.orders["approved"].number, "remarks": "",
                "lines": [{"line": 1, "quantity": "1"}]},
        "/price-lists/": {"code": "PL2", "name": "新", "valid_from": "2027-01-01", "valid_until": None,
                          "currency": "CNY", "customer": None,
                          "prices": [{"sku": "A1023", "minimum_quantity": "0", "unit_price": "1.0000",
                                      "floor_price": None}]},
        "/products/{number}/": {"name": "新", "spec": "", "category": "", "barcode": "", "tax_rate": "0.13",
                                "supply": "buy", "minimum_stock": "1", "standard_cost": "1.5",
                                "discontinued_on": None},
        "/customers/{number}/part-numbers/": {"part_numbers": [
            {"part_number": "HX-1", "sku": "A1023", "name": ""}]},
        "/products/": {"sku": "Z1", "name": "新", "unit": "台", "spec": "", "category": "", "barcode": "",
                "unit_decimals": 0,
                       "tax_rate": "0.13", "supply": "stocked", "minimum_stock": "0"},
        "/receipts/": {"warehouse": "MAIN", "reference": "", "lines": [
            {"sku": "A1023", "quantity": "1", "batch": "B", "certificate": "C", "expires_on": None}]},
        "/remittances/": {"customer": company.customer.number, "payer": "某", "bank": "中行",
                "reference": "R", "paid_on": "2026-11-21",
                          "amount": "1.00", "currency": "CNY", "allocations": part,
                                  "third_party_note": "", "duplicate_reason": ""},
        "/remittances/{number}/allocate/": {"allocations": part},
        "/shipments/{number}/pick/": {"lines": goods},
        "/shipments/{number}/check/": {"lines": [{**each, "sku": "A1023"} for each in goods]},
        "/shipments/{number}/gate-out/": {"gate_pass": "GP202611-0001", "carrier": "SF",
                "tracking_number": "1", "vehicle": "", "cost": "1.00"},
        "/shipments/{number}/proof/": {"signer": "王芳", "signed_at": "2026-11-21T12:00:00+08:00", "note": "",
                                       "lines": [{"line": 1, "good": "10", "short": "0", "damaged": "0"}]},
        "/surveys/": {"order": stages.orders["settled"].number, "quality": 5, "timeliness": 5,
                "attitude": 5, "note": ""},
    }  # fmt: skip


def numbers(company: Company, stages: Stages, path: str) -> list[str]:
    """Documents that exist, for `{number}` in this path."""
    kind = path.split("/")[1]
    papers = [address.strip("/").split("/")[1] for address in stages.papers.values()]
    return {
        "orders": [order.number for order in stages.orders.values()],
        "quotes": list(Quote.objects.values_list("number", flat=True)) or ["QT202611-0001"],
        "contracts": [contract.number for contract in stages.contracts.values()],
        "enquiries": list(Enquiry.objects.values_list("number", flat=True)) or ["EN202611-0001"],
        "customers": [company.customer.number],
        "remittances": [stages.slip.number],
        "dispatch-notices": [number for number in papers if number.startswith("DN")],
        "shipments": [number for number in papers if number.startswith("SH")],
        "products": ["A1023"],
        "price-lists": ["PL2026-01"],
    }.get(kind, [str(uuid.uuid4())])


def operations() -> list[tuple[str, str, list[str], bool]]:
    """Method, path, query parameters and whether a file may come with it: of all endpoints there are."""
    found = []
    for path, methods in SchemaGenerator().get_schema(request=None, public=True)["paths"].items():
        for method, about in methods.items():
            names = [given["name"] for given in about.get("parameters", []) if given["in"] == "query"]
            takes_file = "multipart/form-data" in about.get("requestBody", {}).get("content", {})
            found.append((method, path.removeprefix("/api/v1"), names, takes_file))
    return found


class Campaign:
    """Cases against every endpoint in turn, all drawn from one seed."""

    def __init__(self, company: Company, stages: Stages, seed: int) -> None:
        self.company, self.stages, self.chance = company, stages, random.Random(seed)
        self.fuzz, self.operations = Fuzz(everyones_client()), operations()
        self.bodies = bodies(company, stages)
        self.etags: dict[str, str] = {}
        self.texts = [text for text in TEXTS if is_sendable(text) and len(text) < 6000]

    def run(self, cases: int) -> None:
        assert len(self.operations) > 70
        for number in range(cases):
            method, path, parameters, takes_file = self.operations[number % len(self.operations)]
            address = self.address(path)
            if method == "get":
                self.fuzz.send("get", address, self.query(parameters))
            else:
                self.write(method, address, path, takes_file)
        self.fuzz.verdict()

    def address(self, path: str) -> str:
        real = self.chance.choice(numbers(self.company, self.stages, path))
        number = (
            real if self.chance.random() < 0.85 else quote(self.chance.choice(self.texts) or "x", safe="")
        )
        customer = self.company.customer
        part = customer.default_address_id if "/addresses/" in path else customer.default_contact_id
        return "/api/v1" + path.replace("{number}", number).replace("{uid}", number).replace(
            "{id}", f"{part}"
        )

    def query(self, parameters: list[str]) -> dict[str, str]:
        known = [*parameters, "limit", "cursor", "ordering", "fields", "include", "q", "made_up"]
        chosen = self.chance.sample(known, min(len(known), self.chance.randint(1, 3)))
        return {name: self.chance.choice(self.texts) for name in chosen}

    def write(self, method: str, address: str, path: str, takes_file: bool) -> None:
        headers = {
            "HTTP_IDEMPOTENCY_KEY": uuid.UUID(int=self.chance.getrandbits(128)).hex,
            "HTTP_IF_MATCH": self.etag(address),
        }
        if self.chance.random() < 0.05:
            headers["HTTP_IDEMPOTENCY_KEY"] = self.chance.choice(("", "x" * 300, "ключ", "a b", "²²²²²²²²²²"))
        if self.chance.random() < 0.06:
            self.fuzz.send(method, address, self.chance.choice(UNREADABLE), content_type=JSON, **headers)
            return
        body = spoil_json(self.chance, self.bodies.get(path, {"note": "原因", "reason": "原因"}))
        if takes_file and isinstance(body, dict) and self.chance.random() < 0.7:
            self.fuzz.send(method, address, self.with_file(body), format="multipart", **headers)
        else:
            text = json.dumps(body)
            self.fuzz.send(method, address, text, content_type=JSON, **headers)

    def etag(self, address: str) -> str:
        """The present one of the document most of the time."""
        if self.chance.random() < 0.15:
            return self.chance.choice(('"1"', "*", 'W/"1"', '"x"', "1", "", '"99999999999999999999"'))
        document = "/".join(address.split("/")[:5]) + "/"
        if document not in self.etags:
            self.etags[document] = self.fuzz.client.get(document).headers.get("ETag", '"1"')
        return self.etags[document]

    def with_file(self, body: dict[str, Any]) -> dict[str, Any]:
        fields = {
            name: json.dumps(value) if isinstance(value, dict | list) else str(value)
            for name, value in body.items()
            if name and "\x00" not in name and value is not None
        }
        content = self.chance.choice(
            (b"", factories.png(), b"MZ\x90\x00", b"%PDF-1.7", b"PK\x03\x04", b"<svg/>")
        )
        name = self.chance.choice(
            ("a.png", "报价.pdf", "x.xlsx", "../../a.png", "a\x00b.png", "长" * 300 + ".png", ".png")
        )
        fields = {name: value for name, value in fields.items() if is_sendable(value) and is_sendable(name)}
        return {**fields, "file": SimpleUploadedFile(name, content)}


def test_every_endpoint_answers_nonsense_clearly(company: Company, stages: Stages) -> None:
    Campaign(company, stages, SEED).run(CASES)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(SEED + 1, SEED + 9))
def test_every_endpoint_answers_nonsense_clearly_for_long(
    company: Company, stages: Stages, seed: int
) -> None:
    Campaign(company, stages, seed).run(10_000)


def test_every_writing_endpoint_has_a_body_to_spoil(company: Company, stages: Stages) -> None:
    """A new endpoint is fuzzed from a body it would take, not from a guess."""
    known = set(bodies(company, stages))
    bare = {
        path
        for method, path, _names, _file in operations()
        if method != "get" and path not in known and not path.endswith(NOTE_ONLY)
    }
    assert bare == set()


NOTE_ONLY = (
    "/submit/", "/reopen/", "/cancel/", "/check/", "/reject/", "/pass-rep/", "/pass-manager/",
    "/pass-marketing/", "/pass-finance/", "/sign/", "/void/", "/send-back/", "/approve/", "/import/",
    "/refuse/", "/freeze/", "/unfreeze/", "/stop/", "/resume/", "/respond/", "/approve-prices/", "/withdraw/",
    "/convert/", "/revise/",
)  # fmt: skip
