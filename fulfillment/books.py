"""What must be true of dispatched and delivered goods, whatever happened (`manage.py verify_books`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.books import check
from core.money import QuantityField
from fulfillment.figures import figure
from fulfillment.models import DeliveryProof, Shipment, ShipmentLine
from fulfillment.workflow import ShipmentStatus
from inventory.models import Reservation, StockMovement
from orders.models import Order, OrderLine
from orders.workflow import OrderStatus

GONE = (ShipmentStatus.GONE, ShipmentStatus.DELIVERED)
HOLDS_GOODS = (OrderStatus.APPROVED, OrderStatus.FULFILLING, OrderStatus.PARTLY_SHIPPED)
NOTHING = Decimal(0)


@check("S5", _("Dispatched quantity of each order line is what left on its shipments"))
def dispatched_quantities_agree() -> Iterator[str]:
    left = Coalesce(
        Sum("shipment_lines__checked", filter=Q(shipment_lines__shipment__status__in=GONE)),
        NOTHING,
        output_field=QuantityField(),
    )
    for line in _differing(left, "shipped"):
        yield _difference(line, "shipped")


@check("S6", _("Goods are reserved only for approved orders with something left to send"))
def reservations_belong_to_live_orders() -> Iterator[str]:
    numbers = Order.objects.filter(status__in=HOLDS_GOODS).values("number")
    stale = Reservation.objects.open().exclude(document_number__in=numbers)
    for number, line_no, quantity in stale.values_list("document_number", "line_no", "quantity"):
        yield f"{number}/{line_no}: {figure(quantity)}"


@check("S7", _("Every line that left has exactly one stock movement of its quantity"))
def shipments_moved_stock_once() -> Iterator[str]:
    moved = _movements()
    gone = ShipmentLine.objects.filter(shipment__status__in=GONE).values_list(
        "shipment__number", "line_no", "order_line__product", "batch", "checked"
    )
    for number, line_no, product, batch, quantity in gone.iterator():
        movements = moved.pop((number, line_no), [])
        if movements != [(product, batch, -quantity)]:
            yield f"{number}/{line_no}: {figure(quantity)} ≠ {[figure(-row[2]) for row in movements]}"
    for number, line_no in sorted(moved):
        yield f"{number}/{line_no}: issued without a shipment"


@check(
    "D6",
    _("Every delivered shipment has a signed proof that adds up, and the order's quantities agree with it"),
)
def deliveries_are_proved() -> Iterator[str]:
    yield from _shipments_without_proof()
    arrived = F("delivery__good") + F("delivery__short") + F("delivery__damaged")
    wrong = ShipmentLine.objects.filter(shipment__status=ShipmentStatus.DELIVERED).exclude(checked=arrived)
    for number, line_no in wrong.values_list("shipment__number", "line_no"):
        yield f"{number}/{line_no}: good, short and damaged do not make what was dispatched"
    good = Coalesce(Sum("shipment_lines__delivery__good"), NOTHING, output_field=QuantityField())
    for line in _differing(good, "signed"):
        yield _difference(line, "signed")
    missing = Coalesce(
        Sum(F("shipment_lines__delivery__short") + F("shipment_lines__delivery__damaged")),
        NOTHING,
        output_field=QuantityField(),
    )
    for line in _differing(missing, "damaged"):
        yield _difference(line, "damaged")


@check("D8", _("Goods that left have a gate pass used once, and no unused pass let anything out"))
def gate_passes_were_used() -> Iterator[str]:
    for number in (
        Shipment.objects.gone()
        .filter(Q(gate_pass__isnull=True) | Q(gate_pass__used_at__isnull=True) | Q(gone_on__isnull=True))
        .values_list("number", flat=True)
    ):
        yield f"{number}: left without a used gate pass"
    for number in (
        Shipment.objects.exclude(status__in=GONE)
        .filter(gate_pass__used_at__isnull=False)
        .values_list("number", flat=True)
    ):
        yield f"{number}: its pass is used, but it has not left"


def _difference(line: Mapping[str, Any], column: str) -> str:
    return f"{line['order__number']}/{line['line_no']}: {figure(line[column])} ≠ {figure(line['truth'])}"


def _differing(truth: Coalesce, column: str) -> QuerySet[OrderLine, dict[str, Any]]:
    return (
        OrderLine.objects.annotate(truth=truth)
        .exclude(truth=F(column))
        .order_by("order", "line_no")
        .values("order__number", "line_no", column, "truth")
    )


def _movements() -> dict[tuple[str, int], list[tuple[int, int | None, Decimal]]]:
    found: dict[tuple[str, int], list[tuple[int, int | None, Decimal]]] = {}
    issues = StockMovement.objects.filter(kind=StockMovement.Kind.ISSUE).values_list(
        "document_number", "line_no", "product", "batch", "quantity"
    )
    for number, line_no, product, batch, quantity in issues.iterator():
        found.setdefault((number, line_no), []).append((product, batch, quantity))
    return found


def _shipments_without_proof() -> Iterator[str]:
    delivered = Shipment.objects.filter(status=ShipmentStatus.DELIVERED).annotate(
        lines_shipped=Count("lines", distinct=True), lines_signed=Count("lines__delivery", distinct=True)
    )
    unproved = delivered.filter(Q(proof__isnull=True) | Q(lines_signed__lt=F("lines_shipped")))
    for number in unproved.values_list("number", flat=True):
        yield f"{number}: delivered without a complete proof"
    early = DeliveryProof.objects.exclude(shipment__status=ShipmentStatus.DELIVERED)
    for number in early.values_list("number", flat=True):
        yield f"{number}: proof of a shipment that is not delivered"
