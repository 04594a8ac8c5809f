from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.money import AmountField
from customers.models import Customer


class CustomerAccount(models.Model):
    """A customer's money with us; its row is the first lock of every use case about credit (CR-10).

    `limit` is empty until finance sets one formally, then RM-06's default no longer applies. `received`
    is matched money (what of it belongs to no order stands on the slips), `receivable` what is posted and not
    yet paid. All tax included, in `currency`; each is proved by `verify_books`.
    """

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="account")
    currency = models.CharField(max_length=3, default="CNY")
    limit = AmountField(_("credit limit"), null=True, blank=True)
    credit_used = AmountField(_("credit used"), default=Decimal("0.00"))
    received = AmountField(_("received"), default=Decimal("0.00"))
    receivable = AmountField(_("receivable"), default=Decimal("0.00"))
    is_frozen = models.BooleanField(_("credit frozen"), default=False)

    class Meta:
        verbose_name = _("customer account")
        verbose_name_plural = _("customer accounts")
        constraints = [
            models.CheckConstraint(
                condition=Q(credit_used__gte=0, received__gte=0, receivable__gte=0),
                name="account_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}"
