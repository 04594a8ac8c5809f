"""Sixteen processes race for 300 units: exactly 300 are reserved, not one more and not one less (ST-01).

The control runs the same race without lock and guard and must oversell; a test that passed there too
would prove nothing.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum

from core.books import run_checks
from inventory.models import Product, Reservation, StockLevel
from inventory.services.stock import ReceiptLine, receive_stock
from tests import factories
from tests.concurrency.conftest import Race

PROCESSES, UNITS, ATTEMPTS_EACH = 16, 300, 25
OPPOSED, ROUNDS = 8, 15

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.plants_faults]
"""The racers hold goods for numbers without orders."""


def stock_of(units: int, products: int = 1) -> list[Product]:
    picker = factories.person("racer", "picker")
    made, warehouse = [factories.ProductFactory() for _n in range(products)], factories.WarehouseFactory()
    receive_stock(
        warehouse,
        lines=[
            ReceiptLine(product_id=product.pk, quantity=Decimal(units), batch_number="B1", certificate="QC-1")
            for product in made
        ],
        document_number="GR202611-0001", actor=picker,
    )  # fmt: skip
    return made


def reserve_together(race: Race, act: str, product: Product) -> dict[str, int]:
    facts = {"attempts": ATTEMPTS_EACH, "products": [product.pk]}
    tallies = race([(act, {"racer": racer, **facts}) for racer in range(PROCESSES)])
    return {name: sum(tally[name] for tally in tallies) for name in ("reserved", "refused", "failed")}


@pytest.mark.rule("ST-01")
def test_sixteen_processes_reserve_exactly_what_is_there(race: Race) -> None:
    [product] = stock_of(UNITS)

    tally = reserve_together(race, "reserve", product)

    assert tally == {"reserved": UNITS, "refused": PROCESSES * ATTEMPTS_EACH - UNITS, "failed": 0}
    level = StockLevel.objects.get()
    assert (level.on_hand, level.reserved) == (Decimal(UNITS), Decimal(UNITS))
    assert Reservation.objects.aggregate(held=Sum("quantity"))["held"] == Decimal(UNITS)
    assert run_checks(["S1", "S2", "S3"]) == []


def test_control_without_lock_and_guard_the_same_race_goes_wrong(race: Race) -> None:
    [product] = stock_of(UNITS)

    reserve_together(race, "unprotected reserve", product)

    held = Reservation.objects.aggregate(held=Sum("quantity"))["held"]
    assert held > UNITS, "nothing was oversold: the race did not happen, so the test above proves nothing"


def reserve_in_opposite_order(
    race: Race, act: str, *, racers: int = OPPOSED, rounds: int = ROUNDS
) -> list[dict[str, int]]:
    """Half of the racers name the products forwards, half backwards."""
    keys = [product.pk for product in stock_of(OPPOSED * ROUNDS, products=3)]
    return race(
        [
            (act, {"racer": n, "attempts": rounds, "products": keys[:: 1 if n % 2 else -1]})
            for n in range(racers)
        ]
    )


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


@pytest.mark.rule("ST-01")
def test_orders_that_name_products_in_opposite_order_all_get_them(race: Race) -> None:
    before = deadlocks() if connection.vendor == "postgresql" else 0

    tallies = reserve_in_opposite_order(race, "reserve")

    assert tallies == [{"reserved": ROUNDS, "refused": 0, "failed": 0}] * OPPOSED
    assert set(StockLevel.objects.values_list("reserved", flat=True)) == {Decimal(OPPOSED * ROUNDS)}
    assert (deadlocks() if connection.vendor == "postgresql" else 0) == before


@pytest.mark.postgres
def test_control_locked_in_the_order_of_the_lines_they_wait_for_each_other(race: Race) -> None:
    before = deadlocks()

    # Each deadlock costs the second after which PostgreSQL looks for it.
    reserve_in_opposite_order(race, "unordered reserve", racers=2, rounds=2)

    assert deadlocks() > before, "no deadlock: the race did not happen, so the test above proves nothing"
