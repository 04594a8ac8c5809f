"""Does the stock agree with its movements and reservations? Run by `manage.py verify_books`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.books import check
from core.money import QuantityField
from inventory.models import Batch, Reservation, StockLevel, StockMovement

PLACE = ("product__sku", "warehouse__code")
NOTHING = Value(Decimal(0), output_field=QuantityField())


@check("S1", _("Stock is never below zero and never reserved twice"))
def stock_within_bounds() -> Iterator[str]:
    """ST-01: 0 ≤ reserved ≤ on hand."""
    wrong = StockLevel.objects.filter(Q(reserved__lt=0) | Q(on_hand__lt=F("reserved")))
    for sku, warehouse, on_hand, reserved in wrong.values_list(*PLACE, "on_hand", "reserved"):
        yield f"{sku} in {warehouse}: on hand {on_hand}, reserved {reserved}"


@check("S2", _("On hand is the sum of the movements"))
def on_hand_is_moved() -> Iterator[str]:
    wrong = _with_sum(StockMovement.objects.all()).exclude(on_hand=F("summed"))
    for sku, warehouse, on_hand, summed in wrong.values_list(*PLACE, "on_hand", "summed"):
        yield f"{sku} in {warehouse}: on hand {on_hand}, movements {summed}"
    lost = StockMovement.objects.filter(~_has_level()).values_list("document_number", "line_no")
    for document_number, line_no in lost:
        yield f"{document_number} line {line_no}: moved where no stock is kept"


@check("S3", _("Reserved is the sum of the open reservations"))
def reserved_is_held() -> Iterator[str]:
    wrong = _with_sum(Reservation.objects.all()).exclude(reserved=F("summed"))
    for sku, warehouse, reserved, summed in wrong.values_list(*PLACE, "reserved", "summed"):
        yield f"{sku} in {warehouse}: reserved {reserved}, reservations {summed}"
    lost = Reservation.objects.open().filter(~_has_level()).values_list("document_number", "line_no")
    for document_number, line_no in lost:
        yield f"{document_number} line {line_no}: holds goods where no stock is kept"


@check("S8", _("No batch gave out more than came in"))
def batches_not_overdrawn() -> Iterator[str]:
    """DS-02: per batch and warehouse."""
    overdrawn = (
        Batch.objects.values("number", "product__sku", "movements__warehouse__code")
        .annotate(moved=Sum("movements__quantity"))
        .filter(moved__lt=Decimal(0))
        .values_list("product__sku", "number", "movements__warehouse__code", "moved")
    )
    for sku, number, warehouse, moved in overdrawn:
        yield f"{sku} {number} in {warehouse}: {moved}"


def _with_sum(rows: QuerySet) -> QuerySet[StockLevel]:
    """Levels with `summed`, the quantity of the rows of their product in their warehouse."""
    summed = (
        rows.filter(product=OuterRef("product"), warehouse=OuterRef("warehouse"))
        .order_by()
        .values("product")
        .annotate(sum=Sum("quantity"))
        .values("sum")
    )
    return StockLevel.objects.annotate(
        summed=Coalesce(Subquery(summed), NOTHING, output_field=QuantityField())
    )


def _has_level() -> Exists:
    return Exists(StockLevel.objects.filter(product=OuterRef("product"), warehouse=OuterRef("warehouse")))
