"""Settings change by two people, from a day on, and never the past."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.clock import clock_set_to, today
from core.errors import Conflict, InvalidInput, PermissionDenied, RuleRefused
from core.models import Event, ParameterValue
from core.parameters import confirm_parameter, parameters_on, propose_parameter
from tests.conftest import NOON, Cast

pytestmark = pytest.mark.django_db


def proposed(
    cast: Cast, key: str = "survey.days", value: str = "5", on: date | None = None
) -> ParameterValue:
    return propose_parameter(key, value, effective_from=on or today(), reason="董事会决定", actor=cast.admin)


@pytest.mark.usefixtures("noon")
@pytest.mark.rule("AU-01", "IC-01")
def test_a_value_is_in_force_only_after_finance_has_confirmed_it(cast: Cast) -> None:
    value = proposed(cast)
    assert parameters_on()["survey.days"] == 3

    confirm_parameter(value, actor=cast.finance)

    assert parameters_on()["survey.days"] == 5
    names = list(Event.objects.filter(root_number="survey.days").values_list("name", "actor__username"))
    assert names == [("setting.propose", "admin"), ("setting.confirm", "zhoujie")]
    assert Event.objects.get(name="setting.propose").data["before"] == "3"


@pytest.mark.usefixtures("noon")
def test_a_value_counts_from_its_day_on(cast: Cast) -> None:
    tomorrow = today() + timedelta(days=1)
    confirm_parameter(proposed(cast, "credit.default_limit", "2000", tomorrow), actor=cast.cfo)

    assert parameters_on().amount("credit.default_limit") == Decimal("1000.00")
    assert parameters_on(tomorrow).amount("credit.default_limit") == Decimal("2000.00")
    assert parameters_on(tomorrow).snapshot("credit.default_limit") == {"credit.default_limit": "2000.00"}


@pytest.mark.usefixtures("noon")
@pytest.mark.rule("IC-01")
@pytest.mark.parametrize("who", ["admin", "manager", "auditor", "assistant"])
def test_only_finance_confirms(cast: Cast, who: str) -> None:
    value = proposed(cast)
    with pytest.raises(PermissionDenied):
        confirm_parameter(value, actor=getattr(cast, who))
    assert parameters_on()["survey.days"] == 3
    assert Event.objects.filter(outcome="refused").count() == 1


@pytest.mark.usefixtures("noon")
def test_only_the_administrator_proposes(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        propose_parameter("survey.days", "5", effective_from=today(), reason="so", actor=cast.finance)
    assert not ParameterValue.objects.exists()


@pytest.mark.usefixtures("noon")
def test_everything_wrong_with_a_proposal_is_said_at_once(cast: Cast) -> None:
    with pytest.raises(InvalidInput) as refused:
        propose_parameter("survey.days", "x", effective_from=date(2026, 11, 20), reason=" ", actor=cast.admin)
    assert [p.pointer for p in refused.value.problems] == ["#/value", "#/effective_from", "#/reason"]


@pytest.mark.usefixtures("noon")
def test_a_value_is_confirmed_once(cast: Cast) -> None:
    value = confirm_parameter(proposed(cast), actor=cast.finance)
    with pytest.raises(Conflict):
        confirm_parameter(value, actor=cast.cfo)
    assert ParameterValue.objects.get().confirmed_by == cast.finance


@pytest.mark.usefixtures("noon")
def test_a_confirmation_that_comes_too_late_would_change_the_past(cast: Cast) -> None:
    value = proposed(cast)
    with clock_set_to(NOON + timedelta(days=1)), pytest.raises(RuleRefused):
        confirm_parameter(value, actor=cast.finance)
    assert ParameterValue.objects.get().confirmed_at is None


def test_all_settings_cost_one_query(cast: Cast) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        parameters_on()
    assert len(queries) == 1
