"""The scoreboard of the import: every planted fault is found, placed and explained; progress never goes back."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from core.imports import jobs
from core.imports.services import start_check, start_commit
from core.jobs import RunningJob, run_next_job
from core.models import ImportRow
from inventory.models import Product
from tests.conftest import Cast, Company
from tests.imports.files import checked, opened, said, text_table, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon"), pytest.mark.rule("SY-03")]

TITLES = ("产品编码", "产品名称", "单位", "条形码", "税率", "供应方式", "单位小数位", "最低库存", "标准成本")


def good(sku: str, **other: Any) -> list[Any]:
    usual = {
        "sku": sku, "name": "接触器", "unit": "个", "barcode": "", "rate": "13%", "supply": "自制", "decimals": 0,
        "minimum": 5, "cost": 12.5,
    }  # fmt: skip
    return list({**usual, **other}.values())


PLANTED = [
    (good("P-01", name=""), "产品名称", ""),
    (good("P-02", unit=""), "单位", ""),
    (good("P" * 25), "产品编码", "P" * 25),
    (good("P-04", rate="17%"), "税率", "17%"),
    (good("P-05", rate="thirteen"), "税率", "thirteen"),
    (good("P-06", supply="租赁"), "供应方式", "租赁"),
    (good("P-07", decimals=4), "单位小数位", "4"),
    (good("P-08", minimum=-1), "最低库存", "-1"),
    (good("P-09", minimum=2.5), "最低库存", "2.5"),
    (good("P-10", cost="1.23456"), "标准成本", "1.23456"),
    (good("G-01"), "产品编码", "G-01"),
    (good("P-12", barcode="690111"), "条形码", "690111"),
]
"""Each faulty in one cell: the row, its column, what stands there. The eleventh repeats a code of the file."""


def spoilt_file() -> bytes:
    rows = [good("G-01"), good("G-02"), *[row for row, _column, _value in PLANTED], good("G-03")]
    return workbook(TITLES, *rows, above=[["产品目录 2026", ""], []])


def test_twelve_planted_errors_are_all_reported_with_row_column_value_reason_and_fix(
    cast: Cast, company: Company
) -> None:
    Product.objects.filter(pk=company.motor.pk).update(barcode="690111")

    batch = checked("products", spoilt_file(), cast.catalogue)

    first = 6  # title, blank, column titles, two good rows
    assert said(batch) == [(first + n, column, value) for n, (_row, column, value) in enumerate(PLANTED)]
    problems = [problem for row in batch.rows.filter(outcome="error") for problem in row.problems]
    assert len(problems) == 12
    assert all(problem["problem"] and problem["fix"] and problem["column"] for problem in problems)
    assert batch.counts == {
        "rows": 15, "create": 3, "update": 0, "unchanged": 0, "error": 12, "problems": 12,
    }  # fmt: skip


def test_the_page_shows_each_problem_where_it_is(cast: Cast, company: Company, client: Client) -> None:
    Product.objects.filter(pk=company.motor.pk).update(barcode="690111")
    batch = checked("products", spoilt_file(), cast.catalogue)
    client.force_login(cast.catalogue)

    page = client.get(batch.get_absolute_url(), {"show": "error"}).content.decode()

    for n, (_row, column, value) in enumerate(PLANTED):
        assert f"{6 + n}</th>" in page.replace(" 行", "")
        assert column in page
        assert value in page
    assert "G-02" not in page


def test_the_original_comes_back_with_a_column_of_problems_and_can_be_uploaded_again(
    cast: Cast, company: Company, client: Client
) -> None:
    Product.objects.filter(pk=company.motor.pk).update(barcode="690111")
    batch = checked("products", spoilt_file(), cast.catalogue)
    client.force_login(cast.catalogue)

    answer = client.get(f"/imports/{batch.number}/problems/")

    content = answer.getvalue()
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    last = len(TITLES) + 1
    assert sheet.cell(3, last).value in ("导入问题", "Import problems")
    assert sheet["A1"].value == "产品目录 2026"
    assert sheet.cell(4, last).value is None
    assert [bool(sheet.cell(6 + n, last).value) for n in range(12)] == [True] * 12
    assert "税率" in str(sheet.cell(9, last).value)
    again = checked("products", content, cast.catalogue)
    assert said(again) == said(batch)
    assert len(again.sheet["columns"]) == len(TITLES)


def test_a_csv_comes_back_in_its_own_encoding(cast: Cast, client: Client) -> None:
    content = text_table(TITLES, good("G-1"), good("G-2", rate="17%"), encoding="gbk", delimiter=";")
    batch = checked("products", content, cast.catalogue, "目录.csv")
    client.force_login(cast.catalogue)

    back = client.get(f"/imports/{batch.number}/problems/").getvalue().decode("gbk")

    lines = back.splitlines()
    assert lines[0].count(";") == len(TITLES)
    assert lines[1].endswith(";")
    assert "税率" in lines[2]


def test_progress_is_counted_in_rows_never_goes_back_and_survives_a_reload(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = opened("products", workbook(TITLES, *[good(f"G-{n}") for n in range(200)]), cast.catalogue)
    start_check(batch, mapping=batch.mapping, actor=cast.catalogue)
    client.force_login(cast.catalogue)
    seen: list[tuple[int, int]] = []
    tell = RunningJob.progress

    def look_in(run: RunningJob, done: int, total: int) -> None:
        tell(run, done, total)
        page = client.get(batch.get_absolute_url()).content.decode()
        bar = re.search(r'<progress max="(\d+)" value="(\d+)"', page)
        assert bar is not None
        assert "data-poll=" in page
        seen.append((int(bar[2]), int(bar[1])))

    monkeypatch.setattr(RunningJob, "progress", look_in)
    run_next_job()

    assert seen == [(200 * step // jobs.STEPS, 200) for step in range(jobs.STEPS + 1)]
    page = client.get(batch.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert "data-poll=" not in page
    assert "<html" not in page


def test_a_job_that_died_is_done_once_more_and_one_given_up_can_be_started_again(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = checked("products", workbook(TITLES, good("G-1")), cast.catalogue)
    start_commit(batch, mode="all", actor=cast.catalogue)

    def break_down(*arguments: Any, **named: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("core.imports.jobs.write_rows", break_down)
        run_next_job()
    client.force_login(cast.catalogue)
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "data-poll=" not in page
    assert f"/imports/{batch.number}/commit/" in page

    client.post(f"/imports/{batch.number}/commit/", {"mode": "all", "version": batch.version})
    run_next_job()

    assert Product.objects.get().sku == "G-1"
    assert ImportRow.objects.get().outcome == "created"
