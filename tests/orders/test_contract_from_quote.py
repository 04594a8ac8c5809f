"""An accepted quotation becomes a contract: identical lines, prices, freight and terms, exactly once (QT-04, CT-01)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.clock import clock_set_to, today
from core.errors import PermissionDenied, RuleRefused, SameActor, StaleVersion, TransitionNotAllowed
from core.models import Event
from orders.contracts.services import (
    approve_gm,
    approve_manager,
    countersign,
    edit_contract,
    register_contract,
    seal_contract,
    submit_contract,
)
from orders.contracts.services.from_quote import create_contract_from_quote
from orders.drafts import LineDraft
from orders.models import Contract, ContractLine, Order, QuoteLine
from orders.price_authority import DiscountLimits
from orders.quotes.services import convert_quote_to_order, expire_quotes, revise_quote
from orders.services.placing import place_order
from orders.services.price_approvals import price_standing
from tests.conftest import NOON
from tests.credit.matters import picture
from tests.orders.contracts import contract_draft, fresh_contract
from tests.orders.drafts import draft_of
from tests.orders.quotes import accepted, fresh, line_of, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
D = Decimal
LIMITS = DiscountLimits(D(0), D(5), D(10))
SAME_LINE = (
    "product_id", "sku", "name", "spec", "unit", "quantity", "unit_price", "list_price", "floor_price",
    "discount_percent", "tax_rate", "net", "tax", "gross", "remark",
)  # fmt: skip
SAME_HEADER = (
    "customer_id", "region_id", "salesperson_id", "currency", "language", "freight", "net", "tax", "terms",
    "prepaid_percent",
)  # fmt: skip


def discounted(cast, company):
    """A line 8% off, which the marketing director has allowed, one as it is in the list, one alternative."""
    return accepted(
        cast, company,
        line_of("A1023", "3", discount_percent=D("8"), remark="加急"),
        line_of("B2040", "7"),
        line_of("B2040", "20", is_alternative=True),
        freight=D("120.00"), preferential_policy="年度合作价",
    )  # fmt: skip


def lines_of(contract):
    return tuple(
        LineDraft(
            line.sku,
            line.quantity,
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            tax_rate=line.tax_rate,
        )
        for line in contract.lines.order_by("line_no")
    )


def signed(cast, contract):
    submit_contract(contract, actor=cast.rep)
    approve_manager(contract, actor=cast.manager)
    approve_gm(contract, actor=cast.gm)
    countersign(contract, side="sales", actor=cast.director)
    countersign(contract, side="finance", actor=cast.finance)
    seal_contract(contract, actor=cast.assistant)
    scan = picture(cast.assistant, "signed_copy")
    register_contract(contract, signed_on=today(), signed_by_customer="王芳", scan=scan, actor=cast.assistant)
    return fresh_contract(contract)


@pytest.mark.rule("QT-04", "CT-01")
def test_the_contract_has_the_quotations_lines_prices_freight_and_terms(cast, company):
    quote = discounted(cast, company)

    contract = create_contract_from_quote(quote, actor=cast.rep, version=quote.version)

    offered = QuoteLine.objects.filter(quote=quote, is_alternative=False).order_by("line_no")
    assert list(
        ContractLine.objects.filter(contract=contract).order_by("line_no").values_list(*SAME_LINE)
    ) == list(offered.values_list(*SAME_LINE))
    assert [getattr(contract, name) for name in SAME_HEADER] == [getattr(quote, name) for name in SAME_HEADER]
    assert (contract.amount, contract.quote_id, contract.kind) == (quote.total, quote.pk, "individual")
    assert contract.net + contract.tax + contract.freight == quote.total
    assert fresh(quote).status == "converted"
    assert Event.objects.get(document_number=quote.number, name="convert").data["target"] == contract.number


@pytest.mark.rule("QT-04")
def test_a_quotation_is_converted_once_into_order_or_contract(cast, company):
    quote = discounted(cast, company)
    create_contract_from_quote(quote, actor=cast.rep)

    for convert in (create_contract_from_quote, convert_quote_to_order):
        with pytest.raises(TransitionNotAllowed):
            convert(fresh(quote), actor=cast.rep)

    assert (Contract.objects.count(), Order.objects.count()) == (1, 0)


@pytest.mark.rule("QT-04")
def test_what_was_not_accepted_or_is_superseded_becomes_no_contract(cast, company):
    with pytest.raises(TransitionNotAllowed):
        create_contract_from_quote(sent(cast, company), actor=cast.rep)
    old = discounted(cast, company)
    revise_quote(old, actor=cast.rep)  # accepted, and revised all the same: the answer was to the old version

    with pytest.raises(TransitionNotAllowed):
        create_contract_from_quote(fresh(old), actor=cast.rep)

    assert fresh(old).status == "superseded"
    assert not Contract.objects.exists()


@pytest.mark.rule("QT-04", "G-04")
def test_it_converts_to_the_end_of_its_last_day_and_not_after(cast, company):
    quote = discounted(cast, company)
    # 23:59 in Shanghai
    last_minute = NOON.replace(hour=15, minute=59) + (quote.valid_until - today())

    with clock_set_to(last_minute + timedelta(minutes=1)), pytest.raises(RuleRefused) as refused:
        create_contract_from_quote(quote, actor=cast.rep)
    assert refused.value.code == "quote_expired"
    with clock_set_to(last_minute):
        assert expire_quotes() == 0
        assert create_contract_from_quote(quote, actor=cast.rep).amount == quote.total
    assert Contract.objects.count() == 1


@pytest.mark.rule("QT-04", "AP-07")
def test_a_stale_version_and_a_person_without_the_post_make_no_contract(cast, company):
    quote = discounted(cast, company)

    with pytest.raises(StaleVersion):
        create_contract_from_quote(quote, actor=cast.rep, version=quote.version - 1)
    with pytest.raises(PermissionDenied):
        create_contract_from_quote(quote, actor=cast.finance)

    assert fresh(quote).status == "accepted"
    assert not Contract.objects.exists()


@pytest.mark.rule("QT-04")
def test_the_lines_of_the_application_stay_those_of_the_quotation(cast, company):
    contract = create_contract_from_quote(discounted(cast, company), actor=cast.rep)

    with pytest.raises(RuleRefused) as refused:
        edit_contract(contract, draft=contract_draft(("A1023", "1")), actor=cast.rep)
    completed = contract_draft(*lines_of(contract), freight=D("999.00"), terms="monthly", title="年度合同")
    edit_contract(contract, draft=completed, actor=cast.rep)

    assert refused.value.code == "lines_of_the_quotation"
    after = fresh_contract(contract)
    assert (after.title, after.freight, after.terms) == ("年度合同", D("120.00"), contract.terms)
    assert (after.amount, lines_of(after)) == (contract.amount, lines_of(contract))


@pytest.mark.rule("IC-01", "CT-01")
def test_who_made_the_contract_of_the_quotation_approves_nothing_of_it(cast, company):
    contract = create_contract_from_quote(discounted(cast, company), actor=cast.manager)
    submit_contract(contract, actor=cast.manager)

    with pytest.raises(SameActor):
        approve_manager(contract, actor=cast.manager)

    assert fresh_contract(contract).status == "manager_review"


@pytest.mark.rule("QT-03", "QT-04")
def test_an_order_converted_from_the_quotation_needs_no_other_approval_of_its_prices(cast, company):
    order = convert_quote_to_order(discounted(cast, company), actor=cast.rep)

    standing = price_standing(order, LIMITS)

    assert (standing.verdict.level, standing.approval, standing.is_agreed) == ("director", None, True)


@pytest.mark.rule("QT-03", "CT-01")
def test_orders_under_the_contract_take_its_prices_and_none_below(cast, company):
    contract = signed(cast, create_contract_from_quote(discounted(cast, company), actor=cast.rep))

    def ordered(discount):
        line = LineDraft("A1023", D(1), discount_percent=D(discount))
        draft = draft_of(line, contract=contract.number)
        return place_order(company.customer, draft=draft, actor=cast.assistant)

    same, lower = ordered("8"), ordered("8.01")

    assert (same.contract, lower.contract) == (contract, contract)
    assert price_standing(same, LIMITS).is_allowed
    standing = price_standing(lower, LIMITS)
    assert (standing.verdict.level, standing.is_allowed) == ("director", False)
