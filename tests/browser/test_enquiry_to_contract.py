"""From a customer's question to the sealed contract in the register, in the browser, a person per role."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from core.clock import today
from core.models import User
from inventory.models import Product
from orders.models import Contract, Enquiry, Order, Quote
from tests.browser.desk import Desk
from tests.conftest import Cast, Company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# 120 motors at 980.00 less 6 %: 110,544.00 + 13 % = 124,914.72. 40 m of cable at 12.3456: 493.82 + 64.20.
TOTAL = Decimal("125472.74")
CHINESE = re.compile(r"[一-鿿]")


@pytest.mark.rule("EN-01", "EN-02", "QT-01", "QT-02", "QT-03", "QT-04", "CT-01", "CT-03", "CT-04", "SY-02")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_question_becomes_a_sealed_contract_in_the_browser(
    desk: Desk, cast: Cast, company: Company, language: str
) -> None:
    User.objects.update(language=language)
    Product.objects.filter(pk=company.cable.pk).update(supply="buy")
    enquiry = ask(desk, cast, company)
    speaks(desk, language)
    quote = offer(desk, cast, enquiry)
    speaks(desk, language)
    agree(desk, cast, quote)
    answer(desk, cast, quote)
    contract = apply(desk, cast, quote)
    speaks(desk, language)
    sign(desk, cast, contract)
    seal_and_register(desk, cast, contract)
    speaks(desk, language)

    contract.refresh_from_db()
    assert (contract.status, contract.amount, contract.kind) == ("in_force", TOTAL, "individual")
    assert [line.unit_price for line in contract.lines.all()] == [Decimal("980.00"), Decimal("12.3456")]
    assert list(contract.signatures.values_list("part", flat=True)) == [
        "manager", "gm", "legal", "sales", "finance", "seal",
    ]  # fmt: skip
    quote.refresh_from_db()
    enquiry.refresh_from_db()
    assert (quote.status, enquiry.status) == ("converted", "quoted")
    assert not Order.objects.exists()
    desk.is_taken_by(cast.accountant, "/contracts/register/")
    expect(desk.page.locator("main")).to_contain_text("125,472.74")
    assert desk.page.grievances == []  # type: ignore[attr-defined]


def speaks(desk: Desk, language: str) -> None:
    """The headings and buttons of the page are in the person's language."""
    words = " ".join(desk.page.locator("main .btn, main thead th, main dt, main h2").all_inner_texts())
    assert bool(CHINESE.search(words)) == (language == "zh-hans"), words[:400]


def ask(desk: Desk, cast: Cast, company: Company) -> Enquiry:
    page = desk.page
    desk.is_taken_by(cast.assistant, f"/enquiries/new/?customer={company.customer.number}")
    page.select_option("select[name=channel]", "phone")
    page.fill("input[name=line-0-sku]", "A1023")
    page.fill("input[name=line-0-quantity]", "120")
    page.fill("input[name=line-1-sku]", "B2040")
    page.fill("input[name=line-1-quantity]", "40")
    page.fill("textarea[name=special_needs]", "CE")
    desk.send()
    enquiry = Enquiry.objects.get()
    desk.act("respond", "called back")
    desk.open(f"/enquiries/{enquiry.number}/confirm/")
    page.fill("input[name=confirmed_by]", "王芳")
    desk.send()
    enquiry.refresh_from_db()
    assert (enquiry.status, enquiry.is_demand_confirmed, enquiry.lines.count()) == ("in_progress", True, 2)
    return enquiry


def offer(desk: Desk, cast: Cast, enquiry: Enquiry) -> Quote:
    page = desk.page
    desk.open(f"/quotes/new/?enquiry={enquiry.number}")
    expect(page.locator("input[name=line-0-sku]")).to_have_value("A1023")
    page.fill("input[name=line-0-discount_percent]", "6")
    page.fill("input[name=delivery_cycle]", "15 days")
    page.fill("input[name=warranty]", "12 months")
    desk.send()
    quote = Quote.objects.get()
    assert (quote.total, quote.enquiry_id, quote.status) == (TOTAL, enquiry.pk, "in_review")
    assert set(quote.reviews_needed) == {"finance", "production", "purchasing", "price"}
    return quote


def agree(desk: Desk, cast: Cast, quote: Quote) -> None:
    for person in (cast.finance, cast.planner, cast.buyer, cast.director):
        desk.is_taken_by(person, f"/quotes/reviews/?quote={quote.number}")
        day = desk.page.locator("form[action$='/review/'] input[name=promised_on]")
        if day.count():
            day.first.fill((today() + timedelta(days=30)).isoformat())
        with desk.page.expect_navigation():
            desk.page.locator("form[action$='/review/'] button[value=agreed]").first.click()
    quote.refresh_from_db()
    assert quote.status == "cleared"


def answer(desk: Desk, cast: Cast, quote: Quote) -> None:
    desk.is_taken_by(cast.assistant, f"/quotes/{quote.number}/send/")
    desk.send()
    quote.refresh_from_db()
    assert quote.status == "sent"
    assert quote.sent_paper is not None
    desk.open(f"/quotes/{quote.number}/accept/")
    desk.page.fill("input[name=answered_by]", "王芳")
    desk.send()
    quote.refresh_from_db()
    assert quote.status == "accepted"


def apply(desk: Desk, cast: Cast, quote: Quote) -> Contract:
    desk.open(f"/contracts/new/?quote={quote.number}")
    desk.send()
    contract = Contract.objects.get()
    desk.open(contract.get_absolute_url())
    desk.act("submit")
    contract.refresh_from_db()
    assert (contract.status, contract.needs_legal_review) == ("manager_review", True)
    return contract


def sign(desk: Desk, cast: Cast, contract: Contract) -> None:
    for person, step, after in (
        (cast.manager, "approve-manager", "gm_review"),
        (cast.gm, "approve-gm", "legal_review"),
        (cast.legal, "approve-legal", "countersigning"),
        (cast.director, "countersign/sales", "countersigning"),
        (cast.finance, "countersign/finance", "sealing"),
    ):
        desk.is_taken_by(person, contract.get_absolute_url())
        desk.act(step)
        contract.refresh_from_db()
        assert contract.status == after


def seal_and_register(desk: Desk, cast: Cast, contract: Contract) -> None:
    desk.is_taken_by(cast.second_assistant, contract.get_absolute_url())
    desk.act("seal")
    desk.open(f"/contracts/{contract.number}/register/")
    desk.page.fill("input[name=signed_by_customer]", "王芳")
    desk.page.locator("input[type=file][name=file]").set_input_files(desk.picture("signed.png"))
    desk.send()
