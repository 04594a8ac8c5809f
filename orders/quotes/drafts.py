"""What is to be quoted, before it is a quotation. Plain values, no Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orders.drafts import LineDraft, OrderDraft


@dataclass(frozen=True, slots=True)
class QuoteLineDraft:
    """One line to quote. Without `unit_price` the price that holds for customer and quantity is found (QT-03).

    `unit_price` is without tax; `discount_percent` 5 means five percent off. An alternative stands on the
    paper and not in the total. `is_made_to_order` None: a product of ours that stock does not cover is made.
    """

    sku: str
    quantity: Decimal
    unit_price: Decimal | None = None
    discount_percent: Decimal = Decimal(0)
    tax_rate: Decimal | None = None
    is_alternative: bool = False
    is_made_to_order: bool | None = None
    lead_days: int | None = None
    remark: str = ""

    def as_order_line(self) -> LineDraft:
        return LineDraft(
            sku=self.sku,
            quantity=self.quantity,
            unit_price=self.unit_price,
            discount_percent=self.discount_percent,
            tax_rate=self.tax_rate,
            remark=self.remark,
        )


@dataclass(frozen=True, slots=True)
class QuoteDraft:
    """A whole quotation asked for (QT-01). Empty fields are filled from the customer file and the settings.

    `valid_until` None: today and as many days as quote.valid_days says. `freight` is charged to the customer,
    tax included.
    """

    lines: tuple[QuoteLineDraft, ...]
    title: str = ""
    valid_until: date | None = None
    language: str = ""
    terms: str = ""
    prepaid_percent: Decimal | None = None
    freight: Decimal = Decimal("0.00")
    preferential_policy: str = ""
    delivery_cycle: str = ""
    warranty: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    delivery_address: str = ""
    remarks: str = ""
    internal_note: str = ""
    external_ref: str = ""

    def as_order(self, channel: str) -> OrderDraft:
        """The same as an order, so that one assessment prices both."""
        return OrderDraft(
            channel=channel,
            lines=tuple(line.as_order_line() for line in self.lines),
            external_ref=self.external_ref,
            terms=self.terms,
            prepaid_percent=self.prepaid_percent,
            freight=self.freight,
            contact_name=self.contact_name,
            contact_phone=self.contact_phone,
            contact_email=self.contact_email,
            delivery_address=self.delivery_address,
            remarks=self.remarks,
        )
