"""What must hold of every order, proven by `verify_books`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from core.books import check
from core.models import Event
from core.money import ZERO
from customers.models import Customer
from inventory.models import Price
from orders.contracts import books as contract_books  # noqa: F401 - registers its own
from orders.models import Contract, Enquiry, Order, OrderLine, Quote
from orders.price_authority import FOUND_IN_A_LIST, is_below_floor, largest_discount
from orders.pricing import price_line
from orders.quotes import books as quote_books  # noqa: F401 - registers its own
from orders.workflow import OrderStatus

MONEY_OF_A_LINE = (
    "order__number",
    "line_no",
    "quantity",
    "unit_price",
    "discount_percent",
    "tax_rate",
    "net",
    "tax",
    "gross",
)


@check("M3", _("An order's amounts are the sums of its lines and freight"))
def totals_add_up() -> Iterator[str]:
    sums = Order.objects.annotate(
        lines_net=Sum("lines__net"), lines_tax=Sum("lines__tax"), lines_gross=Sum("lines__gross")
    ).order_by("id")
    fields = ("number", "net", "tax", "total", "freight", "lines_net", "lines_tax", "lines_gross")
    for number, net, tax, total, freight, *parts in sums.values_list(*fields).iterator():
        lines_net, lines_tax, lines_gross = (part or ZERO for part in parts)
        if (net, tax, total) != (lines_net, lines_tax, lines_gross + freight):
            yield f"{number}: {net} + {tax} = {total}, lines give {lines_net} + {lines_tax} + {freight}"


@check("M4", _("Every line is worth what its quantity, price, discount and rate give"))
def lines_are_priced_right() -> Iterator[str]:
    for number, line_no, quantity, price, discount, rate, net, tax, gross in (
        OrderLine.objects.order_by("id").values_list(*MONEY_OF_A_LINE).iterator()
    ):
        right = price_line(quantity, price, discount, rate)
        if (right.net, right.tax, right.gross) != (net, tax, gross):
            yield f"{number} line {line_no}: {net} + {tax} = {gross}, should be {right}"


@check("S4", _("No more was reserved or dispatched than ordered, nor signed for than dispatched"))
def goods_stay_within_the_line() -> Iterator[str]:
    wrong = OrderLine.objects.filter(
        Q(shipped__lt=0)
        | Q(shipped__gt=F("quantity"))
        | Q(reserved__lt=0)
        | Q(reserved__gt=F("quantity"))
        | Q(signed__lt=0)
        | Q(damaged__lt=0)
        | Q(shipped__lt=F("signed") + F("damaged"))
    )
    fields = ("order__number", "line_no", "quantity", "reserved", "shipped", "signed", "damaged")
    for number, line_no, *figures in wrong.order_by("id").values_list(*fields):
        yield f"{number} line {line_no}: {' / '.join(str(figure) for figure in figures)}"


@check("D1", _("An order's status is where its latest move led"))
def status_follows_the_trail() -> Iterator[str]:
    moves = (
        Event.objects.done()
        .filter(document_type="order", document_number=OuterRef("number"))
        .exclude(to_status="")
    )
    latest = moves.order_by("-sequence").values("to_status")[:1]
    for number, status, led_to in (
        Order.objects.annotate(led_to=Subquery(latest))
        .order_by("id")
        .values_list("number", "status", "led_to")
        .iterator()
    ):
        if status != (led_to or OrderStatus.DRAFT):
            yield f"{number}: {status}, the trail says {led_to or OrderStatus.DRAFT}"


@check("D3", _("A line at a price from a list has the price of that list"))
def list_prices_are_those_of_the_list() -> Iterator[str]:
    """QT-03: the general list's price or break, or a price of a list agreed with the customer."""
    rows = Price.objects.filter(product=OuterRef("product"), unit_price=OuterRef("unit_price"))
    general = rows.filter(price_list=OuterRef("order__price_list"))
    reached = general.filter(minimum_quantity__lte=OuterRef("quantity"))
    agreed = rows.filter(price_list__customer=OuterRef("order__customer"))
    right = (
        Q(Exists(general.filter(minimum_quantity=0)), price_source="list", unit_price=F("list_price"))
        | Q(Exists(reached.filter(minimum_quantity__gt=0)), price_source="break")
        | Q(Exists(agreed), price_source__in=("customer", "customer_break"))
    )
    listed = OrderLine.objects.filter(price_source__in=FOUND_IN_A_LIST)
    for number, line_no, price, list_price in (
        listed.exclude(right)
        .order_by("id")
        .values_list("order__number", "line_no", "unit_price", "list_price")
    ):
        yield f"{number} line {line_no}: {price}, list price {list_price}, stands in no such list"


@check("QT3", _("An order keeps how far its prices go below list and floor"))
def discounts_are_those_of_the_lines() -> Iterator[str]:
    """QT-03: what decides who may allow the prices is what the lines say."""
    apart = OrderLine.objects.filter(
        ~Q(price_source__in=FOUND_IN_A_LIST) | Q(discount_percent__gt=0), order=OuterRef("pk")
    )
    suspects = Q(largest_discount__gt=0) | Q(is_below_floor=True) | Q(Exists(apart))
    orders = Order.objects.filter(suspects).prefetch_related("lines")
    for order in orders.order_by("pk").iterator(chunk_size=500):
        lines = list(order.lines.all())
        found = (largest_discount(lines), any(is_below_floor(line) for line in lines))
        if found != (order.largest_discount, order.is_below_floor):
            yield f"{order.number}: {order.largest_discount}, {order.is_below_floor}, the lines say {found}"


@check("O1", _("The payment state is that of the money received"))
def payment_state_follows_the_money() -> Iterator[str]:
    state = Order.PaymentStatus
    right = (
        Q(payment_status=state.OVERPAID, paid__gt=F("total"))
        | Q(payment_status=state.PAID, paid=F("total"))
        | Q(payment_status=state.PART_PAID, paid__gt=0, paid__lt=F("total"))
        | Q(payment_status=state.UNPAID, paid=0)
    )
    for number, paid, total, status in Order.objects.exclude(right).values_list(
        "number", "paid", "total", "payment_status"
    ):
        yield f"{number}: {status} with {paid} of {total}"


@check("O2", _("The delivery state is that of the goods"))
def delivery_state_follows_the_goods() -> Iterator[str]:
    for number, status, ordered, left, taken in _goods(Order.objects.all()).iterator():
        right = _delivery_state(ordered, left, taken)
        if status != right:
            yield f"{number}: {status}, should be {right}"


def _delivery_state(ordered: Decimal, left: Decimal, taken: Decimal) -> str:
    state = Order.DeliveryStatus
    if taken == ordered:
        return state.SIGNED
    if left == ordered:
        return state.ALL
    return state.PART if left else state.NONE


def _goods(orders: QuerySet[Order]) -> QuerySet[Order, tuple]:
    """Number, state, and how much was ordered, has left and is signed for, over all lines."""
    figures = orders.annotate(
        ordered=Sum("lines__quantity"), left=Sum("lines__shipped"), taken=Sum("lines__signed")
    ).filter(ordered__isnull=False)
    return figures.order_by("id").values_list("number", "delivery_status", "ordered", "left", "taken")


@check("CM12", _("No paper stands under a customer whose file was merged"))
def papers_follow_a_merging() -> Iterator[str]:
    for model in (Order, Quote, Contract, Enquiry):
        left = model._default_manager.filter(customer__status=Customer.Status.MERGED)
        yield from left.values_list("number", flat=True).iterator()
