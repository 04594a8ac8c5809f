"""A customer has changed, and the file follows within three working days or counts as late (CM-04)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.clock import clock_set_to
from core.errors import InvalidInput, PermissionDenied, StaleVersion, TransitionNotAllowed
from core.models import CalendarDay, Event
from customers.models import ChangeReport, Customer
from customers.queries_changes import change_rates
from customers.services import apply_change, report_change, withdraw_change
from tests.conftest import Cast, Company

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 11, 20, 4, tzinfo=UTC)


def report(cast: Cast, company: Company, day: date = date(2026, 11, 20), **given: object) -> ChangeReport:
    facts: dict[str, object] = {
        "kind": "contact", "description": "采购经理换成李娜", "reported_on": day, "actor": cast.rep, **given,
    }  # fmt: skip
    return report_change(company.customer, **facts)  # type: ignore[arg-type]


@pytest.mark.rule("CM-04", "G-05")
def test_a_report_of_friday_is_due_on_wednesday(cast: Cast, company: Company) -> None:
    with clock_set_to(FRIDAY):
        made = report(cast, company)
    assert made.number == "CC202611-0001"
    assert made.due_on == date(2026, 11, 25)


@pytest.mark.rule("CM-04", "G-05")
def test_a_public_holiday_is_not_counted_and_a_make_up_day_is(cast: Cast, company: Company) -> None:
    CalendarDay.objects.create(day=date(2026, 11, 24), kind=CalendarDay.Kind.HOLIDAY, name="假")
    with clock_set_to(FRIDAY):
        assert report(cast, company).due_on == date(2026, 11, 26)
        CalendarDay.objects.create(day=date(2026, 11, 21), kind=CalendarDay.Kind.MAKE_UP, name="补班")
        assert report(cast, company).due_on == date(2026, 11, 25)


@pytest.mark.rule("CM-04")
def test_it_is_overdue_from_the_midnight_after_its_last_day(cast: Cast, company: Company) -> None:
    with clock_set_to(FRIDAY):
        made = report(cast, company)
    # 16:00 in London is midnight in Shanghai
    with clock_set_to(datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC)):
        assert not made.is_overdue
        assert ChangeReport.objects.overdue().count() == 0
    with clock_set_to(datetime(2026, 11, 25, 16, tzinfo=UTC)):
        assert made.is_overdue
        assert ChangeReport.objects.overdue().count() == 1


@pytest.mark.rule("CM-04")
def test_applying_it_changes_the_file_in_the_same_transaction(cast: Cast, company: Company) -> None:
    with clock_set_to(FRIDAY):
        made = report(cast, company)
        done = apply_change(made, changes={"industry": "机械"}, note="已改", actor=cast.rep, version=1)
    company.customer.refresh_from_db()
    assert company.customer.industry == "机械"
    assert (done.status, done.closed_on, done.closed_by, done.is_late) == (
        "applied", date(2026, 11, 20), cast.rep, False,
    )  # fmt: skip
    names = Event.objects.done().filter(root_number=company.customer.number).values_list("name", flat=True)
    assert list(names) == ["change_reported", "customer_changed", "change_applied"]


@pytest.mark.rule("CM-04")
def test_a_refused_entry_leaves_file_and_report_as_they_were(cast: Cast, company: Company) -> None:
    with clock_set_to(FRIDAY):
        made = report(cast, company)
        before = Event.objects.done().count()
        with pytest.raises(InvalidInput):
            apply_change(made, changes={"industry": ""}, actor=cast.rep)
    assert Event.objects.done().count() == before
    assert ChangeReport.objects.get().status == "reported"
    assert Customer.objects.get(pk=company.customer.pk).version == 1


@pytest.mark.rule("CM-04")
def test_it_is_closed_once_and_not_on_a_stale_page(cast: Cast, company: Company) -> None:
    with clock_set_to(FRIDAY):
        made = report(cast, company)
        with pytest.raises(StaleVersion):
            apply_change(made, actor=cast.rep, version=7)
        with pytest.raises(InvalidInput):
            withdraw_change(made, reason=" ", actor=cast.rep)
        withdraw_change(made, reason="重复", actor=cast.rep)
        with pytest.raises(TransitionNotAllowed):
            apply_change(made, actor=cast.rep)
    assert ChangeReport.objects.get().status == "withdrawn"


@pytest.mark.rule("CM-04", "RG-02")
def test_a_customer_of_another_desk_and_a_day_to_come_are_refused(cast: Cast, company: Company) -> None:
    with clock_set_to(FRIDAY):
        with pytest.raises(PermissionDenied):
            report(cast, company, actor=cast.north_assistant)
        with pytest.raises(PermissionDenied):
            report(cast, company, actor=cast.accountant)
        with pytest.raises(InvalidInput) as refused:
            report(cast, company, date(2026, 11, 21), kind="odd", description=" ")
    assert [p.pointer for p in refused.value.problems] == ["#/kind", "#/description", "#/reported_on"]
    assert ChangeReport.objects.count() == 0


@pytest.mark.rule("CM-04", "G-07")
def test_the_rate_counts_what_was_in_time_among_what_was_due(cast: Cast, company: Company) -> None:
    month = date(2026, 11, 1)
    with clock_set_to(FRIDAY):
        assert change_rates(cast.manager, month).total.rate is None
        in_time, late, overdue, withdrawn = (report(cast, company, date(2026, 11, 2)) for _n in range(4))
        still_open = report(cast, company)
    with clock_set_to(datetime(2026, 11, 5, 4, tzinfo=UTC)):  # due on this day
        apply_change(in_time, actor=cast.rep)
        withdraw_change(withdrawn, reason="重复", actor=cast.rep)
    with clock_set_to(datetime(2026, 11, 6, 4, tzinfo=UTC)):
        apply_change(late, actor=cast.rep)
    with clock_set_to(FRIDAY):
        rates = change_rates(cast.manager, month)
        assert (rates.total.in_time, rates.total.due, rates.total.rate) == (1, 3, Decimal("33.33"))
        [row] = rates.by_salesperson
        assert (row.name, row.rate) == ("李敏", Decimal("33.33"))
        assert change_rates(cast.north_assistant, month).total.rate is None
        assert change_rates(cast.manager, date(2026, 10, 1)).total.rate is None
    assert overdue.status == still_open.status == "reported"
