from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.money import round_half_up
from orders.models import Order


class Survey(models.Model):
    """The satisfaction call after completion: three scores of 1 to 5 (SV-01)."""

    order = models.OneToOneField(Order, models.PROTECT, related_name="survey")
    quality = models.PositiveSmallIntegerField(_("quality"))
    timeliness = models.PositiveSmallIntegerField(_("timeliness"))
    attitude = models.PositiveSmallIntegerField(_("attitude"))
    note = models.TextField(_("note"), blank=True)
    due_on = models.DateField(_("due on"))
    answered_at = models.DateTimeField(default=now)
    answered_on = models.DateField(_("answered on"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("satisfaction survey")
        verbose_name_plural = _("satisfaction surveys")
        constraints = [
            models.CheckConstraint(
                condition=Q(quality__range=(1, 5), timeliness__range=(1, 5), attitude__range=(1, 5)),
                name="survey_scores_1_to_5",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.average}"

    @property
    def average(self) -> Decimal:
        """Mean of the three scores, 2 decimals half up."""
        return round_half_up(Decimal(self.quality + self.timeliness + self.attitude) / 3)

    @property
    def is_on_time(self) -> bool:
        return self.answered_on <= self.due_on
