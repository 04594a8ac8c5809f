"""The monthly report as a workbook. Texts stay texts: nothing a customer typed becomes a formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.models import User
from reports.queries.monthly import (
    Figures,
    MonthlyReport,
    RegionFigures,
    monthly_report,
    orders_of_month,
    postings_of_month,
)

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
ROWS_A_STEP = 500
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Sheets:
    """The workbook being written and its formats."""

    book: Any
    heading: Any
    head: Any
    amount: Any
    percent: Any
    day: Any
    sum_text: Any
    sum_amount: Any
    sum_percent: Any


def monthly_workbook(user: User, month: date, progress: Progress) -> bytes:
    """Summary, orders and postings of a month within the person's scope, in the language in force."""
    content = BytesIO()
    sheets = _new_book(content)
    report = monthly_report(user, month)
    orders, postings = orders_of_month(user, month), postings_of_month(user, month)
    total = orders.count() + postings.count() + 1
    _summary(sheets, report)
    progress(1, total)
    read = _told(progress, total, 1)
    linked = ("customer", "region", "salesperson")
    _rows(
        sheets, _("Orders"),
        [
            _("Order"), _("Customer"), _("Region"), _("Salesperson"), _("Approved on"), _("Status"),
            _("Amount"),
        ],
        (
            (
                o.number, str(o.customer), region_name(o.region), str(o.salesperson), o.approved_on,
                o.status_label, o.total,
            )
            for o in read(orders.select_related(*linked).order_by("id").iterator(chunk_size=ROWS_A_STEP))
        ),
    )  # fmt: skip
    _rows(
        sheets, _("Postings"),
        [_("Posting"), _("Order"), _("Customer"), _("Region"), _("Salesperson"), _("Posted on"), _("Amount")],
        (
            (
                p.number, p.order.number, str(p.order.customer), region_name(p.order.region),
                str(p.order.salesperson), p.posted_on, p.gross,
            )
            for p in read(
                postings.select_related(*(f"order__{name}" for name in linked))
                .order_by("id").iterator(chunk_size=ROWS_A_STEP)
            )
        ),
    )  # fmt: skip
    sheets.book.close()
    progress(total, total)
    return content.getvalue()


def region_name(region: Any) -> str:
    """A region in the reader's language; a dash for orders without one."""
    if region is None:
        return "—"
    return str(region.name_en if get_language() == "en" else region.name)


def _told(progress: Progress, total: int, done: int) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def read(rows: Iterator[Any]) -> Iterator[Any]:
        nonlocal done
        for row in rows:
            yield row
            done += 1
            if done % ROWS_A_STEP == 0:
                progress(min(done, total), total)

    return read


def _new_book(content: BytesIO) -> Sheets:
    book = xlsxwriter.Workbook(content, OPTIONS)
    line = {"bottom": 1, "bottom_color": "#C9D0D9"}
    bold, money, rate = {"bold": True}, {"num_format": "#,##0.00"}, {"num_format": '0.00"%"'}
    return Sheets(
        book=book,
        heading=book.add_format({**bold, "font_size": 14}),
        head=book.add_format({**bold, **line, "bg_color": "#F5F7FA", "text_wrap": True}),
        amount=book.add_format(money),
        percent=book.add_format({**rate, "align": "right"}),
        day=book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        sum_text=book.add_format({**bold, "top": 1}),
        sum_amount=book.add_format({**bold, **money, "top": 1}),
        sum_percent=book.add_format({**bold, **rate, "top": 1, "align": "right"}),
    )


def _summary(sheets: Sheets, report: MonthlyReport) -> None:
    sheet = sheets.book.add_worksheet(_("Summary"))
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, 5, 16)
    sheet.write_string(0, 0, f"{_('Monthly report')} {report.month:%Y-%m}", sheets.heading)
    sheet.write_string(1, 0, _("Amounts in CNY, tax included"))
    heads = [
        _("Region"),
        _("Salesperson"),
        _("Approved orders"),
        _("Order total"),
        _("Posted"),
        _("Fill rate"),
    ]
    for column, text in enumerate(heads):
        sheet.write_string(3, column, text, sheets.head)
    row = 4
    for region in report.regions:
        for group in region.groups:
            _figures(
                sheets, sheet, row, (_region_of(region), group.salesperson_name), group.figures, is_sum=False
            )
            row += 1
        _figures(sheets, sheet, row, (_region_of(region), _("Region total")), region.figures, is_sum=True)
        row += 1
    _figures(sheets, sheet, row, (_("Total"), ""), report.figures, is_sum=True)
    _for_print(sheet, 3)


def _region_of(region: RegionFigures) -> str:
    return (region.name_en if get_language() == "en" else region.name) or "—"


def _figures(
    sheets: Sheets, sheet: Any, row: int, names: tuple[str, str], figures: Figures, *, is_sum: bool
) -> None:
    text = sheets.sum_text if is_sum else None
    amount = sheets.sum_amount if is_sum else sheets.amount
    sheet.write_string(row, 0, names[0], text)
    sheet.write_string(row, 1, names[1], text)
    sheet.write_number(row, 2, figures.orders, text)
    sheet.write_number(row, 3, figures.total, amount)
    sheet.write_number(row, 4, figures.posted, amount)
    if figures.fill_rate is None:
        sheet.write_string(row, 5, "—", sheets.sum_percent if is_sum else sheets.percent)
    else:
        sheet.write_number(row, 5, figures.fill_rate, sheets.sum_percent if is_sum else sheets.percent)


def _rows(sheets: Sheets, name: str, heads: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    """A plain list; its last column is the amount, summed below as a value: no recalculation needed."""
    sheet = sheets.book.add_worksheet(name)
    sheet.set_column(0, 0, 17)
    sheet.set_column(1, len(heads) - 1, 18)
    for column, text in enumerate(heads):
        sheet.write_string(0, column, text, sheets.head)
    total, last = Decimal("0.00"), 0
    for last, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, Decimal):
                sheet.write_number(last, column, value, sheets.amount)
            elif isinstance(value, date):
                sheet.write_datetime(last, column, value, sheets.day)
            else:
                sheet.write_string(last, column, value or "")
        total += row[-1]
    sheet.write_string(last + 1, 0, _("Total"), sheets.sum_text)
    sheet.write_number(last + 1, len(heads) - 1, total, sheets.sum_amount)
    _for_print(sheet, 0)


def _for_print(sheet: Any, head_row: int) -> None:
    sheet.freeze_panes(head_row + 1, 0)
    sheet.repeat_rows(head_row)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")
