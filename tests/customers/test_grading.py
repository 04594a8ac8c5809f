"""Every quarter a run proposes grades and the sales manager decides (CM-05..CM-08)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.services import answer_survey
from core.clock import clock_set_to
from core.errors import Conflict, InvalidInput, PermissionDenied, RuleRefused
from core.models import Event, User
from core.sql import insert_rows
from customers.grading_sources import forget_source, purchases_in, register_purchases, satisfaction_in
from customers.models import CarePlan, Customer, GradeHistory, GradeProposal, GradingRun
from customers.policy import Window
from customers.services import (
    confirm_flagged,
    confirm_grades,
    keep_grade,
    run_grading,
    write_care_plan,
)
from customers.tasks import run_quarterly_grading
from tests.conftest import Cast, Company
from tests.credit.matters import fresh
from tests.factories import person
from tests.fulfillment.matters import approved, deliver, gone

pytestmark = pytest.mark.django_db
D = Decimal

IN_THE_QUARTER = datetime(2026, 12, 14, 4, tzinfo=UTC)
NEW_YEAR = datetime(2026, 12, 31, 16, tzinfo=UTC)  # midnight in Shanghai
FIRST_OF_APRIL = datetime(2027, 3, 31, 16, tzinfo=UTC)


@contextmanager
def bought(amounts: Mapping[int, str]) -> Iterator[None]:
    """As if these had been posted, or returned, in any window."""

    def source(window: Window) -> dict[int, Decimal]:
        return {customer: D(amount) for customer, amount in amounts.items()}

    register_purchases(source)
    try:
        yield
    finally:
        forget_source(source)


def graded(amounts: Mapping[int, str], actor: User | None = None) -> GradingRun:
    with bought(amounts), clock_set_to(NEW_YEAR):
        return run_grading(actor=actor)


def confirmed(run: GradingRun, actor: User, **given: Any) -> int:
    return sum(outcome.is_done for outcome in confirm_grades(run, actor=actor, **given))


def proposal_of(run: GradingRun, customer: Customer) -> GradeProposal:
    return GradeProposal.objects.select_related("run", "customer").get(run=run, customer=customer)


def grades(*customers: Customer) -> list[str]:
    return [Customer.objects.get(pk=customer.pk).grade for customer in customers]


@pytest.mark.rule("CM-05", "CM-06", "DL-03")
def test_worked_check_5_from_a_posted_order_and_a_return(cast: Cast, company: Company) -> None:
    with clock_set_to(IN_THE_QUARTER):
        order = approved(cast, company, ("A1023", "10"), freight=D("498926.00"))
        deliver(cast, gone(cast, company, order))
    assert fresh(order).posted == D("510000.00")

    run = graded({company.customer.pk: "-10000.01"})
    assert (run.window_start, run.window_end) == (date(2026, 1, 1), date(2026, 12, 31))
    found = proposal_of(run, company.customer)
    assert (found.purchases, found.old_grade, found.new_grade) == (D("499999.99"), "C", "B")
    assert proposal_of(run, company.northern_customer).new_grade == "C"


@pytest.mark.rule("CM-06", "G-04")
def test_goods_signed_for_after_the_quarters_midnight_wait_for_the_next_run(
    cast: Cast, company: Company
) -> None:
    last_second = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
    with clock_set_to(last_second):
        deliver(cast, gone(cast, company, approved(cast, company, ("A1023", "1"))))
    with clock_set_to(NEW_YEAR):
        deliver(cast, gone(cast, company, approved(cast, company, ("A1023", "2"))))
    key = company.customer.pk
    window = Window(date(2026, 1, 1), date(2026, 12, 31))
    with CaptureQueriesContext(connection) as captured:
        assert purchases_in(window) == {key: D("1107.40")}
    assert len(captured) == 1
    assert purchases_in(Window(date(2026, 1, 1), date(2027, 1, 31))) == {key: D("3322.20")}


@pytest.mark.rule("CM-07", "SV-01")
def test_a_dissatisfied_customer_is_marked_and_nothing_else(cast: Cast, company: Company) -> None:
    with clock_set_to(IN_THE_QUARTER):
        order = approved(cast, company, ("A1023", "1"))
        deliver(cast, gone(cast, company, order))
        answer_survey(fresh(order), quality=3, timeliness=3, attitude=2, actor=cast.assistant)
    window = Window(date(2026, 1, 1), date(2026, 12, 31))
    with CaptureQueriesContext(connection) as captured:
        assert satisfaction_in(window) == {company.customer.pk: D("2.6667")}
    assert len(captured) == 1

    run = graded({company.customer.pk: "600000.00"})
    found = proposal_of(run, company.customer)
    assert (found.new_grade, found.needs_review, found.satisfaction) == ("A", True, D("2.6667"))

    assert confirmed(run, cast.manager) == 1  # the northern one alone
    [outcome] = confirm_grades(run, proposals=[found.pk], actor=cast.manager)
    assert (outcome.is_done, bool(outcome.message)) == (False, True)
    with pytest.raises(InvalidInput):
        confirm_flagged(found, note=" ", actor=cast.manager)
    assert grades(company.customer) == ["C"]
    confirm_flagged(found, note="已上门沟通", actor=cast.manager)
    assert grades(company.customer) == ["A"]


@pytest.mark.rule("CM-07")
def test_a_quarter_is_graded_once(cast: Cast, company: Company) -> None:
    run = graded({}, actor=cast.manager)
    before = (GradeProposal.objects.count(), Event.objects.done().count())
    with pytest.raises(Conflict):
        graded({})
    with clock_set_to(datetime(2027, 3, 31, 4, tzinfo=UTC)), pytest.raises(Conflict):
        run_grading(actor=None)
    assert (GradeProposal.objects.count(), Event.objects.done().count()) == before
    with clock_set_to(NEW_YEAR), pytest.raises(InvalidInput):
        run_grading(date(2027, 1, 2), actor=None)
    with clock_set_to(FIRST_OF_APRIL):
        assert run_grading(actor=None).window_end == date(2027, 3, 31)
    assert run.created_by == cast.manager


@pytest.mark.rule("CM-07")
def test_the_timetable_runs_it_on_the_first_day_and_not_twice(company: Company) -> None:
    with clock_set_to(NEW_YEAR):
        number = run_quarterly_grading()
        assert GradingRun.objects.get().number == number
        assert run_quarterly_grading() == ""
    assert GradingRun.objects.get().created_by is None


@pytest.mark.rule("CM-07", "AU-01")
def test_a_confirmed_grade_stands_in_file_history_and_trail(cast: Cast, company: Company) -> None:
    customer = company.customer
    run = graded({customer.pk: "100000.00"})
    with clock_set_to(NEW_YEAR):
        assert confirmed(run, cast.manager, note="季度评级") == 2
    row = GradeHistory.objects.get(customer=customer)
    assert (row.old_grade, row.new_grade, row.purchases, row.satisfaction, row.actor, row.run) == (
        "C", "B", D("100000.00"), None, cast.manager, run,
    )  # fmt: skip
    customer.refresh_from_db()
    assert (customer.grade, customer.version) == ("B", 2)
    past = customer.history.order_by("-history_id").first()
    assert (past.grade, past.history_user, past.version) == ("B", cast.manager, 2)
    event = Event.objects.done().get(name="grade_changed")
    assert event.document_number == customer.number
    assert event.data["changed"] == {"grade": ["C", "B"]}
    assert confirmed(run, cast.manager) == 0


@pytest.mark.rule("CM-07", "RG-02")
def test_a_manager_decides_for_his_regions_alone(cast: Cast, company: Company) -> None:
    run = graded({company.customer.pk: "600000.00", company.northern_customer.pk: "600000.00"})
    northern = person("northern", "sales_manager", desks=(cast.north,))
    found = proposal_of(run, company.customer)
    for act in (keep_grade, confirm_flagged):
        with pytest.raises(Conflict):
            act(found, note="x", actor=northern)
    for somebody in (cast.assistant, cast.finance, cast.gm):
        with pytest.raises(PermissionDenied):
            confirm_grades(run, actor=somebody)
    assert confirmed(run, northern, proposals=[found.pk]) == 0
    assert confirmed(run, northern) == 1
    assert grades(company.customer, company.northern_customer) == ["C", "A"]


@pytest.mark.rule("CM-07")
def test_the_old_grade_is_kept_with_a_reason(cast: Cast, company: Company) -> None:
    run = graded({company.customer.pk: "600000.00"})
    found = proposal_of(run, company.customer)
    with pytest.raises(InvalidInput):
        keep_grade(found, note="", actor=cast.manager)
    keep_grade(found, note="一次性项目", actor=cast.manager)
    with pytest.raises(Conflict):
        confirm_flagged(found, note="x", actor=cast.manager)
    row = GradeHistory.objects.get()
    assert (row.old_grade, row.new_grade, row.purchases, row.note) == ("C", "C", D("600000.00"), "一次性项目")
    assert grades(company.customer) == ["C"]


@pytest.mark.rule("CM-07")
def test_an_older_run_is_history(cast: Cast, company: Company) -> None:
    old = graded({company.customer.pk: "600000.00"})
    with clock_set_to(FIRST_OF_APRIL):
        run_grading(actor=None)
        for act in (
            lambda: confirm_grades(old, actor=cast.manager),
            lambda: keep_grade(proposal_of(old, company.customer), note="x", actor=cast.manager),
        ):
            with pytest.raises(RuleRefused) as refused:
                act()
            assert refused.value.code == "newer_run"
    assert grades(company.customer) == ["C"]


@pytest.mark.rule("CM-08", "G-05")
def test_an_upgrade_to_a_asks_for_a_care_plan_and_a_downgrade_ends_it(cast: Cast, company: Company) -> None:
    run = graded({company.customer.pk: "500000.00"})
    with clock_set_to(NEW_YEAR):
        confirm_grades(run, actor=cast.manager)
        plan = CarePlan.objects.get()
        assert (plan.status, plan.owner, plan.opened_on, plan.due_on) == (
            "open", cast.rep, date(2027, 1, 1), date(2027, 1, 8),
        )  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            write_care_plan(
                plan, visit_every_days=0, measures=" ", has_priority_supply=True, actor=cast.rep, version=1
            )
        assert [p.pointer for p in refused.value.problems] == ["#/visit_every_days", "#/measures"]
        with pytest.raises(PermissionDenied):
            write_care_plan(
                plan, visit_every_days=30, measures="x", has_priority_supply=True, actor=cast.other_rep
            )
        written = write_care_plan(
            plan,
            visit_every_days=30,
            measures="每月拜访",
            has_priority_supply=True,
            actor=cast.rep,
            version=1,
        )
        assert (written.status, written.visit_every_days, written.version) == ("running", 30, 2)
    with clock_set_to(FIRST_OF_APRIL):
        confirm_grades(run_grading(actor=None), actor=cast.manager)
    plan.refresh_from_db()
    assert (plan.status, grades(company.customer)) == ("ended", ["C"])


def many(cast: Cast, count: int, first: int) -> list[int]:
    rows = [
        {
            "number": f"C2025{first + n}", "name": f"客户{first + n}", "industry": "电子",
            "region": cast.south.pk, "salesperson": cast.rep.pk, "grade": "A" if n % 2 else "C",
        }
        for n in range(count)
    ]  # fmt: skip
    insert_rows(Customer, rows)
    return list(
        Customer.objects.filter(number__in=[row["number"] for row in rows]).values_list("pk", flat=True)
    )


def statements_of_a_run(cast: Cast, day: datetime, customers: list[int]) -> tuple[int, int]:
    amounts = dict.fromkeys(customers, "600000.00")
    with clock_set_to(day), bought(amounts):
        with CaptureQueriesContext(connection) as running:
            run = run_grading(actor=None)
        with CaptureQueriesContext(connection) as confirming:
            confirm_grades(run, actor=cast.manager)
    return len(running), len(confirming)


@pytest.mark.rule("CM-07")
def test_a_thousand_customers_cost_as_many_statements_as_ten(cast: Cast) -> None:
    assert cast.manager.may("customers.confirm_grades")  # the roles are read before counting
    few = statements_of_a_run(cast, NEW_YEAR, many(cast, 10, 10000))
    Customer.objects.update(grade="C")
    CarePlan.objects.all().delete()
    lots = statements_of_a_run(cast, FIRST_OF_APRIL, many(cast, 990, 20000))
    assert GradeProposal.objects.count() == 1010
    assert lots == few
    assert few[0] <= 12
    assert few[1] <= 20
