from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.models import User
from core.money import AmountField
from customers.models import customer_scope

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class BankAccount(models.Model):
    """One of our own accounts, the one customers pay into (IN-07)."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    bank = models.CharField(_("bank"), max_length=60)
    account_number = models.CharField(_("account number"), max_length=34)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")

    def __str__(self) -> str:
        return f"{self.bank} {self.account_number[-4:]}"


class BankLineQuerySet(models.QuerySet["BankLine"]):
    def visible_to(
        self, user: User | AnonymousUser, *, permission: str | tuple[str, ...] = ""
    ) -> BankLineQuerySet:
        """Who sees all customers sees all lines; a desk sees those that proved its own slips (RG-02)."""
        return self.filter(customer_scope(user, "remittance__customer__", permission=permission))

    def unmatched(self) -> BankLineQuerySet:
        return self.filter(matched_at__isnull=True)


class BankLine(models.Model):
    """One incoming line of a bank statement: the proof. The same line is never entered twice (PM-03)."""

    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="lines", verbose_name=_("account"))
    reference = models.CharField(_("reference no."), max_length=64)
    booked_on = models.DateField(_("date"))
    amount = AmountField(_("amount"))
    payer = models.CharField(_("payer"), max_length=120)
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    entered_at = models.DateTimeField(default=now)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    matched_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = BankLineQuerySet.as_manager()

    class Meta:
        ordering = ["-booked_on", "-id"]
        verbose_name = _("bank line")
        verbose_name_plural = _("bank lines")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "reference", "amount", "booked_on"], name="bank_line_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_line_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.amount}"
