"""Writes the standard Excel order form: everything locked but what the customer fills in (XL-01)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from core.clock import now, today
from customers.models import Customer
from inventory.models import PriceList
from inventory.queries import PricedProduct
from orders.intake.layout import (
    COLUMNS,
    CUSTOMER_CELL,
    FIRST_ROW,
    HEADER_ROW,
    OPEN_CELLS,
    PASSPORT,
    TOTAL_CELL,
    Passport,
    letter_of,
)
from orders.pricing import LineAmounts, order_totals, price_line

INK, MUTED, LINE, HEAD, OPEN = "#1B2430", "#5B6675", "#C3CAD4", "#EEF1F5", "#FFF8DC"
BASE = {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": INK, "valign": "vcenter"}
STYLES: Mapping[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16},
    "note": {"font_color": MUTED, "font_size": 9},
    "label": {"font_color": MUTED, "align": "right", "font_size": 9, "shrink": True, "indent": 1},
    "fact": {"bold": True},
    "text": {"border": 1, "border_color": LINE},
    "wrap": {"border": 1, "border_color": LINE, "text_wrap": True},
    "centre": {"border": 1, "border_color": LINE, "align": "center"},
    "price": {"border": 1, "border_color": LINE, "num_format": "#,##0.00##"},
    "rate": {"border": 1, "border_color": LINE, "num_format": "0%", "align": "center"},
    "amount": {"border": 1, "border_color": LINE, "num_format": "#,##0.00"},
    "total": {"bold": True, "num_format": '"¥"#,##0.00', "font_size": 12, "bottom": 2, "bottom_color": INK},
    "subtotal": {"num_format": "#,##0.00"},
    "head": {
        "bold": True,
        "bg_color": HEAD,
        "border": 1,
        "border_color": LINE,
        "align": "center",
        "text_wrap": True,
        "font_size": 9,
    },
    "open": {"bg_color": OPEN, "border": 1, "border_color": LINE, "locked": False, "num_format": "@"},
    "open_quantity": {
        "bg_color": OPEN,
        "border": 1,
        "border_color": LINE,
        "locked": False,
        "num_format": "#,##0.###",
    },
    "open_amount": {
        "bg_color": OPEN,
        "border": 1,
        "border_color": LINE,
        "locked": False,
        "num_format": "#,##0.00",
        "align": "left",
    },
    "open_day": {
        "bg_color": OPEN,
        "border": 1,
        "border_color": LINE,
        "locked": False,
        "num_format": "yyyy-mm-dd",
        "align": "left",
    },
}
SIGNS_OF_A_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class FilledIn:
    """What already stands in the open cells: empty for a new form, an order's own figures when it is
    exported.
    """

    quantities: Mapping[str, Decimal] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    customer_po: str = ""
    stated_amount: Decimal | None = None
    promised_on: date | None = None
    address_remark: str = ""


@dataclass(frozen=True, slots=True)
class Pen:
    """The open sheet and its cell styles; text never becomes a formula (XL-03)."""

    sheet: Worksheet
    styles: Mapping[str, Any]
    text_styles: Mapping[str, Any]

    def text(self, cell: str, text: str, style: str) -> None:
        styles = self.text_styles if text.startswith(SIGNS_OF_A_FORMULA) else self.styles
        self.sheet.write_string(cell, text, styles[style])

    def number(self, cell: str, value: Decimal | None, style: str) -> None:
        if value is None:
            self.sheet.write_blank(cell, None, self.styles[style])
        else:
            self.sheet.write_number(cell, float(value), self.styles[style])

    def formula(self, cell: str, formula: str, style: str, value: Any = "") -> None:
        self.sheet.write_formula(cell, formula, self.styles[style], value)


def write_form(
    customer: Customer,
    price_list: PriceList,
    products: Sequence[PricedProduct],
    passport: Passport,
    filled: FilledIn,
) -> bytes:
    """The workbook's bytes, in the language that is active."""
    output = BytesIO()
    book = xlsxwriter.Workbook(
        output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": _("Standard order sheet"), "created": now().replace(tzinfo=None)})
    sheet = book.add_worksheet(_("Order form"))
    pen = Pen(
        sheet,
        {name: book.add_format({**BASE, **style}) for name, style in STYLES.items()},
        {name: book.add_format({**BASE, **style, "quote_prefix": True}) for name, style in STYLES.items()},
    )
    last = FIRST_ROW + max(len(products), 1) - 1
    amounts = {product.sku: _amounts_of(product, filled.quantities.get(product.sku)) for product in products}
    prices = _("Prices: %(code)s, from %(day)s") % {
        "code": passport.price_list,
        "day": price_list.valid_from.isoformat(),
    }
    _write_head(pen, customer, prices, filled, last)
    _write_totals(pen, amounts.values(), last)
    _write_table(pen, products, filled, amounts)
    _set_up(sheet, last)
    _write_passport(book, passport)
    sheet.activate()
    book.close()
    return output.getvalue()


def _write_head(pen: Pen, customer: Customer, prices: str, filled: FilledIn, last: int) -> None:
    sheet = pen.sheet
    sheet.set_default_row(17)
    sheet.set_row(0, 28)
    sheet.set_row(1, 18)
    for row in range(2, 6):
        sheet.set_row(row, 20)
    sheet.set_row(6, 8)
    sheet.merge_range("A1:G1", _("Standard order sheet"), pen.styles["title"])
    sheet.merge_range("H1:L1", prices, pen.styles["label"])
    sheet.merge_range(
        "A2:L2",
        _(
            "Fill in the yellow cells only: quantities, remarks and the four boxes "
            "below. Prices are without tax; the totals follow by themselves."
        ),
        pen.styles["note"],
    )
    contact, address = customer.default_contact, customer.default_address
    for row, label in (
        (3, _("Customer")),
        (4, _("Contact")),
        (5, _("Delivery address")),
        (6, _("Changed address, remarks")),
    ):
        sheet.merge_range(f"A{row}:B{row}", label, pen.styles["label"])
    pen.text(CUSTOMER_CELL, f"{customer.number} {customer.name}", "fact")
    pen.text("C4", " ".join(filter(None, [contact.name, contact.phone])) if contact else "", "fact")
    pen.text("C5", str(address) if address else "", "fact")
    for row, label in (
        (3, _("Your order no.")),
        (4, _("Amount on your order")),
        (5, _("Wanted delivery date")),
    ):
        sheet.merge_range(f"F{row}:G{row}", label, pen.styles["label"])
    pen.text(OPEN_CELLS["customer_po"], filled.customer_po, "open")
    pen.number(OPEN_CELLS["stated_amount"], filled.stated_amount, "open_amount")
    if filled.promised_on is None:
        pen.number(OPEN_CELLS["promised_on"], None, "open_day")
    else:
        sheet.write_datetime(OPEN_CELLS["promised_on"], filled.promised_on, pen.styles["open_day"])
    sheet.merge_range("C6:L6", "", pen.styles["open"])
    pen.text(OPEN_CELLS["address_remark"], filled.address_remark, "open")


def _write_totals(pen: Pen, amounts: Iterable[LineAmounts | None], last: int) -> None:
    sums = order_totals(amount for amount in amounts if amount is not None)
    for row, label, column, style, value in (
        (3, _("Total, tax included"), "gross", "total", sums.total),
        (4, _("Net amount"), "net", "subtotal", sums.net),
        (5, _("Tax"), "tax", "subtotal", sums.tax),
    ):
        letter = COLUMNS[column].letter
        pen.text(f"J{row}", label, "label")
        pen.formula(
            f"{letter_of(TOTAL_CELL)}{row}", f"=SUM({letter}{FIRST_ROW}:{letter}{last})", style, float(value)
        )


def _amounts_of(product: PricedProduct, quantity: Decimal | None) -> LineAmounts | None:
    if quantity is None or product.unit_price is None:
        return None
    return price_line(quantity, product.unit_price, Decimal(0), product.tax_rate)


def _write_table(
    pen: Pen, products: Sequence[PricedProduct], filled: FilledIn, amounts: Mapping[str, LineAmounts | None]
) -> None:
    pen.sheet.set_row(HEADER_ROW - 1, 32)
    for column in COLUMNS.values():
        pen.text(f"{column.letter}{HEADER_ROW}", str(column.title), "head")
    for index, product in enumerate(products):
        _write_row(pen, FIRST_ROW + index, index + 1, product, filled, amounts[product.sku])
    if not products:
        pen.text(f"C{FIRST_ROW}", _("This price list has no products."), "note")


def _write_row(
    pen: Pen, row: int, no: int, product: PricedProduct, filled: FilledIn, amounts: LineAmounts | None
) -> None:
    at = {name: f"{column.letter}{row}" for name, column in COLUMNS.items()}
    pen.number(at["no"], Decimal(no), "centre")
    pen.text(at["sku"], product.sku, "text")
    pen.text(at["name"], product.name, "wrap")
    pen.text(at["spec"], product.spec, "wrap")
    pen.text(at["unit"], product.unit, "centre")
    pen.number(at["price"], product.unit_price, "price")
    pen.number(at["rate"], product.tax_rate, "rate")
    pen.number(at["quantity"], filled.quantities.get(product.sku), "open_quantity")
    pen.formula(
        at["net"],
        f'=IF(ISNUMBER({at["quantity"]}),ROUND({at["quantity"]}*{at["price"]},2),"")',
        "amount",
        float(amounts.net) if amounts else "",
    )
    pen.formula(
        at["tax"],
        f'=IF({at["net"]}="","",ROUND({at["net"]}*{at["rate"]},2))',
        "amount",
        float(amounts.tax) if amounts else "",
    )
    pen.formula(
        at["gross"],
        f'=IF({at["net"]}="","",{at["net"]}+{at["tax"]})',
        "amount",
        float(amounts.gross) if amounts else "",
    )
    pen.text(at["remark"], filled.remarks.get(product.sku, ""), "open")
    pen.sheet.data_validation(at["quantity"], _quantity_rule(product))


def _quantity_rule(product: PricedProduct) -> dict[str, Any]:
    is_whole = product.unit_decimals == 0
    return {
        "validate": "integer" if is_whole else "decimal",
        "criteria": ">=",
        "value": 0,
        "ignore_blank": True,
        "error_title": _("Quantity"),
        "error_message": _("Enter a whole quantity of 0 or more.")
        if is_whole
        else _("Enter a quantity of 0 or more."),
    }


def _set_up(sheet: Worksheet, last: int) -> None:
    for column in COLUMNS.values():
        sheet.set_column(f"{column.letter}:{column.letter}", column.width)
    sheet.data_validation(
        OPEN_CELLS["promised_on"],
        {
            "validate": "date",
            "criteria": ">=",
            "value": today(),
            "ignore_blank": True,
            "error_title": _("Wanted delivery date"),
            "error_message": _("Enter a day from today on, for example 2026-12-01."),
        },
    )
    sheet.data_validation(
        OPEN_CELLS["stated_amount"],
        {
            "validate": "decimal",
            "criteria": ">=",
            "value": 0,
            "ignore_blank": True,
            "error_title": _("Amount"),
            "error_message": _("Enter an amount of 0.00 or more."),
        },
    )
    sheet.hide_gridlines(2)
    sheet.freeze_panes(HEADER_ROW, 3)
    sheet.protect("", {"select_locked_cells": True, "select_unlocked_cells": True, "format_columns": True})
    sheet.set_selection(f"{COLUMNS['quantity'].letter}{FIRST_ROW}")
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW - 1)
    sheet.print_area(f"A1:L{last}")
    sheet.set_footer("&L&8&A&R&8&P / &N")


def _write_passport(book: Workbook, passport: Passport) -> None:
    sheet = book.add_worksheet(PASSPORT)
    for row, (name, value) in enumerate(passport.rows()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    sheet.protect()
    sheet.very_hidden()
