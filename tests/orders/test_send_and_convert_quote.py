"""A quotation goes out, is answered, expires, and becomes an order with identical lines (QT-01, QT-04)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail

from core.attachments import open_attachment
from core.clock import clock_set_to
from core.delivery import deliver_due
from core.errors import InvalidInput, PermissionDenied, RuleRefused, StaleVersion, TransitionNotAllowed
from core.models import Event, Notice
from inventory.models import Price
from orders.enquiries.services import confirm_demand
from orders.models import Enquiry, EnquiryLine, Order, OrderLine, Quote
from orders.quotes.services import (
    accept_quote,
    convert_quote_to_order,
    create_quote,
    decline_quote,
    expire_quotes,
    review_quote,
    revise_quote,
    send_quote,
)
from orders.services.placing import edit_order
from tests.conftest import NOON
from tests.orders.drafts import draft_of
from tests.orders.quotes import (
    accepted,
    agree_all,
    cleared,
    drafted,
    fresh,
    in_review,
    line_of,
    quote_of,
    sent,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
D = Decimal
NEXT_YEAR = NOON + timedelta(days=31)


def enquiry_of(cast, company):
    enquiry = Enquiry.objects.create(
        number="EQ202611-0001", channel="email", customer=company.customer, region=company.customer.region,
        owner=cast.rep, response_due_on=date(2026, 11, 23), created_by=cast.rep,
    )  # fmt: skip
    EnquiryLine.objects.create(enquiry=enquiry, line_no=1, product=company.motor, description="伺服电机")
    return enquiry


# --- Sending --------------------------------------------------------------------------------------


@pytest.mark.rule("QT-01", "QT-02")
def test_a_cleared_quotation_goes_out_with_its_paper_and_a_message(cast, company):
    quote = fresh(send_quote(cleared(cast, company), actor=cast.rep))

    assert (quote.status, quote.sent_to) == ("sent", "c2026001@example.com")
    assert quote.sent_paper is not None
    assert (quote.sent_paper.kind, quote.sent_paper.document_number) == ("sent_paper", quote.number)
    with open_attachment(quote.sent_paper) as paper:
        assert paper.read(5) == b"%PDF-"
    notice = Notice.objects.get(event__name="send")
    assert (notice.recipient, notice.language) == ("c2026001@example.com", "zh-hans")


@pytest.mark.rule("QT-01", "IN-08")
def test_the_message_to_the_customer_carries_the_paper(cast, company):
    quote = fresh(send_quote(cleared(cast, company), actor=cast.rep))

    deliver_due()

    message = next(message for message in mail.outbox if message.to == ["c2026001@example.com"])
    [(name, content, kind)] = message.attachments
    with open_attachment(quote.sent_paper) as paper:
        assert (name, content, kind) == (f"{quote.number}.pdf", paper.read(), "application/pdf")


@pytest.mark.rule("QT-02")
@pytest.mark.parametrize("stage", [drafted, in_review, sent])
def test_only_what_is_cleared_is_sent(cast, company, stage):
    quote = stage(cast, company)
    before = quote.status

    with pytest.raises(TransitionNotAllowed):
        send_quote(quote, actor=cast.rep)

    assert fresh(quote).status == before


@pytest.mark.rule("QT-04")
def test_what_is_past_its_validity_is_not_sent_even_before_the_nightly_run(cast, company):
    quote = cleared(cast, company)
    with clock_set_to(NEXT_YEAR), pytest.raises(RuleRefused) as refused:
        send_quote(quote, actor=cast.rep)

    assert refused.value.code == "quote_expired"
    assert (fresh(quote).status, fresh(quote).sent_paper) == ("cleared", None)


@pytest.mark.rule("QT-01")
def test_a_wrong_address_or_a_stale_page_sends_nothing(cast, company):
    quote = cleared(cast, company)
    with pytest.raises(InvalidInput):
        send_quote(quote, to="no address", actor=cast.rep)
    with pytest.raises(StaleVersion):
        send_quote(quote, version=1, actor=cast.rep)

    assert fresh(quote).status == "cleared"
    assert not Notice.objects.filter(event__name="send").exists()


@pytest.mark.rule("EN-02")
def test_an_unconfirmed_demand_note_is_a_warning_and_no_obstacle(cast, company):
    enquiry = enquiry_of(cast, company)
    quote = create_quote(company.customer, draft=quote_of(), enquiry=enquiry, actor=cast.rep)
    enquiry.refresh_from_db()
    assert enquiry.status == "quoted"
    from orders.quotes.services import submit_quote

    quote = fresh(send_quote(agree_all(submit_quote(quote, actor=cast.rep)), actor=cast.rep))

    warnings = quote.events().get(name="send").data["warnings"]
    assert [(warning["code"], warning["rule"]) for warning in warnings] == [("demand_not_confirmed", "EN-02")]
    assert quote.status == "sent"


@pytest.mark.rule("EN-02")
def test_a_confirmed_demand_note_warns_of_nothing(cast, company):
    enquiry = enquiry_of(cast, company)
    confirm_demand(enquiry, confirmed_by="王芳", confirmed_on=date(2026, 11, 21), actor=cast.rep)
    quote = create_quote(company.customer, draft=quote_of(), enquiry=enquiry, actor=cast.rep)
    from orders.quotes.services import submit_quote

    send_quote(agree_all(submit_quote(quote, actor=cast.rep)), actor=cast.rep)

    assert quote.events().get(name="send").data["warnings"] == []


@pytest.mark.rule("EN-01")
def test_an_enquiry_of_another_customer_is_not_answered_by_this_quotation(cast, company):
    enquiry = enquiry_of(cast, company)

    with pytest.raises(InvalidInput):
        create_quote(company.northern_customer, draft=quote_of(), enquiry=enquiry, actor=cast.manager)

    assert not Quote.objects.exists()


# --- Answers and expiry ---------------------------------------------------------------------------


@pytest.mark.rule("QT-04")
def test_acceptance_says_who_and_when(cast, company):
    quote = sent(cast, company)
    with pytest.raises(InvalidInput) as refused:
        accept_quote(quote, answered_by="", answered_on=date(2026, 11, 22), actor=cast.rep)
    assert {p.pointer: p.code for p in refused.value.problems} == {
        "#/answered_by": "required",
        "#/answered_on": "in_the_future",
    }

    accept_quote(quote, answered_by="王芳", answered_on=date(2026, 11, 21), actor=cast.rep)

    quote = fresh(quote)
    assert (quote.status, quote.answered_by, quote.answered_on) == ("accepted", "王芳", date(2026, 11, 21))


@pytest.mark.rule("QT-04")
def test_a_decline_needs_a_reason(cast, company):
    quote = sent(cast, company)
    with pytest.raises(InvalidInput):
        decline_quote(quote, reason="", actor=cast.rep)
    assert fresh(quote).status == "sent"

    decline_quote(quote, reason="价格太高", actor=cast.rep)

    assert fresh(quote).status == "declined"


@pytest.mark.rule("QT-04")
def test_the_nightly_run_ends_what_was_valid_until_yesterday(cast, company):
    open_ones = [cleared(cast, company), sent(cast, company), accepted(cast, company)]
    draft, longer = drafted(cast, company), sent(cast, company, valid_until=date(2027, 1, 31))

    assert expire_quotes(date(2026, 12, 21)) == 0, "the last day still counts"
    with clock_set_to(NEXT_YEAR):
        assert expire_quotes(date(2026, 12, 22)) == 3
        assert expire_quotes(date(2026, 12, 22)) == 0

    assert {fresh(quote).status for quote in open_ones} == {"expired"}
    assert (fresh(draft).status, fresh(longer).status) == ("draft", "sent")
    event = open_ones[0].events().get(name="expire")
    assert event.actor is None


@pytest.mark.rule("QT-04")
def test_an_expired_quotation_is_neither_accepted_nor_converted(cast, company):
    waiting, taken = sent(cast, company), accepted(cast, company)
    with clock_set_to(NEXT_YEAR):
        for act in (
            lambda: accept_quote(waiting, answered_by="王芳", actor=cast.rep),
            lambda: convert_quote_to_order(taken, actor=cast.rep),
        ):
            with pytest.raises(RuleRefused) as refused:
                act()
            assert refused.value.code == "quote_expired"
        expire_quotes()
        with pytest.raises(TransitionNotAllowed):
            convert_quote_to_order(taken, actor=cast.rep)

    assert not Order.objects.exists()


# --- Conversion -----------------------------------------------------------------------------------


@pytest.mark.rule("QT-04")
def test_an_accepted_quotation_becomes_an_order_with_identical_lines_and_prices(cast, company):
    quote = accepted(
        cast,
        company,
        line_of("A1023", "2", unit_price=D("970.1234"), discount_percent=D("2.5"), remark="带刹车"),
        line_of("B2040", "7", tax_rate=D("0.06")),
        line_of("A1023", "1", is_alternative=True),
        freight=D("50.00"),
    )
    Price.objects.update(unit_price=D("1.00"))  # prices are not found again

    order = convert_quote_to_order(quote, actor=cast.rep)

    assert (order.status, order.quote, order.terms, order.freight) == ("draft", quote, "prepaid", D("50.00"))
    assert (order.net, order.tax, order.total) == (quote.net, quote.tax, quote.total)
    assert order.stated_amount == quote.total
    copied = (
        "sku",
        "quantity",
        "unit_price",
        "discount_percent",
        "tax_rate",
        "net",
        "tax",
        "gross",
        "remark",
    )
    lines = OrderLine.objects.filter(order=order)
    assert list(lines.values_list(*copied)) == list(
        quote.lines.filter(is_alternative=False).values_list(*copied)
    )
    assert set(lines.values_list("price_source", flat=True)) == {"quote"}
    assert fresh(quote).status == "converted"
    assert quote.events().get(name="convert").data["target"] == order.number
    assert order.events().get(name="received").data["quote"] == quote.number


@pytest.mark.rule("QT-04")
def test_it_is_converted_once(cast, company):
    quote = accepted(cast, company)
    convert_quote_to_order(quote, actor=cast.rep)

    with pytest.raises(TransitionNotAllowed):
        convert_quote_to_order(fresh(quote), actor=cast.rep)

    assert Order.objects.count() == 1


@pytest.mark.rule("QT-04")
def test_a_superseded_version_is_not_converted(cast, company):
    quote = accepted(cast, company)
    revise_quote(quote, actor=cast.rep)

    with pytest.raises(TransitionNotAllowed):
        convert_quote_to_order(fresh(quote), actor=cast.rep)

    assert not Order.objects.exists()


@pytest.mark.rule("CM-12")
def test_a_customer_stopped_meanwhile_gets_no_order(cast, company):
    quote = accepted(cast, company)
    company.customer.status = "stopped"
    company.customer.save()

    with pytest.raises(RuleRefused) as refused:
        convert_quote_to_order(quote, actor=cast.rep)

    assert refused.value.rule == "CM-12"
    assert fresh(quote).status == "accepted"
    assert not Order.objects.exists()
    assert not Event.objects.done().filter(document_type="order").exists()


@pytest.mark.rule("QT-04")
def test_production_s_promise_becomes_the_promised_date(cast, company):
    from core.models import User

    quote = in_review(cast, company, ("A1023", "200"))
    review_quote(quote, department="finance", verdict="agreed", actor=cast.finance)
    review_quote(
        quote, department="production", verdict="agreed", promised_on=date(2026, 12, 10),
        actor=User.objects.get(username="jixiaoyun"),
    )  # fmt: skip
    accept_quote(send_quote(fresh(quote), actor=cast.rep), answered_by="王芳", actor=cast.rep)

    assert convert_quote_to_order(fresh(quote), actor=cast.rep).promised_on == date(2026, 12, 10)


def test_who_enters_no_orders_converts_nothing(cast, company):
    quote = accepted(cast, company)

    with pytest.raises(PermissionDenied):
        convert_quote_to_order(quote, actor=cast.manager)

    assert fresh(quote).status == "accepted"


@pytest.mark.rule("QT-04")
def test_an_order_may_be_corrected_afterwards_and_its_trail_says_so(cast, company):
    order = convert_quote_to_order(accepted(cast, company), actor=cast.rep)

    edit_order(order, draft=draft_of(("A1023", "3")), actor=cast.assistant)

    assert order.events().filter(name="edited").count() == 1  # and the books stay clean
