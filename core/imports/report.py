"""The person's own file with one more column: what is wrong in each row and how to put it right."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from django.utils.translation import get_language, pgettext
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font

from core.imports.headers import PROBLEM_TITLES
from core.imports.services import content_of, is_csv
from core.imports.sources import decode_text
from core.models import ImportBatch, ImportRow

RED = "A3201B"
WIDTH = 60


def file_with_problems(batch: ImportBatch) -> bytes:
    """The original, nothing in it altered, and the problems of each row behind its last column."""
    said = {
        row.row_no: in_words(row)
        for row in batch.rows.filter(outcome=ImportRow.Outcome.ERROR).order_by("row_no")
    }
    add_to = _in_text if is_csv(batch.original) else _in_workbook
    return add_to(batch, content_of(batch.original), said)


def in_words(row: ImportRow) -> str:
    """All problems of a row in one cell: which column, what is wrong, what to do."""
    colon = pgettext("between a label and its error", ": ")
    return "\n".join(f"{p['title']}{colon}{p['problem']} {p['fix']}".strip() for p in row.problems)


def _title() -> str:
    return PROBLEM_TITLES[1 if (get_language() or "").startswith("en") else 0]


def _in_workbook(batch: ImportBatch, content: bytes, said: Mapping[int, str]) -> bytes:
    book = load_workbook(io.BytesIO(content))
    sheet = book[batch.sheet["title"]]
    header = batch.sheet["header"] + 1
    titles = [cell.value for cell in sheet[header]]
    old = next((place for place, title in enumerate(titles, start=1) if title in PROBLEM_TITLES), None)
    place = old or max((index for index, _title in batch.sheet["columns"]), default=0) + 2
    while old is None and sheet.cell(header, place).value not in (None, ""):
        place += 1
    _write(sheet.cell(header, place), _title(), is_bold=True)
    for row_no in range(header + 1, sheet.max_row + 1):
        if row_no in said or old is not None:
            _write(sheet.cell(row_no, place), said.get(row_no, ""))
    sheet.column_dimensions[sheet.cell(header, place).column_letter].width = WIDTH
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _write(cell: Cell, text: str, *, is_bold: bool = False) -> None:
    cell.value, cell.data_type = text or None, "s" if text else "n"
    cell.font, cell.alignment = Font(color=RED, bold=is_bold), Alignment(wrap_text=True, vertical="top")


def _in_text(batch: ImportBatch, content: bytes, said: Mapping[int, str]) -> bytes:
    text, encoding = decode_text(content)
    delimiter, header = batch.sheet["delimiter"], batch.sheet["header"]
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    old = next((place for place, title in enumerate(rows[header]) if title in PROBLEM_TITLES), None)
    width = max(len(row) for row in rows)
    output = io.StringIO(newline="")
    writer = csv.writer(output, delimiter=delimiter)
    for row_no, row in enumerate(rows, start=1):
        word = _title() if row_no == header + 1 else said.get(row_no, "").replace("\n", " ")
        if old is not None and old < len(row):
            row[old] = word
        elif row_no > header:
            row = [*row, *[""] * (width - len(row)), word]
        writer.writerow(row)
    return output.getvalue().encode(encoding)
