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
from core.money import AmountField, Money, PriceField, RateField
from customers.models import Customer, Region, customer_scope
from inventory.models import PriceList
from inventory.prices import PriceSource
from orders.models.enquiry import Enquiry
from orders.models.order import Order
from orders.models.priced_line import PricedLineBase
from orders.quotes.workflow import QUOTE_WORKFLOW, QuoteStatus

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class QuoteQuerySet(models.QuerySet["Quote"]):
    def visible_to(
        self, user: User | AnonymousUser, *, permission: str | tuple[str, ...] = ""
    ) -> QuoteQuerySet:
        """RG-02: the quotations of the customers whom the person may see."""
        return self.filter(customer_scope(user, "customer__", permission=permission))

    def current(self) -> QuoteQuerySet:
        """The latest version of each quotation."""
        return self.exclude(status=QuoteStatus.SUPERSEDED)

    def past_validity(self, day: date) -> QuoteQuerySet:
        return self.filter(
            status__in=(QuoteStatus.CLEARED, QuoteStatus.SENT, QuoteStatus.ACCEPTED), valid_until__lt=day
        )

    def for_display(self) -> QuoteQuerySet:
        return self.select_related("customer", "region", "salesperson", "created_by", "enquiry")

    def locked(self) -> QuoteQuerySet:
        return self.select_related("customer", "region", "salesperson").select_for_update(
            of=("self",), no_key=True
        )


