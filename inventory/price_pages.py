"""What the pages of prices show: versions, their rows, and what changed from one to the next. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from core.clock import today
from core.keyset import KeysetPage, keyset_page
from core.models import Event, User
from core.money import percentage
from core.sql import among
from customers.models import Customer
from inventory.models import CustomerPart, Price, PriceList, Product
from inventory.prices import ListsInForce, PriceBook, PriceRowFound, lists_in_force, price_book
from inventory.queries import found_by

LATEST_SHOWN = 50
VERSIONS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A product's prices in one version, beside the base price of the version before."""

    product: Product
    rows: Sequence[PriceRowFound]
    before: Decimal | None

    @property
    def base(self) -> PriceRowFound:
        return self.rows[0]

    @property
    def breaks(self) -> Sequence[PriceRowFound]:
        return self.rows[1:]

    @property
    def change(self) -> Decimal | None:
        """In percent of the price before, 2 decimals; None where there was none (G-07)."""
        if self.before is None:
            return None
        return percentage(self.base.unit_price - self.before, self.before)


@dataclass(frozen=True, slots=True)
class PriceLines:
    lines: Sequence[PriceLine]
    next: str
    previous: str


@dataclass(frozen=True, slots=True)
class Differences:
    """How many products of a version are new, dearer, cheaper or gone, compared with the one before."""

    before: PriceList
    added: int
    raised: int
    lowered: int
    gone: int


def versions_for(user: User, *, show: str = "", text: str = "") -> QuerySet[PriceList]:
    """Versions the person may see, the newest first. `show`: waiting, force, agreed or nothing for all."""
    rows = PriceList.objects.visible_to(user).select_related("customer", "created_by", "approved_by")
    rows = rows.annotate(products=Count("prices", filter=Q(prices__minimum_quantity=0)))
    day = today()
    if show == "waiting":
        rows = rows.live().filter(approved_at__isnull=True)
    elif show == "force":
        rows = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), approved_at__isnull=False)
        rows = rows.filter(valid_from__lte=day)
    elif show == "agreed":
        rows = rows.filter(customer__isnull=False)
    text = text.replace("\x00", "").strip()[:60]
    if text:
        rows = rows.filter(
            Q(code__icontains=text)
            | Q(name__icontains=text)
            | Q(customer__name__icontains=text)
            | Q(customer__number__iexact=text)
            | Q(customer__pinyin__startswith=text.lower())
        )
    return rows


def version_before(price_list: PriceList) -> PriceList | None:
    """The approved version of the same series that began last before this one. One query."""
    series = PriceList.objects.same_series(price_list.customer_id, price_list.currency)
    earlier = series.filter(approved_at__isnull=False, valid_from__lt=price_list.valid_from)
    return earlier.exclude(pk=price_list.pk).order_by("-valid_from", "-pk").first()


def price_lines(
    price_list: PriceList, before: PriceList | None, *, text: str = "", cursor: str = "", only: str = ""
) -> PriceLines:
    """One page of products with their prices, by code. Two queries, three with a version before, two more
    for those that changed.
    """
    priced = Price.objects.filter(price_list=price_list, minimum_quantity=0)
    products = Product.objects.filter(pk__in=priced.values("product"))
    if text.strip():
        products = products.filter(found_by(text.replace("\x00", "")[:60]))
    if only == "changed" and before is not None:
        products = products.filter(pk__in=among(_changed(price_list, before)))
    elif only == "breaks":
        rows = Price.objects.filter(price_list=price_list, minimum_quantity__gt=0)
        products = products.filter(pk__in=rows.values("product"))
    page: KeysetPage = keyset_page(products, cursor, key="sku")
    skus = [product.sku for product in page.rows]
    book = price_book(ListsInForce(price_list, None), skus)
    old = price_book(ListsInForce(before, None), skus) if before is not None else None
    lines = [
        PriceLine(product, book.breaks_of(product.sku), _base_price(old, product.sku))
        for product in page.rows
    ]
    return PriceLines(lines, page.next, page.previous)


def _base_price(book: PriceBook | None, sku: str) -> Decimal | None:
    rows = book.breaks_of(sku) if book is not None else []
    return rows[0].unit_price if rows else None


def _changed(price_list: PriceList, before: PriceList) -> list[int]:
    """Products whose base price is new or another than in the version before. Two queries."""
    new, old = _base_prices(price_list), _base_prices(before)
    return [product for product, price in new.items() if old.get(product) != price]


def differences(price_list: PriceList, before: PriceList) -> Differences:
    """Two queries, whatever the size."""
    new, old = _base_prices(price_list), _base_prices(before)
    both = new.keys() & old.keys()
    return Differences(
        before,
        added=len(new.keys() - old.keys()),
        raised=sum(new[key] > old[key] for key in both),
        lowered=sum(new[key] < old[key] for key in both),
        gone=len(old.keys() - new.keys()),
    )


def _base_prices(price_list: PriceList) -> dict[int, Decimal]:
    rows = Price.objects.filter(price_list=price_list, minimum_quantity=0)
    return dict(rows.values_list("product_id", "unit_price"))


def events_of_version(price_list: PriceList) -> list[Event]:
    return list(price_list.events().select_related("actor").order_by("-pk")[:LATEST_SHOWN])


def events_of_product(product: Product) -> list[Event]:
    """What was done to a product's master data, the newest first."""
    events = Event.objects.filter(root_number=product.sku).select_related("actor")
    return list(events.order_by("-pk")[:LATEST_SHOWN])


def parts_of_product(product: Product, user: User) -> list[CustomerPart]:
    """What the customers whom the person may see call it."""
    visible = CustomerPart.objects.filter(product=product, customer__in=Customer.objects.visible_to(user))
    return list(visible.select_related("customer").order_by("customer__number", "part_number")[:LATEST_SHOWN])


@dataclass(frozen=True, slots=True)
class CustomerPrices:
    """What a customer pays: the list agreed with him if one holds, and his part numbers."""

    lists: Sequence[PriceList]
    agreed: PriceList | None
    lines: Sequence[PriceLine]
    parts: Sequence[CustomerPart]


def prices_of_customer(customer: Customer) -> CustomerPrices:
    """Five queries at most, whatever the number of prices."""
    lists = PriceList.objects.filter(customer=customer).select_related("approved_by").order_by("-valid_from")
    agreed = lists_in_force(customer, currency=customer.currency).agreed
    lines = price_lines(agreed, None).lines if agreed is not None else []
    parts = CustomerPart.objects.filter(customer=customer).select_related("product")
    return CustomerPrices(list(lists[:10]), agreed, lines, list(parts.order_by("part_number")[:LATEST_SHOWN]))
