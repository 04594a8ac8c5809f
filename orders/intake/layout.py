"""Where everything stands in the standard Excel order form; the writer and the reader share it (XL-01).

Rows and columns are counted as the spreadsheet shows them: row 1, column A.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

VERSION = "1"
PASSPORT = "_form"
"""The hidden sheet by which a form is recognised when it comes back."""


@dataclass(frozen=True, slots=True)
class Column:
    letter: str
    title: Any
    width: int


COLUMNS = {
    "no": Column("A", _("No."), 5),
    "sku": Column("B", _("Code"), 13),
    "name": Column("C", _("Product"), 27),
    "spec": Column("D", _("Specification"), 20),
    "unit": Column("E", _("Unit"), 7),
    "price": Column("F", _("Unit price, tax excluded"), 13),
    "rate": Column("G", _("Tax rate"), 8),
    "quantity": Column("H", _("Quantity"), 12),
    "net": Column("I", _("Net amount"), 13),
    "tax": Column("J", _("Tax"), 12),
    "gross": Column("K", _("Amount, tax included"), 15),
    "remark": Column("L", _("Remark"), 28),
}
HEADER_ROW = 8
FIRST_ROW = 9

OPEN_CELLS = {
    "customer_po": "H3",
    "stated_amount": "H4",
    "promised_on": "H5",
    "address_remark": "C6",
}
CUSTOMER_CELL = "C3"
TOTAL_CELL = "K3"


@dataclass(frozen=True, slots=True)
class Passport:
    """What the hidden sheet says of a form: which one it is, for whom, with which prices."""

    uid: str
    price_list: str
    customer: str
    lines: int
    checksum: str
    version: str = VERSION

    def rows(self) -> list[tuple[str, str]]:
        return [
            ("form", self.uid),
            ("price_list", self.price_list),
            ("customer", self.customer),
            ("lines", str(self.lines)),
            ("checksum", self.checksum),
            ("version", self.version),
        ]


def checksum_of(uid: str, prices: Iterable[tuple[str, Decimal | None]]) -> str:
    """SHA-256 over the form and its prices: tells a changed catalogue from a filled-in form."""
    digest = hashlib.sha256(uid.encode())
    for sku, price in prices:
        digest.update(f"\n{sku}={price}".encode())
    return digest.hexdigest()


def row_of(cell: str) -> int:
    return int("".join(sign for sign in cell if sign.isdigit()))


def letter_of(cell: str) -> str:
    return "".join(sign for sign in cell if sign.isalpha())
