"""What an import costs: as many statements for 5,000 rows as for 100, and 20,000 products in reasonable time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.imports.services import start_check, start_commit, undo_batch
from core.jobs import run_next_job
from core.models import ImportBatch, User
from customers.models import Customer
from inventory.models import Product
from tests.conftest import Cast
from tests.imports.files import anew, opened, text_table
from tests.imports.test_customers import TITLES, row

pytestmark = [pytest.mark.django_db, pytest.mark.rule("SY-03")]


def products(count: int, name: str = "接触器") -> bytes:
    rows = [(f"N-{n:05d}", f"{name} {n}", "个", f"69{n:08d}", "13%") for n in range(count)]
    return text_table(("产品编码", "产品名称", "单位", "条形码", "税率"), *rows)


def customers(count: int) -> bytes:
    return text_table(TITLES, *[row(f"第 {n} 客户有限公司", uscc="") for n in range(count)])


def prices(count: int) -> bytes:
    rows = [("PL2027-01", "2027-01-01", f"N-{n:05d}", "12.5") for n in range(count)]
    return text_table(("价目表版本", "生效日期", "产品编码", "单价"), *rows)


def statements(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def steps(kind: str, content: bytes, actor: User) -> tuple[int, int, int]:
    """Statements of the check, of the import and of undoing it."""
    batch = opened(kind, content, actor, "a.csv")
    start_check(batch, mapping=batch.mapping, actor=actor)
    check = statements(run_next_job)
    batch = anew(batch)
    assert batch.counts["error"] == 0
    start_commit(batch, mode="all", actor=actor)
    commit = statements(run_next_job)
    batch = anew(batch)
    assert batch.status == ImportBatch.Status.COMMITTED
    return check, commit, statements(lambda: undo_batch(batch, actor=actor))


def test_the_rows_of_products_cost_no_statement_each(cast: Cast) -> None:
    few = steps("products", products(100), cast.catalogue)
    many = steps("products", products(5_000), cast.catalogue)

    assert many == few
    check, commit, undo = few
    # claim 5, batch 1, progress 21 and its end 1, look-ups 2, rows and move 5
    assert check <= 40
    # the check once more with progress, then once in the transaction, five for the products
    assert commit <= 55
    assert undo <= 40


def test_changing_many_products_costs_no_statement_each(cast: Cast) -> None:
    counted = []
    for count in (100, 5_000):
        batch = opened("products", products(count), cast.catalogue, "a.csv")
        start_check(batch, mapping=batch.mapping, actor=cast.catalogue)
        run_next_job()
        start_commit(anew(batch), mode="all", actor=cast.catalogue)
        run_next_job()
        counted.append(steps("products", products(count, "继电器"), cast.catalogue))
        undo_batch(anew(batch), actor=cast.catalogue)
    assert counted[0] == counted[1]


def test_the_rows_of_customers_cost_no_statement_each(cast: Cast) -> None:
    few = steps("customers", customers(100), cast.assistant)
    many = steps("customers", customers(1_000), cast.assistant)

    assert many == few
    assert not Customer.objects.exists()


def test_the_rows_of_prices_cost_no_statement_each(cast: Cast) -> None:
    batch = opened("products", products(1_000), cast.catalogue, "a.csv")
    start_check(batch, mapping=batch.mapping, actor=cast.catalogue)
    run_next_job()
    start_commit(anew(batch), mode="all", actor=cast.catalogue)
    run_next_job()

    few = steps("prices", prices(100), cast.catalogue)
    many = steps("prices", prices(1_000), cast.catalogue)

    assert many == few


@pytest.mark.bench
def test_twenty_thousand_products_come_in_within_a_minute(cast: Cast) -> None:
    began = time.perf_counter()
    content = products(20_000)
    batch = opened("products", content, cast.catalogue, "a.csv")
    start_check(batch, mapping=batch.mapping, actor=cast.catalogue)
    run_next_job()
    looked = time.perf_counter()
    start_commit(anew(batch), mode="all", actor=cast.catalogue)
    run_next_job()
    written = time.perf_counter()

    print(f"20,000 products: checked in {looked - began:.1f} s, imported in {written - looked:.1f} s")
    assert Product.objects.count() == 20_000
    assert written - began < 60
