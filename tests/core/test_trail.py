"""The trail takes rows and gives none back, on both databases."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.errors import SameActor
from core.models import Event, Notice
from core.trail import Fact, events_together, record_act, record_event
from orders.workflow import ORDER_WORKFLOW
from tests.conftest import Cast, Company
from tests.orders.drafts import placed

pytestmark = pytest.mark.django_db

CHANGES = {
    "update": "UPDATE core_event SET note = 'other' WHERE id = %s",
    "delete": "DELETE FROM core_event WHERE id = %s",
}


@pytest.mark.rule("AU-01")
@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_nobody_changes_or_removes_an_event(cast: Cast, statement: str) -> None:
    event = record_act("export", actor=cast.auditor, subject="orders", note="318 rows")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [event.pk])

    assert Event.objects.get(pk=event.pk).note == "318 rows"


@pytest.mark.rule("AU-01")
@pytest.mark.postgres
def test_nobody_empties_the_trail(cast: Cast) -> None:
    record_act("export", actor=cast.auditor)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE core_event CASCADE")
    assert Event.objects.count() == 1


@pytest.mark.rule("AU-01")
@pytest.mark.sqlite
def test_nobody_replaces_an_event(cast: Cast) -> None:
    event = record_act("export", actor=cast.auditor, note="318 rows")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT OR REPLACE INTO core_event SELECT * FROM core_event WHERE id = %s", [event.pk])
    assert Event.objects.get(pk=event.pk).note == "318 rows"


def test_an_act_says_who_in_which_role_and_when(cast: Cast) -> None:
    event = record_act("export", actor=cast.auditor)
    assert (event.actor, event.roles, event.channel) == (cast.auditor, "auditor", "system")


@pytest.mark.rule("AU-01")
def test_events_written_together_are_numbered_and_told_as_if_written_one_by_one(
    cast: Cast, company: Company, django_assert_num_queries: Any
) -> None:
    order = placed(company, cast.assistant)
    last = order.events().order_by("-sequence").values_list("sequence", flat=True).first()
    told = Notice.objects.count()
    fact = Fact("looked", "Looked", notify=("customer",))

    with django_assert_num_queries(2), events_together():
        record_event(order, fact, actor=cast.assistant)
        record_event(order, fact, actor=cast.assistant)

    assert list(order.events().filter(name="looked").order_by("id").values_list("sequence", flat=True)) == [
        last + 1,
        last + 2,
    ]
    assert Notice.objects.count() == told + 2


@pytest.mark.rule("IC-01")
def test_a_duty_done_a_moment_ago_counts_before_its_event_is_written(cast: Cast, company: Company) -> None:
    order = placed(company, cast.assistant)
    with events_together():
        record_event(order, Fact("looked", "Looked", duty="check"), actor=cast.manager)

        with pytest.raises(SameActor):
            ORDER_WORKFLOW.require_duty(order, "manager_review", actor=cast.manager)


def test_a_block_that_fails_writes_nothing(cast: Cast, company: Company) -> None:
    order = placed(company, cast.assistant)

    def fail() -> None:
        with events_together():
            record_event(order, Fact("looked", "Looked"), actor=cast.assistant)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert not order.events().filter(name="looked").exists()
