"""The main path, told once from the Excel form to the settled delivery, with a person per role."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from core.attachments import store_attachment
from core.clock import clock_set_to
from core.delivery import deliver_due
from core.models import Attachment, Event, Notice, User
from credit.models import LedgerEntry, Posting, Remittance
from credit.services.bank import enter_bank_line, match_bank_line
from credit.services.checking import check_order
from credit.services.remittances import record_remittance
from credit.services.reviews import approve_order, pass_manager, pass_rep
from fulfillment.services import (
    Arrival,
    CheckedLine,
    PickedLine,
    check_shipment,
    gate_out,
    make_dispatch_notice,
    record_delivery,
    record_pick,
    sign_dispatch_notice,
)
from inventory.models import Batch, StockLevel
from orders.intake.excel_form import import_order_form
from orders.models import Order
from orders.services.submitting import confirm_by_customer, submit_order
from reports.queries.monthly import month_figures
from tests import factories
from tests.conftest import Cast, Company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def picture(name: str, kind: str, actor: User) -> Attachment:
    return store_attachment(SimpleUploadedFile(name, factories.png(), "image/png"), kind=kind, actor=actor)


@pytest.mark.rule(
    "XL-01",
    "VA-02",
    "RM-01",
    "AP-01",
    "AP-04",
    "ST-01",
    "DS-01",
    "DS-03",
    "DL-01",
    "DL-02",
    "DL-03",
    "CS-01",
    "KP-01",
)
def test_an_excel_order_becomes_a_signed_and_settled_delivery(
    cast: Cast, company: Company, example_workbook: bytes
) -> None:
    # The customer's filled-in order form comes back; the assistant uploads it.
    upload = SimpleUploadedFile("order_form_example.xlsx", example_workbook)
    order = import_order_form(upload, actor=cast.assistant)
    assert (order.status, order.channel, order.total) == ("draft", "excel", Decimal("11171.65"))
    assert [(line.net, line.tax, line.gross) for line in order.lines.all()] == [
        (Decimal("9800.00"), Decimal("1274.00"), Decimal("11074.00")),
        (Decimal("86.42"), Decimal("11.23"), Decimal("97.65")),
    ]
    assert order.stated_difference == Decimal("0.00")

    # She has the customer confirm it, submits it and records the slip; it covers the amount: row R1.
    confirm_by_customer(
        order,
        confirmed_by="王芳",
        confirmed_on=date(2026, 11, 21),
        attachment=picture("letter.png", "confirmation", cast.assistant),
        actor=cast.assistant,
    )
    order.refresh_from_db()
    submit_order(order, actor=cast.assistant, version=order.version)
    slip = record_remittance(
        company.customer,
        payer=company.customer.name,
        bank="中国银行杭州分行",
        reference="2026112100077",
        paid_on=date(2026, 11, 21),
        amount=Decimal("11171.65"),
        image=picture("slip.png", "slip", cast.assistant),
        allocations=[(order, Decimal("11171.65"))],
        actor=cast.assistant,
    )
    order.refresh_from_db()
    outcome = check_order(order, version=order.version, actor=cast.assistant)
    assert (outcome.row, outcome.passed) == ("R1", True)

    # The accountant matches the slip to the bank line; rep, manager and finance review.
    line = enter_bank_line(
        company.bank_account,
        reference="IN-5501",
        booked_on=date(2026, 11, 21),
        amount=Decimal("11171.65"),
        payer=company.customer.name,
        remark="货款",
        actor=cast.accountant,
    )
    match_bank_line(slip, line, actor=cast.accountant)
    for review, person in ((pass_rep, cast.rep), (pass_manager, cast.manager), (approve_order, cast.finance)):
        order.refresh_from_db()
        review(order, version=order.version, note="新客户，全款到账。", actor=person)
    order.refresh_from_db()
    assert (order.status, order.payment_status, order.has_shortage) == ("fulfilling", "paid", False)
    assert levels(company) == {"A1023": (100, 10), "B2040": (100, 7)}

    # Sales asks for the goods, the manager signs, the warehouse picks and a second person checks.
    notice = make_dispatch_notice(order, lines=None, actor=cast.assistant)
    shipment = sign_dispatch_notice(notice, actor=cast.second_manager, version=notice.version)
    batches = {batch.product.sku: batch for batch in Batch.objects.select_related("product")}
    shipment = record_pick(
        shipment,
        picked={
            1: PickedLine(Decimal(10), batches["A1023"].number),
            2: PickedLine(Decimal(7), batches["B2040"].number),
        },
        actor=cast.picker,
        version=shipment.version,
    )
    shipment = check_shipment(
        shipment,
        checked={
            1: CheckedLine("A1023", Decimal(10), batches["A1023"].number),
            2: CheckedLine("B2040", Decimal(7), batches["B2040"].number),
        },
        actor=cast.checker,
        version=shipment.version,
    )
    shipment = gate_out(
        shipment,
        gate_pass=shipment.gate_pass.number,
        carrier=company.carrier,
        tracking_number="SF1234567890",
        actor=cast.guard,
        version=shipment.version,
    )
    order.refresh_from_db()
    assert (order.status, order.delivery_status) == ("shipped", "all")
    assert levels(company) == {"A1023": (90, 0), "B2040": (93, 0)}

    # The customer signs next day, one minute past midnight in Shanghai: that is the posting date.
    with clock_set_to(datetime(2026, 11, 22, 1, 0, tzinfo=UTC)):
        record_delivery(
            shipment,
            image=picture("signed.png", "delivery_proof", cast.assistant),
            signer="王芳",
            signed_at=datetime(2026, 11, 21, 16, 1, tzinfo=UTC),
            lines={1: Arrival(good=Decimal(10)), 2: Arrival(good=Decimal(7))},
            actor=cast.assistant,
            version=shipment.version,
        )
        assert deliver_due() > 0

    order = Order.objects.get(pk=order.pk)
    posting = Posting.objects.get(order=order)
    assert (order.status, order.posted, order.paid) == ("settled", Decimal("11171.65"), Decimal("11171.65"))
    assert (posting.posted_on, posting.gross, posting.applied) == (
        date(2026, 11, 22),
        Decimal("11171.65"),
        Decimal("11171.65"),
    )
    assert ledger_balances() == {
        "bank": Decimal("11171.65"),
        "advance": Decimal("0.00"),
        "receivable": Decimal("0.00"),
        "revenue": Decimal("-9886.42"),
        "output_tax": Decimal("-1285.23"),
    }
    assert Remittance.objects.get().status == "credited"
    order.customer.refresh_from_db()
    assert order.customer.last_cooperation_on == date(2026, 11, 22)

    # Every step is in the trail, every notice went out, and the month's total is this order.
    names = list(
        Event.objects.of_matter(order.number)
        .done()
        .filter(document_type="order")
        .values_list("name", flat=True)
    )
    for step in (
        "submit",
        "pass_check",
        "pass_rep",
        "pass_manager",
        "pass_finance",
        "release",
        "dispatch_rest",
        "complete",
        "settle",
    ):
        assert step in names
    assert not Notice.objects.pending().exists()
    assert len(mail.outbox) == Notice.objects.filter(state="sent", channel="email").count() > 0
    assert month_figures(cast.gm, date(2026, 11, 1)).total == Decimal("11171.65")


def levels(company: Company) -> dict[str, tuple[Decimal, Decimal]]:
    return {
        level.product.sku: (level.on_hand, level.reserved)
        for level in StockLevel.objects.select_related("product")
    }


def ledger_balances() -> dict[str, Decimal]:
    balances = {account: Decimal("0.00") for account in LedgerEntry.Account.values}
    for entry in LedgerEntry.objects.all():
        balances[entry.account] += entry.amount
    return balances
