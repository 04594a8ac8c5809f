"""Reads across order, reservation and dispatch papers."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Count, F, QuerySet, Sum
from django.utils.translation import gettext as _

from core.clock import today
from core.models import User
from core.templatetags.figures import quantity_text
from fulfillment.drafts import Dispatchable
from fulfillment.models import DispatchLine, ShipmentLine
from fulfillment.models.shipment import Shipment
from fulfillment.workflow import NoticeStatus, ShipmentStatus
from inventory.models import Batch, Reservation, StockMovement
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


def pickable_batches(shipment: Shipment) -> dict[int, list[tuple[str, str]]]:
    """By product, the batches that may leave today and are in the warehouse, first to expire first.

    Each as (number, text for a choice). Two statements.
    """
    levels = (
        StockMovement.objects.filter(
            warehouse=shipment.notice.warehouse_id, product__in=shipment.lines.values("order_line__product")
        )
        .order_by()
        .values("product", "batch")
        .annotate(left=Sum("quantity"))
        .filter(left__gt=0)
    )
    left = {(row["product"], row["batch"]): row["left"] for row in levels}
    batches = Batch.objects.filter(pk__in={batch for _product, batch in left if batch}).order_by(
        F("expires_on").asc(nulls_last=True), "released_on", "pk"
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for batch in batches:
        if batch.may_leave(today()):
            text = _("%(batch)s · %(left)s left") % {
                "batch": batch.number,
                "left": quantity_text(left[batch.product_id, batch.pk]),
            }
            found.setdefault(batch.product_id, []).append((batch.number, text))
    return found


def _claimed_by_open_papers(order: Order) -> dict[int, Decimal]:
    """Quantity by order line on notices still to be signed and on shipments that have not left."""
    claimed: dict[int, Decimal] = {}
    drafts = DispatchLine.objects.filter(notice__order=order, notice__status=NoticeStatus.DRAFT)
    in_house = ShipmentLine.objects.filter(shipment__in=Shipment.objects.in_house().filter(order=order))
    for rows in (drafts, in_house):
        for line_id, quantity in rows.order_by().values_list("order_line").annotate(claimed=Sum("quantity")):
            claimed[line_id] = claimed.get(line_id, Decimal(0)) + quantity
    return claimed


def waiting_at_the_gate(user: User) -> QuerySet[Shipment]:
    """Checked shipments that have not left, oldest first."""
    return (
        Shipment.objects.visible_to(user)
        .filter(status=ShipmentStatus.CHECKED)
        .select_related("order__customer")
        .annotate(line_count=Count("lines"))
        .order_by("pk")[:50]
    )
