"""What a product and a price must be, row by row, for every door they come in by: page, API, admin, import. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from core.money import round_half_up
from inventory.models import Product

TAX_RATES = (Decimal("0.13"), Decimal("0.09"), Decimal("0.06"), Decimal(0))
LONGEST = {"sku": 24, "name": 120, "unit": 12, "spec": 120, "category": 60, "barcode": 32}
MOST = Decimal(10) ** 12
"""Beyond this a quantity or a price is a slip of the hand, and would not fit its column."""

RowFault = tuple[str, str, str]
"""Field, code, and in words what is wrong and what would be right."""


@dataclass(frozen=True, slots=True)
class ProductRow:
    """`tax_rate` is a fraction, `standard_cost` per unit without tax."""

    sku: str
    name: str
    unit: str
    spec: str = ""
    category: str = ""
    barcode: str = ""
    unit_decimals: int = 0
    tax_rate: Decimal = TAX_RATES[0]
    supply: str = Product.Supply.MAKE
    minimum_stock: Decimal = Decimal(0)
    standard_cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price and its floor, both without tax; `minimum_quantity` above 0 makes it a quantity price."""

    sku: str
    unit_price: Decimal
    floor_price: Decimal | None = None
    minimum_quantity: Decimal = Decimal(0)


def product_problems(row: ProductRow | Product) -> list[RowFault]:
    """Everything wrong with one product by itself (G-01, G-02); that its code is taken, others know."""
    found = [
        (field, "required", _("This entry is required."))
        for field in ("sku", "name", "unit")
        if not getattr(row, field).strip()
    ]
    for field, longest in LONGEST.items():
        if len(getattr(row, field)) > longest:
            found.append(
                (field, "too_long", _("At most %(count)s characters fit here.") % {"count": longest})
            )
    if row.tax_rate not in TAX_RATES:
        found.append(("tax_rate", "unknown_rate", _("The tax rate is 13, 9, 6 or 0 percent.")))
    if not 0 <= row.unit_decimals <= 3:
        found.append(("unit_decimals", "out_of_range", _("A unit has 0 to 3 decimals.")))
    elif not 0 <= row.minimum_stock < MOST or has_more_places(row.minimum_stock, row.unit_decimals):
        found.append(
            (
                "minimum_stock",
                "out_of_range",
                _("The minimum stock is zero or more, in the decimals of the unit."),
            )
        )
    if row.supply not in Product.Supply.values:
        found.append(("supply", "unknown", _("A product is made by us or bought in.")))
    if row.standard_cost is not None and not is_price(row.standard_cost):
        found.append(("standard_cost", "price", _("A cost is zero or more, with 4 decimals at most.")))
    return found


def price_problems(row: PriceRow) -> list[RowFault]:
    """Everything wrong with one price by itself: 4 decimals (G-01), its floor not above it (QT-03)."""
    found = []
    if not is_price(row.unit_price):
        found.append(("unit_price", "price", _("A price is zero or more, with 4 decimals at most.")))
    if row.floor_price is not None and not 0 <= row.floor_price <= row.unit_price:
        found.append(("floor_price", "price", _("The floor price lies between zero and the list price.")))
    if not 0 <= row.minimum_quantity < MOST or has_more_places(row.minimum_quantity, 3):
        found.append(
            ("minimum_quantity", "quantity", _("A quantity is zero or more, with 3 decimals at most."))
        )
    elif row.minimum_quantity and row.floor_price is not None:
        found.append(
            ("floor_price", "price", _("The floor price stands in the product's first row, from quantity 0."))
        )
    return found


def break_problems(rows: Sequence[PriceRow]) -> dict[int, RowFault]:
    """What is wrong with the quantity prices of one product among themselves, by the row's place (QT-03).

    Each quantity once, from 0 on, no price above that of a smaller quantity, none below the floor.
    """
    order = sorted(range(len(rows)), key=lambda place: rows[place].minimum_quantity)
    found: dict[int, RowFault] = {}
    first = rows[order[0]]
    if first.minimum_quantity:
        found[order[0]] = (
            "minimum_quantity",
            "no_base",
            _("The price from quantity 0 is missing. Enter it before the quantity prices."),
        )
    for before, place in pairwise(order):
        row, smaller = rows[place], rows[before]
        if row.minimum_quantity == smaller.minimum_quantity:
            field = "minimum_quantity" if row.minimum_quantity else "sku"
            found[place] = (field, "duplicate", _("This product stands in the list twice."))
        elif row.unit_price > smaller.unit_price:
            found[place] = (
                "unit_price",
                "rising",
                _("A larger quantity may not cost more than a smaller one."),
            )
        elif first.floor_price is not None and row.unit_price < first.floor_price:
            found[place] = (
                "unit_price",
                "below_floor",
                _("A quantity price may not lie below the floor price."),
            )
    return found


def is_price(value: Decimal) -> bool:
    return 0 <= value < MOST and not has_more_places(value, 4)


def has_more_places(value: Decimal, places: int) -> bool:
    return round_half_up(value, places) != value
