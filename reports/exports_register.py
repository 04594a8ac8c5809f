"""The contract register of a month as a workbook (CT-04): the register, its differences, what changed since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from core.models import User
from reports.exports import OPTIONS, Progress
from reports.queries.register import RegisterEntry
from reports.queries.register_month import MonthOfRegister, register_month


def register_workbook(user: User, month: date, progress: Progress) -> bytes:
    """Within the person's scope, in the language in force. Texts stay texts, sums are values."""
    shown = register_month(user, month)
    content = BytesIO()
    book = xlsxwriter.Workbook(content, OPTIONS)
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "bg_color": "#F5F7FA", "text_wrap": True}),
        "amount": book.add_format({"num_format": "#,##0.00"}),
        "sum": book.add_format({"bold": True, "top": 1, "num_format": "#,##0.00"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
    }
    _register_sheet(book, formats, shown)
    progress(1, 2)
    if shown.differences:
        _plain_sheet(book, formats, _("Differences"), *_differences(shown))
    if shown.restated:
        _plain_sheet(book, formats, _("Restated"), *_restated(shown))
    book.close()
    progress(2, 2)
    return content.getvalue()


def _heads() -> list[str]:
    return [
        _("Contract no."), _("Customer no."), _("Customer"), _("Signed on"), _("Payment terms"), _("Currency"),
        _("Contract amount"), _("Ordered"), _("Shipped"), _("Signed for"), _("Posted"), _("Invoiced"),
        _("Paid by slips"), _("Received"), _("Balance"), _("Overdue"),
    ]  # fmt: skip


def _cells(entry: RegisterEntry) -> list[Any]:
    return [
        entry.number, entry.customer_number, entry.customer_name, entry.signed_on, entry.terms_label,
        entry.currency, entry.amount, entry.ordered, entry.shipped, entry.delivered, entry.posted, None,
        entry.slips, entry.received, entry.balance, entry.overdue,
    ]  # fmt: skip


def _register_sheet(book: Any, formats: dict[str, Any], shown: MonthOfRegister) -> None:
    sheet = book.add_worksheet(_("Contract register"))
    sheet.set_column(0, 0, 19)
    sheet.set_column(1, 1, 12)
    sheet.set_column(2, 2, 30)
    sheet.set_column(3, 15, 14)
    _write(sheet, formats, 0, _heads(), formats["head"])
    row = 0
    for row, entry in enumerate(shown.entries, start=1):
        _write(sheet, formats, row, _cells(entry), None)
    for total in shown.totals:
        row += 1
        sums = [
            _("Total"), "", "", "", "", total.currency, total.amount, total.ordered, total.shipped,
            total.delivered, total.posted, None, total.slips, total.received, total.balance, total.overdue,
        ]  # fmt: skip
        _write(sheet, formats, row, sums, formats["sum"])
    _for_print(sheet)


def _differences(shown: MonthOfRegister) -> tuple[list[str], Iterable[Sequence[Any]]]:
    heads = [
        _("Contract no."), _("Customer"), _("Figure"), _("Sales"), _("Finance"), _("Difference"), _("Explanation"),
    ]  # fmt: skip
    return heads, (
        [
            one.row.number, one.row.customer_name, one.get_kind_display(), one.sales, one.finance,
            one.sales - one.finance, next((said.text for said in one.explanations.all()), ""),
        ]
        for one in shown.differences
    )  # fmt: skip


def _restated(shown: MonthOfRegister) -> tuple[list[str], Iterable[Sequence[Any]]]:
    heads = [_("Contract no."), _("Figure"), _("When stock was taken"), _("Today")]
    return heads, ([one.number, one.label, one.then, one.now] for one in shown.restated)


def _plain_sheet(
    book: Any, formats: dict[str, Any], name: str, heads: list[str], rows: Iterable[Sequence[Any]]
) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(heads) - 1, 20)
    _write(sheet, formats, 0, heads, formats["head"])
    for row, cells in enumerate(rows, start=1):
        _write(sheet, formats, row, cells, None)
    _for_print(sheet)


def _write(sheet: Any, formats: dict[str, Any], row: int, cells: Sequence[Any], style: Any) -> None:
    """A figure as a figure, a day as a day, everything else as text; what is not there as a dash."""
    for column, value in enumerate(cells):
        if isinstance(value, Decimal):
            sheet.write_number(row, column, value, style or formats["amount"])
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, formats["day"])
        else:
            sheet.write_string(row, column, "—" if value is None else str(value), style)


def _for_print(sheet: Any) -> None:
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")
