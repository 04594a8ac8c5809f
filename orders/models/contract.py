from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.models import Attachment, Document, User
from core.money import AmountField, Money, RateField
from customers.models import Customer, Region, customer_scope
from orders.contracts.workflow import CONTRACT_WORKFLOW, ContractStatus
from orders.models.order import Order
from orders.models.priced_line import PricedLineBase
from orders.models.quote import Quote

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ContractQuerySet(models.QuerySet["Contract"]):
    def visible_to(
        self, user: User | AnonymousUser, *, permission: str | tuple[str, ...] = ""
    ) -> ContractQuerySet:
        """RG-02: the contracts of the customers whom the person may see."""
        return self.filter(customer_scope(user, "customer__", permission=permission))

    def in_force(self, day: date | None = None) -> ContractQuerySet:
        rows = self.filter(status=ContractStatus.IN_FORCE)
        if day is None:
            return rows
        return rows.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        )

    def registered(self) -> ContractQuerySet:
        """What the register lists: individual and framework contracts and confirmations once in force."""
        return self.filter(status__in=(ContractStatus.IN_FORCE, ContractStatus.ENDED)).exclude(
            kind=Contract.Kind.SUPPLEMENT
        )

    def for_display(self) -> ContractQuerySet:
        return self.select_related(
            "customer", "region", "salesperson", "created_by", "quote", "supplement_to"
        )

    def locked(self) -> ContractQuerySet:
        return self.select_related("customer", "region", "salesperson").select_for_update(
            of=("self",), no_key=True
        )


