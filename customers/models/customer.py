from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.clock import now
from core.models import Event, User
from core.money import AmountField, RateField
from customers.models.region import DeskAssignment, Region
from customers.uscc import validate_uscc
from customers.workflow import CUSTOMER_WORKFLOW

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(
        self, user: User | AnonymousUser, *, permission: str | tuple[str, ...] = ""
    ) -> CustomerQuerySet:
        """RG-02: an assistant sees her desk's customers, a salesperson his own; other roles see all."""
        return self.filter(customer_scope(user, permission=permission))

    def active(self) -> CustomerQuerySet:
        return self.filter(status=Customer.Status.ACTIVE)

    def with_defaults(self) -> CustomerQuerySet:
        return self.select_related("region", "salesperson", "default_contact", "default_address")


def customer_scope(
    user: User | AnonymousUser, prefix: str = "", *, permission: str | tuple[str, ...] = ""
) -> Q:
    """The rows a person may see or act on, as a condition; `prefix` leads from another table, `customer__`.

    With a permission only the roles that carry it count, else those of the door the person came through:
    who keeps one desk and reads all of them acts on his own desk alone (RG-02). The desks stand in a
    subquery, so the scope costs no statement of its own.
    """
    if not isinstance(user, User) or not user.is_active:
        return Q(pk__in=[])
    scopes = user.scopes_for(permission)
    if "all" in scopes:
        return Q()
    allowed = Q(pk__in=[])
    if "region" in scopes:
        allowed |= Q(**{f"{prefix}region__in": DeskAssignment.objects.of(user).values("region")})
    if "own" in scopes:
        allowed |= Q(**{f"{prefix}salesperson": user.pk})
    return allowed


class Customer(models.Model):
    """A company we sell to. Only business data, nothing private (CM-02, CM-03).

    `order_count` and `cumulative_amount` (tax included, in the company's currency) follow completed orders
    and returns (CM-09). A merged file keeps its number and names the file that goes on (CM-12).
    """

    document_type = "customer"
    workflow = CUSTOMER_WORKFLOW
    round = 1
    STATUS_MEANINGS = {"active": "done", "frozen": "blocked", "stopped": "blocked", "merged": "neutral"}

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        FROZEN = "frozen", _("Frozen: no credit")
        STOPPED = "stopped", _("Stopped: no new orders")
        MERGED = "merged", _("Merged")

    class Kind(models.TextChoices):
        NEW = "new", _("New customer")
        EXISTING = "existing", _("Existing customer")
        PROSPECT = "prospect", _("Prospect")

    class Settlement(models.TextChoices):
        PREPAID = "prepaid", _("Cash before delivery")
        STAGED = "staged", _("Instalments")
        MONTHLY = "monthly", _("Monthly settlement")

    class Grade(models.TextChoices):
        A = "A", "A"
        B = "B", "B"
        C = "C", "C"

    number = models.CharField(_("customer no."), max_length=12, unique=True)
    name = models.CharField(_("full name"), max_length=120, unique=True)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    pinyin = models.CharField(max_length=160, blank=True, db_index=True, editable=False)
    uscc = models.CharField(
        _("unified social credit code"), max_length=18, blank=True, validators=[validate_uscc], db_index=True
    )
    industry = models.CharField(_("industry"), max_length=60)
    kind = models.CharField(_("customer type"), max_length=8, choices=Kind, default=Kind.NEW)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.ACTIVE)
    grade = models.CharField(_("grade"), max_length=1, choices=Grade, default=Grade.C)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, verbose_name=_("region desk"))
    salesperson = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="customers",
        verbose_name=_("responsible salesperson"),
    )
    settlement = models.CharField(
        _("settlement"), max_length=8, choices=Settlement, default=Settlement.PREPAID
    )
    prepaid_percent = RateField(_("prepaid share"), null=True, blank=True)
    settlement_day = models.PositiveSmallIntegerField(_("settlement day"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    language = models.CharField(
        _("language of documents"), max_length=10, choices=settings.LANGUAGES, default="zh-hans"
    )
    source = models.CharField(_("source"), max_length=60, blank=True)
    core_needs = models.TextField(_("core needs"), blank=True)
    invoice_title = models.CharField(_("invoice title"), max_length=120, blank=True)
    order_count = models.PositiveIntegerField(_("completed orders"), default=0)
    cumulative_amount = AmountField(_("cumulative amount"), default=Decimal("0.00"))
    first_cooperation_on = models.DateField(_("first order"), null=True, blank=True)
    last_cooperation_on = models.DateField(_("latest order"), null=True, blank=True)
    default_contact = models.ForeignKey("Contact", models.PROTECT, null=True, blank=True, related_name="+")
    default_address = models.ForeignKey("Address", models.PROTECT, null=True, blank=True, related_name="+")
    status_reason = models.CharField(_("reason for the status"), max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_from",
        verbose_name=_("merged into"),
    )
    data_purpose = models.CharField(_("purpose of keeping contact data"), max_length=120, blank=True)
    consented_on = models.DateField(_("consent given on"), null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=1)

    objects = CustomerQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["pinyin", "updated_at"])

    class Meta:
        ordering = ["number"]
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
                name="customer_merged_into_another",
            ),
            models.UniqueConstraint(
                fields=["uscc"], condition=~Q(uscc="") & ~Q(status="merged"), name="customer_credit_code_once"
            ),
            models.CheckConstraint(
                condition=Q(cumulative_amount__gte=0), name="customer_cumulative_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    def get_absolute_url(self) -> str:
        return reverse("customer", args=[self.number])

    @property
    def root_number(self) -> str:
        """Under which the trail files what happens to the customer file itself."""
        return self.number

    @property
    def status_label(self) -> str:
        return str(self.get_status_display())

    @property
    def etag(self) -> str:
        return f'"{self.number}-{self.version}"'

    def events(self) -> models.QuerySet[Event]:
        """The trail of the customer file itself, not of the customer's orders."""
        return Event.objects.filter(root_number=self.number)
