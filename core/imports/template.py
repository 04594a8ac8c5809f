"""The workbook to fill in: our column titles, an example row, and a sheet that explains each column."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from core.imports.registry import ImportColumn, ImportKind

ROWS_WITH_CHOICES = 5_000
BASE = {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": "#1B2430", "valign": "vcenter"}
HEAD = {
    **BASE,
    "bold": True,
    "bg_color": "#EEF1F5",
    "border": 1,
    "border_color": "#C3CAD4",
    "text_wrap": True,
}
NEEDED = {**HEAD, "bg_color": "#FFF8DC"}
TEXT = {**BASE, "num_format": "@"}
EXAMPLE = {**TEXT, "font_color": "#5B6675"}
WRAP = {**BASE, "text_wrap": True, "valign": "top"}


def template_workbook(kind: ImportKind) -> bytes:
    """The template of a kind, titles and notes in the language that is active."""
    output = BytesIO()
    book = xlsxwriter.Workbook(
        output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    _write_sheet(book, kind)
    _write_notes(book, kind)
    book.close()
    return output.getvalue()


def words_of(column: ImportColumn) -> list[str]:
    """The words of a choice in the language that is active; every column keeps Chinese first, then English."""
    place = 1 if (get_language() or "").startswith("en") else 0
    return [words[place] for words in column.choices.values()]


def example_of(column: ImportColumn) -> str:
    if column.example in column.choices:
        place = 1 if (get_language() or "").startswith("en") else 0
        return column.choices[column.example][place]
    return column.example


def _write_sheet(book: Any, kind: ImportKind) -> None:
    sheet = book.add_worksheet(str(kind.title)[:31])
    head, needed, text, example = (book.add_format(style) for style in (HEAD, NEEDED, TEXT, EXAMPLE))
    for place, column in enumerate(kind.columns):
        sheet.set_column(place, place, max(12, min(len(column.label.encode("gbk", "replace")) + 4, 40)), text)
        sheet.write_string(0, place, column.label, needed if column.is_required else head)
        sheet.write_string(1, place, example_of(column), example)
        if column.choices:
            sheet.data_validation(
                1, place, ROWS_WITH_CHOICES, place, {"validate": "list", "source": words_of(column)}
            )
    sheet.freeze_panes(1, 0)


def _write_notes(book: Any, kind: ImportKind) -> None:
    sheet = book.add_worksheet(_("Notes"))
    head, wrap = book.add_format(HEAD), book.add_format(WRAP)
    sheet.write_string(0, 0, _("Row 2 is an example and is not imported. Write over it or leave it."), wrap)
    sheet.write_string(
        1,
        0,
        _("An empty cell leaves what is on file as it is. Columns you do not need may be deleted."),
        wrap,
    )
    sheet.write_string(2, 0, str(kind.note), wrap)
    titles = (_("Column"), _("Also recognised"), _("Required"), _("What may stand there"), _("Example"))
    for place, (title, width) in enumerate(zip(titles, (28, 40, 12, 70, 24), strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(4, place, title, head)
    comma = pgettext("between names of a list", ", ")
    for row, column in enumerate(kind.columns, start=5):
        others = [
            word for word in dict.fromkeys((column.zh, column.en, *column.also)) if word != column.label
        ]
        allowed = [str(column.help), comma.join(words_of(column))]
        cells = (
            column.label,
            comma.join(others),
            _("yes") if column.is_required else _("no"),
            "\n".join(part for part in allowed if part),
            example_of(column),
        )
        for place, value in enumerate(cells):
            sheet.write_string(row, place, value, wrap)
