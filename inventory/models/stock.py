from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.money import QuantityField
from inventory.models.product import Product


class Warehouse(models.Model):
    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("warehouse"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    is_default = models.BooleanField(_("default warehouse"), default=False)

    class Meta:
        ordering = ["code"]
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_warehouse"
            )
        ]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" and self.name_en else self.name


class BatchQuerySet(models.QuerySet["Batch"]):
    def left_in(self, warehouse: Warehouse) -> BatchQuerySet:
        """With `left`: what came into this warehouse less what left it."""
        moved = Sum("movements__quantity", filter=Q(movements__warehouse=warehouse))
        nothing = Value(Decimal(0), output_field=QuantityField())
        return self.annotate(left=Coalesce(moved, nothing, output_field=QuantityField()))


class Batch(models.Model):
    """Goods received together: their certificate, quality release and expiry (DS-02, PP-02)."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="batches", verbose_name=_("product"))
    number = models.CharField(_("batch"), max_length=40)
    certificate = models.CharField(_("certificate"), max_length=60)
    released_on = models.DateField(_("released by QC on"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)

    left: Decimal
    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        constraints = [
            models.UniqueConstraint(fields=["product", "number"], name="batch_number_once_per_product")
        ]

    def __str__(self) -> str:
        return self.number

    def may_leave(self, day: date) -> bool:
        """Released by quality control, and not expired on that day (DS-02)."""
        return self.released_on is not None and (self.expires_on is None or self.expires_on >= day)


class StockLevelQuerySet(models.QuerySet["StockLevel"]):
    def available(self) -> StockLevelQuerySet:
        return self.annotate(available=F("on_hand") - F("reserved"))

    def locked(self) -> StockLevelQuerySet:
        """Locked in the order everybody locks them: by product, then warehouse."""
        return self.select_for_update(of=("self",)).order_by("product_id", "warehouse_id")


class StockLevel(models.Model):
    """Good stock of a product in a warehouse. Available = on hand − reserved, never below zero (ST-01).

    Written only by the stock services, by conditional update under the row's lock; `verify_books`
    proves both figures from movements and reservations.
    """

    product = models.ForeignKey(
        Product, models.PROTECT, related_name="stock_levels", verbose_name=_("product")
    )
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, related_name="stock_levels", verbose_name=_("warehouse")
    )
    on_hand = QuantityField(_("on hand"), default=Decimal(0))
    reserved = QuantityField(_("reserved"), default=Decimal(0))

    available: Decimal
    objects = StockLevelQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        constraints = [
            models.UniqueConstraint(fields=["product", "warehouse"], name="stock_level_once"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="stock_reserved_not_negative"),
            models.CheckConstraint(condition=Q(on_hand__gte=F("reserved")), name="stock_never_oversold"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}@{self.warehouse_id}"


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def open(self) -> ReservationQuerySet:
        return self.filter(quantity__gt=0)

    def of(self, document_number: str) -> ReservationQuerySet:
        return self.filter(document_number=document_number)


class Reservation(models.Model):
    """Goods held for one line of a document; `quantity` is what is still held (ST-01).

    Falls to 0 as goods leave or are released; the row stays.
    """

    document_number = models.CharField(_("document"), max_length=24)
    line_no = models.PositiveIntegerField(_("line"))
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="reservations", verbose_name=_("product")
    )
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, related_name="reservations", verbose_name=_("warehouse")
    )
    quantity = QuantityField(_("reserved"))
    reserved_at = models.DateTimeField(_("reserved at"), default=now)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.UniqueConstraint(
                fields=["document_number", "line_no", "warehouse"], name="reservation_once_per_line"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="reservation_not_negative"),
        ]
        indexes = [
            models.Index(
                fields=["product", "warehouse"], condition=Q(quantity__gt=0), name="reservation_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_number}/{self.line_no}"


class StockMovement(models.Model):
    """Goods came in or went out. Append-only; Σ movements = on hand (S2)."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("Goods received")
        ISSUE = "issue", _("Goods issued")
        RETURN = "return", _("Goods returned")
        ADJUSTMENT = "adjustment", _("Stock adjustment")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    product = models.ForeignKey(Product, models.PROTECT, related_name="movements", verbose_name=_("product"))
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, related_name="movements", verbose_name=_("warehouse")
    )
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, related_name="movements", verbose_name=_("batch")
    )
    quantity = QuantityField(_("quantity"))
    document_number = models.CharField(_("document"), max_length=24)
    line_no = models.PositiveIntegerField(_("line"), default=0)
    posted_on = models.DateField(_("posted on"))
    at = models.DateTimeField(default=now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("posted by")
    )

    class Meta:
        ordering = ["id"]
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        constraints = [
            models.CheckConstraint(condition=~Q(quantity=0), name="movement_moves_something"),
            models.UniqueConstraint(
                fields=["document_number", "line_no", "kind", "warehouse"], name="movement_posted_once"
            ),
        ]
        indexes = [models.Index(fields=["product", "warehouse"], name="movement_by_level")]

    def __str__(self) -> str:
        return f"{self.document_number}/{self.line_no}"
