"""The review chain up to the final approval."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from core.clock import today
from core.errors import (
    BusinessError,
    InvalidInput,
    PermissionDenied,
    SameActor,
    StaleVersion,
    TransitionNotAllowed,
)
from core.models import Event, Notice, User
from core.parameters import confirm_parameter, propose_parameter
from credit.errors import ConfirmationMissing, SlipNotMatched
from credit.models import Review
from credit.queries import balance_of
from credit.services.bank import match_bank_line
from credit.services.checking import check_order
from credit.services.reviews import (
    approve_order,
    cancel_order,
    pass_manager,
    pass_marketing,
    pass_rep,
    reject_order,
)
from inventory.models import Reservation
from orders.models import Order
from orders.services.placing import reopen_order
from orders.services.submitting import submit_order
from tests import factories
from tests.conftest import Cast, Company
from tests.credit.matters import at_finance, checked, fresh, line_for, slip_for, submitted, traces

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def refused(act: Callable[[], object], error: type[BusinessError], rule: str) -> BusinessError:
    """The act is refused by the rule, and nothing has moved."""
    before = traces()
    with pytest.raises(error) as refusal:
        act()
    assert refusal.value.rule == rule
    assert traces() == before
    assert Event.objects.filter(outcome="refused", rule=rule).exists()
    return refusal.value


@pytest.mark.rule("AP-01", "AP-04", "AP-06", "ST-01")
def test_four_different_people_bring_an_order_to_its_approval(cast: Cast, company: Company) -> None:
    order = at_finance(cast, company)

    review = approve_order(order, version=order.version, actor=cast.finance)

    order = fresh(order)
    assert (order.status, order.approved_grade, order.payment_status) == ("fulfilling", "C", "paid")
    assert [r.level for r in order.reviews.all()] == ["rep", "manager", "finance"]
    assert review.order_version == order.version - 1
    assert Reservation.objects.get(document_number=order.number).quantity == Decimal(10)
    told = Event.objects.get(document_number=order.number, name="pass_finance")
    assert set(Notice.objects.filter(event=told).values_list("channel", flat=True)) >= {"email"}


@pytest.mark.rule("AP-06")
@pytest.mark.parametrize(
    ("first", "second"), [("rep", "manager"), ("manager", "finance"), ("rep", "finance")]
)
def test_nobody_acts_at_two_levels(cast: Cast, company: Company, first: str, second: str) -> None:
    everything = factories.person("two_hats", "salesperson", "sales_manager", "finance", desks=(cast.south,))
    if first == "rep":
        company.customer.salesperson = everything
        company.customer.save()
    order = checked(cast, company)
    people = {
        "rep": cast.rep,
        "manager": cast.manager,
        "finance": cast.finance,
        first: everything,
        second: everything,
    }
    steps = {"rep": pass_rep, "manager": pass_manager, "finance": approve_order}
    for level, step in steps.items():
        if level == second:
            break
        step(order, version=order.version, actor=people[level], note="可控")
        order = fresh(order)

    refused(
        lambda: steps[second](order, version=order.version, actor=everything, note="可控"), SameActor, "AP-06"
    )


@pytest.mark.rule("AP-06")
def test_whoever_keyed_an_order_never_gives_the_manager_review(cast: Cast, company: Company) -> None:
    keyed_and_managed = factories.person(
        "manager_who_keys", "salesperson", "sales_manager", desks=(cast.south,)
    )
    company.customer.salesperson = keyed_and_managed
    company.customer.save()
    order = checked(cast, company, submitted(cast, company, keyed_by=keyed_and_managed))
    company.customer.salesperson = cast.rep
    company.customer.save()
    pass_rep(order, version=order.version, actor=cast.rep)

    def act() -> object:
        return pass_manager(fresh(order), version=fresh(order).version, actor=keyed_and_managed, note="可控")

    refused(act, SameActor, "AP-06")


@pytest.mark.rule("AP-06")
def test_a_rep_who_keyed_the_order_may_give_the_rep_review(cast: Cast, company: Company) -> None:
    order = checked(cast, company, submitted(cast, company, keyed_by=cast.rep))

    pass_rep(order, version=order.version, actor=cast.rep)

    assert fresh(order).status == "manager_review"


@pytest.mark.rule("AP-07")
def test_a_stale_version_is_refused(cast: Cast, company: Company) -> None:
    order = at_finance(cast, company)

    refused(
        lambda: approve_order(order, version=order.version - 1, actor=cast.finance), StaleVersion, "AP-07"
    )


@pytest.mark.rule("AP-07")
def test_a_double_click_approves_once(cast: Cast, company: Company) -> None:
    order = at_finance(cast, company)
    approve_order(order, version=order.version, actor=cast.finance)

    refused(lambda: approve_order(order, version=order.version, actor=cast.finance), StaleVersion, "AP-07")
    again = fresh(order)
    refused(
        lambda: approve_order(again, version=again.version, actor=cast.finance), TransitionNotAllowed, "AP-07"
    )
    assert Review.objects.filter(order=order, level="finance").count() == 1


@pytest.mark.rule("IC-01")
@pytest.mark.parametrize("who", ["superuser", "assistant", "manager", "accountant", "auditor", "erp"])
def test_only_finance_gives_the_final_approval(cast: Cast, company: Company, who: str) -> None:
    order = at_finance(cast, company)
    superuser = User.objects.create_superuser("root", password="a long test password")
    person = superuser if who == "superuser" else getattr(cast, who)

    refused(lambda: approve_order(order, version=order.version, actor=person), PermissionDenied, "AP-04")


@pytest.mark.rule("AP-04")
def test_finance_waits_for_the_bank_line_of_every_slip(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip = slip_for(cast, order)
    check_order(order, version=fresh(order).version, actor=cast.assistant)
    pass_rep(order, version=fresh(order).version, actor=cast.rep)
    pass_manager(order, version=fresh(order).version, actor=cast.manager, note="可控")
    order = fresh(order)

    error = refused(
        lambda: approve_order(order, version=order.version, actor=cast.finance), SlipNotMatched, "AP-04"
    )

    assert error.facts["slips"] == [slip.number]


@pytest.mark.rule("CT-02")
def test_finance_needs_a_confirmation_of_the_present_amount(cast: Cast, company: Company) -> None:
    order = at_finance(cast, company)
    order.confirmations.update(amount=order.total - 1)

    refused(
        lambda: approve_order(order, version=order.version, actor=cast.finance), ConfirmationMissing, "CT-02"
    )


@pytest.mark.rule("IN-02")
def test_an_oral_order_needs_the_confirmation_in_writing(cast: Cast, company: Company) -> None:
    order = at_finance(cast, company, submitted(cast, company, channel="phone"))
    order.confirmations.update(attachment=None)

    refused(
        lambda: approve_order(order, version=order.version, actor=cast.finance), ConfirmationMissing, "IN-02"
    )


@pytest.mark.rule("AP-03")
def test_a_grade_c_order_above_the_limit_needs_a_justification(cast: Cast, company: Company) -> None:
    order = checked(cast, company)
    pass_rep(order, version=order.version, actor=cast.rep)
    order = fresh(order)

    refused(lambda: pass_manager(order, version=order.version, actor=cast.manager), BusinessError, "AP-03")

    assert pass_manager(order, version=order.version, actor=cast.manager, note="老板担保").note == "老板担保"


@pytest.mark.rule("AP-03")
@pytest.mark.parametrize("grade", ["A", "B"])
def test_better_grades_need_none(cast: Cast, company: Company, grade: str) -> None:
    company.customer.grade = grade
    company.customer.save()
    order = checked(cast, company)
    pass_rep(order, version=order.version, actor=cast.rep)

    assert pass_manager(order, version=fresh(order).version, actor=cast.manager).decision == "passed"


@pytest.mark.rule("AP-01")
def test_the_marketing_level_stands_before_finance_when_switched_on(cast: Cast, company: Company) -> None:
    chain = "assistant, rep, manager, marketing, finance"
    value = propose_parameter(
        "approval.chain", chain, effective_from=today(), reason="大单", actor=cast.admin
    )
    confirm_parameter(value, actor=cast.cfo)
    marketing = factories.person("linyun", "marketing_manager")

    order = at_finance(cast, company)
    assert order.status == "marketing_review"
    pass_marketing(order, version=order.version, actor=marketing)

    assert fresh(order).status == "finance_review"


@pytest.mark.rule("AP-05")
def test_a_rejected_order_comes_back_and_is_reviewed_afresh(cast: Cast, company: Company) -> None:
    order = at_finance(cast, company)

    review = reject_order(order, reason="付款方式不符", actor=cast.finance, version=order.version)

    order = fresh(order)
    assert review is not None
    assert (order.status, review.decision, order.paid) == ("rejected", "rejected", order.total)
    reopen_order(order, actor=cast.assistant)
    submit_order(fresh(order), actor=cast.assistant)
    assert check_order(fresh(order), version=fresh(order).version, actor=cast.assistant).passed
    pass_rep(fresh(order), version=fresh(order).version, actor=cast.rep)
    assert Review.objects.filter(order=order, level="rep", decision="passed").count() == 2


@pytest.mark.rule("AP-05")
def test_a_rejection_needs_a_reason(cast: Cast, company: Company) -> None:
    order = at_finance(cast, company)

    refused(lambda: reject_order(order, reason=" ", actor=cast.finance), InvalidInput, "AP-05")


@pytest.mark.rule("AP-05")
def test_only_the_level_whose_turn_it_is_rejects(cast: Cast, company: Company) -> None:
    order = at_finance(cast, company)

    refused(lambda: reject_order(order, reason="不行", actor=cast.rep), PermissionDenied, "AP-05")


@pytest.mark.rule("CH-04")
def test_cancelling_gives_the_money_back_to_the_balance(cast: Cast, company: Company) -> None:
    order = at_finance(cast, company)

    cancel_order(order, reason="客户取消", actor=cast.assistant, version=order.version)

    order = fresh(order)
    assert (order.status, order.paid) == ("cancelled", Decimal("0.00"))
    assert company.customer.account.received == balance_of(company.customer) == Decimal("11074.00")
    assert not order.allocations.valid().exists()
    assert order.allocations.get().remittance.allocated == Decimal("0.00")


@pytest.mark.rule("CH-04")
def test_an_approved_order_is_not_cancelled_this_way(cast: Cast, company: Company) -> None:
    order = at_finance(cast, company)
    approve_order(order, version=order.version, actor=cast.finance)

    refused(
        lambda: cancel_order(Order.objects.get(pk=order.pk), reason="x", actor=cast.assistant),
        TransitionNotAllowed,
        "AP-07",
    )


@pytest.mark.rule("PM-03")
def test_a_slip_cannot_be_matched_twice(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip = slip_for(cast, order)
    line = line_for(cast, company, slip)
    match_bank_line(slip, line, actor=cast.accountant)

    refused(lambda: match_bank_line(slip, line, actor=cast.accountant), TransitionNotAllowed, "AP-07")
