from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.models import Document, User
from core.money import AmountField, QuantityField
from customers.models import customer_scope
from fulfillment.models.carrier import Carrier
from fulfillment.models.dispatch import DispatchNotice
from fulfillment.workflow import SHIPMENT_WORKFLOW, ShipmentStatus
from inventory.models import Batch
from orders.models import Order, OrderLine

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    def visible_to(
        self, user: User | AnonymousUser, *, permission: str | tuple[str, ...] = ""
    ) -> ShipmentQuerySet:
        return self.filter(customer_scope(user, "order__customer__", permission=permission))

    def in_house(self) -> ShipmentQuerySet:
        """Signed for dispatch and not yet through the gate: their goods are spoken for."""
        return self.filter(status__in=(ShipmentStatus.PICKING, ShipmentStatus.PICKED, ShipmentStatus.CHECKED))

    def gone(self) -> ShipmentQuerySet:
        return self.filter(status__in=(ShipmentStatus.GONE, ShipmentStatus.DELIVERED))

    def locked(self) -> ShipmentQuerySet:
        """Order first, then the shipment, in one statement."""
        return self.select_related("order__customer", "notice__warehouse").select_for_update(
            of=("order", "self"), no_key=True
        )


class Shipment(Document):
    """出库单: the goods of one signed notice on their way through picking, second check, gate and road."""

    document_type = "shipment"
    workflow = SHIPMENT_WORKFLOW
    STATUS_MEANINGS: ClassVar = {
        "picking": "moving",
        "picked": "waiting",
        "checked": "stock",
        "gone": "moving",
    }

    status = models.CharField(
        _("status"), max_length=24, choices=ShipmentStatus.choices, default=ShipmentStatus.PICKING
    )
    notice = models.OneToOneField(DispatchNotice, models.PROTECT, related_name="shipment")
    order = models.ForeignKey(Order, models.PROTECT, related_name="shipments", verbose_name=_("sales order"))
    carrier = models.ForeignKey(Carrier, models.PROTECT, null=True, blank=True, verbose_name=_("carrier"))
    tracking_number = models.CharField(_("tracking no."), max_length=60, blank=True)
    vehicle = models.CharField(_("vehicle"), max_length=20, blank=True)
    cost = AmountField(_("freight cost"), null=True, blank=True)
    gone_at = models.DateTimeField(_("left the gate"), null=True, blank=True)
    gone_on = models.DateField(_("dispatched on"), null=True, blank=True)

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")

    @property
    def root_number(self) -> str:
        return self.order.number

    def get_absolute_url(self) -> str:
        return reverse("shipment", args=[self.number])


class ShipmentLine(models.Model):
    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="lines")
    line_no = models.PositiveIntegerField()
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="shipment_lines")
    quantity = QuantityField(_("quantity"))
    picked = QuantityField(_("picked"), default=Decimal(0))
    checked = QuantityField(_("checked"), default=Decimal(0))
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("batch")
    )

    class Meta:
        ordering = ["shipment", "line_no"]
        verbose_name = _("shipment line")
        verbose_name_plural = _("shipment lines")
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line_no"], name="shipment_line_no_once"),
            models.CheckConstraint(
                condition=Q(
                    quantity__gt=0,
                    picked__gte=0,
                    picked__lte=F("quantity"),
                    checked__gte=0,
                    checked__lte=F("picked"),
                ),
                name="shipment_checked_within_picked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id}/{self.line_no}"


class GatePass(models.Model):
    """出门证: lets one vehicle out once; the guard records the time (DS-03)."""

    number = models.CharField(_("gate pass"), max_length=24, unique=True)
    shipment = models.OneToOneField(Shipment, models.PROTECT, related_name="gate_pass")
    issued_at = models.DateTimeField(default=now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("gate pass")
        verbose_name_plural = _("gate passes")

    def __str__(self) -> str:
        return self.number
