"""The second check with a scanner: no click per line, a wrong item refused at once in colour and words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.models import User
from fulfillment.models import GatePass
from tests.conftest import Cast, Company
from tests.fulfillment.matters import approved, picked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.rule("DS-02", "SY-03")
def test_goods_are_checked_by_scanner_alone(
    page: Page, live_server: Any, sign_in: Callable[[User], None], cast: Cast, company: Company
) -> None:
    shipment = picked(cast, approved(cast, company))
    sign_in(cast.checker)
    page.goto(f"{live_server.url}/shipments/{shipment}/check/")
    panel = page.locator("[data-scan-panel]")

    def scan(code: str) -> None:
        page.keyboard.type(code, delay=2)
        page.keyboard.press("Enter")

    scan("6999999999999")
    expect(panel).to_have_class("scan-panel tone-blocked")
    expect(panel).to_contain_text("6999999999999")
    for code in (company.motor.barcode, "*10", "B2026-01", "B2040", "*7"):
        scan(code)
        expect(panel).to_have_class("scan-panel tone-done")
    scan("B2040")  # an eighth metre
    expect(panel).to_have_class("scan-panel tone-blocked")
    scan("B2026-02")
    expect(panel).to_have_class("scan-panel tone-blocked")
    scan("B2026-01")
    page.keyboard.press("Backspace")
    expect(page.locator("#id_batch_2")).to_have_value("")
    scan("B2026-01")
    expect(panel).to_contain_text("17 / 17")
    expect(page.locator("#id_quantity_1")).to_have_value("10")
    page.keyboard.press("Control+Enter")

    page.wait_for_url(f"**/shipments/{shipment}/")
    assert GatePass.objects.get().shipment == shipment
