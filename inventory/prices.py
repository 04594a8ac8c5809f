"""Which price holds for a customer, a product and a quantity on a day, and where it comes from (QT-03).

The price agreed with the customer goes before the general list, whatever the quantity; within a list the row
with the largest `minimum_quantity` not above the quantity holds. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.money import BASE_CURRENCY
from customers.models import Customer
from inventory.models import Price, PriceList


class PriceSource(models.TextChoices):
    """Where the price of a line comes from. The last three are set by the documents, not found in a list."""

    CUSTOMER = "customer", _("agreed with the customer")
    CUSTOMER_BREAK = "customer_break", _("agreed quantity price")
    BREAK = "break", _("quantity price")
    LIST = "list", _("list price")
    MANUAL = "manual", _("typed in")
    QUOTE = "quote", _("quotation")
    CONTRACT = "contract", _("contract")


@dataclass(frozen=True, slots=True)
class PriceQuery:
    """A product by code and how much of it."""

    sku: str
    quantity: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class FoundPrice:
    """The price that holds, without tax.

    `list_price` is the general list's price from quantity 0, against which discounts count; where the general
    list does not name the product, the agreed one. `base_price` is the price from quantity 0 of the list
    found in.
    """

    unit_price: Decimal
    list_price: Decimal
    floor_price: Decimal | None
    source: str
    price_list_id: int
    minimum_quantity: Decimal
    base_price: Decimal

    @property
    def base_source(self) -> str:
        """What the price from quantity 0 is called: a list price or an agreed one."""
        is_agreed = self.source in (PriceSource.CUSTOMER, PriceSource.CUSTOMER_BREAK)
        return PriceSource.CUSTOMER.value if is_agreed else PriceSource.LIST.value


@dataclass(frozen=True, slots=True)
class PriceRowFound:
    """One row of a price list: from which quantity on, for how much, and the floor."""

    price_list_id: int
    minimum_quantity: Decimal
    unit_price: Decimal
    floor_price: Decimal | None


@dataclass(frozen=True, slots=True)
class ListsInForce:
    """The general list and the one agreed with the customer that hold on a day, either may be missing."""

    general: PriceList | None
    agreed: PriceList | None

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(found.pk for found in (self.general, self.agreed) if found is not None)

    @property
    def codes(self) -> str:
        """By which a form says whose prices it carries."""
        return "+".join(found.code for found in (self.general, self.agreed) if found is not None)

    def of(self, price_list_id: int) -> PriceList | None:
        return next(
            (found for found in (self.general, self.agreed) if found and found.pk == price_list_id), None
        )


@dataclass(frozen=True, slots=True)
class PriceBook:
    """The rows of the lists in force by product code: answers any quantity without another query."""

    lists: ListsInForce
    rows: Mapping[str, Sequence[PriceRowFound]] = field(default_factory=dict)

    def price_for(self, sku: str, quantity: Decimal = Decimal(0)) -> FoundPrice | None:
        """The price from `quantity` on; None where neither list names the product."""
        agreed = self._of(sku, self.lists.agreed)
        general = self._of(sku, self.lists.general)
        rows = agreed or general
        if not rows:
            return None
        held = max(
            (row for row in rows if row.minimum_quantity <= quantity),
            key=lambda row: row.minimum_quantity,
            default=rows[0],
        )
        base = rows[0]
        return FoundPrice(
            unit_price=held.unit_price,
            list_price=general[0].unit_price if general else base.unit_price,
            floor_price=_floor(agreed, general),
            source=_source(is_agreed=bool(agreed), is_break=held.minimum_quantity > 0),
            price_list_id=held.price_list_id,
            minimum_quantity=held.minimum_quantity,
            base_price=base.unit_price,
        )

    def breaks_of(self, sku: str) -> list[PriceRowFound]:
        """All rows of the list that holds for the product, from the smallest quantity."""
        return self._of(sku, self.lists.agreed) or self._of(sku, self.lists.general)

    def _of(self, sku: str, price_list: PriceList | None) -> list[PriceRowFound]:
        if price_list is None:
            return []
        rows = [row for row in self.rows.get(sku, ()) if row.price_list_id == price_list.pk]
        return sorted(rows, key=lambda row: row.minimum_quantity)


def _source(*, is_agreed: bool, is_break: bool) -> str:
    if is_agreed:
        return PriceSource.CUSTOMER_BREAK.value if is_break else PriceSource.CUSTOMER.value
    return PriceSource.BREAK.value if is_break else PriceSource.LIST.value


def _floor(agreed: Sequence[PriceRowFound], general: Sequence[PriceRowFound]) -> Decimal | None:
    """The agreed list's own floor; without one the general floor, never above what the GM has agreed."""
    if agreed and agreed[0].floor_price is not None:
        return agreed[0].floor_price
    floor = general[0].floor_price if general else None
    if floor is None or not agreed:
        return floor
    return min(floor, *(row.unit_price for row in agreed))


def lists_in_force(
    customer: Customer | None, *, on: date | None = None, currency: str = BASE_CURRENCY
) -> ListsInForce:
    """The approved general list and the customer's own on a day, of two the newer. One statement."""
    whose = Q(customer__isnull=True)
    if customer is not None and customer.pk is not None:
        whose |= Q(customer=customer)
    found = list(PriceList.objects.filter(whose).in_force(on or today(), currency))
    general = next((row for row in found if row.customer_id is None), None)
    agreed = next((row for row in found if row.customer_id is not None), None)
    return ListsInForce(general, agreed)


def price_book(lists: ListsInForce, skus: Iterable[str]) -> PriceBook:
    """The prices of some products in these lists. One statement, however many."""
    rows: dict[str, list[PriceRowFound]] = {}
    found = Price.objects.filter(price_list__in=lists.ids, product__sku__in=set(skus)).values_list(
        "product__sku", "price_list_id", "minimum_quantity", "unit_price", "floor_price"
    )
    for sku, *row in found:
        rows.setdefault(sku, []).append(PriceRowFound(*row))
    return PriceBook(lists, rows)


def find_prices(
    customer: Customer | None,
    *,
    lines: Sequence[PriceQuery],
    on: date | None = None,
    currency: str = BASE_CURRENCY,
) -> dict[tuple[str, Decimal], FoundPrice]:
    """The price of each line by (sku, quantity); what no list names is absent (QT-03). Two statements."""
    book = price_book(lists_in_force(customer, on=on, currency=currency), [line.sku for line in lines])
    found = {(line.sku, line.quantity): book.price_for(line.sku, line.quantity) for line in lines}
    return {key: price for key, price in found.items() if price is not None}
