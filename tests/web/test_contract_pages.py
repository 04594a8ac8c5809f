"""The pages of contracts: from the quotation or the empty form to the register, without any script."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.clock import today
from core.models import User
from core.sql import insert_rows
from inventory.models import Product
from orders.contracts.clauses import MANDATORY, standard_clauses
from orders.drafts import LineDraft
from orders.models import Contract, Order
from orders.services.placing import place_order
from tests import factories
from tests.conftest import Cast, Company
from tests.orders.contracts import (
    D,
    applied,
    at_countersigning,
    at_manager,
    contract_draft,
    framework_draft,
    fresh_contract,
    in_force,
    sealed,
)
from tests.orders.drafts import draft_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def typed(company: Company, *lines: tuple[str, str], rows: int = 8, **header: str) -> dict[str, str]:
    """The application as a browser sends it."""
    clauses = {f"clause_{slug}": text for slug, text in standard_clauses("zh-hans").items()}
    data = {
        "customer": company.customer.number,
        "kind": "individual",
        "title": "十台电机",
        "order_intention": "十台",
        "policy_basis": "标准价目表",
        "language": "zh-hans",
        "form_key": str(uuid.uuid4()),
        "line-TOTAL_FORMS": str(rows),
        "line-INITIAL_FORMS": "0",
        "line-MIN_NUM_FORMS": "0",
        "line-MAX_NUM_FORMS": "1000",
        **clauses,
        **header,
    }
    for index in range(rows):
        sku, quantity = lines[index] if index < len(lines) else ("", "")
        data |= {f"line-{index}-sku": sku, f"line-{index}-quantity": quantity}
    return data


def press(client: Client, contract: Contract, step: str, **data: Any) -> Contract:
    version = fresh_contract(contract).version
    client.post(f"/contracts/{contract.number}/{step}/", {"version": version, **data})
    return fresh_contract(contract)


@pytest.mark.rule("CT-01", "CT-03", "CT-04", "CT-06")
def test_a_special_contract_goes_all_the_way_on_its_pages(
    company: Company, cast: Cast, client: Client
) -> None:
    def as_(user: User) -> Client:
        client.force_login(user)
        return client

    answer = as_(cast.assistant).post(
        "/contracts/new/",
        typed(company, ("A1023", "100"), submit_contract="1", is_over_capacity="on"),
    )
    contract = Contract.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/contracts/{contract.number}/")
    assert (contract.status, contract.amount) == ("manager_review", D("110740.00"))
    for person, step, data in (
        (cast.manager, "approve-manager", {}),
        (cast.engineer, "sign/technical", {"note": "可行"}),
        (cast.qc, "sign/qc", {}),
        (cast.planner, "sign/production", {"promised_on": "+30"}),
        (cast.finance, "sign/price", {}),
        (cast.gm, "approve-gm", {}),
        (cast.legal, "approve-legal", {}),
        (cast.cfo, "countersign/finance", {}),
        (cast.director, "countersign/sales", {}),
        (cast.second_assistant, "seal", {}),
    ):
        signed = contract.signatures.count()
        page = as_(person).get(f"/contracts/{contract.number}/").content.decode()
        assert page.count("btn-primary") == 1, (step, page.count("btn-primary"))
        after = press(client, contract, step, **data)
        assert after.signatures.count() == signed + 1, step
    scan = SimpleUploadedFile("合同.png", factories.png(), "image/png")
    facts = {"signed_on": today().isoformat(), "signed_by_customer": "王芳", "file": scan}
    contract = press(as_(cast.second_assistant), contract, "register", **facts)

    assert (contract.status, contract.signatures.get(part="production").promised_on) == (
        "in_force",
        today() + timedelta(days=30),
    )
    page = client.get(f"/contracts/{contract.number}/").content.decode()
    assert "合同.png" in page
    assert "¥110,740.00" in page


@pytest.mark.rule("CT-01")
def test_a_wrong_application_keeps_everything_typed(company: Company, cast: Cast, signed_in: Any) -> None:
    data = typed(company, ("A1023", "1.5"), ("NOPE", "3"), title="", clause_payment="货到付款")

    answer = signed_in(cast.assistant).post("/contracts/new/", data)

    page = answer.content.decode()
    assert answer.status_code == 422
    for kept in ('value="1.5"', 'value="NOPE"', "货到付款", company.customer.number):
        assert kept in page
    assert not Contract.objects.exists()


@pytest.mark.rule("CT-01")
def test_the_same_form_sent_twice_makes_one_application(company: Company, cast: Cast, signed_in: Any) -> None:
    client, data = signed_in(cast.assistant), typed(company, ("A1023", "1"))

    first, second = client.post("/contracts/new/", data), client.post("/contracts/new/", data)

    assert first["Location"] == second["Location"]
    assert Contract.objects.count() == 1


@pytest.mark.rule("CT-03")
def test_an_emptied_clause_is_named_on_the_page(company: Company, cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.assistant)

    answer = client.post(
        "/contracts/new/",
        typed(company, ("A1023", "1"), clause_disputes=" ", submit_contract="1"),
        follow=True,
    )

    assert Contract.objects.get().status == "draft"
    assert "CT-03" in answer.content.decode()


@pytest.mark.rule("CT-03")
def test_a_standard_text_follows_the_language_of_the_paper(
    company: Company, cast: Cast, signed_in: Any
) -> None:
    signed_in(cast.assistant).post("/contracts/new/", typed(company, ("A1023", "1"), language="en"))

    contract = Contract.objects.get()
    assert contract.clauses == standard_clauses("en")
    assert set(contract.clauses) == set(MANDATORY)


@pytest.mark.rule("CT-01")
def test_an_application_is_corrected_with_its_lines(company: Company, cast: Cast, signed_in: Any) -> None:
    contract = applied(cast, company)
    client = signed_in(cast.assistant)
    assert 'value="A1023"' in client.get(f"/contracts/{contract.number}/edit/").content.decode()

    data = typed(company, ("A1023", "3"), title="三台", version="1")
    client.post(f"/contracts/{contract.number}/edit/", data)

    contract = fresh_contract(contract)
    assert (contract.title, contract.amount) == ("三台", D("3322.20"))


@pytest.mark.rule("CT-07")
def test_a_supplement_is_applied_for_from_its_contract(company: Company, cast: Cast, signed_in: Any) -> None:
    parent = in_force(cast, company)
    client = signed_in(cast.assistant)
    page = client.get(f"/contracts/{parent.number}/").content.decode()
    assert f"?supplement_to={parent.number}" in page

    client.post(
        f"/contracts/new/?supplement_to={parent.number}",
        typed(company, amount="500.00", supplement_to=parent.number),
    )

    supplement = Contract.objects.get(kind="supplement")
    assert (supplement.supplement_to, supplement.amount) == (parent, D("500.00"))


@pytest.mark.rule("CT-04")
def test_a_file_that_is_not_what_its_name_says_registers_nothing(
    company: Company, cast: Cast, signed_in: Any
) -> None:
    contract = sealed(cast, company)
    facts = {
        "version": contract.version,
        "signed_on": today().isoformat(),
        "signed_by_customer": "王芳",
        "file": SimpleUploadedFile("合同.pdf", b"MZ\x90\x00", "application/pdf"),
    }

    answer = signed_in(cast.second_assistant).post(f"/contracts/{contract.number}/register/", facts)

    assert answer.status_code == 422
    assert "王芳" in answer.content.decode()
    assert fresh_contract(contract).status == "sealed"


@pytest.mark.rule("CT-01")
def test_the_queue_shows_what_waits_for_this_person_alone(
    company: Company, cast: Cast, client: Client
) -> None:
    waiting = at_manager(cast, company)
    both = at_countersigning(cast, company)
    seen = {}
    for name in ("manager", "gm", "director", "finance", "legal", "second_assistant"):
        client.force_login(getattr(cast, name))
        page = client.get("/contracts/queue/").content.decode()
        seen[name] = {contract.number for contract in (waiting, both) if contract.number in page}

    assert seen == {
        "manager": {waiting.number, both.number},
        "gm": set(),
        "director": {both.number},
        "finance": {both.number},
        "legal": set(),
        "second_assistant": set(),
    }
    client.force_login(cast.auditor)
    assert client.get("/contracts/queue/").status_code == 403


@pytest.mark.rule("CT-01", "RG-02")
def test_another_desks_contract_does_not_exist(company: Company, cast: Cast, signed_in: Any) -> None:
    contract = in_force(cast, company)
    client = signed_in(cast.north_assistant)

    for address in ("", "edit/", "paper.pdf"):
        assert client.get(f"/contracts/{contract.number}/{address}").status_code == 404
    assert contract.number not in client.get("/contracts/").content.decode()


@pytest.mark.rule("CT-02", "CT-07")
def test_an_order_is_put_under_its_contract_on_the_page(company: Company, cast: Cast, signed_in: Any) -> None:
    contract = in_force(cast, company, framework_draft("1000.00"))
    order = place_order(company.customer, draft=draft_of(("A1023", "1")), actor=cast.assistant)
    client = signed_in(cast.assistant)
    page = client.get(f"/orders/{order.number}/").content.decode()
    assert contract.number in page  # proposed

    data = {"contract": contract.number, "version": order.version}
    answer = client.post(f"/orders/{order.number}/contract/", data)
    assert answer.status_code == 422
    assert "CT-07" in answer.content.decode() or "1,107.40" in answer.content.decode()
    Contract.objects.filter(pk=contract.pk).update(amount=D("1107.40"))
    client.post(f"/orders/{order.number}/contract/", data)

    assert Order.objects.get().contract == contract


@pytest.mark.rule("CT-02")
def test_the_entry_form_proposes_the_only_framework_and_offers_no_others(
    company: Company, cast: Cast, signed_in: Any
) -> None:
    contract = in_force(cast, company, framework_draft())
    client = signed_in(cast.assistant)

    page = client.get(f"/orders/new/?customer={company.customer.number}").content.decode()

    assert f'<option value="{contract.number}" selected' in page
    page = client.get(f"/orders/new/?contract={in_force(cast, company).number}").content.decode()
    assert 'value="A1023"' in page


@pytest.mark.rule("CT-01")
def test_contract_and_application_print(company: Company, cast: Cast, signed_in: Any) -> None:
    contract = at_countersigning(cast, company)
    client = signed_in(cast.assistant)

    for address in ("paper.pdf?language=both", "application.pdf"):
        answer = client.get(f"/contracts/{contract.number}/{address}")
        assert answer.content.startswith(b"%PDF"), address


@pytest.mark.rule("SY-08")
def test_a_comment_stays_in_the_history(company: Company, cast: Cast, signed_in: Any) -> None:
    contract = applied(cast, company)
    client = signed_in(cast.rep)

    client.post(
        f"/contracts/{contract.number}/comment/", {"text": "客户催得急", "form_key": str(uuid.uuid4())}
    )

    assert "客户催得急" in client.get(f"/contracts/{contract.number}/").content.decode()


# --- budgets --------------------------------------------------------------------------------------


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def with_lines(company: Company, cast: Cast, count: int) -> Contract:
    rows = [
        {"sku": f"L{n:04d}", "barcode": f"78{n:011d}", "name": "端子", "unit": "只"} for n in range(count)
    ]
    insert_rows(Product, rows, on_conflict_sql="(sku) DO NOTHING")
    lines = (LineDraft(f"L{n:04d}", D(1), unit_price=D("10")) for n in range(count))
    return at_manager(cast, company, contract_draft(*lines))


def test_a_contracts_page_costs_the_same_for_ten_and_five_hundred_lines(
    company: Company, cast: Cast, signed_in: Any
) -> None:
    small, large = with_lines(company, cast, 10), with_lines(company, cast, 500)
    client = signed_in(cast.manager)

    counts = [statements(client, contract.get_absolute_url()) for contract in (small, large)]

    # session, person, roles · contract, lines · ordered, orders, supplements, signatures, files, events ·
    # duty of the one button · shell
    assert counts[0] == counts[1] <= 18


def test_list_and_queue_cost_the_same_for_three_and_thirty_contracts(
    company: Company, cast: Cast, signed_in: Any
) -> None:
    client, counts = signed_in(cast.manager), {}
    for size in (3, 30):
        while Contract.objects.count() < size:
            at_manager(cast, company)
        counts[size] = [statements(client, address) for address in ("/contracts/", "/contracts/queue/")]

    assert counts[3] == counts[30]
    assert max(counts[3]) <= 8