class Contract(Document):
    """A sales contract, from the application to the register (合同, CT-01). Amounts include tax (G-03).

    An individual contract's orders never exceed `amount` + `supplemented` (CT-07); a framework contract may
    have an amount as a ceiling, or none. A supplement (补充协议) is a contract of its own kind that adds its
    amount to the contract it supplements once it is in force.
    """

    document_type = "contract"
    workflow = CONTRACT_WORKFLOW
    STATUS_MEANINGS = {
        "draft": "neutral",
        "manager_review": "waiting",
        "special_review": "waiting",
        "gm_review": "waiting",
        "legal_review": "waiting",
        "countersigning": "waiting",
        "sealing": "waiting",
        "sealed": "moving",
        "in_force": "done",
        "ended": "neutral",
        "rejected": "blocked",
        "cancelled": "neutral",
    }

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", _("Individual contract")
        FRAMEWORK = "framework", _("Framework contract")
        CONFIRMATION = "confirmation", _("Order confirmation letter")
        SUPPLEMENT = "supplement", _("Supplement")

    status = models.CharField(
        _("status"), max_length=24, choices=ContractStatus.choices, default=ContractStatus.DRAFT
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.INDIVIDUAL)
    supplement_to = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supplements",
        verbose_name=_("supplement to"),
    )
    quote = models.ForeignKey(
        Quote, models.PROTECT, null=True, blank=True, related_name="contracts", verbose_name=_("quotation")
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="contracts", verbose_name=_("customer")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, related_name="+", verbose_name=_("region desk")
    )
    salesperson = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("responsible salesperson")
    )
    title = models.CharField(_("subject"), max_length=120)
    order_intention = models.TextField(_("order intention"), blank=True)
    policy_basis = models.CharField(_("sales policy applied"), max_length=300, blank=True)
    language = models.CharField(
        _("language of the paper"),
        max_length=8,
        choices=Quote.PaperLanguage,
        default=Quote.PaperLanguage.CHINESE,
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    amount = AmountField(_("amount, tax included"), null=True, blank=True)
    supplemented = AmountField(_("added by supplements"), default=Decimal("0.00"), editable=False)
    freight = AmountField(_("freight charged"), default=Decimal("0.00"))
    net = AmountField(_("net"), default=Decimal("0.00"))
    tax = AmountField(_("tax"), default=Decimal("0.00"))
    terms = models.CharField(_("payment terms"), max_length=8, choices=Order.Terms)
    prepaid_percent = RateField(_("prepaid share"), null=True, blank=True)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_until = models.DateField(_("until"), null=True, blank=True)
    clauses = models.JSONField(_("clauses"), default=dict)
    has_nonstandard_terms = models.BooleanField(_("terms differ from the standard"), default=False)
    nonstandard_terms = models.CharField(_("which terms differ"), max_length=500, blank=True)
    is_nonstandard_product = models.BooleanField(_("non-standard product"), default=False)
    has_new_requirements = models.BooleanField(_("new quality or technical needs"), default=False)
    is_over_capacity = models.BooleanField(_("over capacity"), default=False)
    needs_legal_review = models.BooleanField(_("legal review"), default=False, editable=False)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    signed_by_customer = models.CharField(_("signed for the customer by"), max_length=60, blank=True)
    scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed copy")
    )
    external_ref = models.CharField(max_length=64, blank=True)
    submitted_at = models.DateTimeField(null=True, editable=False)
    registered_at = models.DateTimeField(_("registered"), null=True, editable=False)
    ended_on = models.DateField(_("ended on"), null=True, editable=False)
    updated_at = models.DateTimeField(null=True, editable=False)

    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="supplement", supplement_to__isnull=False)
                | (~Q(kind="supplement") & Q(supplement_to__isnull=True)),
                name="contract_supplement_names_its_contract",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=False) | Q(kind="framework"), name="contract_has_amount"
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0, supplemented__gte=0),
                name="contract_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(status="in_force") | Q(signed_on__isnull=False), name="contract_in_force_signed"
            ),
            models.UniqueConstraint(
                fields=["created_by", "external_ref"],
                condition=~Q(external_ref=""),
                name="contract_external_ref_once",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="contract_by_status"),
            models.Index(fields=["customer", "-id"], name="contract_by_customer"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("contract", args=[self.number])

    @property
    def root_number(self) -> str:
        return self.number

    @property
    def is_special(self) -> bool:
        """Needs the review of CT-06 before it is made."""
        return self.is_nonstandard_product or self.has_new_requirements or self.is_over_capacity

    @property
    def ceiling(self) -> Decimal | None:
        """What its orders may add up to, tax included; None for a framework without an amount (CT-07)."""
        return None if self.amount is None else self.amount + self.supplemented

    @property
    def total(self) -> Money | None:
        return None if self.amount is None else Money(self.amount, self.currency)


class ContractLine(PricedLineBase):
    """What an individual contract sells."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="lines")

    class Meta:
        ordering = ["contract", "line_no"]
        verbose_name = _("contract line")
        verbose_name_plural = _("contract lines")
        constraints = [
            models.UniqueConstraint(fields=["contract", "line_no"], name="contract_line_no_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="contract_line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(net__gte=0, tax__gte=0) & Q(gross=F("net") + F("tax")),
                name="contract_line_gross_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_no} {self.sku}"


class ContractSignature(models.Model):
    """One signature on one submission of a contract (CT-01, CT-03, CT-06). Append-only."""

    class Part(models.TextChoices):
        MANAGER = "manager", _("Sales manager")
        TECHNICAL = "technical", _("Technical department")
        QC = "qc", _("Quality control")
        PRODUCTION = "production", _("Production")
        PRICE = "price", _("Finance, on the price")
        GM = "gm", _("General manager")
        LEGAL = "legal", _("Legal")
        SALES = "sales", _("Sales head, countersigning")
        FINANCE = "finance", _("Finance, countersigning")
        SEAL = "seal", _("Seal")

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="signatures")
    round = models.PositiveIntegerField()
    part = models.CharField(_("signed as"), max_length=12, choices=Part)
    note = models.CharField(_("note"), max_length=500, blank=True)
    promised_on = models.DateField(_("can deliver on"), null=True, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), default=now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("contract signature")
        verbose_name_plural = _("contract signatures")
        constraints = [
            models.UniqueConstraint(fields=["contract", "round", "part"], name="contract_signed_once")
        ]

    def __str__(self) -> str:
        return f"{self.part}"
