"""Files as people make them, and a run of the import from the upload to the end."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from core.imports.services import open_batch, start_check, start_commit
from core.jobs import run_next_job
from core.models import ImportBatch, User

PRODUCT_TITLES = ("产品编码", "产品名称", "单位", "条形码", "税率")


def workbook(titles: Sequence[str], *rows: Sequence[Any], above: Sequence[Sequence[Any]] = ()) -> bytes:
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("数据")
    for row_no, row in enumerate([*above, titles, *rows]):
        for place, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(row_no, place, value)
            elif value is not None:
                sheet.write_number(row_no, place, value)
    book.close()
    return output.getvalue()


def text_table(
    titles: Sequence[str], *rows: Sequence[Any], encoding: str = "utf-8", delimiter: str = ","
) -> bytes:
    output = io.StringIO(newline="")
    csv.writer(output, delimiter=delimiter).writerows([titles, *rows])
    return output.getvalue().encode(encoding)


def upload_of(content: bytes, name: str = "import.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def opened(kind: str, content: bytes, actor: User, name: str = "import.xlsx") -> ImportBatch:
    return open_batch(kind, upload=upload_of(content, name), actor=actor)


def checked(kind: str, content: bytes, actor: User, name: str = "import.xlsx", **fixed: str) -> ImportBatch:
    """Uploaded, matched as recognised, `fixed` the same in all rows, and checked."""
    batch = opened(kind, content, actor, name)
    mapping = batch.mapping | {column: {"value": value} for column, value in fixed.items()}
    start_check(batch, mapping=mapping, actor=actor)
    assert run_next_job()
    return anew(batch)


def imported(
    kind: str, content: bytes, actor: User, name: str = "import.xlsx", mode: str = "all", **fixed: str
) -> ImportBatch:
    batch = checked(kind, content, actor, name, **fixed)
    start_commit(batch, mode=mode, actor=actor)
    assert run_next_job()
    return anew(batch)


def anew(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.for_display().get(pk=batch.pk)


def said(batch: ImportBatch) -> list[tuple[int, str, str]]:
    """Row, title of the column and value of every problem, in order."""
    return [
        (row.row_no, p["title"], p["value"]) for row in batch.rows.order_by("row_no") for p in row.problems
    ]
