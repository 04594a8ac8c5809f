from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.models import Attachment
from core.money import QuantityField
from fulfillment.models.shipment import Shipment, ShipmentLine


class DeliveryProof(models.Model):
    """签收单: the signed paper, who signed and when; the local day is the posting date (DL-01, DL-03)."""

    number = models.CharField(_("delivery proof"), max_length=24, unique=True)
    shipment = models.OneToOneField(Shipment, models.PROTECT, related_name="proof")
    image = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    signer = models.CharField(_("signed by"), max_length=60)
    signed_at = models.DateTimeField(_("signed at"))
    signed_on = models.DateField(_("signed on"))
    note = models.TextField(_("note"), blank=True)
    recorded_at = models.DateTimeField(default=now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = _("delivery proof")
        verbose_name_plural = _("delivery proofs")

    def __str__(self) -> str:
        return self.number


class DeliveryLine(models.Model):
    """What of one shipped line arrived: good + short + damaged = shipped (DL-01)."""

    proof = models.ForeignKey(DeliveryProof, models.CASCADE, related_name="lines")
    shipment_line = models.OneToOneField(ShipmentLine, models.PROTECT, related_name="delivery")
    good = QuantityField(_("good"))
    short = QuantityField(_("short"), default=Decimal(0))
    damaged = QuantityField(_("damaged"), default=Decimal(0))

    class Meta:
        ordering = ["id"]
        verbose_name = _("delivery line")
        verbose_name_plural = _("delivery lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(good__gte=0, short__gte=0, damaged__gte=0), name="delivery_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proof_id}/{self.shipment_line_id}"
