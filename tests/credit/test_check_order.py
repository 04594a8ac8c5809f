"""The assistant's check on real orders: R1 passes, every other row holds and says why."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import PermissionDenied, SameActor, StaleVersion, TransitionNotAllowed
from core.models import Event, User
from credit.errors import PaymentGate
from credit.models import CreditDecision, CustomerAccount
from credit.services.accounts import lock_account
from credit.services.checking import check_order
from credit.services.remittances import correct_remittance, void_remittance
from credit.services.reviews import pass_rep
from tests import factories
from tests.conftest import Cast, Company
from tests.credit.matters import checked, fresh, on_terms, slip_for, submitted, traces

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.mark.rule("RM-01", "RM-09")
def test_a_slip_of_the_whole_amount_passes_by_row_r1(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip_for(cast, order)
    seen = fresh(order).version

    outcome = check_order(order, version=seen, actor=cast.assistant)

    decision = CreditDecision.objects.get()
    assert (outcome.row, outcome.passed, fresh(order).status) == ("R1", True, "rep_review")
    assert (decision.due_now, decision.paid, decision.credit) == (
        Decimal("11074.00"),
        Decimal("11074.00"),
        Decimal(0),
    )
    assert decision.figures == {
        "due_now": "11074.00",
        "paid": "11074.00",
        "shortfall": "0.00",
        "limit": "1000.00",
        "credit_in_use": "0.00",
        "available_credit": "1000.00",
        "excess": "0.00",
        "quota": "0.00",
        "quota_in_use": "0.00",
        "available_quota": "0.00",
    }
    assert decision.parameters["credit.default_limit"] == "1000.00"
    assert (decision.order_version, decision.decided_by) == (seen, cast.assistant)


@pytest.mark.rule("RM-08")
def test_several_slips_add_up(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip_for(cast, order, "11000.00")
    slip_for(cast, order, "74.00")

    assert check_order(order, version=order.version, actor=cast.assistant).row == "R1"


@pytest.mark.rule("RM-02", "RM-03", "RM-04", "RM-06")
@pytest.mark.parametrize(
    ("paid", "row", "holds", "top_up"),
    [
        ("11073.99", "R2", ["letter"], "0.00"),
        ("10074.00", "R2", ["letter"], "0.00"),
        ("10073.99", "R4", ["top_up"], "0.01"),
        ("0.01", "R4", ["top_up"], "10073.99"),
        (None, "R5", ["remittance"], "10074.00"),
    ],
)
def test_every_other_row_holds_with_its_figures(
    cast: Cast, company: Company, paid: str | None, row: str, holds: list[str], top_up: str
) -> None:
    order = submitted(cast, company)
    if paid is not None:
        slip_for(cast, order, paid)

    outcome = check_order(order, version=fresh(order).version, actor=cast.assistant)

    order = fresh(order)
    assert (outcome.row, outcome.passed, order.status, order.holds) == (row, False, "checking", holds)
    assert outcome.minimum_top_up == Decimal(top_up)
    assert order.number in outcome.message
    assert CreditDecision.objects.get().result == "hold"
    assert CustomerAccount.objects.get().credit_used == 0
    held = Event.objects.get(name="check_held")
    assert (held.data["row"], held.data["holds"]) == (row, holds)


@pytest.mark.rule("RM-02")
def test_a_hold_names_what_is_missing_and_what_clears_it_today(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip_for(cast, order, "10274.00")

    outcome = check_order(order, version=fresh(order).version, actor=cast.assistant)

    assert outcome.needs == [
        {"kind": "commitment_letter", "amount": "800.00"},
        {"kind": "contact_log", "amount": None},
    ]
    assert outcome.ways_out[-1] == [{"kind": "slip", "amount": "800.00"}]
    with pytest.raises(PaymentGate) as gate:
        outcome.require_pass()
    assert gate.value.facts["row"] == "R2"
    assert gate.value.facts["shortfall"] == "800.00"


@pytest.mark.rule("RM-03")
def test_the_top_up_clears_the_hold(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip_for(cast, order, "10000.00")
    check_order(order, version=fresh(order).version, actor=cast.assistant)
    slip_for(cast, order, "1074.00")

    outcome = check_order(order, version=fresh(order).version, actor=cast.assistant)

    assert (outcome.passed, fresh(order).holds) == (True, [])
    assert list(CreditDecision.objects.values_list("row", "result")) == [("R4", "hold"), ("R1", "pass")]


@pytest.mark.rule("RM-06")
def test_a_formal_limit_of_zero_is_no_credit(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    lock_account(company.customer)
    CustomerAccount.objects.update(limit=Decimal("0.00"))
    slip_for(cast, order, "11073.99")

    assert check_order(order, version=fresh(order).version, actor=cast.assistant).row == "R4"


@pytest.mark.rule("RM-01")
def test_an_order_in_instalments_needs_only_its_first_part(cast: Cast, company: Company) -> None:
    on_terms(company, "staged", prepaid_percent=Decimal(30))
    order = submitted(cast, company)
    slip_for(cast, order, "3322.20")

    assert check_order(order, version=fresh(order).version, actor=cast.assistant).row == "R1"


@pytest.mark.rule("MS-02")
@pytest.mark.parametrize(("paid", "passed"), [("11074.00", True), ("11000.00", False)])
def test_a_monthly_order_within_the_limit_waits_until_credit_is_kept(
    cast: Cast, company: Company, paid: str, passed: bool
) -> None:
    on_terms(company, "monthly")
    order = submitted(cast, company)
    slip_for(cast, order, paid)

    outcome = check_order(order, version=fresh(order).version, actor=cast.assistant)

    assert (outcome.row, outcome.passed) == ("M2", passed)
    assert CustomerAccount.objects.get().credit_used == 0


@pytest.mark.rule("AP-07")
def test_a_check_of_a_stale_page_changes_nothing(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip_for(cast, order)
    before = traces()

    with pytest.raises(StaleVersion):
        check_order(order, version=order.version - 1, actor=cast.assistant)

    assert traces() == before


@pytest.mark.rule("AP-07")
def test_a_double_click_checks_once(cast: Cast, company: Company) -> None:
    order = checked(cast, company)
    before = traces()

    with pytest.raises(TransitionNotAllowed):
        check_order(order, version=order.version, actor=cast.assistant)

    assert traces() == before


@pytest.mark.rule("IC-01")
def test_a_superuser_may_not_check(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    root = User.objects.create_superuser("root", password="a long test password")
    before = traces()

    with pytest.raises(PermissionDenied):
        check_order(order, version=order.version, actor=root)

    assert traces() == before


@pytest.mark.rule("AP-06")
def test_entry_and_check_by_the_same_assistant_are_one_level(cast: Cast, company: Company) -> None:
    order = submitted(cast, company, keyed_by=cast.assistant)
    slip_for(cast, order)

    assert check_order(order, version=order.version, actor=cast.assistant).passed


@pytest.mark.rule("AP-06")
def test_the_checker_does_not_give_the_rep_review(cast: Cast, company: Company) -> None:
    both = factories.person("both", "sales_assistant", "salesperson", desks=(cast.south,))
    order = submitted(cast, company)
    slip_for(cast, order)
    check_order(order, version=order.version, actor=both)
    company.customer.salesperson = both
    company.customer.save()

    with pytest.raises(SameActor):
        pass_rep(order, version=fresh(order).version, actor=both)


@pytest.mark.rule("PM-03", "PM-01")
def test_voiding_a_counted_slip_sends_the_order_back_to_the_check(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip = slip_for(cast, order)
    check_order(order, version=order.version, actor=cast.assistant)
    pass_rep(order, version=fresh(order).version, actor=cast.rep)

    void_remittance(slip, reason="客户撤回", actor=cast.finance, version=slip.version)

    order = fresh(order)
    slip.refresh_from_db()
    assert (slip.status, slip.allocated, order.status) == ("void", Decimal("0.00"), "checking")
    assert order.round == 2
    assert check_order(order, version=order.version, actor=cast.assistant).row == "R5"


@pytest.mark.rule("PM-03")
def test_a_slip_corrected_to_the_bank_amount_sends_the_order_back(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip = slip_for(cast, order)
    check_order(order, version=order.version, actor=cast.assistant)

    slip = correct_remittance(slip, amount=Decimal("11070.00"), reason="银行扣费", actor=cast.accountant)

    order = fresh(order)
    assert (slip.amount, slip.allocated, order.status) == (
        Decimal("11070.00"),
        Decimal("11070.00"),
        "checking",
    )
    assert check_order(order, version=order.version, actor=cast.assistant).row == "R2"
