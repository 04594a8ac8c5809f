from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import BooleanField, Case, F, Q, When
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import BUSINESS_ZONE, local_date, now, today
from core.models import Attachment, Document, User
from core.money import QuantityField
from customers.models import Customer, DeskAssignment, Region, customer_scope
from inventory.models import Product
from orders.enquiries.policy import Clock
from orders.enquiries.workflow import ENQUIRY_WORKFLOW, EnquiryStatus

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    def visible_to(
        self, user: User | AnonymousUser, *, permission: str | tuple[str, ...] = ""
    ) -> EnquiryQuerySet:
        """RG-02: by the customer's desk; a prospect's by the desk and owner noted on the enquiry itself."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        scopes = user.scopes_for(permission)
        if "all" in scopes:
            return self.all()
        allowed = Q(customer__isnull=False) & customer_scope(user, "customer__", permission=permission)
        if "region" in scopes:
            desks = DeskAssignment.objects.of(user).values("region")
            allowed |= Q(customer__isnull=True, region__in=desks)
        if "own" in scopes:
            allowed |= Q(customer__isnull=True, owner=user.pk)
        return self.filter(allowed)

    def open(self) -> EnquiryQuerySet:
        return self.filter(status__in=(EnquiryStatus.NEW, EnquiryStatus.IN_PROGRESS))

    def unanswered(self) -> EnquiryQuerySet:
        """Those whose response clock still runs (EN-01)."""
        return self.open().filter(responded_at__isnull=True)

    def overdue(self, day: date) -> EnquiryQuerySet:
        """Unanswered after the end of their due day (G-05)."""
        return self.unanswered().filter(response_due_on__lt=day)

    def with_lateness(self) -> EnquiryQuerySet:
        """`is_late`: the answer, or else the end of the matter, lies after the end of the due day (G-05)."""
        ended = TruncDate(Coalesce("responded_at", "closed_at"), tzinfo=BUSINESS_ZONE)
        late = Case(
            When(ended_on__gt=F("response_due_on"), then=True), default=False, output_field=BooleanField()
        )
        return self.annotate(ended_on=ended).annotate(is_late=late)

    def for_display(self) -> EnquiryQuerySet:
        return self.select_related("customer", "region", "owner")

    def locked(self) -> EnquiryQuerySet:
        return self.for_display().select_for_update(of=("self",), no_key=True)


class Enquiry(Document):
    """What a customer or a prospect asks for (询价, EN-01). The first response is due by `response_due_on`."""

    document_type = "enquiry"
    workflow = ENQUIRY_WORKFLOW
    STATUS_MEANINGS = {"new": "waiting", "in_progress": "moving", "quoted": "done", "closed": "neutral"}

    class Channel(models.TextChoices):
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        WEBSITE = "website", _("Website")
        STORE = "store", _("Store")
        VISIT = "visit", _("Visit")

    class LostReason(models.TextChoices):
        PRICE = "price", _("Price")
        DELIVERY = "delivery", _("Delivery time")
        PRODUCT = "product", _("We have no such product")
        COMPETITOR = "competitor", _("Bought elsewhere")
        NO_NEED = "no_need", _("Need has gone")
        NO_REPLY = "no_reply", _("No reply")
        OTHER = "other", _("Other reason")

    status = models.CharField(
        _("status"), max_length=24, choices=EnquiryStatus.choices, default=EnquiryStatus.NEW
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="enquiries", verbose_name=_("customer")
    )
    prospect_name = models.CharField(_("prospect"), max_length=120, blank=True)
    pinyin = models.CharField(max_length=160, blank=True, db_index=True, editable=False)
    contact_name = models.CharField(_("contact"), max_length=40, blank=True)
    contact_phone = models.CharField(_("business phone"), max_length=30, blank=True)
    contact_email = models.EmailField(_("business e-mail"), blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region desk")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    received_at = models.DateTimeField(_("received"), default=now)
    response_due_on = models.DateField(_("response due on"))
    responded_at = models.DateTimeField(_("first response"), null=True, blank=True)
    wanted_on = models.DateField(_("wanted by"), null=True, blank=True)
    special_needs = models.TextField(_("special needs"), blank=True)
    demand_confirmed_by = models.CharField(_("demand note confirmed by"), max_length=60, blank=True)
    demand_confirmed_on = models.DateField(_("demand note confirmed on"), null=True, blank=True)
    demand_attachment = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("confirmation")
    )
    lost_reason = models.CharField(_("lost reason"), max_length=12, choices=LostReason, blank=True)
    external_ref = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    updated_at = models.DateTimeField(null=True, editable=False)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        constraints = [
            models.CheckConstraint(
                condition=Q(customer__isnull=False) | ~Q(prospect_name=""), name="enquiry_names_somebody"
            ),
            models.UniqueConstraint(
                fields=["created_by", "external_ref"],
                condition=~Q(external_ref=""),
                name="enquiry_external_ref_once",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="enquiry_by_status"),
            models.Index(fields=["customer", "-id"], name="enquiry_by_customer"),
            models.Index(fields=["received_at"], name="enquiry_by_receipt"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("enquiry", args=[self.number])

    @property
    def is_demand_confirmed(self) -> bool:
        return self.demand_confirmed_on is not None

    @property
    def clock(self) -> Clock:
        """Where the response clock stands now (EN-01, G-05)."""
        answered, closed = self.responded_at, self.closed_at
        return Clock(
            due_on=self.response_due_on,
            answered_on=local_date(answered) if answered is not None else None,
            closed_on=local_date(closed) if closed is not None else None,
            today=today(),
        )

    @property
    def asked_by(self) -> str:
        return self.customer.name if self.customer is not None else self.prospect_name


class EnquiryLine(models.Model):
    """One thing asked for: a product of ours, or words for something we may not have."""

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="lines")
    line_no = models.PositiveIntegerField(_("line"))
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="+")
    description = models.CharField(_("product asked for"), max_length=160)
    spec = models.CharField(_("specification"), max_length=160, blank=True)
    quantity = QuantityField(_("quantity"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=12, blank=True)

    class Meta:
        ordering = ["enquiry", "line_no"]
        verbose_name = _("enquiry line")
        verbose_name_plural = _("enquiry lines")
        constraints = [
            models.UniqueConstraint(fields=["enquiry", "line_no"], name="enquiry_line_no_once"),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gt=0), name="enquiry_quantity_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_no} {self.description}"
