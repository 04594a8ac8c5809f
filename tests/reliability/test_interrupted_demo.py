"""A demo company that was killed half-way is not taken for a whole one: the next start makes it anew."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection, transaction

from core.demo import is_unfinished, note_begun, note_finished, remove_unfinished
from tests.reliability.processes import ROOT

COMMAND = ("demo_company", "--months=1", "--until=2026-11-20")


def manage(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """`manage.py …` on a database of its own."""
    surroundings = {
        **os.environ, "APP_VAR": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}",
        "REDIS_URL": "", "DEMO": "1",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", *arguments], cwd=ROOT, env=surroundings, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def told_by(folder: Path, *arguments: str) -> str:
    process = manage(folder, *arguments)
    told, _nothing = process.communicate(timeout=300)
    assert process.returncode == 0, told
    return told


def rows(folder: Path, table: str) -> int:
    with sqlite3.connect(folder / "demo.sqlite3", timeout=30) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def kill_half_way(folder: Path) -> None:
    making = manage(folder, *COMMAND)
    deadline = time.monotonic() + 120
    while rows(folder, "orders_order") == 0:
        assert making.poll() is None, making.communicate()[0]
        assert time.monotonic() < deadline, "no order was made"
        time.sleep(0.05)
    making.send_signal(signal.SIGKILL)
    making.wait()


@pytest.mark.sqlite
def test_an_interrupted_demo_company_is_taken_away_and_made_anew(tmp_path: Path) -> None:
    told_by(tmp_path, "migrate", "--verbosity=0")
    kill_half_way(tmp_path)

    told = told_by(tmp_path, "quickstart", "--prepare-only", "--port=8297")

    assert "it is taken away and made anew" in told
    assert (rows(tmp_path, "orders_order"), rows(tmp_path, "core_user")) == (0, 0)
    kill_half_way(tmp_path)  # it was being made again, from its first order


@pytest.mark.django_db
@pytest.mark.plants_faults
@pytest.mark.postgres
def test_only_our_own_tables_are_taken_away() -> None:
    note_begun()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("CREATE TABLE somebody_elses (id integer)")

        remove_unfinished()

        assert connection.introspection.table_names() == ["cache_entry", "somebody_elses"]
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_whole_demo_company_and_a_company_at_work_stay() -> None:
    assert not is_unfinished()
    note_begun()
    note_finished()

    assert not is_unfinished()
    with pytest.raises(ValueError, match="never finished"):
        remove_unfinished()
