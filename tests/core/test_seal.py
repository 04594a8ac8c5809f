"""The seal over the trail: whatever is done to a sealed row shows."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from core.books import run_checks
from core.clock import now
from core.horizon import settled_horizon
from core.models import Event, TrailSeal
from core.seal import anchor_path, canonical, seal_trail, verify_seal, write_anchor
from core.trail import record_act
from tests.conftest import Cast

ROWS = 30


@pytest.fixture(autouse=True)
def private_anchor(settings: Any, tmp_path: Path) -> None:
    settings.APP_VAR = tmp_path


@contextmanager
def triggers_off(table: str) -> Iterator[Any]:
    """What an owner of the database could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table]
            )
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
        yield cursor
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
        else:
            for _name, sql in triggers:
                cursor.execute(sql)


@pytest.fixture
def sealed(cast: Cast) -> list[int]:
    for number in range(ROWS):
        record_act(
            "export",
            actor=cast.auditor,
            subject=f"S-{number}",
            note="导出",
            data={"rows": number, "z": [1, "ä"]},
        )
    assert seal_trail() == Event.objects.count()
    return list(Event.objects.order_by("id").values_list("id", flat=True))


@pytest.mark.django_db
@pytest.mark.rule("AU-01")
def test_an_untouched_trail_verifies_and_is_sealed_once(sealed: list[int], cast: Cast) -> None:
    assert list(verify_seal()) == []
    assert seal_trail() == 0
    record_act("export", actor=cast.auditor)
    assert seal_trail() == 1
    assert list(verify_seal()) == []


CHANGES = {
    "note": "UPDATE core_event SET note = 'x' WHERE id = %s",
    "actor": "UPDATE core_event SET actor_id = NULL WHERE id = %s",
    "time": "UPDATE core_event SET business_date = '2020-01-01' WHERE id = %s",
    "outcome": "UPDATE core_event SET outcome = 'refused' WHERE id = %s",
    "removed seal": "DELETE FROM core_trailseal WHERE event_id = %s",
    "digest": "UPDATE core_trailseal SET digest = repeat('a', 64) WHERE event_id = %s",
}


@pytest.mark.django_db
@pytest.mark.plants_faults
@pytest.mark.rule("AU-01")
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_a_sealed_row_is_found(sealed: list[int], change: str) -> None:
    dice = random.Random(20261121)
    statement = CHANGES[change].replace("repeat('a', 64)", f"'{'a' * 64}'")
    for victim in dice.sample(sealed[:-1], 5):
        table = "core_trailseal" if "seal" in statement else "core_event"
        savepoint = transaction.savepoint()
        with triggers_off(table) as cursor:
            cursor.execute(statement, [victim])
        assert [finding.code for finding in run_checks(["A1"])] != [], (change, victim)
        transaction.savepoint_rollback(savepoint)


@pytest.mark.django_db
@pytest.mark.plants_faults
@pytest.mark.rule("AU-01")
def test_a_row_pushed_in_below_the_seal_is_found(sealed: list[int], cast: Cast) -> None:
    values = Event.objects.filter(id=sealed[3]).values().get()
    with triggers_off("core_trailseal") as cursor:
        cursor.execute("DELETE FROM core_trailseal WHERE event_id IN (%s, %s)", sealed[3:5])
    assert list(verify_seal())
    assert values["note"] == "导出"


@pytest.mark.django_db
@pytest.mark.plants_faults
@pytest.mark.rule("AU-01")
def test_a_cut_off_tail_is_found_by_the_anchor(sealed: list[int]) -> None:
    assert write_anchor() is not None
    assert json.loads(anchor_path().read_text())["count"] == len(sealed)
    assert list(verify_seal()) == []
    with triggers_off("core_trailseal") as cursor:
        cursor.execute("DELETE FROM core_trailseal WHERE event_id >= %s", [sealed[-3]])
    with triggers_off("core_event") as cursor:
        cursor.execute("DELETE FROM core_event WHERE id >= %s", [sealed[-3]])
    assert any("anchor" in line for line in verify_seal())


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.rule("AU-01")
def test_nothing_is_sealed_past_a_writer_who_has_not_finished(cast: Cast) -> None:
    """A lower id that commits after a higher one must find its place in the chain."""
    wrote, may_commit = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            record_act("slow", actor=None)
            wrote.set()
            may_commit.wait(10)
        connection.close()

    thread = threading.Thread(target=slow_writer)
    thread.start()
    wrote.wait(10)
    quick = record_act("quick", actor=None)
    assert settled_horizon(wait_seconds=0.2) == 0
    assert seal_trail(wait_seconds=0.2) == 0
    may_commit.set()
    thread.join()
    assert settled_horizon() >= quick.pk
    seal_trail()
    assert list(TrailSeal.objects.order_by("event_id").values_list("event__name", flat=True)) == [
        "slow",
        "quick",
    ]
    assert list(verify_seal()) == []


def test_the_canonical_form_is_the_same_whatever_the_order_and_zone() -> None:
    moment = now()
    assert canonical({"b": 1, "a": moment}) == canonical({"a": moment, "b": 1})
    assert "导出".encode() in canonical({"note": "导出"})
