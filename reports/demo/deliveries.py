"""From the dispatch notice to the customer's signature."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from core.attachments import store_attachment
from core.clock import now, today
from fulfillment.drafts import Arrival, CheckedLine
from fulfillment.models import Shipment
from fulfillment.services import (
    check_shipment,
    gate_out,
    make_dispatch_notice,
    record_delivery,
    record_pick,
    sign_dispatch_notice,
)
from orders.models import Order, OrderLine
from reports.demo.company import Company
from reports.demo.fates import Fate
from reports.demo.pictures import delivery_note

Answer = Generator[datetime, None, bool]
"""A part of a life that says at its end whether the rest follows."""


def deliver_order(company: Company, order: Order, fate: Fate, chance: Random) -> Answer:
    """Dispatches until all that is reserved has been signed for. True when that completed the order."""
    if fate.ends == "to_dispatch":
        return False
    is_first = True
    while True:
        yield company.hours.soon(now(), 60, 600)
        order = Order.objects.select_related("customer").get(pk=order.pk)
        waiting = [line for line in order.lines.order_by("line_no") if line.reserved > line.shipped]
        if not waiting:
            return order.completed_on is not None
        wanted = _half_of(waiting) if fate.in_two_parts and is_first else None
        is_first = False
        notice = make_dispatch_notice(order, lines=wanted, actor=company.assistant_for(order.customer))
        if fate.ends == "to_sign":
            return False
        yield company.hours.soon(now(), 30, 300)
        shipment = sign_dispatch_notice(notice, actor=company.people[chance.choice(("wangqiang", "hejun"))])
        gone = yield from _out_of_the_gate(company, shipment, fate, chance)
        if not gone:
            return False
        yield company.hours.soon(now() + timedelta(days=chance.randint(1, 4)), 30, 480)
        _sign(company, shipment, fate)


def _half_of(waiting: Sequence[OrderLine]) -> Mapping[int, Decimal]:
    """The first half of the lines, whole."""
    return {line.line_no: line.reserved - line.shipped for line in waiting[: max(len(waiting) // 2, 1)]}


def _out_of_the_gate(company: Company, shipment: Shipment, fate: Fate, chance: Random) -> Answer:
    if fate.ends == "to_pick":
        return False
    yield company.hours.soon(now(), 30, 300)
    lines = list(shipment.lines.select_related("order_line"))
    picked = {line.line_no: company.take(line.order_line.sku, line.quantity) for line in lines}
    shipment = record_pick(shipment, picked=picked, actor=company.people["malin"])
    if fate.ends == "to_pack":
        return False
    yield company.hours.soon(now(), 15, 120)
    counted = {
        line.line_no: CheckedLine(
            line.order_line.sku, picked[line.line_no].quantity, picked[line.line_no].batch
        )
        for line in lines
    }
    shipment = check_shipment(shipment, checked=counted, actor=company.people["gaoyuan"])
    if fate.ends == "at_the_gate":
        return False
    yield company.hours.soon(now(), 20, 200)
    carrier = chance.choice(company.carriers)
    is_own = carrier.mode == "own"
    gate_out(
        shipment, gate_pass=shipment.gate_pass.number, carrier=carrier,
        tracking_number="" if is_own else f"{carrier.code}{chance.randint(10**9, 10**10 - 1)}",
        vehicle=f"浙A{chance.randint(10000, 99999)}" if is_own else "",
        cost=Decimal(chance.randint(30, 420)), actor=company.people["tangshan"],
    )  # fmt: skip
    return fate.ends != "on_the_way"


def _sign(company: Company, shipment: Shipment, fate: Fate) -> None:
    shipment = Shipment.objects.select_related("order__customer").get(pk=shipment.pk)
    order, lines = shipment.order, list(shipment.lines.all())
    assistant = company.assistant_for(order.customer)
    rows = [
        ("客户", order.customer.name), ("订单", order.number), ("出库单", shipment.number),
        ("签收人", order.contact_name), ("签收日期", f"{today()}"),
    ]  # fmt: skip
    image = store_attachment(delivery_note(shipment.number, rows), kind="delivery_proof", actor=assistant)
    arrivals = {line.line_no: Arrival(line.quantity) for line in lines}
    if fate.damaged:
        first = lines[0]
        arrivals[first.line_no] = Arrival(first.quantity - 1, damaged=Decimal(1))
    record_delivery(
        shipment, image=image, signer=order.contact_name, signed_at=now() - timedelta(minutes=40),
        lines=arrivals, actor=assistant,
    )  # fmt: skip
