"""Fill in an order form as a customer does in a spreadsheet, and spoil one as some do.

`tests/fixtures/order_form_example.xlsx` is such a form as it left the product and came back filled in. It was
written once by `tests/orders/test_example_form.py` (delete it and run that test to write it again).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from core.clock import today
from orders.intake.layout import COLUMNS, FIRST_ROW, OPEN_CELLS

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
