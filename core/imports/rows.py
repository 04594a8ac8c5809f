"""Turns the cells of a file into values of our columns, and says cell by cell what cannot be read. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.cells import cell_day, cell_number, cell_text, is_empty_cell, shown_cell
from core.imports.headers import plain
from core.imports.registry import ImportColumn, ParsedRow, RowProblem
from core.imports.sources import SourceTable

Mapped = Mapping[str, Mapping[str, Any]]
"""Entry → `{"column": index}` or `{"value": text}` for all rows."""


class Unreadable(Exception):
    """The cell holds something else; the message says what was expected."""


def parse_rows(
    table: SourceTable, header_index: int, columns: Sequence[ImportColumn], mapping: Mapped
) -> list[ParsedRow]:
    """The rows below the titles that hold anything, without the example of the template."""
    used = [column for column in columns if column.name in mapping]
    places = [mapping[column.name]["column"] for column in used if "column" in mapping[column.name]]
    parsed = []
    for index, cells in enumerate(table.rows[header_index + 1 :], start=header_index + 1):
        if all(is_empty_cell(_at(cells, place)) and (index, place) not in table.unusable for place in places):
            continue
        row = _parse(index, cells, used, mapping, table)
        if not _is_example(row, used, mapping):
            parsed.append(row)
    return parsed


def _parse(
    index: int, cells: Sequence[Any], columns: Sequence[ImportColumn], mapping: Mapped, table: SourceTable
) -> ParsedRow:
    values: dict[str, Any] = {}
    shown: dict[str, str] = {}
    problems: list[RowProblem] = []
    for column in columns:
        source = mapping[column.name]
        place = source.get("column")
        cell = source.get("value", "") if place is None else _at(cells, place)
        shown[column.name] = shown_cell(cell)
        values[column.name] = None
        if place is not None and (index, place) in table.unusable:
            problems.append(_without_result(column))
            continue
        try:
            values[column.name] = value_of(cell, column)
        except Unreadable as error:
            problems.append(RowProblem(column.name, str(error), str(column.help)))
    problems += _missing(values, columns, problems)
    return ParsedRow(index + 1, values, shown, tuple(problems))


def _without_result(column: ImportColumn) -> RowProblem:
    return RowProblem(
        column.name,
        _("The cell holds an error, or a formula without a result."),
        _("Open the file in the spreadsheet program, replace the formula by its value and save."),
    )


def _missing(
    values: Mapping[str, Any], columns: Sequence[ImportColumn], problems: Sequence[RowProblem]
) -> Iterator[RowProblem]:
    named = {problem.column for problem in problems}
    for column in columns:
        if column.is_required and values[column.name] is None and column.name not in named:
            yield RowProblem(column.name, _("This entry is required."), _("Fill in the cell."))


def value_of(cell: Any, column: ImportColumn) -> Any:
    """The cell as a value of its column; None when it is empty. Raises Unreadable."""
    if is_empty_cell(cell):
        return None
    if column.kind == "choice":
        return _choice(cell, column)
    if column.kind == "day":
        day = cell_day(cell)
        if day is None:
            raise Unreadable(_("This is not a date."))
        return day
    if column.kind == "text":
        return _plain_text(cell)
    return _number(cell, column)


def _plain_text(cell: Any) -> str | None:
    """Text as it stands, also when it looks like a formula; what cannot be stored is refused."""
    text = cell_text(cell)
    if any(sign < " " and sign not in "\t\r\n" for sign in text) or any(
        "\ud800" <= s <= "\udfff" for s in text
    ):
        raise Unreadable(_("The text holds signs that cannot be kept."))
    return " ".join(text.split()) or None


def _number(cell: Any, column: ImportColumn) -> Decimal:
    text = cell_text(cell)
    is_percent = column.kind == "rate" and isinstance(cell, str) and text.endswith(("%", "％"))
    number = cell_number(text[:-1] if is_percent else cell)
    if number is None:
        raise Unreadable(_("This is not a number."))
    if column.kind == "whole" and number != int(number):
        raise Unreadable(_("This is not a whole number."))
    if column.kind == "rate" and (is_percent or number >= 1):
        return number / 100
    return number


def _choice(cell: Any, column: ImportColumn) -> str:
    word = plain(cell_text(cell))
    for stored, words in column.choices.items():
        if word and word in {plain(known) for known in (stored, *words)}:
            return stored
    raise Unreadable(_("This word is not known here."))


def _is_example(row: ParsedRow, columns: Sequence[ImportColumn], mapping: Mapped) -> bool:
    """The template's own example left in the file; a row is it only if every cell says so."""
    of_file = [column for column in columns if "column" in mapping[column.name]]
    return len(of_file) > 1 and all(_is_as_in_example(row.shown[column.name], column) for column in of_file)


def _is_as_in_example(shown: str, column: ImportColumn) -> bool:
    words = (column.example, *column.choices.get(column.example, ()))
    return shown in words


def _at(cells: Sequence[Any], place: int) -> Any:
    return cells[place] if place < len(cells) else ""
