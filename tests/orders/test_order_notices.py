"""What the customer reads."""

from decimal import Decimal

import pytest

from core.company import confirm_company_bank, propose_company_bank
from core.delivery import text_for
from orders.models import Order
from orders.services.progress import record_dispatch, release_order
from orders.workflow import ORDER_WORKFLOW
from tests.orders.drafts import placed, submitted

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.plants_faults]


def text_of(order: Order, event: str, language: str = "en"):
    notice = order.events().get(name=event).notices.get(recipient=order.contact_email)
    notice.language = language
    return text_for(notice)


@pytest.mark.rule("IN-03")
def test_the_acknowledgement_names_number_and_amount(company, cast, noon):
    order = placed(company, cast.assistant, customer_po="HX-0815")

    text = text_of(order, "received")

    assert text.subject == "Thank you for your order: SO202611-0001"
    assert "2 lines, ¥2,312.45 including tax" in text.plain
    assert "HX-0815" in text.plain
    assert "李敏" in text.plain


@pytest.mark.rule("IN-03", "IN-07")
def test_the_details_to_confirm_carry_lines_terms_and_what_is_due(company, cast):
    order = submitted(company, cast.assistant)

    text = text_of(order, "submit")

    assert "1. A1023 伺服电机 750W: 2 台 at ¥980.00 before tax, ¥2,214.80 with tax" in text.plain
    assert "2. B2040 控制电缆 4×1.5: 7 米 at ¥12.3456 before tax, ¥97.65 with tax" in text.plain
    assert "Due before approval: ¥2,312.45" in text.plain


@pytest.mark.rule("IN-07")
def test_the_details_to_confirm_say_where_to_pay_once_the_account_is_confirmed(company, cast, noon):
    order = submitted(company, cast.assistant)
    account = propose_company_bank(
        bank="中国银行杭州分行", bank_en="Bank of China, Hangzhou", account_number="3901 0588",
        reason="开户", actor=cast.admin,
    )  # fmt: skip
    assert "3901 0588" not in text_of(order, "submit").plain

    confirm_company_bank(account, actor=cast.cfo)

    text = text_of(order, "submit")
    assert "Please pay to: Shundan, Bank of China, Hangzhou, account 3901 0588" in text.plain
    assert "SWIFT" not in text.plain
    assert "中国银行杭州分行" in text_of(order, "submit", "zh-hans").plain


@pytest.mark.rule("IN-08", "IN-06")
def test_no_internal_reason_reaches_the_customer(company, cast):
    order = submitted(company, cast.assistant)
    ORDER_WORKFLOW.move(order, "cancel", actor=cast.assistant, note="客户信用差")

    text = text_of(order, "cancel")

    assert "信用" not in text.plain + text.subject


@pytest.mark.rule("IN-08")
def test_the_dispatch_notice_carries_the_tracking_number(company, cast):
    order = submitted(company, cast.assistant, ("A1023", "1"))
    for name, person in (
        ("pass_check", cast.assistant),
        ("pass_rep", cast.rep),
        ("pass_manager", cast.manager),
        ("pass_finance", cast.finance),
    ):
        ORDER_WORKFLOW.move(order, name, actor=person)
    release_order(order, actor=cast.finance)
    record_dispatch(
        order,
        quantities={1: D(1)},
        actor=cast.guard,
        data={"carrier": "顺风快运", "tracking_number": "SF123"},
    )

    text = text_of(order, "dispatch_rest")

    assert "SF123" in text.plain
    assert "顺风快运" in text.plain
