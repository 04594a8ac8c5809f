"""What orders and pages read from catalogue and stock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Left, Lower, StrIndex
from django.utils.translation import gettext as _

from core.clock import today
from core.errors import RuleRefused
from core.money import BASE_CURRENCY, QuantityField
from customers.models import Customer
from inventory.models import CustomerPart, Price, PriceList, Product, StockLevel, Warehouse
from inventory.prices import FoundPrice, ListsInForce, PriceBook, PriceRowFound


@dataclass(frozen=True, slots=True)
class PricedProduct:
    """A product with its list price and floor price, without tax; None where the list does not name it."""

    product_id: int
    sku: str
    name: str
    spec: str
    unit: str
    unit_decimals: int
    tax_rate: Decimal
    supply: str
    discontinued_on: date | None
    unit_price: Decimal | None
    floor_price: Decimal | None

    @property
    def is_on_sale(self) -> bool:
        return self.discontinued_on is None

    @property
    def is_priced(self) -> bool:
        return self.unit_price is not None


PRODUCT_FIELDS = (
    "pk",
    "sku",
    "name",
    "spec",
    "unit",
    "unit_decimals",
    "tax_rate",
    "supply",
    "discontinued_on",
)


def current_price_list(currency: str = BASE_CURRENCY, on: date | None = None) -> PriceList:
    """The approved list in force on a day, of two the newer (QT-03). Raises RuleRefused if there is none."""
    day = on or today()
    price_list = PriceList.objects.general().in_force(day, currency).first()
    if price_list is None:
        raise no_price_list(currency, day)
    return price_list


def no_price_list(currency: str, day: date) -> RuleRefused:
    return RuleRefused(
        _("No %(currency)s price list is in force on %(day)s. Ask the general manager to approve one.")
        % {"currency": currency, "day": day},
        rule="QT-03",
        code="no_price_list",
    )


def priced_products(skus: Iterable[str], price_list: PriceList) -> dict[str, PricedProduct]:
    """Products by code with their price in the list; unknown codes are absent. One query."""
    return {row.sku: row for row in _priced(Product.objects.filter(sku__in=set(skus)), price_list)}


def products_with_prices(
    skus: Iterable[str], lists: ListsInForce
) -> tuple[dict[str, PricedProduct], PriceBook]:
    """Products by code, and the book of their prices in the lists in force; unknown codes are absent. One
    query.
    """
    return _with_prices(Product.objects.filter(sku__in=set(skus)), lists)


def _with_prices(
    wanted: QuerySet[Product], lists: ListsInForce
) -> tuple[dict[str, PricedProduct], PriceBook]:
    rows = wanted.annotate(
        row=FilteredRelation("prices", condition=Q(prices__price_list__in=lists.ids or (0,)))
    ).values_list(
        *PRODUCT_FIELDS, "row__price_list_id", "row__minimum_quantity", "row__unit_price", "row__floor_price"
    )
    facts: dict[str, tuple[Any, ...]] = {}
    prices: dict[str, list[PriceRowFound]] = {}
    for found in rows:
        product, (price_list_id, *price) = found[: len(PRODUCT_FIELDS)], found[len(PRODUCT_FIELDS) :]
        facts[product[1]] = product
        if price_list_id is not None:
            prices.setdefault(product[1], []).append(PriceRowFound(price_list_id, *price))
    book = PriceBook(lists, prices)
    return {sku: _with_list_price(product, book.price_for(sku)) for sku, product in facts.items()}, book


def _with_list_price(product: tuple[Any, ...], found: FoundPrice | None) -> PricedProduct:
    list_price, floor_price = (None, None) if found is None else (found.list_price, found.floor_price)
    return PricedProduct(*(*product, list_price, floor_price))


def catalogue_for(lists: ListsInForce) -> list[PricedProduct]:
    """All products on sale that the lists price, by code, at the price from quantity 0 on: what an order form
    for that customer offers (XL-01). One query.
    """
    priced = Price.objects.filter(price_list__in=lists.ids, product=OuterRef("pk"))
    products, book = _with_prices(Product.objects.on_sale().filter(Exists(priced)), lists)
    shown = []
    for sku in sorted(products):
        found = book.price_for(sku)
        if found is not None:
            shown.append(replace(products[sku], unit_price=found.base_price))
    return shown


def catalogue_of(price_list: PriceList) -> list[PricedProduct]:
    """All products on sale that the list prices, by code: what an order form offers (XL-01). One query."""
    priced = Product.objects.on_sale().filter(prices__price_list=price_list)
    return _priced(priced.order_by("sku"), price_list)


def _priced(products: QuerySet[Product], price_list: PriceList) -> list[PricedProduct]:
    rows = products.annotate(
        listed=FilteredRelation(
            "prices", condition=Q(prices__price_list=price_list, prices__minimum_quantity=0)
        ),
    ).values_list(*PRODUCT_FIELDS, "listed__unit_price", "listed__floor_price")
    return [PricedProduct(*row) for row in rows]


def default_warehouse() -> Warehouse:
    """Where orders reserve unless they say otherwise."""
    warehouse = Warehouse.objects.order_by("-is_default", "code").first()
    if warehouse is None:
        raise RuleRefused(
            _("There is no warehouse yet. Ask the catalogue clerk to open one."), code="no_warehouse"
        )
    return warehouse


def available_by_default(product_ids: Iterable[int]) -> dict[int, Decimal]:
    """What is free in the default warehouse, by product; 0 where nothing ever lay. One query."""
    wanted = set(product_ids)
    warehouse = Warehouse.objects.order_by("-is_default", "code").values("pk")[:1]
    levels = StockLevel.objects.available().filter(warehouse=Subquery(warehouse), product__in=wanted)
    return dict.fromkeys(wanted, Decimal(0)) | {level.product_id: level.available for level in levels}


def stock_rows(
    *, warehouse: Warehouse | None = None, text: str = "", is_below_minimum: bool = False
) -> QuerySet[StockLevel]:
    """Stock levels with `available`, product and warehouse, by code; or only those to refill (ST-05)."""
    rows = (
        StockLevel.objects.available()
        .select_related("product", "warehouse")
        .order_by("product__sku", "warehouse__code")
    )
    if warehouse is not None:
        rows = rows.filter(warehouse=warehouse)
    if text:
        rows = rows.filter(found_by(text, "product__"))
    if is_below_minimum:
        rows = rows.filter(on_hand__lt=F("reserved") + F("product__minimum_stock"))
    return rows


def products_found(text: str) -> QuerySet[Product]:
    """Products by code, barcode, name or pinyin."""
    return Product.objects.filter(found_by(text)) if text else Product.objects.all()


def found_by(text: str, prefix: str = "") -> Q:
    text = text.strip()
    key = text.lower()
    return (
        Q(**{f"{prefix}sku__istartswith": text})
        | Q(**{f"{prefix}barcode": text})
        | Q(**{f"{prefix}name__icontains": text})
        | Q(**{f"{prefix}spec__icontains": text})
        | Q(**{f"{prefix}pinyin__startswith": key})
        | Q(**{f"{prefix}pinyin__contains": f" {key}"})
    )


def products_by_typed_code(text: str, customer: Customer | None = None) -> QuerySet[Product]:
    """Products found by what was typed: code, barcode, this customer's part number or name for it, name,
    specification, pinyin. Narrow and order it yourself.
    """
    text = text.strip()
    found = found_by(text)
    if customer is not None and customer.pk is not None:
        parts = CustomerPart.objects.filter(customer=customer).filter(
            Q(part_number__istartswith=text) | Q(name__icontains=text)
        )
        found |= Q(pk__in=parts.values("product"))
    return Product.objects.filter(found)


def products_by_typed_codes(texts: Iterable[str], customer: Customer | None) -> dict[str, tuple[str, ...]]:
    """The codes of the products that each text names in full: code, barcode, the customer's part number,
    name, or the initials of the name; several where it is ambiguous, absent where none.

    A code goes before a barcode, this before a part number, and so on. Two statements, however many texts.
    """
    keys = {text: text.strip().lower() for text in texts if text.strip()}
    by_key: dict[str, list[set[str]]] = {key: [set() for _step in range(5)] for key in keys.values()}
    initials = Left("pinyin", Greatest(StrIndex("pinyin", Value(" ")) - 1, 0))
    products = Product.objects.annotate(
        sku_key=Lower("sku"), barcode_key=Lower("barcode"), name_key=Lower("name"), initials=initials
    ).filter(
        Q(sku_key__in=by_key) | Q(barcode_key__in=by_key) | Q(name_key__in=by_key) | Q(initials__in=by_key)
    )
    for sku, barcode, name, short in products.values_list("sku", "barcode_key", "name_key", "initials"):
        for step, key in ((0, sku.lower()), (1, barcode), (3, name), (4, short)):
            if key in by_key:
                by_key[key][step].add(sku)
    if customer is not None and customer.pk is not None:
        parts = CustomerPart.objects.annotate(key=Lower("part_number")).filter(
            customer=customer, key__in=by_key
        )
        for key, sku in parts.values_list("key", "product__sku"):
            by_key[key][2].add(sku)
    best = {
        key: next((tuple(sorted(found)) for found in steps if found), ()) for key, steps in by_key.items()
    }
    return {text: best[key] for text, key in keys.items() if best[key]}


def products_in_stock(
    *, warehouse: Warehouse | None = None, text: str = "", is_below_minimum: bool = False
) -> QuerySet[Product]:
    """Products with `on_hand`, `reserved` and `available` in one warehouse or all, never stocked ones with 0.

    `is_below_minimum` keeps those on sale whose available stock lies below their minimum (ST-05).
    """
    levels = StockLevel.objects.filter(product=OuterRef("pk"))
    if warehouse is not None:
        levels = levels.filter(warehouse=warehouse)
    rows = products_found(text.replace("\x00", "")[:60]).annotate(
        on_hand=_summed(levels, "on_hand"), reserved=_summed(levels, "reserved")
    )
    rows = rows.annotate(available=F("on_hand") - F("reserved"))
    if is_below_minimum:
        rows = rows.filter(discontinued_on__isnull=True, on_hand__lt=F("reserved") + F("minimum_stock"))
    return rows


def _summed(levels: QuerySet[StockLevel], name: str) -> Coalesce:
    total = levels.order_by().values("product").annotate(total=Sum(name)).values("total")
    nothing = Value(Decimal(0), output_field=QuantityField())
    return Coalesce(Subquery(total), nothing, output_field=QuantityField())
