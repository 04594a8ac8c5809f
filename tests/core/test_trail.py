"""The trail takes rows and gives none back, on both databases."""

import pytest
from django.db import DatabaseError, connection, transaction

from core.models import Event
from core.trail import record_act
from tests.conftest import Cast

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
