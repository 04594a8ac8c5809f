"""The analysis of customers' performance and credit as a workbook (CT-05)."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from core.models import User
from reports.exports import OPTIONS, Progress
from reports.queries.customer_analysis import Conduct, Period, customer_analysis


def analysis_workbook(user: User, period: Period, progress: Progress) -> bytes:
    """Within the person's scope, in the language in force. What has no base is a dash (G-07)."""
    rows = customer_analysis(user, period)
    content = BytesIO()
    book = xlsxwriter.Workbook(content, OPTIONS)
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F5F7FA", "text_wrap": True})
    amount = book.add_format({"num_format": "#,##0.00"})
    sheet = book.add_worksheet(_("Customer analysis"))
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 30)
    sheet.set_column(2, 16, 13)
    title = _("Performance and credit of customers, %(begins)s to %(ends)s")
    sheet.write_string(0, 0, title % {"begins": period.begins, "ends": period.ends}, bold)
    for column, text in enumerate(_heads()):
        sheet.write_string(2, column, text, head)
    for place, row in enumerate(rows, start=3):
        for column, value in enumerate(_cells(row)):
            if isinstance(value, Decimal | int):
                sheet.write_number(place, column, value, amount if isinstance(value, Decimal) else None)
            else:
                sheet.write_string(place, column, "—" if value is None else str(value))
    sheet.freeze_panes(3, 2)
    sheet.repeat_rows(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")
    book.close()
    progress(1, 1)
    return content.getvalue()


def _heads() -> list[str]:
    return [
        _("Customer no."), _("Customer"), _("Grade"), _("Salesperson"), _("Contracts"), _("Completed orders"),
        _("On time"), _("On-time share %"), _("Days late on average"), _("Currency"), _("Fell due"),
        _("Paid on time"), _("Paid on time %"), _("Payment delay in days on average"),
        _("Longest payment delay in days"), _("Overdue"), _("Credit limit"),
    ]  # fmt: skip


def _cells(row: Conduct) -> list[Any]:
    customer = row.customer
    return [
        customer.number, customer.name, customer.grade, str(customer.salesperson), row.contracts, row.completed,
        row.on_time, row.on_time_share, row.average_late_days, row.currency, row.due, row.paid_on_time,
        row.paid_on_time_share, row.average_delay, row.longest_delay, row.overdue, row.limit,
    ]  # fmt: skip
