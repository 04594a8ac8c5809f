"""What is asked for, checked and made whole from the catalogue. Two statements, however many lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from core.errors import Problems
from customers.models import Customer
from inventory.models import CustomerPart, Product
from orders.enquiries.drafts import MOST_LINES, EnquiryDraft, EnquiryLineDraft

LONGEST = {"description": 160, "spec": 160, "unit": 12}
MOST_DECIMALS = 3
LARGEST = Decimal(1_000_000_000)


@dataclass(frozen=True, slots=True)
class DemandLine:
    """One line as it is stored."""

    product_id: int | None
    sku: str
    description: str
    spec: str
    quantity: Decimal | None
    unit: str

    def row(self, enquiry_id: int, line_no: int) -> dict[str, Any]:
        return {
            "enquiry": enquiry_id,
            "line_no": line_no,
            "product": self.product_id,
            "description": self.description,
            "spec": self.spec,
            "quantity": self.quantity,
            "unit": self.unit,
        }


def demand_of(draft: EnquiryDraft, customer: Customer | None, problems: Problems) -> list[DemandLine]:
    """The lines of a draft; what is wrong with them goes to `problems`, at `#/lines/{n}/{field}`."""
    if not draft.lines:
        problems.add("#/lines", "no_lines", _("Enter at least one product, by code or in words."))
    if len(draft.lines) > MOST_LINES:
        problems.add(
            "#/lines",
            "too_many_lines",
            _("An enquiry has at most %(most)s lines. Split it.") % {"most": MOST_LINES},
        )
        return []
    products = products_named([line.sku for line in draft.lines if line.sku.strip()], customer)
    return [
        _line(index, line, products.get(line.sku.strip().lower()), problems)
        for index, line in enumerate(draft.lines)
    ]


def products_named(codes: Sequence[str], customer: Customer | None) -> dict[str, Product]:
    """Products by typed code, lower case: our code, the barcode or the customer's part number."""
    wanted = {code.strip() for code in codes if code.strip()}
    if not wanted:
        return {}
    spellings = {*wanted, *(code.upper() for code in wanted)}
    named = {}
    if customer is not None and customer.pk:
        parts = CustomerPart.objects.filter(customer=customer, part_number__in=spellings)
        named = {part.part_number.lower(): part.product for part in parts.select_related("product")}
    for product in Product.objects.filter(Q(sku__in=spellings) | Q(barcode__in=wanted)):
        if product.barcode in wanted:
            named[product.barcode.lower()] = product
        named[product.sku.lower()] = product
    return named


def _line(index: int, draft: EnquiryLineDraft, product: Product | None, problems: Problems) -> DemandLine:
    def wrong(name: str, code: str, detail: str) -> None:
        problems.add(f"#/lines/{index}/{name}", code, detail)

    sku = draft.sku.strip()
    description = draft.description.strip() or (product.name if product else "")
    if sku and product is None:
        wrong(
            "sku",
            "unknown_sku",
            _("There is no product %(code)s. Choose one, or describe it in words.") % {"code": sku},
        )
    elif not description:
        wrong("description", "required", _("Say what is asked for: a code, or words."))
    line = DemandLine(
        product.pk if product else None,
        product.sku if product else "",
        description,
        draft.spec.strip() or (product.spec if product else ""),
        draft.quantity,
        product.unit if product else draft.unit.strip(),
    )
    for name, longest in LONGEST.items():
        if len(getattr(line, name)) > longest:
            wrong(name, "too_long", _("At most %(count)s characters fit here.") % {"count": longest})
    if (detail := _quantity_fault(line.quantity, product)) is not None:
        wrong("quantity", "quantity", detail)
    return line


def _quantity_fault(quantity: Decimal | None, product: Product | None) -> str | None:
    """More than nothing, and no finer than the unit allows (G-01)."""
    if quantity is None:
        return None
    if not quantity.is_finite() or quantity <= 0 or quantity >= LARGEST:
        return _("Enter a quantity above zero, or leave it empty while it is not known.")
    decimals = product.unit_decimals if product is not None else MOST_DECIMALS
    exponent = quantity.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > decimals:
        if decimals == 0:
            return _("This unit is counted in whole numbers.")
        return _("At most %(count)s decimals fit this unit.") % {"count": decimals}
    return None
