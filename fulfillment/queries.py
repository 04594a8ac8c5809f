"""Reads across order, reservation and dispatch papers."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum

from fulfillment.drafts import Dispatchable
from fulfillment.models import DispatchLine, ShipmentLine
from fulfillment.models.shipment import Shipment
from fulfillment.workflow import NoticeStatus
from inventory.models import Reservation
from orders.models import Order


def dispatchable_lines(order: Order) -> list[Dispatchable]:
    """Every line of an order with what may still go on a dispatch notice (DS-01). Four statements."""
    held = dict(
        Reservation.objects.of(order.number)
        .filter(warehouse=order.warehouse_id)
        .values_list("line_no", "quantity")
    )
    claimed = _claimed_by_open_papers(order)
    return [
        Dispatchable(
            line_no=line.line_no,
            order_line_id=line.pk,
            sku=line.sku,
            name=line.name,
            spec=line.spec,
            unit=line.unit,
            unit_decimals=line.product.unit_decimals,
            special_request=line.special_request,
            ordered=line.quantity,
            shipped=line.shipped,
            held=held.get(line.line_no, Decimal(0)),
            on_notices=claimed.get(line.pk, Decimal(0)),
        )
        for line in order.lines.select_related("product").order_by("line_no")
    ]


def _claimed_by_open_papers(order: Order) -> dict[int, Decimal]:
    """Quantity by order line on notices still to be signed and on shipments that have not left."""
    claimed: dict[int, Decimal] = {}
    drafts = DispatchLine.objects.filter(notice__order=order, notice__status=NoticeStatus.DRAFT)
    in_house = ShipmentLine.objects.filter(shipment__in=Shipment.objects.in_house().filter(order=order))
    for rows in (drafts, in_house):
        for line_id, quantity in rows.order_by().values_list("order_line").annotate(claimed=Sum("quantity")):
            claimed[line_id] = claimed.get(line_id, Decimal(0)) + quantity
    return claimed
