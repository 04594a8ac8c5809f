"""What somebody asks for, as it was told, before it is an enquiry. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.models import User
    from customers.models import Customer, Region

MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class EnquiryLineDraft:
    """A product by our code, barcode or the customer's part number, or words for what we may not have.

    With a code, empty words, specification and unit come from the catalogue.
    """

    sku: str = ""
    description: str = ""
    spec: str = ""
    quantity: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class EnquiryDraft:
    """A whole enquiry (EN-01), of a customer on file or of a prospect by name.

    Without `owner` the customer's salesperson has it, or whoever takes a prospect's call. `received_at` is the
    moment the question came in, which starts the response clock; without it, now.
    """

    channel: str
    lines: tuple[EnquiryLineDraft, ...]
    customer: Customer | None = None
    prospect_name: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    region: Region | None = None
    owner: User | None = None
    received_at: datetime | None = None
    wanted_on: date | None = None
    special_needs: str = ""
    external_ref: str = ""
