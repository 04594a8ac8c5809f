"""An accepted quotation becomes an order, or a contract, once and with identical lines (QT-04)."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from core.clock import now, today
from core.models import User
from core.numbering import next_number
from core.sql import insert_rows
from core.trail import record_event
from core.transactions import unit_of_work
from core.workflow import require_permission
from inventory.prices import PriceSource
from inventory.queries import default_warehouse
from orders.assessment import require_customer_may_order
from orders.models import Order, OrderLine, Quote, QuoteLine, QuoteReview
from orders.price_authority import digest_of_prices, is_below_floor, largest_discount
from orders.quotes.services.guards import facts_of, require_valid
from orders.quotes.workflow import QUOTE_WORKFLOW
from orders.services.placing import RECEIVED, digest_of_lines


def convert_quote_to_order(
    quote: Quote, *, channel: str = Order.Channel.EMAIL, actor: User, version: int | None = None
) -> Order:
    """Make a draft order of an accepted quotation: the same lines, prices, discounts, tax, freight, terms.

    Prices are not found again. Alternatives stay behind, for they are not in the total. The customer's
    stated amount is the quotation's, which is what he accepted (VA-02). Raises RuleRefused for an expired
    quotation or a customer who takes no orders (CM-12), TransitionNotAllowed for one that is superseded or
    converted already. The same number of statements for any number of lines.
    """
    require_permission(actor, "orders.enter", rule="IN-01")
    number = next_number("SO")
    return _convert(quote, number=number, channel=channel, actor=actor, version=version)


@unit_of_work
def _convert(quote: Quote, *, number: str, channel: str, actor: User, version: int | None) -> Order:
    quote = mark_converted(quote, target_number=number, actor=actor, version=version)
    require_customer_may_order(quote.customer)
    quoted = QuoteLine.objects.filter(quote=quote, is_alternative=False).order_by("line_no")
    rows = [_line_row(line) for line in quoted]
    lines = [OrderLine(**row) for row in rows]
    order = Order(
        number=number,
        quote=quote,
        created_by=actor,
        warehouse=default_warehouse(),
        channel=channel,
        ordered_on=today(),
        promised_on=_promised_on(quote),
        source=quote.customer.source,
        stated_amount=quote.total,
        lines_digest=digest_of_lines((line.sku, line.quantity) for line in lines),
        prices_digest=digest_of_prices(lines),
        largest_discount=largest_discount(lines),
        is_below_floor=any(is_below_floor(line) for line in lines),
        updated_at=now(),
        **{name: getattr(quote, name) for name in COPIED_HEADER},
    )
    order.save(force_insert=True)
    insert_rows(OrderLine, [{"order": order.pk, **row} for row in rows])
    data = {
        **order.snapshot(),
        "channel": order.channel,
        "lines": len(lines),
        "quote": quote.number,
        "warnings": [],
    }
    record_event(order, RECEIVED, actor=actor, data=data)
    return order


@unit_of_work
def mark_converted(quote: Quote, *, target_number: str, actor: User, version: int | None = None) -> Quote:
    """Set an accepted, valid quotation to converted; call it first, in the transaction that makes the target.

    Locks the quotation, so that of two who convert it at once one is refused. Returns the locked row.
    """
    quote = Quote.objects.locked().get(pk=quote.pk)
    QUOTE_WORKFLOW.require(quote, "convert", actor=actor)
    require_valid(quote)
    QUOTE_WORKFLOW.move(
        quote, "convert", actor=actor, version=version, data={**facts_of(quote), "target": target_number}
    )
    return quote


COPIED_HEADER = (
    "customer", "region", "salesperson", "currency", "price_list", "contact_name", "contact_phone",
    "contact_email", "delivery_address", "terms", "prepaid_percent", "remarks", "freight", "net", "tax",
    "total",
)  # fmt: skip
COPIED_LINE = (
    "line_no", "product_id", "sku", "name", "spec", "unit", "quantity", "unit_price", "list_price",
    "floor_price", "discount_percent", "tax_rate", "net", "tax", "gross", "remark",
)  # fmt: skip


def _line_row(line: QuoteLine) -> dict[str, Any]:
    return {"price_source": PriceSource.QUOTE.value, **{name: getattr(line, name) for name in COPIED_LINE}}


def _promised_on(quote: Quote) -> Any:
    """The latest day that production or purchasing promised, if it is still to come."""
    promised = QuoteReview.objects.filter(quote=quote, round=quote.round, promised_on__gte=today())
    return promised.aggregate(latest=Max("promised_on"))["latest"]
