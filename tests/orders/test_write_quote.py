"""A quotation is written, corrected, revised, withdrawn; what is wrong is said at its place."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.errors import (
    Conflict,
    InvalidInput,
    PermissionDenied,
    RuleRefused,
    StaleVersion,
    TransitionNotAllowed,
)
from core.models import Event
from inventory.models import Product
from orders.models import Quote, QuoteLine
from orders.quotes.services import create_quote, edit_quote, revise_quote, submit_quote, withdraw_quote
from tests import factories
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


@pytest.mark.rule("QT-01", "G-02")
def test_a_quotation_carries_prices_terms_contact_and_validity(cast, company):
    quote = create_quote(
        company.customer,
        draft=quote_of(freight=D("50.00"), warranty="一年", delivery_cycle="两周"),
        actor=cast.rep,
    )

    assert quote.number == "QT202611-0001"
    assert (quote.series, quote.revision, quote.status) == ("QT202611-0001", 1, "draft")
    assert (quote.quoted_on, quote.valid_until) == (date(2026, 11, 21), date(2026, 12, 21))
    # 2 × 980.00 = 1,960.00 + 254.80; 7 × 12.3456 = 86.42 + 11.23; freight 50.00
    assert (quote.net, quote.tax, quote.total) == (D("2046.42"), D("266.03"), D("2362.45"))
    assert (quote.terms, quote.currency, quote.language) == ("prepaid", "CNY", "zh-hans")
    assert quote.contact_name == "王芳"
    assert "文一西路" in quote.delivery_address
    line = quote.lines.get(line_no=1)
    assert (line.unit_price, line.list_price, line.price_source, line.supply) == (
        D(980),
        D(980),
        "list",
        "make",
    )
    assert [event.name for event in quote.events()] == ["made"]


@pytest.mark.rule("QT-01")
def test_an_alternative_stands_beside_the_total(cast, company):
    quote = drafted(cast, company, ("A1023", "2"), line_of("B2040", "10", is_alternative=True))

    assert (quote.net, quote.tax, quote.total) == (D("1960.00"), D("254.80"), D("2214.80"))
    assert quote.lines.get(is_alternative=True).gross == D("139.51")


@pytest.mark.rule("QT-02")
def test_what_stock_does_not_cover_is_made_to_order_unless_said_otherwise(cast, company):
    Product.objects.filter(pk=company.cable.pk).update(supply="buy")
    quote = drafted(
        cast,
        company,
        ("A1023", "60"),
        ("A1023", "41"),  # together 101 of 100
        ("B2040", "500"),
        line_of("A1023", "1", is_made_to_order=False),
    )

    assert list(quote.lines.order_by("line_no").values_list("is_made_to_order", flat=True)) == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.rule("QT-01", "G-01")
def test_everything_wrong_is_said_at_once_and_nothing_is_saved(cast, company):
    draft = quote_of(
        ("NONE", "1"),
        line_of("A1023", "1.5"),
        line_of("A1023", "1", discount_percent=D(120)),
        line_of("A1023", "1", lead_days=9999),
        valid_until=date(2026, 11, 20),
        title="x" * 121,
    )

    with pytest.raises(InvalidInput) as refused:
        create_quote(company.customer, draft=draft, actor=cast.rep)

    assert {problem.pointer: problem.code for problem in refused.value.problems} == {
        "#/lines/0/sku": "unknown_sku",
        "#/lines/1/quantity": "fraction_not_allowed",
        "#/lines/2/discount_percent": "out_of_range",
        "#/lines/3/lead_days": "out_of_range",
        "#/valid_until": "before_quoted",
        "#/title": "too_long",
    }
    assert not Quote.objects.exists()
    assert not Event.objects.done().filter(document_type="quote").exists()


@pytest.mark.rule("QT-01")
def test_a_quotation_of_alternatives_alone_offers_nothing(cast, company):
    with pytest.raises(InvalidInput) as refused:
        drafted(cast, company, line_of("A1023", "1", is_alternative=True))

    assert [problem.code for problem in refused.value.problems] == ["only_alternatives"]


@pytest.mark.rule("CM-10")
def test_terms_are_not_looser_than_the_customer_file(cast, company):
    with pytest.raises(InvalidInput) as refused:
        drafted(cast, company, terms="monthly")

    assert [problem.code for problem in refused.value.problems] == ["looser_than_customer"]


@pytest.mark.rule("CM-10")
def test_terms_that_became_too_loose_are_refused_on_submission(cast, company):
    company.customer.settlement = "monthly"
    company.customer.save()
    quote = drafted(cast, company, terms="monthly")
    company.customer.settlement = "prepaid"
    company.customer.save()

    with pytest.raises(InvalidInput) as refused:
        submit_quote(quote, actor=cast.rep)

    assert refused.value.rule == "CM-10"
    assert fresh(quote).status == "draft"


@pytest.mark.rule("CM-12")
@pytest.mark.parametrize("status", ["stopped"])
def test_a_stopped_customer_is_not_quoted(cast, company, status):
    company.customer.status = status
    company.customer.save()

    with pytest.raises(RuleRefused) as refused:
        drafted(cast, company)

    assert (refused.value.rule, refused.value.code) == ("CM-12", "customer_stopped")
    assert not Quote.objects.exists()


@pytest.mark.rule("SY-02", "QT-03")
def test_a_quotation_is_in_the_customers_currency_if_a_list_is_in_force(cast, company):
    company.customer.currency = "USD"
    company.customer.language = "en"
    company.customer.save()
    with pytest.raises(RuleRefused) as refused:
        drafted(cast, company, ("A1023", "2"))
    assert refused.value.code == "no_price_list"

    factories.price_list(
        {company.motor: "140.00"}, maker=cast.catalogue, approver=cast.gm, code="PL-USD", currency="USD"
    )
    quote = drafted(cast, company, ("A1023", "2"))

    assert (quote.currency, quote.net, quote.language) == ("USD", D("280.00"), "en")
    assert quote.lines.get().unit_cost is None


@pytest.mark.rule("QT-01")
def test_the_same_reference_makes_one_quotation(cast, company):
    first = drafted(cast, company, external_ref="E-1")

    with pytest.raises(Conflict) as refused:
        drafted(cast, company, external_ref="E-1")

    assert refused.value.facts["existing"] == first.number
    assert Quote.objects.count() == 1


@pytest.mark.rule("QT-01", "AU-01")
def test_correcting_a_draft_keeps_before_and_after(cast, company):
    quote = drafted(cast, company)

    edit_quote(quote, draft=quote_of(("A1023", "3"), freight=D("10.00")), actor=cast.rep, version=1)

    event = quote.events().get(name="edited")
    changes = {change["label"]: (change["before"], change["after"]) for change in event.data["changes"]}
    assert changes["1 A1023"] == ("2 × 980.0000", "3 × 980.0000")
    assert changes["2 B2040"] == ("7 × 12.3456", "")
    assert fresh(quote).total == D("3332.20")  # 3 × 980.00 × 1.13 + 10.00
    with pytest.raises(StaleVersion):
        edit_quote(quote, draft=quote_of(), actor=cast.rep, version=1)


@pytest.mark.rule("QT-01")
def test_what_is_submitted_is_not_corrected(cast, company):
    quote = in_review(cast, company)

    with pytest.raises(TransitionNotAllowed):
        edit_quote(quote, draft=quote_of(("A1023", "9")), actor=cast.rep)

    assert fresh(quote).total == quote.total
    assert quote.lines.count() == 2


@pytest.mark.rule("QT-04")
def test_a_new_version_supersedes_the_old_one_at_once_and_keeps_its_lines(cast, company):
    old = sent(cast, company, line_of("A1023", "2", unit_price=D("970")), ("B2040", "7"), warranty="一年")

    new = revise_quote(old, actor=cast.rep, note="客户要求降价")

    assert (new.number, new.revision, new.status) == ("QT202611-0001-V2", 2, "draft")
    assert fresh(old).status == "superseded"
    assert (new.total, new.warranty, new.valid_until) == (old.total, "一年", date(2026, 12, 21))
    fields = ("line_no", "sku", "quantity", "unit_price", "price_source", "net", "gross")
    assert list(QuoteLine.objects.filter(quote=new).values_list(*fields)) == list(
        QuoteLine.objects.filter(quote=old).values_list(*fields)
    )
    assert new.number in [event.document_number for event in old.events()]
    with pytest.raises(TransitionNotAllowed):
        revise_quote(old, actor=cast.rep)
    assert Quote.objects.count() == 2


@pytest.mark.rule("QT-02", "QT-04")
def test_a_new_version_is_reviewed_afresh_by_the_same_people(cast, company):
    new = revise_quote(cleared(cast, company), actor=cast.rep)

    assert agree_all(submit_quote(new, actor=cast.rep)).status == "cleared"
    assert new.reviews.count() == 1


@pytest.mark.rule("QT-04")
def test_withdrawing_needs_a_reason_and_ends_it(cast, company):
    quote = sent(cast, company)
    with pytest.raises(InvalidInput):
        withdraw_quote(quote, reason=" ", actor=cast.rep)

    withdraw_quote(quote, reason="报错了客户", actor=cast.rep)

    assert fresh(quote).status == "withdrawn"


@pytest.mark.rule("QT-04")
def test_what_the_customer_accepted_is_not_withdrawn(cast, company):
    quote = accepted(cast, company)

    with pytest.raises(TransitionNotAllowed):
        withdraw_quote(quote, reason="x", actor=cast.rep)

    assert fresh(quote).status == "accepted"


def test_only_sales_write_quotations(cast, company):
    with pytest.raises(PermissionDenied):
        drafted(cast, company, actor=cast.finance)

    assert not Quote.objects.exists()


@pytest.mark.rule("QT-01")
def test_validity_may_be_chosen(cast, company):
    quote = drafted(cast, company, valid_until=date(2026, 11, 21) + timedelta(days=7))

    assert quote.valid_until == date(2026, 11, 28)