class Quote(Document):
    """One version of a quotation (报价单, QT-01). Total = Σ line gross + freight, tax included (G-03).

    V1 carries the series' number, later versions `<series>-V2`; what was submitted is never edited, a change
    is a new version that supersedes this one. The trail of all versions is filed under `series`.
    """

    document_type = "quote"
    workflow = QUOTE_WORKFLOW
    STATUS_MEANINGS = {
        "draft": "neutral",
        "in_review": "waiting",
        "cleared": "moving",
        "sent": "moving",
        "accepted": "done",
        "converted": "done",
        "declined": "blocked",
        "expired": "blocked",
        "superseded": "neutral",
        "withdrawn": "neutral",
    }

    class PaperLanguage(models.TextChoices):
        CHINESE = "zh-hans", _("Chinese")
        ENGLISH = "en", _("English")
        BOTH = "both", _("Chinese and English")

    status = models.CharField(
        _("status"), max_length=24, choices=QuoteStatus.choices, default=QuoteStatus.DRAFT
    )
    series = models.CharField(_("quotation"), max_length=24, db_index=True)
    revision = models.PositiveSmallIntegerField(_("version"), default=1)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    enquiry = models.ForeignKey(Enquiry, models.PROTECT, null=True, blank=True, related_name="quotes")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="quotes", verbose_name=_("customer"))
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, related_name="+", verbose_name=_("region desk")
    )
    salesperson = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("responsible salesperson")
    )
    title = models.CharField(_("subject"), max_length=120, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    price_list = models.ForeignKey(PriceList, models.PROTECT, null=True, related_name="+")
    language = models.CharField(
        _("language of the paper"), max_length=8, choices=PaperLanguage, default=PaperLanguage.CHINESE
    )
    quoted_on = models.DateField(_("quoted on"))
    valid_until = models.DateField(_("valid until"))
    contact_name = models.CharField(_("contact"), max_length=40, blank=True)
    contact_phone = models.CharField(_("business phone"), max_length=30, blank=True)
    contact_email = models.EmailField(_("business e-mail"), blank=True)
    delivery_address = models.CharField(_("delivery address"), max_length=260, blank=True)
    terms = models.CharField(_("payment terms"), max_length=8, choices=Order.Terms)
    prepaid_percent = RateField(_("prepaid share"), null=True, blank=True)
    preferential_policy = models.CharField(_("preferential policy"), max_length=300, blank=True)
    delivery_cycle = models.CharField(_("delivery cycle"), max_length=160, blank=True)
    warranty = models.CharField(_("warranty"), max_length=300, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)
    internal_note = models.TextField(_("internal note"), blank=True)
    freight = AmountField(_("freight charged"), default=Decimal("0.00"))
    net = AmountField(_("net"), default=Decimal("0.00"))
    tax = AmountField(_("tax"), default=Decimal("0.00"))
    total = AmountField(_("total, tax included"), default=Decimal("0.00"))
    largest_discount = RateField(_("largest discount %"), default=Decimal(0), editable=False)
    is_below_floor = models.BooleanField(_("below the floor price"), default=False, editable=False)
    price_level = models.CharField(_("price authority"), max_length=10, blank=True, editable=False)
    reviews_needed = models.JSONField(default=list, editable=False)
    external_ref = models.CharField(max_length=64, blank=True)
    submitted_at = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    sent_to = models.CharField(_("sent to"), max_length=254, blank=True, editable=False)
    sent_paper = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+", editable=False)
    answered_on = models.DateField(_("answered on"), null=True, editable=False)
    answered_by = models.CharField(_("answered by"), max_length=60, blank=True, editable=False)
    updated_at = models.DateTimeField(null=True, editable=False)

    objects = QuoteQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("quotation")
        verbose_name_plural = _("quotations")
        constraints = [
            models.UniqueConstraint(fields=["series", "revision"], name="quote_revision_once"),
            models.CheckConstraint(
                condition=Q(total__gte=0, net__gte=0, tax__gte=0, freight__gte=0), name="quote_amounts"
            ),
            models.CheckConstraint(condition=Q(valid_until__gte=F("quoted_on")), name="quote_validity"),
            models.UniqueConstraint(
                fields=["created_by", "external_ref"],
                condition=~Q(external_ref=""),
                name="quote_external_ref_once",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="quote_by_status"),
            models.Index(fields=["customer", "-id"], name="quote_by_customer"),
            models.Index(fields=["region", "status", "-id"], name="quote_by_region"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("quote", args=[self.number])

    @property
    def root_number(self) -> str:
        return self.series

    @property
    def amount(self) -> Money:
        """Total with tax and freight (G-03)."""
        return Money(self.total, self.currency)


class QuoteLine(PricedLineBase):
    """One line; an alternative stands on the paper and is not part of the total."""

    quote = models.ForeignKey(Quote, models.CASCADE, related_name="lines")
    is_alternative = models.BooleanField(_("alternative"), default=False)
    supply = models.CharField(_("supply"), max_length=4, blank=True)
    is_made_to_order = models.BooleanField(_("made to order"), default=False)
    unit_cost = PriceField(_("unit cost, tax excluded"), null=True, blank=True)
    lead_days = models.PositiveSmallIntegerField(_("delivery (days)"), null=True, blank=True)

    class Meta:
        ordering = ["quote", "line_no"]
        verbose_name = _("quotation line")
        verbose_name_plural = _("quotation lines")
        constraints = [
            models.UniqueConstraint(fields=["quote", "line_no"], name="quote_line_no_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quote_line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(net__gte=0, tax__gte=0) & Q(gross=F("net") + F("tax")),
                name="quote_line_gross_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    discount_percent__gte=0, discount_percent__lte=100, tax_rate__gte=0, unit_price__gte=0
                ),
                name="quote_line_rates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_no} {self.sku}"

    @property
    def source_label(self) -> str:
        """Where the price comes from, in words."""
        known = self.price_source in PriceSource.values
        return str(PriceSource(self.price_source).label) if known else self.price_source


class QuoteReview(models.Model):
    """One department's verdict on one submission of a version (QT-02, QT-03). Append-only."""

    class Department(models.TextChoices):
        FINANCE = "finance", _("Finance")
        PRODUCTION = "production", _("Production")
        PURCHASING = "purchasing", _("Purchasing")
        PRICE = "price", _("Price")

    class Verdict(models.TextChoices):
        AGREED = "agreed", _("Agreed")
        REFUSED = "refused", _("Refused")

    quote = models.ForeignKey(Quote, models.PROTECT, related_name="reviews")
    round = models.PositiveIntegerField()
    department = models.CharField(_("department"), max_length=10, choices=Department)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict)
    note = models.CharField(_("note"), max_length=500, blank=True)
    promised_on = models.DateField(_("can deliver on"), null=True, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), default=now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("quotation review")
        verbose_name_plural = _("quotation reviews")
        constraints = [
            models.UniqueConstraint(fields=["quote", "round", "department"], name="quote_reviewed_once")
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.verdict}"


class PriceApproval(models.Model):
    """Who allowed the prices of an order that went below a lower role's limit (QT-03). Append-only.

    Bound to the prices seen: `digest` stands for codes, quantities, prices and discounts.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="price_approvals")
    digest = models.CharField(max_length=64)
    level = models.CharField(_("level"), max_length=10)
    largest_discount = RateField(_("largest discount %"))
    is_below_floor = models.BooleanField(_("below the floor price"), default=False)
    note = models.CharField(_("note"), max_length=500, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), default=now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("price approval")
        verbose_name_plural = _("price approvals")

    def __str__(self) -> str:
        return f"{self.level} {self.largest_discount}"
