"""Fill in an order form as a customer does in a spreadsheet, and spoil one as some do.

`tests/fixtures/order_form_example.xlsx` is such a form as it left the product and came back filled in. When the
layout of the form changes, delete it and run `tests/orders/test_example_form.py`, which writes it anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest import mock

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from core.clock import today
from core.models import User
from customers.models import Customer
from orders.intake.excel_form import issue_order_form
from orders.intake.layout import COLUMNS, FIRST_ROW, OPEN_CELLS

EXAMPLE_WORKBOOK = Path(__file__).parent / "fixtures" / "order_form_example.xlsx"
EXAMPLE_UID = uuid.UUID("3f0c9f0e-6d1b-4b7e-9a39-5a2f6d1c8e11")

SKU, QUANTITY, REMARK = (COLUMNS[name].letter for name in ("sku", "quantity", "remark"))


def fill_in_form(
    workbook: bytes,
    *,
    quantities: Mapping[str, Any],
    stated_amount: str | None = None,
    customer_po: str = "",
    promised_on: date | None = None,
    address_remark: str = "",
    remarks: Mapping[str, str] | None = None,
    spoil: Callable[[Worksheet], None] | None = None,
) -> bytes:
    """The form with quantities by product code; wanted in a week unless said otherwise. `spoil` gets
    the sheet last.
    """
    book = load_workbook(BytesIO(workbook))
    sheet = book.worksheets[0]
    sheet[OPEN_CELLS["customer_po"]] = customer_po or None
    sheet[OPEN_CELLS["stated_amount"]] = float(Decimal(stated_amount)) if stated_amount is not None else None
    sheet[OPEN_CELLS["promised_on"]] = promised_on or today() + timedelta(days=7)
    sheet[OPEN_CELLS["address_remark"]] = address_remark or None
    rows = {sheet[f"{SKU}{row}"].value: row for row in range(FIRST_ROW, sheet.max_row + 1)}
    for sku, quantity in quantities.items():
        sheet[f"{QUANTITY}{rows[sku]}"] = float(quantity) if isinstance(quantity, Decimal) else quantity
    for sku, remark in (remarks or {}).items():
        sheet[f"{REMARK}{rows[sku]}"] = remark
    if spoil is not None:
        spoil(sheet)
    output = BytesIO()
    book.save(output)
    return output.getvalue()


def write_example_anew(customer: Customer, *, actor: User) -> None:
    """Issue the form under its fixed identity, fill it in and keep it beside the tests."""
    with mock.patch("orders.intake.excel_form.uuid.uuid4", return_value=EXAMPLE_UID):
        form, blank = issue_order_form(customer, actor=actor)
    form.delete()
    EXAMPLE_WORKBOOK.write_bytes(
        fill_in_form(
            blank,
            quantities={"A1023": 10, "B2040": 7},
            stated_amount="11171.65",
            customer_po="HX-0815",
            promised_on=date(2026, 12, 1),
            address_remark="送余杭新仓，请提前电话",
            remarks={"A1023": "加急"},
        )
    )
