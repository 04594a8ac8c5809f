"""The main path in a real browser, with a person per role: from the Excel form to the settled delivery."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.clock import BUSINESS_ZONE, now
from credit.models import Posting, Remittance
from fulfillment.models import Shipment
from inventory.models import StockLevel
from orders.models import Order
from tests.browser.desk import Desk
from tests.conftest import Cast, Company
from tests.workbooks import fill_in_form

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOTAL = "11171.65"


@pytest.mark.rule("XL-01", "RM-01", "AP-01", "AP-06", "DS-01", "DS-02", "DS-03", "DL-01", "DL-03", "CS-01")
def test_an_excel_order_becomes_a_settled_delivery_in_the_browser(
    desk: Desk, cast: Cast, company: Company
) -> None:
    order = take_in(desk, cast, company)
    fund_and_check(desk, cast, company, order)
    review(desk, cast, order)
    assert levels() == {"A1023": (100, 10), "B2040": (100, 7)}
    shipment = dispatch(desk, cast, company, order)
    assert levels() == {"A1023": (90, 0), "B2040": (93, 0)}
    deliver(desk, cast, shipment)

    order.refresh_from_db()
    assert (order.status, order.posted, order.paid) == ("settled", Decimal(TOTAL), Decimal(TOTAL))
    assert Posting.objects.get().applied == Decimal(TOTAL)
    desk.is_taken_by(cast.gm, "/reports/monthly/")
    expect(desk.page.locator("main")).to_contain_text("11,171.65")
    assert desk.page.grievances == []  # type: ignore[attr-defined]


def take_in(desk: Desk, cast: Cast, company: Company) -> Order:
    desk.is_taken_by(cast.assistant, "/orders/upload/")
    with desk.page.expect_download() as download:
        desk.page.evaluate(
            "(url) => { location.href = url }", f"/orders/form/?customer={company.customer.number}"
        )
    filled = desk.folder / "order.xlsx"
    filled.write_bytes(
        fill_in_form(
            Path(download.value.path()).read_bytes(),
            quantities={"A1023": 10, "B2040": 7},
            stated_amount=TOTAL,
        )
    )
    desk.open("/orders/upload/")
    desk.page.locator("input[type=file][name=file]").set_input_files(filled)
    desk.send()
    order = Order.objects.get()
    assert desk.page.url.endswith(order.get_absolute_url())
    assert (order.total, order.channel) == (Decimal(TOTAL), "excel")

    desk.open(f"/orders/{order.number}/confirm/")
    desk.page.fill("input[name=confirmed_by]", "王芳")
    desk.page.locator("input[name=file]").set_input_files(desk.picture("letter.png"))
    desk.send()
    desk.act("submit")
    return order


def fund_and_check(desk: Desk, cast: Cast, company: Company, order: Order) -> None:
    desk.open(f"/orders/{order.number}/remittances/new/")
    desk.page.locator("input[name=file]").set_input_files(desk.picture("slip.png"))
    desk.page.fill("input[name=amount]", TOTAL)
    desk.page.fill("input[name=bank]", "中国银行杭州分行")
    desk.page.fill("input[name=reference]", "2026112100077")
    desk.page.fill("input[name=payer]", company.customer.name)
    desk.send()
    desk.open(f"/orders/{order.number}/")
    desk.act("check")
    order.refresh_from_db()
    assert order.status == "rep_review"

    slip = Remittance.objects.get()
    desk.is_taken_by(cast.accountant, "/bank-lines/")
    desk.page.fill("input[name=amount]", TOTAL)
    desk.page.fill("input[name=payer]", company.customer.name)
    desk.page.fill("input[name=reference]", "IN-5501")
    desk.send()
    desk.open(f"/remittances/{slip.number}/")
    with desk.page.expect_navigation():
        desk.page.keyboard.press("Enter")  # the best candidate has the focus
    slip.refresh_from_db()
    assert slip.status == "credited"


def review(desk: Desk, cast: Cast, order: Order) -> None:
    for person, action, note in (
        (cast.rep, "pass-rep", ""),
        (cast.manager, "pass-manager", "新客户，全款到账。"),
        (cast.finance, "pass-finance", ""),
    ):
        desk.is_taken_by(person, f"/orders/{order.number}/")
        desk.act(action, note)
    order.refresh_from_db()
    assert (order.status, order.has_shortage) == ("fulfilling", False)


def dispatch(desk: Desk, cast: Cast, company: Company, order: Order) -> Shipment:
    desk.is_taken_by(cast.assistant, f"/orders/{order.number}/dispatch/")
    desk.send()
    notice = order.dispatch_notices.get()
    desk.is_taken_by(cast.second_manager, f"/dispatch/{notice.number}/")
    desk.act("sign")
    shipment = Shipment.objects.get()
    desk.is_taken_by(cast.picker, f"/shipments/{shipment.number}/pick/")
    for number, quantity in ((1, "10"), (2, "7")):
        desk.page.fill(f"input[name=quantity_{number}]", quantity)
        desk.page.locator(f"[name=batch_{number}]").select_option("B2026-01")
    desk.send()
    desk.is_taken_by(cast.checker, f"/shipments/{shipment.number}/check/")
    for number, sku, quantity in ((1, "A1023", "10"), (2, "B2040", "7")):
        desk.page.fill(f"input[name=sku_{number}]", sku)
        desk.page.fill(f"input[name=quantity_{number}]", quantity)
        desk.page.fill(f"input[name=batch_{number}]", "B2026-01")
    desk.send()
    shipment.refresh_from_db()
    desk.is_taken_by(cast.guard, "/gate/")
    desk.page.fill("input[name=pass]", shipment.gate_pass.number)
    desk.send()
    desk.page.locator("select[name=carrier]").select_option(str(company.carrier.pk))
    desk.page.fill("input[name=tracking_number]", "SF1234567890")
    desk.send()
    shipment.refresh_from_db()
    assert (shipment.status, shipment.tracking_number) == ("gone", "SF1234567890")
    return shipment


def deliver(desk: Desk, cast: Cast, shipment: Shipment) -> None:
    desk.is_taken_by(cast.assistant, f"/shipments/{shipment.number}/proof/")
    desk.page.locator("input[name=file]").set_input_files(desk.picture("signed.png"))
    desk.page.fill("input[name=signer]", "王芳")
    desk.page.fill("input[name=signed_at]", f"{now().astimezone(BUSINESS_ZONE):%Y-%m-%dT%H:%M}")
    for number, quantity in ((1, "10"), (2, "7")):
        desk.page.fill(f"input[name=good_{number}]", quantity)
    desk.send()


def levels() -> dict[str, tuple[Decimal, Decimal]]:
    return {
        level.product.sku: (level.on_hand, level.reserved)
        for level in StockLevel.objects.select_related("product")
    }
