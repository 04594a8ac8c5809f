from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.clock import now
from core.models import Document, User
from core.money import AmountField
from credit.workflow import LIMIT_WORKFLOW, LimitStatus
from customers.models import Customer, customer_scope

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CreditLimitChangeQuerySet(models.QuerySet["CreditLimitChange"]):
    def visible_to(
        self, user: User | AnonymousUser, *, permission: str | tuple[str, ...] = ""
    ) -> CreditLimitChangeQuerySet:
        return self.filter(customer_scope(user, "customer__", permission=permission))

    def open(self) -> CreditLimitChangeQuerySet:
        return self.filter(status=LimitStatus.PROPOSED)


class CreditLimitChange(Document):
    """A credit limit as sales proposes and finance grants or refuses it (CM-11).

    `new_limit` is tax included, in `currency`, the account's. `old_limit` is what stood before, empty while
    the default of RM-06 held; it is written with the decision.
    """

    document_type = "credit_limit_change"
    workflow = LIMIT_WORKFLOW
    STATUS_MEANINGS = {"proposed": "waiting", "approved": "done", "refused": "blocked"}

    status = models.CharField(
        _("status"), max_length=24, choices=LimitStatus.choices, default=LimitStatus.PROPOSED
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="limit_changes", verbose_name=_("customer")
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    old_limit = AmountField(_("previous limit"), null=True, blank=True)
    new_limit = AmountField(_("proposed limit"))
    reason = models.CharField(_("reason"), max_length=500)
    assessment = models.TextField(_("credit assessment"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_note = models.CharField(_("note"), max_length=500, blank=True)

    objects = CreditLimitChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("credit limit change")
        verbose_name_plural = _("credit limit changes")
        constraints = [
            models.CheckConstraint(condition=Q(new_limit__gte=0), name="limit_change_not_negative"),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_by__isnull=True)
                | (~Q(status="proposed") & Q(decided_by__isnull=False)),
                name="limit_change_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("created_by")),
                name="limit_change_decided_by_another",
            ),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(status="proposed"), name="limit_change_one_open"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("credit_limit", args=[self.number])


class CreditNoteQuerySet(models.QuerySet["CreditNote"]):
    def visible_to(
        self, user: User | AnonymousUser, *, permission: str | tuple[str, ...] = ""
    ) -> CreditNoteQuerySet:
        return self.filter(customer_scope(user, "customer__", permission=permission))


class CreditNote(models.Model):
    """A word in a customer's credit file: an assessment, an overdue matter, a legal case (CM-11). Append-only."""

    class Kind(models.TextChoices):
        ASSESSMENT = "assessment", _("Credit assessment")
        OVERDUE = "overdue", pgettext_lazy("credit file", "Overdue matter")
        LEGAL = "legal", _("Legal case")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="credit_notes")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    text = models.TextField(_("text"))
    at = models.DateTimeField(_("at"), default=now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )

    objects = CreditNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("note in the credit file")
        verbose_name_plural = _("notes in the credit file")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
