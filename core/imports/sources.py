"""Reads the rows of an uploaded file, xlsx or csv, as far as a file may be trusted. Decides and writes nothing.

A workbook has passed `core.workbook_guard` when it comes here; what is refused here is too many rows or columns,
text in no known encoding, and a file without rows. Formulas are never computed: the result stored with them
counts, and a cell without one is named as such.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from defusedxml import ElementTree  # type: ignore[import-untyped]
from django.utils.translation import gettext as _
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from core.cells import is_empty_cell
from core.errors import FieldProblem, InvalidInput

MOST_ROWS = 50_000
MOST_COLUMNS = 200
LONGEST_CELL = 20_000
LOOKED_AT = 20
"""So many rows from the top may stand above the column titles, or be shown as a sample."""

CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
PLACE = re.compile(rb"\br\s*=\s*[\"']\s*([A-Za-z]{1,9})(\d{1,12})")
ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br\s*=\s*[\"']\s*(\d{1,12})")
FORMULA = re.compile(rb"<(?:\w+:)?f\b")
RESULT = re.compile(rb"<(?:\w+:)?v\s*>[^<]")
ERROR_CELL = re.compile(rb"\bt\s*=\s*[\"']e[\"']")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ENCODINGS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))
DELIMITERS = ",;\t|"


class UnreadableFile(InvalidInput):
    """The file cannot be read as rows and columns; the pointer is the file."""

    code, rule = "unreadable_file", "SY-03"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, problems=[FieldProblem("#/file", self.code, detail)])


@dataclass(frozen=True, slots=True)
class SourceTable:
    """All rows of the sheet, from row 1 on. `unusable` are cells without a result: (row, column index) from 0."""

    rows: list[list[Any]]
    title: str = ""
    encoding: str = ""
    delimiter: str = ""
    unusable: frozenset[tuple[int, int]] = field(default_factory=frozenset)


def read_table(content: bytes, *, is_csv: bool, sheet: str = "") -> SourceTable:
    """The rows of the file; of a workbook those of `sheet`. Raises UnreadableFile."""
    table = _read_csv(content) if is_csv else _read_workbook(content, sheet)
    if not any(not is_empty_cell(cell) for row in table.rows for cell in row):
        raise UnreadableFile(_("The file has no rows. Fill in the template and upload it."))
    return table


def read_tops(content: bytes, *, is_csv: bool) -> list[SourceTable]:
    """The first rows of every visible sheet; a csv file has one."""
    if is_csv:
        table = _read_csv(content)
        return [SourceTable(table.rows[:LOOKED_AT], table.title, table.encoding, table.delimiter)]
    book = _open(content)
    return [
        SourceTable(_cells_of(book.get_sheet_by_name(name), LOOKED_AT), name)
        for name in _visible_sheets(book)
    ]


# --- Workbooks --------------------------------------------------------------------------------------------


def _read_workbook(content: bytes, sheet: str) -> SourceTable:
    unusable = _inspect_sheet(content, sheet)
    return SourceTable(
        _cells_of(_open(content).get_sheet_by_name(sheet), MOST_ROWS + LOOKED_AT), sheet, unusable=unusable
    )


def _open(content: bytes) -> CalamineWorkbook:
    _refuse_far_cells(content)
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except Exception as error:  # a damaged workbook fails in many ways inside the parser
        raise UnreadableFile(_damaged()) from error


def _visible_sheets(book: CalamineWorkbook) -> list[str]:
    return [
        about.name
        for about in book.sheets_metadata
        if about.typ == SheetTypeEnum.WorkSheet and about.visible == SheetVisibleEnum.Visible
    ]


def _cells_of(sheet: CalamineSheet, rows: int) -> list[list[Any]]:
    try:
        return sheet.to_python(skip_empty_area=False, nrows=rows)
    except Exception as error:
        raise UnreadableFile(_damaged()) from error


def _damaged() -> str:
    return _("The workbook is damaged. Open it, save it again as xlsx and upload that file.")


def _refuse_far_cells(content: bytes) -> None:
    """A single cell in the last row and column would make the reader build billions of empty ones."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
                continue
            xml = archive.read(name)
            places = [PLACE.search(attributes) for attributes, _body in CELL.findall(xml)]
            rows = [int(found) for found in ROW.findall(xml)]
            rows += [int(found[2]) for found in places if found]
            columns = (_index_of(found[1]) for found in places if found)
            _refuse_size(max(rows, default=0), max(columns, default=-1) + 1)


