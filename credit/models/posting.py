from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.money import AmountField
from credit.models.remittance import Allocation
from orders.models import Order


class Posting(models.Model):
    """Signed goods booked as revenue and receivable on the local sign-off date (DL-03).

    `source_number` is the delivery proof. `gross` tax included; `applied` is what receipts have paid of it.
    """

    number = models.CharField(max_length=24, unique=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="postings")
    source_number = models.CharField(max_length=24, unique=True)
    posted_on = models.DateField(_("posted on"), db_index=True)
    due_on = models.DateField(_("due on"))
    currency = models.CharField(max_length=3)
    net = AmountField(_("net"))
    tax = AmountField(_("tax"))
    freight = AmountField(_("freight"), default=Decimal("0.00"))
    gross = AmountField(_("gross"))
    applied = AmountField(_("paid"), default=Decimal("0.00"))
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="posting_adds_up"),
            models.CheckConstraint(
                condition=Q(applied__gte=0, applied__lte=F("gross")), name="posting_applied_within"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Application(models.Model):
    """A part of an allocation that paid a part of a posting. Append-only (M7)."""

    number = models.CharField(max_length=24, unique=True)
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="applications")
    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="applications")
    amount = AmountField(_("amount"))
    applied_on = models.DateField(_("applied on"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="application_amount_positive")]

    def __str__(self) -> str:
        return self.number
