"""Bad input as a person meets it: the error at its place, nothing half done, nothing typed lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from core.models import Attachment, User
from credit.models import Remittance
from fulfillment.models import DeliveryProof
from orders.intake.excel_form import issue_order_form
from orders.models import Order
from tests import factories
from tests.conftest import Cast, Company
from tests.credit.matters import submitted
from tests.fulfillment.matters import approved, gone
from tests.workbooks import fill_in_form

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[User], None]


@pytest.mark.rule("XL-03")
def test_a_faulty_workbook_names_its_cells(
    page: Page, live_server: Any, sign_in: SignIn, cast: Cast, company: Company, tmp_path: Path
) -> None:
    _form, content = issue_order_form(company.customer, actor=cast.assistant)
    faulty = tmp_path / "order.xlsx"
    faulty.write_bytes(fill_in_form(content, quantities={"A1023": -3}))
    sign_in(cast.assistant)
    page.goto(f"{live_server.url}/orders/upload/")
    page.locator("input[type=file][name=file]").set_input_files(faulty)
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()

    expect(page.locator("main")).to_contain_text("H9")
    assert not Order.objects.exists()
    assert Attachment.objects.filter(name="order.xlsx").count() == 1


@pytest.mark.rule("RM-04")
def test_a_slip_that_is_no_picture_is_refused_and_the_entry_stays(
    page: Page, live_server: Any, sign_in: SignIn, cast: Cast, company: Company, tmp_path: Path
) -> None:
    order = submitted(cast, company)
    program = tmp_path / "slip.png"
    program.write_bytes(b"MZ\x90\x00" + b"\x00" * 200)
    sign_in(cast.assistant)
    page.goto(f"{live_server.url}/orders/{order.number}/remittances/new/")
    page.locator("input[name=file]").set_input_files(program)
    page.fill("input[name=amount]", "11074.00")
    page.fill("input[name=bank]", "中国银行")
    page.fill("input[name=reference]", "2026112100077")
    with page.expect_navigation():
        page.locator("main form button.btn-primary[type=submit]").first.click()

    assert page.locator("input[name=reference]").input_value() == "2026112100077"
    expect(page.locator(".error-summary, .field-error").first).to_be_visible()
    assert not Remittance.objects.exists()


@pytest.mark.rule("DL-01")
def test_a_signature_that_does_not_add_up_is_told_at_each_line(
    page: Page, live_server: Any, sign_in: SignIn, cast: Cast, company: Company, tmp_path: Path
) -> None:
    shipment = gone(cast, company, approved(cast, company))
    picture = tmp_path / "signed.png"
    picture.write_bytes(factories.png())
    sign_in(cast.assistant)
    page.goto(f"{live_server.url}/shipments/{shipment.number}/proof/")
    page.locator("input[name=file]").set_input_files(picture)
    page.fill("input[name=signer]", "王芳")
    page.fill("input[name=signed_at]", f"{shipment.gone_on}T23:59")
    for name, value in (("good_1", "9"), ("good_2", "8")):
        page.fill(f"input[name={name}]", value)
    with page.expect_navigation():
        page.locator("main form button.btn-primary[type=submit]").first.click()

    values = [page.locator(f"input[name={name}]").input_value() for name in ("signer", "good_1", "good_2")]
    assert values == ["王芳", "9", "8"]
    assert (
        page.locator("input[name=good_1][aria-invalid=true], input[name=good_2][aria-invalid=true]").count()
        == 2
    )
    assert not DeliveryProof.objects.exists()


def test_a_session_that_ends_while_typing_loses_nothing(
    page: Page, live_server: Any, sign_in: SignIn, cast: Cast, company: Company
) -> None:
    sign_in(cast.assistant)
    address = f"{live_server.url}/orders/new/?customer={company.customer.number}"
    page.goto(address)
    page.fill("input[name=customer_po]", "HX-0815")
    page.fill("input[name=line-0-sku]", "A1023")
    page.fill("input[name=line-0-quantity]", "2")
    page.check("input[name=stated_amount_absent]")
    Session.objects.all().delete()
    with page.expect_navigation():
        page.locator("button[name=save_draft]").click()
    assert "/login/" in page.url
    page.fill("input[name=username]", cast.assistant.username)
    page.fill("input[name=password]", factories.PASSWORD)
    with page.expect_navigation():
        page.locator("main button[type=submit]").click()

    assert page.url == address
    names = ("customer_po", "line-0-sku", "line-0-quantity")
    values = [page.locator(f"input[name={name}]").input_value() for name in names]
    assert values == ["HX-0815", "A1023", "2"]
    expect(page.locator("main form [role=status]")).to_be_visible()
    with page.expect_navigation():
        page.locator("button[name=save_draft]").click()
    assert Order.objects.get().customer_po == "HX-0815"


def test_the_next_person_finds_nothing_of_what_another_typed(
    page: Page, live_server: Any, sign_in: SignIn, cast: Cast, company: Company
) -> None:
    sign_in(cast.assistant)
    page.goto(f"{live_server.url}/orders/new/")
    page.fill("input[name=customer_po]", "HX-0815")
    Session.objects.all().delete()
    with page.expect_navigation():
        page.locator("button[name=save_draft]").click()
    page.fill("input[name=username]", cast.second_assistant.username)
    page.fill("input[name=password]", factories.PASSWORD)
    with page.expect_navigation():
        page.locator("main button[type=submit]").click()

    assert page.locator("input[name=customer_po]").input_value() == ""


def test_another_regions_order_does_not_exist_here(
    page: Page, live_server: Any, sign_in: SignIn, cast: Cast, company: Company
) -> None:
    order = submitted(cast, company)
    sign_in(cast.north_assistant)
    answer = page.goto(f"{live_server.url}/orders/{order.number}/")

    assert answer is not None
    assert answer.status == 404
    expect(page.locator("nav.rail, .rail").first).to_be_visible()
    assert company.customer.name not in page.content()