def _refuse_size(rows: int, columns: int) -> None:
    if rows > MOST_ROWS + LOOKED_AT:
        raise UnreadableFile(
            _("The file has %(rows)s rows; %(most)s can be imported at once. Split it into several files.")
            % {"rows": f"{rows:,}", "most": f"{MOST_ROWS:,}"}
        )
    if columns > MOST_COLUMNS:
        raise UnreadableFile(
            _("The file has more than %(most)s columns. Keep only those of the template.")
            % {"most": MOST_COLUMNS}
        )


def _inspect_sheet(content: bytes, sheet: str) -> frozenset[tuple[int, int]]:
    """Cells that hold a spreadsheet error, or a formula whose result was never stored."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read(_part_of(archive, sheet))
    found = set()
    for attributes, body in CELL.findall(xml):
        is_without_result = FORMULA.search(body) and not RESULT.search(body)
        place = PLACE.search(attributes)
        if place and (is_without_result or ERROR_CELL.search(attributes)):
            found.add((int(place[2]) - 1, _index_of(place[1])))
    return frozenset(found)


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part of the archive in which a sheet of the workbook stands."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    wanted = next((s.get(RELATION) for s in book.iter(f"{MAIN}sheet") if s.get("name") == sheet), None)
    target = next((str(r.get("Target")) for r in relations if r.get("Id") == wanted), "")
    name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    if wanted is None or name not in archive.namelist():
        raise UnreadableFile(_damaged())
    return name


def _index_of(letters: bytes) -> int:
    index = 0
    for sign in letters.upper():
        index = index * 26 + sign - ord("A") + 1
    return index - 1


# --- Text -------------------------------------------------------------------------------------------------


def decode_text(content: bytes) -> tuple[str, str]:
    """The text and its encoding: UTF-8 with or without a mark, UTF-16 with one, else GBK."""
    for encoding, mark in ENCODINGS:
        if content.startswith(mark):
            return _decoded(content, encoding), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decoded(content, "gb18030"), "gb18030"


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            _(
                "The text of the file is in an encoding we do not know. Save it as CSV UTF-8 and upload it again."
            )
        ) from error


def delimiter_of(text: str) -> str:
    """The sign that divides the first lines most evenly."""
    lines = [line for line in text.splitlines()[:LOOKED_AT] if line.strip()]

    def evenness(sign: str) -> tuple[int, int]:
        counts = [len(row) - 1 for row in _rows_of(lines, sign)]
        filled = [count for count in counts if count]
        return (max((filled.count(count) for count in filled), default=0), max(filled, default=0))

    return max(DELIMITERS, key=evenness)


def _rows_of(lines: Any, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        yield from csv.reader(lines, delimiter=delimiter)
    except csv.Error as error:
        raise UnreadableFile(
            _("The file is no table of text: a quotation mark is left open or a cell is far too long.")
        ) from error


def _read_csv(content: bytes) -> SourceTable:
    text, encoding = decode_text(content)
    if "\x00" in text:
        raise UnreadableFile(_("The file holds no text. Save the table as CSV or xlsx and upload it again."))
    delimiter = delimiter_of(text)
    rows: list[list[Any]] = []
    for row in _rows_of(io.StringIO(text, newline=""), delimiter):
        rows.append(list(row))
        if len(rows) > MOST_ROWS + LOOKED_AT:
            _refuse_size(text.count("\n") + 1, 0)
            break
        _refuse_size(0, len(row))
    return SourceTable(rows, encoding=encoding, delimiter=delimiter)
