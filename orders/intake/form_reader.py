"""Reads a filled-in order form: plain values and every fault with its cell; decides nothing, writes
nothing (XL-02).
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineWorkbook

from core.cells import cell_day, cell_number, cell_text, is_empty_cell, shown_cell
from core.errors import CellProblem, InvalidInput
from orders.intake.layout import (
    COLUMNS,
    FIRST_ROW,
    HEADER_ROW,
    OPEN_CELLS,
    PASSPORT,
    TOTAL_CELL,
    VERSION,
    Passport,
    letter_of,
    row_of,
)

MOST_ROWS = 6_000
MOST_COLUMNS = 60
CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br\s*=\s*[\"']\s*([A-Za-z]{1,9})(\d{1,12})")
ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br\s*=\s*[\"']\s*(\d{1,12})")


class NotOurForm(InvalidInput):
    """The workbook cannot be read as one of our order forms."""

    code, rule = "not_an_order_form", "XL-02"


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row with a quantity in it; `price` is what stands in the locked price cell."""

    row: int
    sku: str
    quantity: Decimal
    price: Decimal | None
    remark: str


@dataclass(slots=True)
class Sheet:
    """What stands in the form, and what could not be read, cell by cell."""

    title: str
    passport: Passport
    rows: list[FormRow] = field(default_factory=list)
    customer_po: str = ""
    stated_amount: Decimal | None = None
    promised_on: date | None = None
    address_remark: str = ""
    total: Decimal | None = None
    problems: list[CellProblem] = field(default_factory=list)

    def fault(self, row: int, column: str, code: str, detail: str, value: Any = "") -> None:
        self.problems.append(CellProblem(self.title, row, column, code, detail, shown_cell(value)))


def read_workbook(content: bytes) -> Sheet:
    """The form's values. Raises NotOurForm when this is another workbook; faults in cells come back in it."""
    _refuse_far_cells(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = list(book.sheet_names)
        open_names = [name for name in names if name != PASSPORT]
        if PASSPORT not in names or not open_names:
            raise NotOurForm(_not_ours())
        passport = _passport_in(book.get_sheet_by_name(PASSPORT).to_python(skip_empty_area=False, nrows=20))
        cells = book.get_sheet_by_name(open_names[0]).to_python(skip_empty_area=False, nrows=MOST_ROWS)
    except InvalidInput:
        raise
    except Exception as error:  # a damaged workbook fails in many ways inside the parser
        raise NotOurForm(_not_ours()) from error
    sheet = Sheet(open_names[0], passport)
    _read_head(sheet, cells)
    _read_rows(sheet, cells)
    return sheet


def _not_ours() -> str:
    return _(
        "This workbook is not one of our order forms. Download the customer's form, fill it in and "
        "upload that file."
    )


def _refuse_far_cells(content: bytes) -> None:
    """A single cell in the last row and column would make the reader build billions of empty ones."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
                continue
            xml = archive.read(name)
            rows = [int(found) for found in ROW.findall(xml)]
            cells = CELL.findall(xml)
            rows += [int(row) for _letters, row in cells]
            columns = [len(letters) for letters, _row in cells]
            if max(rows, default=0) > MOST_ROWS or max(columns, default=0) > 2:
                raise NotOurForm(
                    _(
                        "The workbook has more rows or columns than an order form. Use the form as you "
                        "received it."
                    )
                )


def _passport_in(cells: list[list[Any]]) -> Passport:
    said = {str(row[0]): str(row[1]) for row in cells if len(row) >= 2}
    try:
        passport = Passport(
            uid=said["form"],
            price_list=said["price_list"],
            customer=said["customer"],
            lines=int(said["lines"]),
            checksum=said["checksum"],
            version=said["version"],
        )
    except (KeyError, ValueError) as error:
        raise NotOurForm(_not_ours()) from error
    if passport.version != VERSION:
        raise NotOurForm(_("This form has an old layout. Download the customer's form again."))
    return passport


def _read_head(sheet: Sheet, cells: list[list[Any]]) -> None:
    sheet.customer_po = cell_text(_at(cells, OPEN_CELLS["customer_po"]))
    sheet.address_remark = cell_text(_at(cells, OPEN_CELLS["address_remark"]))
    sheet.total = cell_number(_at(cells, TOTAL_CELL))
    stated = _at(cells, OPEN_CELLS["stated_amount"])
    if not is_empty_cell(stated):
        sheet.stated_amount = cell_number(stated)
        if sheet.stated_amount is None:
            _fault_at(
                sheet,
                "stated_amount",
                "not_a_number",
                _("This is not an amount. Enter a number or leave it empty."),
                stated,
            )
    day = _at(cells, OPEN_CELLS["promised_on"])
    if not is_empty_cell(day):
        sheet.promised_on = cell_day(day)
        if sheet.promised_on is None:
            _fault_at(
                sheet, "promised_on", "not_a_day", _("This is not a date. Enter it as 2026-12-01."), day
            )


def _fault_at(sheet: Sheet, name: str, code: str, detail: str, value: Any) -> None:
    cell = OPEN_CELLS[name]
    sheet.fault(row_of(cell), letter_of(cell), code, detail, value)


def _read_rows(sheet: Sheet, cells: list[list[Any]]) -> None:
    """Rows with an empty or zero quantity are ignored (XL-02)."""
    at = {name: column.letter for name, column in COLUMNS.items()}
    seen: dict[str, int] = {}
    for row in range(FIRST_ROW, len(cells) + 1):
        given = _at(cells, f"{at['quantity']}{row}")
        if is_empty_cell(given):
            continue
        sku = cell_text(_at(cells, f"{at['sku']}{row}"))
        quantity = cell_number(given)
        if quantity is None:
            sheet.fault(
                row,
                at["quantity"],
                "not_a_number",
                _("The quantity is not a number. Enter digits only."),
                given,
            )
            continue
        if quantity == 0:
            continue
        if sku and sku in seen:
            detail = _("%(sku)s already stands in row %(row)s. Enter each product once.") % {
                "sku": sku,
                "row": seen[sku],
            }
            sheet.fault(row, at["sku"], "duplicate_sku", detail, sku)
        seen.setdefault(sku, row)
        price = cell_number(_at(cells, f"{at['price']}{row}"))
        sheet.rows.append(FormRow(row, sku, quantity, price, cell_text(_at(cells, f"{at['remark']}{row}"))))
    if len(cells) < HEADER_ROW or cell_text(_at(cells, f"{at['sku']}{HEADER_ROW}")) == "":
        raise NotOurForm(_not_ours())


def _at(cells: list[list[Any]], cell: str) -> Any:
    row, column = row_of(cell) - 1, _index_of(letter_of(cell))
    return cells[row][column] if row < len(cells) and column < len(cells[row]) else ""


def _index_of(letters: str) -> int:
    index = 0
    for sign in letters:
        index = index * 26 + ord(sign) - ord("A") + 1
    return index - 1
