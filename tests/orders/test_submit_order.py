"""A draft goes to the check, or stays with everything that is missing listed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.clock import today
from core.errors import InvalidInput, PermissionDenied, RuleRefused, StaleVersion, TransitionNotAllowed
from orders.drafts import LineDraft
from orders.models import CustomerConfirmation
from orders.services.placing import edit_order, place_order
from orders.services.submitting import confirm_by_customer, submit_order
from tests.orders.drafts import draft_of, placed

D = Decimal
pytestmark = pytest.mark.django_db


def stays_a_draft(order) -> bool:
    order.refresh_from_db()
    return order.status == "draft" and not order.events().named("submit").done().exists()


@pytest.mark.rule("VA-04", "AP-01", "IN-03")
def test_a_complete_draft_goes_to_the_check_and_the_details_to_the_customer(company, cast):
    order = placed(company, cast.assistant)

    submit_order(order, actor=cast.assistant, version=order.version)

    order.refresh_from_db()
    assert order.status == "checking"
    assert order.submitted_at is not None
    assert order.events().get(name="submit").notices.count() == 1


@pytest.mark.rule("VA-01")
def test_an_unclear_line_keeps_the_order_back(company, cast):
    draft = draft_of(LineDraft("A1023", D(2)), LineDraft("B2040", D(1), is_unclear=True))
    order = place_order(company.customer, draft=draft, actor=cast.assistant)

    with pytest.raises(RuleRefused, match="VA-01") as refused:
        submit_order(order, actor=cast.assistant)

    assert refused.value.problems[0].pointer == "#/lines/1"
    assert stays_a_draft(order)


@pytest.mark.rule("VA-02")
@pytest.mark.parametrize(
    ("stated", "passes"), [("2312.45", True), ("2312.44", False), ("2312.46", False), ("0.00", False)]
)
def test_the_stated_amount_must_equal_ours_to_the_cent(company, cast, stated, passes):
    order = placed(company, cast.assistant, stated_amount=D(stated))

    if passes:
        submit_order(order, actor=cast.assistant)
        return
    with pytest.raises(RuleRefused, match="VA-02") as refused:
        submit_order(order, actor=cast.assistant)

    assert "2,312.45" in refused.value.message
    assert stays_a_draft(order)


@pytest.mark.rule("VA-02")
def test_no_stated_amount_needs_the_tick(company, cast):
    order = placed(company, cast.assistant, stated_amount_absent=False)

    with pytest.raises(RuleRefused, match="VA-02"):
        submit_order(order, actor=cast.assistant)
    assert stays_a_draft(order)

    edit_order(order, draft=draft_of(stated_amount_absent=True), actor=cast.assistant)
    submit_order(order, actor=cast.assistant)


@pytest.mark.rule("VA-02")
def test_lines_corrected_to_the_stated_amount_let_it_pass(company, cast):
    order = placed(company, cast.assistant, ("A1023", "3"), stated_amount=D("2214.80"))
    with pytest.raises(RuleRefused):
        submit_order(order, actor=cast.assistant)

    edit_order(order, draft=draft_of(("A1023", "2"), stated_amount=D("2214.80")), actor=cast.assistant)
    submitted = submit_order(order, actor=cast.assistant)

    assert submitted.status == "checking"


@pytest.mark.rule("VA-04", "RG-02")
def test_everything_missing_is_listed_at_once(company, cast):
    company.customer.region = None
    company.customer.default_contact = None
    company.customer.default_address = None
    company.customer.save()
    order = placed(company, cast.assistant, promised_on=None)

    with pytest.raises(RuleRefused) as refused:
        submit_order(order, actor=cast.assistant)

    assert [p.pointer for p in refused.value.problems] == [
        "#/customer",
        "#/contact_name",
        "#/delivery_address",
        "#/promised_on",
    ]
    assert refused.value.rule == "RG-02"
    assert stays_a_draft(order)


@pytest.mark.rule("AP-07")
def test_a_double_click_submits_once(company, cast):
    order = placed(company, cast.assistant)
    submit_order(order, actor=cast.assistant, version=1)

    with pytest.raises(StaleVersion):
        submit_order(order, actor=cast.assistant, version=1)
    with pytest.raises(TransitionNotAllowed):
        submit_order(order, actor=cast.assistant)

    assert order.events().named("submit").done().count() == 1


@pytest.mark.rule("IC-01")
def test_who_may_not_submit_is_refused_before_anything_else(company, cast):
    order = placed(company, cast.assistant, stated_amount=D("1.00"))

    with pytest.raises(PermissionDenied):
        submit_order(order, actor=cast.manager)

    assert stays_a_draft(order)


@pytest.mark.rule("CT-02", "IN-03")
def test_a_confirmation_is_bound_to_the_amount(company, cast):
    order = placed(company, cast.assistant)

    confirm_by_customer(order, confirmed_by="王芳", confirmed_on=today(), actor=cast.assistant, version=1)

    confirmation = order.confirmations.get()
    assert (confirmation.amount, confirmation.confirmed_by) == (order.total, "王芳")
    order.refresh_from_db()
    assert order.version == 2
    assert order.events().get(name="confirmed").notices.count() == 1


@pytest.mark.rule("AP-07")
def test_a_double_click_confirms_once(company, cast):
    order = placed(company, cast.assistant)
    confirm_by_customer(order, confirmed_by="王芳", confirmed_on=today(), actor=cast.assistant, version=1)

    with pytest.raises(StaleVersion):
        confirm_by_customer(order, confirmed_by="王芳", confirmed_on=today(), actor=cast.assistant, version=1)

    assert order.confirmations.count() == 1


@pytest.mark.rule("IN-02")
def test_an_oral_order_is_confirmed_in_writing_or_not_at_all(company, cast):
    order = placed(company, cast.assistant, channel="phone")

    with pytest.raises(InvalidInput, match="IN-03") as refused:
        confirm_by_customer(order, confirmed_by="王芳", confirmed_on=today(), actor=cast.assistant)

    assert refused.value.problems[0].pointer == "#/file"
    assert not CustomerConfirmation.objects.exists()


def test_a_confirmation_of_tomorrow_or_before_the_order_is_refused(company, cast):
    order = placed(company, cast.assistant)

    for day in (today() + timedelta(days=1), order.ordered_on - timedelta(days=1)):
        with pytest.raises(InvalidInput):
            confirm_by_customer(order, confirmed_by="王芳", confirmed_on=day, actor=cast.assistant)

    assert not CustomerConfirmation.objects.exists()
