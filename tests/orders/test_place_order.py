"""An order comes in."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.clock import clock_set_to, today
from core.errors import (
    Conflict,
    InvalidInput,
    PermissionDenied,
    RuleRefused,
    StaleVersion,
    TransitionNotAllowed,
)
from core.models import Event, Notice
from customers.models import Customer
from inventory.models import Price
from orders.drafts import LineDraft, OrderDraft
from orders.models import Order, OrderLine
from orders.services.placing import cancel_order, edit_order, place_order, reopen_order
from tests.orders.drafts import draft_of, placed, submitted, with_line

D = Decimal
pytestmark = pytest.mark.django_db


def nothing_happened() -> bool:
    return (
        not Order.objects.exists()
        and not OrderLine.objects.exists()
        and not Event.objects.named("received").exists()
    )


@pytest.mark.rule("IN-01", "G-02", "G-03", "AU-02")
def test_placing_makes_a_priced_draft(company, cast, noon):
    order = placed(company, cast.assistant, ("A1023", "2"), ("B2040", "7"))

    assert order.number == "SO202611-0001"
    assert order.status == "draft"
    motor, cable = order.lines.all()
    assert (motor.net, motor.tax, motor.gross) == (D("1960.00"), D("254.80"), D("2214.80"))
    assert (cable.net, cable.tax, cable.gross) == (D("86.42"), D("11.23"), D("97.65"))
    assert (order.net, order.tax, order.total) == (D("2046.42"), D("266.03"), D("2312.45"))


@pytest.mark.rule("IN-05", "RG-01")
def test_the_header_is_filled_from_the_customer_file_and_stays_when_the_file_changes(company, cast):
    order = placed(company, cast.assistant)

    contact = company.customer.default_contact
    contact.name = "另一位"
    contact.save()

    order.refresh_from_db()
    assert order.contact_name == "王芳"
    assert order.delivery_address == "浙江省杭州市余杭区文一西路 1 号"
    assert order.region == cast.south
    assert order.salesperson == cast.rep
    assert order.terms == "prepaid"


@pytest.mark.rule("QT-03", "G-02")
def test_a_later_price_does_not_reach_an_order(company, cast):
    order = placed(company, cast.assistant, ("A1023", "1"))

    Price.objects.filter(product=company.motor).update(unit_price=D("1.00"))

    assert order.lines.get().unit_price == D("980.00")
    Price.objects.filter(product=company.motor).update(unit_price=D("980.00"))


@pytest.mark.rule("IN-03", "IN-08")
def test_placing_queues_one_acknowledgement_to_the_customer(company, cast):
    order = placed(company, cast.assistant)

    event = order.events().get()
    assert (event.name, event.duty, event.actor) == ("received", "enter", cast.assistant)
    notice = Notice.objects.get(event=event)
    assert (notice.channel, notice.recipient, notice.language) == ("email", order.contact_email, "zh-hans")


def test_an_order_without_an_address_to_write_to_is_taken_without_a_notice(company, cast):
    company.customer.default_contact.email = ""

    order = placed(company, cast.assistant)

    assert order.contact_email == ""
    assert not Notice.objects.exists()


@pytest.mark.rule("IN-05", "G-01")
def test_everything_wrong_is_listed_at_once_and_nothing_is_saved(company, cast):
    lines = (
        LineDraft("NOPE", D(1)),
        LineDraft("A1023", D("1.5")),
        LineDraft("B2040", D("1.25")),
        LineDraft("A1023", D(-1), unit_price=D("1.00001")),
        LineDraft("A1023", D(1), tax_rate=D("0.17"), discount_percent=D(101)),
    )
    draft = OrderDraft(
        channel="pigeon", lines=lines, promised_on=today() - timedelta(days=1), stated_amount=D("1.001")
    )

    with pytest.raises(InvalidInput) as refused:
        place_order(company.customer, draft=draft, actor=cast.assistant)

    assert {(p.pointer, p.code) for p in refused.value.problems} == {
        ("#/channel", "unknown_channel"),
        ("#/promised_on", "before_order"),
        ("#/stated_amount", "bad_amount"),
        ("#/lines/0/sku", "unknown_sku"),
        ("#/lines/1/quantity", "fraction_not_allowed"),
        ("#/lines/2/quantity", "fraction_not_allowed"),
        ("#/lines/3/quantity", "not_positive"),
        ("#/lines/3/unit_price", "bad_price"),
        ("#/lines/4/tax_rate", "unknown_rate"),
        ("#/lines/4/discount_percent", "out_of_range"),
    }
    assert nothing_happened()


@pytest.mark.rule("G-01")
def test_a_unit_with_decimals_takes_them(company, cast):
    order = placed(company, cast.assistant, ("B2040", "1.5"))

    assert order.lines.get().quantity == D("1.5")


@pytest.mark.parametrize(
    ("field", "value"),
    [("remarks", "a\x00b"), ("customer_po", "x" * 41), ("contact_email", "nobody"), ("remarks", "\ud800")],
)
def test_texts_that_cannot_be_kept_are_refused(company, cast, field, value):
    with pytest.raises(InvalidInput) as refused:
        place_order(company.customer, draft=draft_of(**{field: value}), actor=cast.assistant)

    assert [p.pointer for p in refused.value.problems] == [f"#/{field}"]


def test_amounts_beyond_reason_are_refused_instead_of_overflowing(company, cast):
    huge = LineDraft("A1023", D("999999999"), unit_price=D("999999999"))

    with pytest.raises(InvalidInput) as refused:
        place_order(company.customer, draft=draft_of(huge), actor=cast.assistant)

    assert refused.value.problems[0].code == "too_large"


@pytest.mark.rule("IN-04")
def test_the_same_customer_order_number_is_refused_and_names_the_first(company, cast):
    first = placed(company, cast.assistant, customer_po="PO-7")

    with pytest.raises(Conflict) as refused:
        placed(company, cast.second_assistant, ("A1023", "1"), customer_po="PO-7")

    assert refused.value.rule == "IN-04"
    assert refused.value.facts["existing"] == first.number
    assert Order.objects.count() == 1


@pytest.mark.rule("IN-04", "CH-04")
def test_a_cancelled_order_frees_the_customer_order_number(company, cast):
    first = placed(company, cast.assistant, customer_po="PO-7")
    cancel_order(first, reason="客户重下", actor=cast.assistant)

    assert placed(company, cast.assistant, customer_po="PO-7").customer_po == "PO-7"


@pytest.mark.rule("IN-04")
def test_another_customer_may_use_the_same_number(company, cast):
    placed(company, cast.assistant, customer_po="PO-7")

    place_order(company.northern_customer, draft=draft_of(customer_po="PO-7"), actor=cast.north_assistant)

    assert Order.objects.count() == 2


@pytest.mark.rule("IN-04")
def test_the_same_lines_and_amount_within_a_day_are_warned_of(company, cast, noon):
    first = placed(company, cast.assistant)
    second = placed(company, cast.assistant)

    warnings = second.events().get().data["warnings"]
    assert [(w["code"], w["rule"]) for w in warnings] == [("looks_like", "IN-04")]
    assert warnings[0]["facts"] == {"number": first.number}

    with clock_set_to(noon + timedelta(hours=24, seconds=1)):
        third = placed(company, cast.assistant)
    assert third.events().get().data["warnings"] == []


@pytest.mark.rule("CM-12")
@pytest.mark.parametrize("status", ["stopped", "merged"])
def test_a_stopped_customer_cannot_order(company, cast, status):
    company.customer.status = status

    with pytest.raises(RuleRefused, match="CM-12"):
        placed(company, cast.assistant)

    assert nothing_happened()


@pytest.mark.rule("CM-12")
def test_a_frozen_customer_has_no_credit_and_may_still_order(company, cast):
    company.customer.status = Customer.Status.FROZEN

    assert placed(company, cast.assistant).status == "draft"


@pytest.mark.rule("SY-02")
def test_another_currency_is_refused(company, cast):
    company.customer.currency = "USD"

    with pytest.raises(RuleRefused, match="USD"):
        placed(company, cast.assistant)


@pytest.mark.rule("CM-10", "AP-04")
def test_nobody_grants_looser_terms_by_typing_them(company, cast):
    with pytest.raises(InvalidInput) as refused:
        placed(company, cast.assistant, terms="monthly")

    assert refused.value.problems[0].pointer == "#/terms"
    assert nothing_happened()


@pytest.mark.rule("IC-01")
@pytest.mark.parametrize("role", ["manager", "finance", "picker", "auditor", "admin"])
def test_who_does_not_enter_orders_cannot(company, cast, role):
    with pytest.raises(PermissionDenied):
        placed(company, getattr(cast, role))

    assert nothing_happened()


@pytest.mark.rule("QT-03")
def test_a_price_below_list_is_kept_and_flagged(company, cast):
    order = place_order(
        company.customer,
        draft=draft_of(LineDraft("A1023", D(1), discount_percent=D(5))),
        actor=cast.assistant,
    )

    line = order.lines.get()
    assert (line.list_price, line.net, line.price_source) == (D("980.00"), D("931.00"), "list")
    assert [w["code"] for w in order.events().get().data["warnings"]] == ["below_list"]


@pytest.mark.rule("IN-05", "AU-01")
def test_correcting_a_draft_keeps_before_and_after(company, cast):
    order = placed(company, cast.assistant)
    draft = with_line(draft_of(remarks="改送新仓"), 0, quantity=D(3))

    edit_order(order, draft=draft, actor=cast.second_assistant, version=order.version)

    order.refresh_from_db()
    assert order.total == D("3419.85")  # 3,322.20 + 97.65
    assert order.version == 2
    event = order.events().get(name="edited")
    assert event.duty == "enter"
    assert {"label": "1 A1023", "before": "2 × 980.0000", "after": "3 × 980.0000"} in event.data["changes"]


@pytest.mark.rule("AP-07")
def test_a_stale_page_corrects_nothing(company, cast):
    order = placed(company, cast.assistant)
    edit_order(order, draft=draft_of(("A1023", "3")), actor=cast.assistant, version=1)

    with pytest.raises(StaleVersion):
        edit_order(order, draft=draft_of(("A1023", "4")), actor=cast.assistant, version=1)

    assert order.lines.get().quantity == D(3)
    assert order.events().named("edited").done().count() == 1


@pytest.mark.rule("CH-01")
def test_a_submitted_order_is_not_corrected_any_more(company, cast):
    order = submitted(company, cast.assistant)

    with pytest.raises(TransitionNotAllowed):
        edit_order(order, draft=draft_of(("A1023", "9")), actor=cast.assistant)

    assert sorted(order.lines.values_list("quantity", flat=True)) == [D(2), D(7)]


@pytest.mark.rule("IN-04")
def test_a_correction_cannot_take_a_number_that_is_taken(company, cast):
    placed(company, cast.assistant, customer_po="PO-7")
    other = placed(company, cast.assistant, ("A1023", "1"))

    with pytest.raises(Conflict):
        edit_order(other, draft=draft_of(("A1023", "1"), customer_po="PO-7"), actor=cast.assistant)


@pytest.mark.rule("CH-04")
def test_cancelling_needs_a_reason_and_the_creator_or_a_manager(company, cast):
    order = placed(company, cast.assistant)

    with pytest.raises(InvalidInput):
        cancel_order(order, reason="  ", actor=cast.assistant)
    with pytest.raises(PermissionDenied, match="CH-04"):
        cancel_order(order, reason="不要了", actor=cast.second_assistant)
    order.refresh_from_db()
    assert order.status == "draft"

    cancel_order(order, reason="客户取消", actor=cast.manager)
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert order.events().get(name="cancel").note == "客户取消"


@pytest.mark.rule("AP-07")
def test_a_double_click_cancels_once(company, cast):
    order = placed(company, cast.assistant)
    cancel_order(order, reason="重复", actor=cast.assistant, version=1)

    with pytest.raises((StaleVersion, TransitionNotAllowed)):
        cancel_order(order, reason="重复", actor=cast.assistant, version=1)

    assert order.events().named("cancel").done().count() == 1


@pytest.mark.rule("AP-05")
def test_only_a_rejected_order_is_reworked(company, cast):
    order = placed(company, cast.assistant)

    with pytest.raises(TransitionNotAllowed):
        reopen_order(order, actor=cast.assistant)


@pytest.mark.rule("AP-05", "AP-06")
def test_a_reworked_order_begins_a_new_round(company, cast):
    from orders.workflow import ORDER_WORKFLOW

    order = submitted(company, cast.assistant)
    ORDER_WORKFLOW.move(order, "reject", actor=cast.rep, note="数量不清")

    reopened = reopen_order(order, actor=cast.assistant, version=order.version)

    assert (reopened.status, reopened.round) == ("draft", 2)


def test_a_client_reference_is_used_once(company, cast):
    place_order(company.customer, draft=draft_of(external_ref="erp-1"), actor=cast.erp)

    with pytest.raises(Conflict) as refused:
        place_order(
            company.customer, draft=replace(draft_of(("A1023", "1")), external_ref="erp-1"), actor=cast.erp
        )

    assert refused.value.code == "duplicate_external_ref"
