"""What a person, a client or a workbook asks for, before it is an order. Plain values, no Django."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

MOST_LINES = 5_000


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One line asked for. Without `unit_price` the price found holds, without `tax_rate` the product's (IN-05).

    `sku` may also be a barcode, the customer's part number, a full name or the initials of one product.
    `unit_price` is without tax; `discount_percent` 5 means five percent off. `price_source` is set where the
    price comes from a quotation or a contract, never by what a person or a client sends.
    """

    sku: str
    quantity: Decimal
    unit_price: Decimal | None = None
    discount_percent: Decimal = Decimal(0)
    tax_rate: Decimal | None = None
    is_unclear: bool = False
    special_request: str = ""
    remark: str = ""
    price_source: str = ""


FOUND_SOURCES = ("list", "break", "customer", "customer_break")
AGREED_SOURCES = ("quote", "contract")
"""Prices found anew when an order is corrected, and those that came with a paper and stay while they are kept."""


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """A whole order asked for. Empty header fields are filled from the customer file (IN-05).

    `stated_amount` is the amount on the customer's own paper, tax included; `stated_amount_absent` says
    that the paper names none (VA-02). `freight` is charged to the customer, tax included. `contract` is the
    number of the contract it comes under (CT-02); empty is none, None leaves it as it is.
    """

    channel: str
    lines: tuple[LineDraft, ...]
    customer_po: str = ""
    external_ref: str = ""
    ordered_on: date | None = None
    promised_on: date | None = None
    terms: str = ""
    prepaid_percent: Decimal | None = None
    stated_amount: Decimal | None = None
    stated_amount_absent: bool = False
    freight: Decimal = Decimal("0.00")
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    delivery_address: str = ""
    source: str = ""
    remarks: str = ""
    contract: str | None = None


def with_agreed_sources(draft: OrderDraft, before: Iterable[Mapping[str, Any]]) -> OrderDraft:
    """Lines whose price from a quotation or a contract is left as it was keep saying so."""
    agreed = {
        (row["sku"], row["unit_price"], row["discount_percent"]): row["price_source"]
        for row in before
        if row["price_source"] in AGREED_SOURCES
    }
    if not agreed:
        return draft
    lines = tuple(
        replace(line, price_source=agreed.get((line.sku, line.unit_price, line.discount_percent), ""))
        for line in draft.lines
    )
    return replace(draft, lines=lines)
