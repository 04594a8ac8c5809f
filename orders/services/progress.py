"""What the later stages tell the order: released, paid, dispatched, signed for, posted, settled.

Called inside the caller's unit of work, with the order read by `Order.objects.locked()` there; each function
writes what it is told, sets the same on the instance given, and moves the order on when its turn has come.
The derived states of money and goods change here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.clock import now, today
from core.errors import RuleRefused
from core.models import User
from core.money import BASE_CURRENCY, ZERO, AmountField
from core.sql import update_rows
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from customers.services import record_cooperation
from inventory.services.stock import ReservationLine, Reserved, reserve_stock
from orders.models import Order, OrderLine
from orders.workflow import ORDER_WORKFLOW, OrderStatus

SHORTAGE = Fact(
    "shortage",
    gettext_noop("Stock does not cover the order"),
    rule="ST-02",
    notify=("customer", "salesperson"),
)
Quantities = Mapping[int, Decimal]
"""By line number, in the unit of the line."""


@unit_of_work
def release_order(order: Order, *, actor: User | None) -> list[Reserved]:
    """Reserve stock for an approved order and hand it to the warehouse; a shortage is shown, never
    oversold (ST-01).

    Five statements beside those of the reservation, two more when something is short.
    """
    lines = list(order.lines.order_by("line_no").values("line_no", "product_id", "quantity", "sku"))
    reserved = reserve_stock(
        order.number,
        warehouse=order.warehouse,
        lines=[ReservationLine(line["line_no"], line["product_id"], line["quantity"]) for line in lines],
    )
    got = {line.line_no: line.quantity for line in reserved}
    update_rows(
        OrderLine,
        ("order", "line_no"),
        ("reserved",),
        [{"order": order.pk, "line_no": no, "reserved": quantity} for no, quantity in got.items()],
    )
    short = [line for line in reserved if line.short]
    ORDER_WORKFLOW.move(
        order, "release", actor=actor, data={"short_lines": len(short)}, changes={"has_shortage": bool(short)}
    )
    if short:
        record_event(order, SHORTAGE, actor=actor, data={"lines": _shortages(lines, short)})
    return reserved


def _shortages(lines: Sequence[Mapping[str, Any]], short: Sequence[Reserved]) -> list[dict[str, str]]:
    skus = {line["line_no"]: line["sku"] for line in lines}
    return [{"line": str(s.line_no), "sku": skus[s.line_no], "short": str(s.short)} for s in short]


@unit_of_work
def record_payment(order: Order, *, paid: Decimal) -> None:
    """Say how much has been received and allocated to the order by now, tax included. One statement."""
    state = payment_status_of(paid, order.total)
    _write(order, paid=paid, payment_status=state)


def payment_status_of(paid: Decimal, total: Decimal) -> str:
    """What the money received means for an order of this amount."""
    state = Order.PaymentStatus
    if paid > total:
        return state.OVERPAID
    if paid == total:
        return state.PAID
    return state.PART_PAID if paid > ZERO else state.UNPAID


@unit_of_work
def record_dispatch(
    order: Order, *, quantities: Quantities, actor: User | None, data: Mapping[str, Any] | None = None
) -> None:
    """Goods have passed the gate: the lines' dispatched quantities grow, the order moves on (DS-06).

    `data` goes into the event and so into the customer's notice: carrier, tracking number. Refuses more
    than was ordered. Four statements, plus the notice.
    """
    _add(order, quantities, column="shipped", guard="t.shipped + v.quantity <= t.quantity")
    is_all = not order.lines.filter(shipped__lt=F("quantity")).exists()
    state = Order.DeliveryStatus.ALL if is_all else Order.DeliveryStatus.PART
    ORDER_WORKFLOW.move(
        order,
        "dispatch_rest" if is_all else "dispatch_part",
        actor=actor,
        data=data,
        changes={"delivery_status": state},
    )


@unit_of_work
def record_delivery(
    order: Order,
    *,
    signed: Quantities,
    damaged: Quantities,
    signed_on: date,
    actor: User | None,
    gross: Decimal = ZERO,
) -> bool:
    """The customer has signed for these quantities; True when that completes the order (DL-02, CM-09).

    `signed` is good, `damaged` short or damaged, both newly added; `gross` is what is posted for the good
    ones, tax included. Complete means that all goods have left and every line is signed for in full; what
    was damaged keeps the order open.
    """
    moved = {no: quantity for no, quantity in signed.items() if quantity}
    broken = {no: quantity for no, quantity in damaged.items() if quantity}
    room = "t.signed + t.damaged + v.quantity <= t.shipped"
    _add(order, moved, column="signed", guard=room)
    _add(order, broken, column="damaged", guard=room)
    if order.status != OrderStatus.SHIPPED or not ORDER_WORKFLOW.move_if(
        order,
        "complete",
        Q(~Exists(OrderLine.objects.filter(order=OuterRef("pk"), signed__lt=F("quantity")))),
        actor=actor,
        data={"signed_on": signed_on.isoformat()},
        changes={
            "completed_on": signed_on,
            "delivery_status": Order.DeliveryStatus.SIGNED,
            "posted": order.posted + gross,
        },
    ):
        add_posted(order, gross=gross)
        return False
    counted = order.posted if order.currency == BASE_CURRENCY else ZERO
    record_cooperation(order.customer, completed_on=signed_on, gross=counted)
    return True


def _add(order: Order, quantities: Quantities, *, column: str, guard: str) -> None:
    """Add to one quantity of many lines in one statement, or refuse all of it."""
    rows = [
        {"order": order.pk, "line_no": no, "quantity": quantity}
        for no, quantity in quantities.items()
        if quantity
    ]
    if any(quantity < 0 for quantity in quantities.values()):
        raise RuleRefused(_("A quantity cannot be negative."), rule="G-01")
    changed = update_rows(
        OrderLine,
        ("order", "line_no"),
        ("quantity",),
        rows,
        set_sql={column: f"t.{column} + v.quantity"},
        where_sql=guard,
    )
    if changed != len(rows):
        raise RuleRefused(
            _(
                "The quantities do not fit the lines of %(number)s: more than was ordered or "
                "dispatched, or an unknown line."
            )
            % {"number": order.number},
            rule="DS-06" if column == "shipped" else "DL-02",
            code="quantities_do_not_fit",
        )


@unit_of_work
def add_posted(order: Order, *, gross: Decimal) -> None:
    """Say that this much more has been posted as receivable, tax included. One statement, none for 0.00."""
    if not gross:
        return
    Order.objects.filter(pk=order.pk).update(
        posted=F("posted") + Value(gross, output_field=AmountField()), updated_at=now()
    )
    order.posted += gross


@unit_of_work
def settle_order(order: Order, *, actor: User | None) -> None:
    """Close a completed order of which 0.00 is open (CS-01)."""
    ORDER_WORKFLOW.move(order, "settle", actor=actor, data={"settled_on": today().isoformat()})


def _write(order: Order, **values: Any) -> None:
    Order.objects.filter(pk=order.pk).update(updated_at=now(), **values)
    for name, value in values.items():
        setattr(order, name, value)
