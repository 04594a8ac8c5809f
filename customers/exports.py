"""The list of customers as a workbook: texts stay texts, phones are masked for who may not see them (CM-03)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.models import User
from customers.models import Customer
from customers.phones import phone_for

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
ROWS_A_STEP = 500
Progress = Callable[[int, int], None]


def customer_workbook(rows: QuerySet[Customer], user: User, progress: Progress) -> bytes:
    """One row a customer, in the language in force. Text that begins like a formula stays text (XL-03)."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content, OPTIONS)
    sheet = book.add_worksheet(_("Customers"))
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F5F7FA", "text_wrap": True})
    formats = {
        Decimal: book.add_format({"num_format": "#,##0.00"}),
        date: book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
    }
    for column, title in enumerate(_titles()):
        sheet.write_string(0, column, title, head)
    total = rows.count()
    listed = rows.with_defaults().order_by("number")  # type: ignore[attr-defined]
    for place, customer in enumerate(listed.iterator(chunk_size=ROWS_A_STEP), start=1):
        for column, value in enumerate(_cells(customer, user)):
            _write(sheet, place, column, value, formats)
        if place % ROWS_A_STEP == 0:
            progress(min(place, total), total)
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, len(_titles()) - 1, 18)
    sheet.freeze_panes(1, 2)
    book.close()
    progress(total, total)
    return content.getvalue()


def _titles() -> list[str]:
    return [
        _("Customer no."), _("Full name"), _("Short name"), _("Unified social credit code"), _("Industry"),
        _("Customer type"), _("Grade"), _("Region desk"), _("Responsible salesperson"), _("Settlement"), _("Currency"),
        _("Status"), _("Contact"), _("Position"), _("Business phone"), _("Business e-mail"), _("Delivery address"),
        _("Completed orders"), _("Cumulative amount"), _("First order"), _("Latest order"), _("Core needs"),
        _("Source"),
    ]  # fmt: skip


def _cells(customer: Customer, user: User) -> list[Any]:
    contact = customer.default_contact
    return [
        customer.number, customer.name, customer.short_name, customer.uscc, customer.industry,
        customer.get_kind_display(), customer.grade, str(customer.region or ""), str(customer.salesperson),
        customer.get_settlement_display(), customer.currency, customer.get_status_display(),
        contact.name if contact else "", contact.title if contact else "",
        phone_for(user, contact.phone) if contact else "", contact.email if contact else "",
        str(customer.default_address or ""), customer.order_count, customer.cumulative_amount,
        customer.first_cooperation_on, customer.last_cooperation_on, customer.core_needs, customer.source,
    ]  # fmt: skip


def _write(sheet: Any, row: int, column: int, value: Any, formats: dict[type, Any]) -> None:
    if isinstance(value, int):
        sheet.write_number(row, column, value)
    elif isinstance(value, Decimal):
        sheet.write_number(row, column, value, formats[Decimal])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats[date])
    else:
        sheet.write_string(row, column, str(value or ""))
