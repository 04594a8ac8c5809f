"""Pages given nonsense: a clear answer each time, never a failure."""

from __future__ import annotations

import os
import random
import struct
import zipfile
import zlib
from io import BytesIO
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.conftest import Cast, Company
from tests.credit.matters import submitted, traces
from tests.fuzz import Fuzz
from tests.nasty import TEXTS, PageForm, forms_of, is_sendable, spoil
from tests.stages import SHELL, Stages, everyone, filled, stages_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

SEED = int(os.environ.get("FUZZ_SEED", "20261121"))
PARAMETERS = (
    "status", "page", "q", "customer", "month", "pass", "matched", "region", "salesperson", "from", "until", "sort",
    "ordering", "cursor", "limit", "next", "fields", "warehouse", "category", "grade", "made_up", "only", "shortage",
    "version", "view", "channel", "settlement",
)  # fmt: skip


MORE_PAGES = (
    "/orders/options/products/", "/orders/options/customers/", "/customers/options/", "/products/options/",
    "/orders/form/", "/work/tiles/", "/work/to_check/", "/reports/monthly/postings/", "/reports/monthly/short-lines/",
)  # fmt: skip
NUMBERED = (
    "/orders/{}/", "/orders/{}/edit/", "/orders/{}/confirm/", "/orders/{}/dispatch/", "/orders/{}/form.xlsx",
    "/orders/{}/remittances/new/", "/orders/{}/goods/pick/", "/customers/{}/", "/customers/{}/edit/",
    "/remittances/{}/", "/dispatch/{}/", "/shipments/{}/", "/shipments/{}/pick/", "/shipments/{}/proof/",
    "/shipments/{}/gate-pass.pdf", "/stock/receipts/{}/", "/files/{}/", "/jobs/{}/", "/work/{}/",
)  # fmt: skip
STEPS = (
    "/orders/{}/submit/", "/orders/{}/check/", "/orders/{}/cancel/", "/orders/{}/reopen/", "/remittances/{}/match/",
    "/remittances/{}/void/", "/dispatch/{}/sign/", "/dispatch/{}/void/", "/shipments/{}/send-back/",
)  # fmt: skip


@pytest.fixture
def stages(cast: Cast, company: Company) -> Stages:
    return stages_of(cast, company)


def forms_on(client: Client, stages: Stages) -> list[tuple[str, PageForm]]:
    found = []
    for path in stages.pages():
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, f"{path} answered {answer.status_code}"
        found += [
            (path, form)
            for form in forms_of(answer.content.decode(), address=path)
            if form.method == "post" and form.action not in SHELL
        ]
    return found


def fuzz_forms(client: Client, stages: Stages, company: Company, *, seed: int, cases: int) -> None:
    fuzz, chance = Fuzz(client), random.Random(seed)
    forms = forms_on(client, stages)
    assert len(forms) > 35
    for number in range(cases):
        _page, form = forms[number % len(forms)]
        data = filled(form, company, number)
        files = {name: data.pop(name) for name in form.files if name in data}
        data = {
            name: [value for value in values if is_sendable(value)]
            for name, values in spoil(chance, data).items()
        }
        name, value = chance.choice(form.buttons or [("", "")])
        data |= {name: [value]} if name else {}
        if chance.random() < 0.7:
            data |= files
        fuzz.send("post", form.action, data)
    fuzz.verdict()


def fuzz_queries(client: Client, stages: Stages, *, seed: int, cases: int) -> None:
    fuzz, chance = Fuzz(client), random.Random(seed)
    pages = [path.partition("?")[0] for path in stages.pages()]
    pages += MORE_PAGES
    texts = [text for text in TEXTS if is_sendable(text) and len(text) < 10_000]
    for number in range(cases):
        path = pages[number % len(pages)]
        query = {name: chance.choice(texts) for name in chance.sample(PARAMETERS, chance.randint(1, 4))}
        fuzz.send("get", path, query)
    for text in texts:
        for pattern in chance.sample(NUMBERED, 6):
            fuzz.send("get", pattern.format(quoted(text)), {})
        for pattern in chance.sample(STEPS, 3):
            fuzz.send("post", pattern.format(quoted(text)), {"version": "1"})
    fuzz.verdict()


def quoted(text: str) -> str:
    return quote(text or "x", safe="")


def test_spoilt_forms_are_answered_clearly(
    cast: Cast, company: Company, stages: Stages, client: Client
) -> None:
    client.force_login(everyone())
    fuzz_forms(client, stages, company, seed=SEED, cases=int(os.environ.get("FUZZ_CASES", "500")))


def test_spoilt_addresses_are_answered_clearly(stages: Stages, client: Client) -> None:
    client.force_login(everyone())
    fuzz_queries(client, stages, seed=SEED, cases=int(os.environ.get("FUZZ_CASES", "500")))


def tall_picture() -> bytes:
    """20,000 × 20,000 points in a few bytes."""
    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


def zip_bomb() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"0" * 20_000_000)
    return packed.getvalue()


WRONG_SLIPS = {
    "program": ("slip.png", b"MZ\x90\x00" + b"\x00" * 200),
    "drawing": ("slip.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "page": ("slip.pdf", b"<!doctype html><script>alert(1)</script>"),
    "bomb": ("slip.png", zip_bomb()),
    "huge": ("slip.png", tall_picture()),
    "empty": ("slip.png", b""),
    "cut": ("slip.jpg", b"\xff\xd8\xff\xe0"),
}


@pytest.mark.rule("RM-01")
@pytest.mark.parametrize("case", WRONG_SLIPS)
def test_a_slip_that_is_no_picture_is_refused_on_the_page(
    cast: Cast, company: Company, client: Client, case: str
) -> None:
    order = submitted(cast, company)
    client.force_login(cast.assistant)
    before = traces()
    entry = {
        "payer": company.customer.name, "bank": "中国银行", "reference": "REF-77", "paid_on": "2026-11-21",
        "amount": "11074.00", "part": "11074.00", "file": SimpleUploadedFile(*WRONG_SLIPS[case]),
    }  # fmt: skip

    answer = client.post(f"/orders/{order.number}/remittances/new/", entry)

    assert answer.status_code == 422
    assert "REF-77" in answer.content.decode()
    assert "error" in answer.content.decode()
    assert traces() == before
