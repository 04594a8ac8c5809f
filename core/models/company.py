from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CompanyProfile(models.Model):
    """Our own firm as its papers name it (QT-01): one row. Where it is paid stands in `CompanyBank`."""

    name = models.CharField(_("company name"), max_length=120)
    name_en = models.CharField(_("company name in English"), max_length=160, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    address_en = models.CharField(_("address in English"), max_length=240, blank=True)
    phone = models.CharField(_("business phone"), max_length=30, blank=True)
    email = models.EmailField(_("business e-mail"), blank=True)
    website = models.CharField(_("website"), max_length=120, blank=True)
    updated_at = models.DateTimeField(null=True, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("company profile")
        verbose_name_plural = _("company profile")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="company_profile_one_row")]

    def __str__(self) -> str:
        return self.name


class CompanyBankQuerySet(models.QuerySet["CompanyBank"]):
    def confirmed(self) -> CompanyBankQuerySet:
        return self.filter(confirmed_at__isnull=False)


class CompanyBank(models.Model):
    """The account that papers ask customers to pay into (IN-07).

    Proposed by one person, in force only when the chief financial officer has confirmed it; the one confirmed
    last counts. A row is never edited, so what was seen is what is confirmed.
    """

    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    bank = models.CharField(_("bank"), max_length=80)
    bank_en = models.CharField(_("bank in English"), max_length=120, blank=True)
    account_number = models.CharField(_("account number"), max_length=40)
    swift = models.CharField(_("SWIFT code"), max_length=11, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    proposed_at = models.DateTimeField(_("proposed"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )

    objects = CompanyBankQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("bank details on papers")
        verbose_name_plural = _("bank details on papers")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="company_bank_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.account_number}"
