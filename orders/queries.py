"""What pages and endpoints read of orders. Statement counts do not grow with rows or lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum

from core.models import Attachment, Event, User
from core.money import BASE_CURRENCY, ZERO
from core.parameters import parameters_on
from customers.models import Customer
from inventory.prices import FoundPrice, lists_in_force
from inventory.queries import (
    PricedProduct,
    available_by_default,
    products_by_typed_code,
    products_with_prices,
)
from orders.models import CustomerConfirmation, Order, OrderLine, PriceApproval
from orders.models.order import OrderQuerySet
from orders.price_authority import DiscountLimits, limits_from
from orders.workflow import UNDER_REVIEW, OrderStatus

PAGE_SIZE = 50
MOST_COUNTED = 10_000
"""Lists count and add up to here; beyond it they say "more than"."""

VIEWS: dict[str, tuple[str, ...]] = {
    "all": (),
    "draft": (OrderStatus.DRAFT,),
    "checking": (OrderStatus.CHECKING,),
    "review": UNDER_REVIEW,
    "dispatch": (OrderStatus.APPROVED, OrderStatus.FULFILLING, OrderStatus.PARTLY_SHIPPED),
    "transit": (OrderStatus.SHIPPED,),
    "done": (OrderStatus.COMPLETED, OrderStatus.SETTLED),
    "rejected": (OrderStatus.REJECTED,),
}


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What a list shows: the same facet is OR, different facets are AND."""

    statuses: Sequence[str] = ()
    regions: Sequence[str] = ()
    payments: Sequence[str] = ()
    deliveries: Sequence[str] = ()
    customer: str = ""
    text: str = ""
    is_short: bool = False


@dataclass(frozen=True, slots=True)
class OrderPage:
    """A page of orders, the newest first; cursors lead to its neighbours."""

    orders: list[Order]
    next_cursor: str
    previous_cursor: str


@dataclass(frozen=True, slots=True)
class ListTotals:
    """Of the filtered list: how many and how much; `is_exact` is False beyond MOST_COUNTED, then
    there is no sum.
    """

    count: int
    total: Decimal | None
    is_exact: bool
    by_currency: dict[str, Decimal] = field(default_factory=dict)


def orders_matching(user: User, wanted: OrderFilter) -> OrderQuerySet:
    """The orders a person may see that fit a filter (RG-02)."""
    orders = Order.objects.visible_to(user)
    for lookup, values in (
        ("status__in", wanted.statuses),
        ("region__code__in", wanted.regions),
        ("payment_status__in", wanted.payments),
        ("delivery_status__in", wanted.deliveries),
    ):
        if values:
            orders = orders.filter(**{lookup: values})
    if wanted.customer:
        orders = orders.filter(customer__number=wanted.customer)
    if wanted.is_short:
        orders = orders.filter(has_shortage=True)
    for word in wanted.text.split()[:4]:
        orders = orders.filter(_found_by(word))
    return orders


def _found_by(word: str) -> Q:
    """Order number, customer's number (also a former one), name or pinyin, or the customer's own order number."""
    key = word.lower()
    return (
        Q(number__icontains=word)
        | Q(customer_po__icontains=word)
        | Q(customer__number__iexact=word)
        | Q(customer__in=Customer.objects.filter(merged_from__number__iexact=word).values("pk"))
        | Q(customer__name__icontains=word)
        | Q(customer__short_name__icontains=word)
        | Q(customer__pinyin__startswith=key)
        | Q(customer__pinyin__contains=f" {key}")
    )


def page_of_orders(orders: QuerySet[Order], *, cursor: str = "", size: int = PAGE_SIZE) -> OrderPage:
    """One page by keyset over the id: one statement, as fast on the last page as on the first."""
    is_back, position = _position(cursor)
    rows = orders.select_related("customer", "region", "salesperson")
    if position is not None:
        rows = rows.filter(pk__gt=position) if is_back else rows.filter(pk__lt=position)
    found = list(rows.order_by("pk" if is_back else "-pk")[: size + 1])
    has_more = len(found) > size
    found = found[:size]
    if is_back:
        found.reverse()
    has_next = bool(found) and (is_back or has_more)
    has_previous = bool(found) and (has_more if is_back else position is not None)
    return OrderPage(found, f"{found[-1].pk}" if has_next else "", f"-{found[0].pk}" if has_previous else "")


def _position(cursor: str) -> tuple[bool, int | None]:
    digits = cursor.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        return False, None
    return cursor.startswith("-"), int(digits)


