from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.clock import today

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from core.models import User


class Region(models.Model):
    """A sales region with its receiving desk: South, North, extensible (RG-01)."""

    code = models.CharField(_("code"), max_length=8, unique=True)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=40)

    class Meta:
        ordering = ["code"]
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" and self.name_en else self.name


class DeskAssignmentQuerySet(models.QuerySet["DeskAssignment"]):
    def in_force(self) -> DeskAssignmentQuerySet:
        day = today()
        return self.filter(Q(starts_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gte=day))

    def of(self, user: User | AnonymousUser) -> DeskAssignmentQuerySet:
        return self.in_force().filter(user=user.pk)


class DeskAssignment(models.Model):
    """A person works on a region's desk; with an end it is a delegation by the sales manager (RG-02)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="desk_assignments", verbose_name=_("person")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="desk_assignments", verbose_name=_("region")
    )
    starts_on = models.DateField(_("from"), default=today)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    delegated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("delegated by"),
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = DeskAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("desk assignment")
        verbose_name_plural = _("desk assignments")

    def __str__(self) -> str:
        return f"{self.user} · {self.region}"
