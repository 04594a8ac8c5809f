"""Sixteen processes race for 300 units: exactly 300 are reserved, not one more and not one less (ST-01).

The control runs the same race without lock and guard and must oversell; a test that passed there too
would prove nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Sum

from core.books import run_checks
from inventory.models import Reservation, StockLevel
from inventory.services.stock import ReceiptLine, receive_stock
from tests import factories

PROCESSES, UNITS, ATTEMPTS_EACH = 16, 300, 25


def environment_of_the_test_database() -> dict[str, str]:
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{given['NAME']}"
    else:
        url = f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    return {**os.environ, "DATABASE_URL": url}


def race(folder: Path, mode: str) -> dict[str, int]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.concurrency.worker", str(folder)]
    workers = [
        subprocess.Popen([*command, str(n), str(ATTEMPTS_EACH), mode], env=environment_of_the_test_database())
        for n in range(PROCESSES)
    ]
    try:
        deadline = time.monotonic() + 120
        while len(list(folder.glob("ready-*"))) < PROCESSES:
            assert time.monotonic() < deadline, "the processes did not start"
            time.sleep(0.02)
        (folder / "go").touch()
        for worker in workers:
            assert worker.wait(timeout=180) == 0
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    tallies = [json.loads(path.read_text()) for path in folder.glob("tally-*.json")]
    return {name: sum(tally[name] for tally in tallies) for name in ("reserved", "refused", "failed")}


def stock_of(units: int) -> StockLevel:
    picker = factories.person("racer", "picker")
    product, warehouse = factories.ProductFactory(), factories.WarehouseFactory()
    receive_stock(
        warehouse,
        lines=[ReceiptLine(product_id=product.pk, quantity=Decimal(units), batch_number="B1", certificate="QC-1")],
        document_number="GR202611-0001", actor=picker,
    )
    return StockLevel.objects.get()


@pytest.mark.rule("ST-01")
@pytest.mark.plants_faults  # the racers hold goods for numbers without orders
@pytest.mark.django_db(transaction=True)
def test_sixteen_processes_reserve_exactly_what_is_there(tmp_path: Path) -> None:
    stock_of(UNITS)

    tally = race(tmp_path, "protected")

    assert tally == {"reserved": UNITS, "refused": PROCESSES * ATTEMPTS_EACH - UNITS, "failed": 0}
    level = StockLevel.objects.get()
    assert (level.on_hand, level.reserved) == (Decimal(UNITS), Decimal(UNITS))
    assert Reservation.objects.aggregate(held=Sum("quantity"))["held"] == Decimal(UNITS)
    assert run_checks(["S1", "S2", "S3"]) == []


@pytest.mark.plants_faults
@pytest.mark.django_db(transaction=True)
def test_control_without_lock_and_guard_the_same_race_goes_wrong(tmp_path: Path) -> None:
    stock_of(UNITS)

    race(tmp_path, "unprotected")

    held = Reservation.objects.aggregate(held=Sum("quantity"))["held"]
    assert held > UNITS, "nothing was oversold: the race did not happen, so the test above proves nothing"