def totals_of(orders: QuerySet[Order]) -> ListTotals:
    """How many and how much, bounded. One statement."""
    # The slice becomes a subquery, so that a list of a million orders costs no more than one of ten thousand.
    bounded = Order.objects.filter(pk__in=orders.order_by("-pk").values("pk")[: MOST_COUNTED + 1])
    sums = list(bounded.order_by().values_list("currency").annotate(count=Count("pk"), summed=Sum("total")))
    count = sum(row[1] for row in sums)
    if count > MOST_COUNTED:
        return ListTotals(MOST_COUNTED, None, False)
    by_currency = {currency: amount for currency, _count, amount in sums}
    only = next(iter(by_currency.values())) if len(by_currency) == 1 else (None if by_currency else ZERO)
    return ListTotals(count, only, True, by_currency)


def order_for_page(user: User, number: str) -> Order | None:
    """An order with lines and confirmations, as its page needs it. Three statements."""
    confirmations = CustomerConfirmation.objects.select_related("attachment", "recorded_by")
    orders = Order.objects.visible_to(user).for_display().select_related("price_list", "warehouse")
    return (
        orders.filter(number=number)
        .prefetch_related(
            Prefetch("lines", OrderLine.objects.order_by("line_no")), Prefetch("confirmations", confirmations)
        )
        .first()
    )


def files_of(order: Order) -> list[Attachment]:
    """Everything on file in the order's matter."""
    return list(Attachment.objects.filter(root_number=order.number).order_by("pk"))


def events_of(order: Order, *, most: int = 200) -> list[Event]:
    """The order's matter, the newest first."""
    return list(order.events().select_related("actor").order_by("-pk")[:most])


# --- Prices that somebody must allow (QT-03) ---------------------------------------------------------


def price_approvals() -> QuerySet[PriceApproval]:
    """Within a query of orders: who has allowed exactly the order's present prices."""
    return PriceApproval.objects.filter(order=OuterRef("pk"), digest=OuterRef("prices_digest"))


def lines_priced_anew() -> QuerySet[OrderLine]:
    """Within a query of orders: lines whose price comes from no quotation or contract agreed before."""
    return OrderLine.objects.filter(order=OuterRef("pk")).exclude(price_source__in=("quote", "contract"))


def prices_to_allow(limits: DiscountLimits) -> Q:
    """Orders whose prices go beyond the sales manager's limit and are not allowed yet."""
    beyond = Q(is_below_floor=True) | Q(largest_discount__gt=limits.manager)
    return beyond & ~Q(Exists(price_approvals())) & Q(Exists(lines_priced_anew()))


def orders_with_prices_to_allow(user: User) -> OrderQuerySet:
    """Submitted orders that wait for a post above the sales manager to allow their prices. For a home tile."""
    waiting = Order.objects.visible_to(user).filter(status__in=(OrderStatus.CHECKING, *UNDER_REVIEW))
    return waiting.filter(prices_to_allow(limits_from(parameters_on())))


# --- For entering ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProductOption:
    """A product, what one of it costs this customer, and how much is free now."""

    product: PricedProduct
    unit_price: Decimal | None
    available: Decimal


def product_options(text: str, customer: Customer | None, *, most: int = 12) -> list[ProductOption]:
    """Products on sale found by code, barcode, the customer's part number, name or pinyin, an exact code
    first. Four statements.
    """
    text = text.strip()
    if not text:
        return []
    products = products_by_typed_code(text, customer).filter(discontinued_on__isnull=True)
    found = list(products.order_by("sku").values_list("sku", flat=True)[: most * 4])
    found.sort(key=lambda sku: (sku.lower() != text.lower(), not sku.lower().startswith(text.lower()), sku))
    skus = found[:most]
    currency = customer.currency if customer is not None else BASE_CURRENCY
    priced, book = products_with_prices(skus, lists_in_force(customer, currency=currency))
    free = available_by_default(product.product_id for product in priced.values())
    return [_option(priced[sku], book.price_for(sku), free) for sku in skus if sku in priced]


def _option(product: PricedProduct, price: FoundPrice | None, free: Mapping[int, Decimal]) -> ProductOption:
    return ProductOption(product, None if price is None else price.unit_price, free[product.product_id])


def customer_options(user: User, text: str, *, most: int = 20) -> list[Customer]:
    """Customers of the person's desks found by number, name or pinyin initials."""
    key = text.strip().lower()
    customers = Customer.objects.visible_to(user).filter(
        status__in=(Customer.Status.ACTIVE, Customer.Status.FROZEN)
    )
    if key:
        customers = customers.filter(
            Q(number__istartswith=key)
            | Q(pk__in=Customer.objects.filter(merged_from__number__istartswith=key).values("pk"))
            | Q(name__icontains=key)
            | Q(short_name__icontains=key)
            | Q(pinyin__startswith=key)
            | Q(pinyin__contains=f" {key}")
        )
    return list(customers.select_related("region").order_by("number")[:most])
