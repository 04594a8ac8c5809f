"""Who works on which desk, and until when (RG-01, RG-02)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.clock import clock_set_to, today
from core.errors import Conflict, InvalidInput, PermissionDenied, RuleRefused, SameActor
from core.models import User
from customers.models import Customer, DeskAssignment
from customers.services import assign_desk, create_region, delegate_desk, end_assignment
from tests.conftest import Cast, Company
from tests.factories import person

pytestmark = pytest.mark.django_db


def seen_by(user: User) -> set[str]:
    return set(Customer.objects.visible_to(User.objects.get(pk=user.pk)).values_list("number", flat=True))


def delegate(
    cast: Cast, to: User, *, first: int = 0, last: int = 0, actor: User | None = None
) -> DeskAssignment:
    return delegate_desk(
        to,
        region=cast.north,
        starts_on=today() + timedelta(days=first),
        ends_on=today() + timedelta(days=last),
        reason="刘梅休假",
        actor=actor or cast.manager,
    )


@pytest.mark.rule("RG-02")
def test_everybody_sees_what_his_post_opens(company: Company, cast: Cast) -> None:
    south, north = company.customer.number, company.northern_customer.number

    assert seen_by(cast.assistant) == {south}
    assert seen_by(cast.north_assistant) == {north}
    assert seen_by(cast.rep) == {south}
    assert seen_by(cast.manager) == {south, north}
    assert seen_by(cast.accountant) == {south, north}
    assert seen_by(person("new", "sales_assistant")) == set()
    assert seen_by(person("nobody")) == set()


@pytest.mark.rule("RG-02")
def test_cover_counts_from_its_first_to_its_last_day(company: Company, cast: Cast) -> None:
    north = company.northern_customer.number
    start = datetime(2026, 11, 21, 4, tzinfo=UTC)
    with clock_set_to(start):
        delegate(cast, cast.assistant, first=1, last=2)
        assert north not in seen_by(cast.assistant)
    # 16:00 in London is midnight in Shanghai
    for moment, is_covered in (
        (datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 21, 16, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 16, tzinfo=UTC), False),
    ):
        with clock_set_to(moment):
            assert (north in seen_by(cast.assistant)) is is_covered


@pytest.mark.rule("RG-02")
def test_only_the_manager_of_the_region_delegates(company: Company, cast: Cast) -> None:
    far = person("far", "sales_manager", desks=(cast.south,))
    for actor in (cast.assistant, cast.rep, cast.admin, far):
        with pytest.raises(PermissionDenied):
            delegate(cast, cast.second_assistant, actor=actor)
    with pytest.raises(SameActor):
        delegate(cast, cast.manager)
    assert company.northern_customer.number not in seen_by(cast.second_assistant)


@pytest.mark.rule("RG-02")
@pytest.mark.parametrize(("first", "last"), [(-1, 1), (2, 1)])
def test_cover_has_dates_that_make_sense(cast: Cast, first: int, last: int) -> None:
    with pytest.raises(InvalidInput):
        delegate(cast, cast.assistant, first=first, last=last)


@pytest.mark.rule("RG-02")
def test_cover_goes_to_people_who_work_on_desks(cast: Cast) -> None:
    with pytest.raises(RuleRefused):
        delegate(cast, cast.finance)


@pytest.mark.rule("RG-02")
def test_cover_can_be_taken_back_by_who_gave_it(company: Company, cast: Cast) -> None:
    given = delegate(cast, cast.assistant, last=5)
    with pytest.raises(PermissionDenied):
        end_assignment(given, actor=cast.second_manager)
    assert company.northern_customer.number in seen_by(cast.assistant)

    end_assignment(given, actor=cast.manager)

    assert seen_by(cast.assistant) == {company.customer.number}


@pytest.mark.rule("RG-01", "RG-02")
def test_the_administrator_adds_regions_and_puts_people_on_desks(company: Company, cast: Cast) -> None:
    west = create_region(code="W", name="西区", name_en="West", actor=cast.admin)
    with pytest.raises(Conflict):
        create_region(code="W", name="西区", name_en="West", actor=cast.admin)
    with pytest.raises(PermissionDenied):
        assign_desk(cast.second_assistant, region=west, actor=cast.manager)
    Customer.objects.filter(pk=company.northern_customer.pk).update(region=west)

    once, twice = (assign_desk(cast.second_assistant, region=west, actor=cast.admin) for _ in range(2))

    assert once == twice
    assert company.northern_customer.number in seen_by(cast.second_assistant)
