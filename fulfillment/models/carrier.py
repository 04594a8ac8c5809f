from django.db import models
from django.utils.translation import gettext_lazy as _


class Carrier(models.Model):
    """Who carries: own vehicle, express, truck, rail, sea or air (DS-04, SY-05)."""

    class Mode(models.TextChoices):
        OWN = "own", _("Own vehicle")
        EXPRESS = "express", _("Express")
        TRUCK = "truck", _("Truck")
        RAIL = "rail", _("Rail")
        SEA = "sea", _("Sea")
        AIR = "air", _("Air")

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("carrier"), max_length=60)
    mode = models.CharField(_("mode"), max_length=8, choices=Mode)

    class Meta:
        ordering = ["code"]
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")

    def __str__(self) -> str:
        return self.name
