"""A double click in a real browser, with and without scripts: one effect, and a page that says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from core.models import Event, User
from credit.models import BankLine
from inventory.models import StockMovement
from orders.models import Order
from tests.conftest import Cast, Company
from tests.credit.matters import checked
from tests.fulfillment.matters import approved, noticed
from tests.orders.drafts import placed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[User], None]


@pytest.fixture(params=[True, False], ids=["with_scripts", "without_scripts"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param)
    yield context.new_page()
    context.close()


@pytest.fixture
def context(page: Page) -> Any:
    return page.context


def double_click(page: Page, selector: str) -> None:
    button = page.locator(selector).first
    if not button.is_visible():
        page.locator("details.act", has=page.locator(selector)).locator("summary").click()
    button.dblclick()
    page.wait_for_load_state("networkidle")


@pytest.mark.rule("AP-07")
def test_an_order_is_submitted_once(
    page: Page, live_server: Any, sign_in: SignIn, cast: Cast, company: Company
) -> None:
    order = placed(company, cast.assistant)
    sign_in(cast.assistant)
    page.goto(f"{live_server.url}/orders/{order.number}/")

    double_click(page, "form[action$='/submit/'] button[type=submit]")

    expect(page.locator("h1")).to_contain_text(order.number)
    assert Event.objects.done().filter(name="submit").count() == 1


@pytest.mark.rule("AP-07")
def test_a_review_passes_once(
    page: Page, live_server: Any, sign_in: SignIn, cast: Cast, company: Company
) -> None:
    order = checked(cast, company)
    sign_in(cast.rep)
    page.goto(f"{live_server.url}/orders/{order.number}/")

    double_click(page, "form[action$='/pass-rep/'] button[type=submit]")

    order.refresh_from_db()
    assert order.status == "manager_review"
    assert Event.objects.done().filter(name="pass_rep").count() == 1


def test_an_order_is_entered_once(
    page: Page, live_server: Any, sign_in: SignIn, cast: Cast, company: Company
) -> None:
    sign_in(cast.assistant)
    page.goto(f"{live_server.url}/orders/new/?customer={company.customer.number}")
    page.fill("input[name=line-0-sku]", "A1023")
    page.fill("input[name=line-0-quantity]", "2")
    page.check("input[name=stated_amount_absent]")

    double_click(page, "button[name=save_draft]")

    order = Order.objects.get()
    expect(page.locator("h1")).to_contain_text(order.number)


@pytest.mark.rule("PP-02")
def test_goods_are_received_once(
    page: Page, live_server: Any, sign_in: SignIn, cast: Cast, company: Company
) -> None:
    before = StockMovement.objects.count()
    sign_in(cast.checker)
    page.goto(f"{live_server.url}/stock/receive/")
    for name, value in (("sku", "A1023"), ("quantity", "3"), ("batch", "B9"), ("certificate", "QC-9")):
        page.fill(f"input[name=row-0-{name}]", value)

    double_click(page, "main form button.btn-primary[type=submit]")

    assert StockMovement.objects.count() == before + 1
    assert "/stock/receipts/" in page.url


@pytest.mark.rule("PM-03")
def test_a_bank_line_is_entered_once(
    page: Page, live_server: Any, sign_in: SignIn, cast: Cast, company: Company
) -> None:
    sign_in(cast.accountant)
    page.goto(f"{live_server.url}/bank-lines/")
    for name, value in (("amount", "100.00"), ("payer", "某公司"), ("reference", "IN-1")):
        page.fill(f"input[name={name}]", value)

    double_click(page, "main form button.btn-primary[type=submit]")

    assert BankLine.objects.count() == 1


@pytest.mark.rule("DS-01")
def test_a_dispatch_notice_is_signed_once(
    page: Page, live_server: Any, sign_in: SignIn, cast: Cast, company: Company
) -> None:
    notice = noticed(cast, approved(cast, company))
    sign_in(cast.second_manager)
    page.goto(f"{live_server.url}{notice.get_absolute_url()}")

    double_click(page, "form[action$='/sign/'] button[type=submit]")

    notice.refresh_from_db()
    assert notice.status == "signed"
    assert Event.objects.done().filter(document_type="shipment").count() <= 1


@pytest.mark.rule("AP-07")
def test_a_page_left_open_while_another_acted_is_told_so(
    page: Page, live_server: Any, sign_in: SignIn, cast: Cast, company: Company
) -> None:
    order = placed(company, cast.assistant)
    sign_in(cast.assistant)
    page.goto(f"{live_server.url}/orders/{order.number}/edit/")
    Order.objects.filter(pk=order.pk).update(version=order.version + 1)
    page.fill("input[name=customer_po]", "HX-0815")
    page.locator("button[name=save_draft]").click()
    page.wait_for_load_state("networkidle")

    expect(page.locator(".error-summary").first).to_be_visible()
    assert page.locator("input[name=customer_po]").input_value() == "HX-0815"
    order.refresh_from_db()
    assert order.customer_po == ""
