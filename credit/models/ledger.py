from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.money import AmountField
from customers.models import Customer


class LedgerEntry(models.Model):
    """One side of a journal: positive is debit, negative is credit; a journal adds up to zero. Append-only.

    A journal is named by its source and kind, and a source is posted once per kind (M13). A correction is
    a reversing journal.
    """

    class Account(models.TextChoices):
        BANK = "bank", _("Bank")
        ADVANCE = "advance", _("Customer advances")
        RECEIVABLE = "receivable", _("Receivables")
        REVENUE = "revenue", _("Revenue")
        OUTPUT_TAX = "output_tax", _("Output tax")

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("Funds received")
        POSTING = "posting", _("Delivery posted")
        APPLICATION = "application", _("Receipt applied")
        TRANSFER = "transfer", _("Carried over at a merging")

    journal = models.UUIDField(default=uuid.uuid4, db_index=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    source_type = models.CharField(max_length=24)
    source_number = models.CharField(max_length=32)
    account = models.CharField(_("account"), max_length=12, choices=Account)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    order_number = models.CharField(max_length=24, blank=True)
    currency = models.CharField(max_length=3)
    amount = AmountField(_("amount"))
    posted_on = models.DateField(_("posted on"))
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(
                fields=["source_type", "source_number", "kind", "account"], name="ledger_posted_once"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_amount_moves"),
        ]
        indexes = [models.Index(fields=["customer", "account"], name="ledger_by_customer")]

    def __str__(self) -> str:
        return f"{self.source_number} {self.get_account_display()}"
