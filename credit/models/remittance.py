from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.models import Attachment, Document, User
from core.money import AmountField
from credit.models.bank import BankLine
from credit.workflow import REMITTANCE_WORKFLOW, RemittanceStatus
from customers.models import Customer, customer_scope
from orders.models import Order

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class RemittanceQuerySet(models.QuerySet["Remittance"]):
    def visible_to(
        self, user: User | AnonymousUser, *, permission: str | tuple[str, ...] = ""
    ) -> RemittanceQuerySet:
        return self.filter(customer_scope(user, "customer__", permission=permission))

    def valid(self) -> RemittanceQuerySet:
        """Slips that count: neither void nor a duplicate (section 11, P)."""
        return self.exclude(status=RemittanceStatus.VOID)


class Remittance(Document):
    """A remittance slip (汇款水单): the customer's claim to have paid. The bank line is the proof (PM-01)."""

    document_type = "remittance"
    workflow = REMITTANCE_WORKFLOW

    status = models.CharField(
        _("status"), max_length=24, choices=RemittanceStatus.choices, default=RemittanceStatus.REGISTERED
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="remittances", verbose_name=_("customer")
    )
    payer = models.CharField(_("payer"), max_length=120)
    third_party_note = models.CharField(_("note on a third-party payer"), max_length=200, blank=True)
    bank = models.CharField(_("paying bank"), max_length=60)
    reference = models.CharField(_("reference no."), max_length=64, blank=True)
    paid_on = models.DateField(_("paid on"))
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    amount = AmountField(_("amount"))
    allocated = AmountField(_("allocated"), default=Decimal("0.00"))
    image = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    image_hash = models.CharField(max_length=64)
    bank_line = models.OneToOneField(
        BankLine, models.PROTECT, null=True, blank=True, related_name="remittance"
    )
    matched_at = models.DateTimeField(null=True, blank=True)

    objects = RemittanceQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("remittance slip")
        verbose_name_plural = _("remittance slips")
        constraints = [
            models.UniqueConstraint(
                fields=["bank", "reference"],
                condition=~Q(reference="") & ~Q(status="void"),
                name="remittance_reference_once",
            ),
            models.UniqueConstraint(
                fields=["image_hash"], condition=~Q(status="void"), name="remittance_image_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="remittance_amount_positive"),
            models.CheckConstraint(
                condition=Q(allocated__gte=0, allocated__lte=F("amount")), name="remittance_allocated_within"
            ),
            models.CheckConstraint(
                condition=Q(status="credited", bank_line__isnull=False)
                | (~Q(status="credited") & Q(bank_line__isnull=True)),
                name="remittance_credited_by_a_bank_line",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("remittance", args=[self.number])

    @property
    def is_matched(self) -> bool:
        return self.status == RemittanceStatus.CREDITED

    @property
    def is_third_party(self) -> bool:
        return self.payer != self.customer.name


class AllocationQuerySet(models.QuerySet["Allocation"]):
    def valid(self) -> AllocationQuerySet:
        return self.filter(released_at__isnull=True)


class Allocation(models.Model):
    """The part of a slip meant for one order (RM-08), and how much of it has paid posted goods."""

    remittance = models.ForeignKey(Remittance, models.PROTECT, related_name="allocations")
    order = models.ForeignKey(Order, models.PROTECT, related_name="allocations")
    amount = AmountField(_("amount"))
    applied = AmountField(_("applied"), default=Decimal("0.00"))
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.UniqueConstraint(
                fields=["remittance", "order"],
                condition=Q(released_at__isnull=True),
                name="allocation_once_per_order",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_at_least_a_cent"),
            models.CheckConstraint(
                condition=Q(applied__gte=0, applied__lte=F("amount")), name="allocation_applied_within"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.amount}"
