"""Each check of the stock's books finds the fault planted for it, and nothing in clean books."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import connection

from core.books import run_checks
from core.clock import today
from inventory.models import Batch, Reservation, StockLevel, StockMovement
from inventory.services.stock import ReservationLine, reserve_stock
from tests import factories
from tests.conftest import Cast, Company

pytestmark = pytest.mark.django_db


def findings(*codes: str) -> list[tuple[str, str]]:
    return [(finding.code, finding.detail) for finding in run_checks(codes or ["S1", "S2", "S3", "S8"])]


@contextmanager
def constraint_off(name: str) -> Iterator[None]:
    """The database itself refuses this fault, so it must look away while it is planted."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE inventory_stocklevel DROP CONSTRAINT {name}")
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        try:
            yield
        finally:
            if connection.vendor != "postgresql":
                cursor.execute("PRAGMA ignore_check_constraints = OFF")


@pytest.mark.rule("ST-01")
def test_clean_books_have_no_findings(company: Company) -> None:
    reserve_stock(
        "SO202611-0001", warehouse=company.warehouse, lines=[ReservationLine(1, company.motor.pk, Decimal(3))]
    )

    assert findings() == []


@pytest.mark.plants_faults
@pytest.mark.rule("ST-01")
def test_s1_finds_more_reserved_than_there_is(company: Company) -> None:
    with constraint_off("stock_never_oversold"):
        StockLevel.objects.filter(product=company.motor).update(reserved=Decimal(101))

    assert findings("S1") == [("S1", "A1023 in MAIN: on hand 100, reserved 101")]


@pytest.mark.plants_faults
def test_s2_finds_stock_that_no_movement_explains(company: Company) -> None:
    StockLevel.objects.filter(product=company.motor).update(on_hand=Decimal("99.999"))

    assert findings() == [("S2", "A1023 in MAIN: on hand 99.999, movements 100")]


@pytest.mark.plants_faults
def test_s2_finds_a_movement_without_a_stock_level(company: Company, cast: Cast) -> None:
    elsewhere = factories.WarehouseFactory(code="WEST", name="西仓", name_en="West", is_default=False)
    StockMovement.objects.create(
        kind=StockMovement.Kind.RECEIPT,
        product=company.motor,
        warehouse=elsewhere,
        quantity=Decimal(1),
        document_number="GR202611-0009",
        line_no=1,
        posted_on=today(),
        actor=cast.checker,
    )

    assert findings("S2") == [("S2", "GR202611-0009 line 1: moved where no stock is kept")]


@pytest.mark.plants_faults
def test_s3_finds_a_reservation_that_the_level_does_not_know(company: Company) -> None:
    reserve_stock(
        "SO202611-0001", warehouse=company.warehouse, lines=[ReservationLine(1, company.motor.pk, Decimal(3))]
    )
    Reservation.objects.update(quantity=Decimal(2))

    assert findings() == [("S3", "A1023 in MAIN: reserved 3, reservations 2")]


@pytest.mark.plants_faults
def test_s8_finds_a_batch_that_gave_out_more_than_it_had(company: Company, cast: Cast) -> None:
    batch = Batch.objects.get(product=company.motor)
    StockMovement.objects.create(
        kind=StockMovement.Kind.ISSUE,
        product=company.motor,
        warehouse=company.warehouse,
        batch=batch,
        quantity=Decimal(-101),
        document_number="SH202611-0009",
        line_no=1,
        posted_on=today(),
        actor=cast.guard,
    )

    assert findings("S8") == [("S8", "A1023 B2026-01 in MAIN: -1")]
