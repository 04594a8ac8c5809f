from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ParameterValueQuerySet(models.QuerySet["ParameterValue"]):
    def confirmed(self) -> ParameterValueQuerySet:
        return self.filter(confirmed_at__isnull=False)


class ParameterValue(models.Model):
    """A company's own value of a rule-book setting from a day on.

    Proposed by one person, in force only when finance has confirmed it; never changes decisions
    already taken, for these store the values they were taken under.
    """

    key = models.CharField(_("setting"), max_length=60)
    value = models.JSONField(_("value"))
    effective_from = models.DateField(_("in force from"))
    reason = models.TextField(_("reason"))
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ParameterValueQuerySet.as_manager()

    class Meta:
        ordering = ["key", "effective_from", "id"]
        verbose_name = _("setting")
        verbose_name_plural = _("settings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True)
                | ~models.Q(confirmed_by=models.F("proposed_by")),
                name="parameter_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"
