"""Many rows in one statement, with the same result on both databases."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import CalendarDay
from core.sql import insert_rows, update_rows
from inventory.models import StockLevel
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [10, 2500])
def test_any_number_of_rows_is_inserted_by_one_statement(count: int) -> None:
    days = [
        {"day": date(2020, 1, 1) + timedelta(days=n), "kind": "holiday", "name": f"第 {n} 天 '\"\\"}
        for n in range(count)
    ]

    with CaptureQueriesContext(
        connection,
    ) as statements:
        assert insert_rows(CalendarDay, days) == count

    assert len(statements) == 1
    last = CalendarDay.objects.get(day=days[-1]["day"])
    assert (last.kind, last.name) == ("holiday", f"第 {count - 1} 天 '\"\\")


@pytest.mark.plants_faults
def test_rows_change_together_and_only_where_the_condition_holds() -> None:
    warehouse = factories.WarehouseFactory()
    levels = [
        StockLevel.objects.create(
            product=factories.ProductFactory(),
            warehouse=warehouse,
            on_hand=Decimal(hand),
            reserved=Decimal(0),
        )
        for hand in ("5", "0.5", "3")
    ]

    with CaptureQueriesContext(connection) as statements:
        changed = update_rows(
            StockLevel,
            ["product", "warehouse"],
            ["reserved"],
            [
                {"product": level.product, "warehouse": warehouse, "reserved": Decimal("3")}
                for level in levels
            ],
            set_sql={"reserved": "t.reserved + v.reserved"},
            where_sql="t.on_hand - t.reserved >= v.reserved",
        )

    assert (changed, len(statements)) == (2, 1)
    assert list(StockLevel.objects.order_by("id").values_list("reserved", flat=True)) == [
        Decimal(3),
        Decimal(0),
        Decimal(3),
    ]


@pytest.mark.plants_faults
def test_values_pass_through_the_fields_so_a_bad_figure_is_refused() -> None:
    level = StockLevel.objects.create(
        product=factories.ProductFactory(), warehouse=factories.WarehouseFactory()
    )
    with pytest.raises(ValueError, match="places"):
        update_rows(StockLevel, ["id"], ["on_hand"], [{"id": level.pk, "on_hand": Decimal("0.0000001")}])
