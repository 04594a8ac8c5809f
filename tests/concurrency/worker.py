"""One real process of a race: connects to the test's database, waits for the signal, reserves one by one.

`unprotected` takes the protection away: no transaction, no lock, no guarded update, and a pause between
reading and writing. The race must then oversell, or the test that uses it proves nothing.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django


@contextmanager
def no_transaction(*_args: object, **_kwargs: object) -> Iterator[None]:
    yield


def take_the_protection_away() -> None:
    """Read, pause, write back what was read plus one: what code does that forgot the lock."""
    from core import transactions
    from inventory.models import StockLevel
    from inventory.services import stock

    seen: dict[int, stock.LevelFigures] = {}

    def read_without_a_lock(warehouse: object, product_ids: Iterable[int]) -> dict[int, stock.LevelFigures]:
        levels = StockLevel.objects.filter(warehouse=warehouse, product__in=product_ids)
        seen.update({level.product_id: stock.LevelFigures(level.on_hand, level.reserved) for level in levels})
        time.sleep(0.005)
        return dict(seen)

    def write_without_a_guard(
        model: object, key: object, changes: object, rows: Sequence[Mapping[str, Any]], **_sql: object
    ) -> int:
        for row in rows:
            reserved = seen[row["product"]].reserved + row["reserved"]
            StockLevel.objects.filter(product=row["product"]).update(reserved=reserved)
        return len(rows)

    transactions.transaction = SimpleNamespace(atomic=no_transaction)
    stock.lock_levels = read_without_a_lock
    stock.update_rows = write_without_a_guard


def reserve_one_by_one(worker: int, attempts: int) -> dict[str, int]:
    from core.errors import BusinessError
    from inventory.models import Product, Warehouse
    from inventory.services.stock import ReservationLine, reserve_stock

    warehouse, product = Warehouse.objects.get(), Product.objects.get()
    tally = {"reserved": 0, "refused": 0, "failed": 0}
    for attempt in range(attempts):
        try:
            [got] = reserve_stock(
                f"SO{worker:02d}-{attempt:04d}", warehouse=warehouse,
                lines=[ReservationLine(line_no=1, product_id=product.pk, quantity=Decimal(1))],
            )
            tally["reserved" if got.quantity == 1 else "refused"] += 1
        except BusinessError:
            tally["refused"] += 1
        except Exception as error:  # noqa: BLE001 - a race reports what broke instead of hiding it
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            tally["failed"] += 1
    return tally


def main(folder: Path, worker: int, attempts: int, *, is_protected: bool) -> None:
    django.setup()
    if not is_protected:
        take_the_protection_away()
    (folder / f"ready-{worker}").touch()
    while not (folder / "go").exists():
        time.sleep(0.005)
    (folder / f"tally-{worker}.json").write_text(json.dumps(reserve_one_by_one(worker, attempts)))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), is_protected=sys.argv[4] == "protected")
