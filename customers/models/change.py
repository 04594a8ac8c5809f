from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import now, today
from core.models import User
from customers.models.customer import Customer, customer_scope


class ChangeReportQuerySet(models.QuerySet["ChangeReport"]):
    def visible_to(self, user: User, *, permission: str | tuple[str, ...] = "") -> ChangeReportQuerySet:
        return self.filter(customer_scope(user, "customer__", permission=permission))

    def open(self) -> ChangeReportQuerySet:
        return self.filter(status=ChangeReport.Status.REPORTED)

    def overdue(self) -> ChangeReportQuerySet:
        return self.open().filter(due_on__lt=today())


class ChangeReport(models.Model):
    """Somebody learned that the customer file is no longer right (CM-04).

    The file must follow until the end of `due_on`, three working days after `reported_on`; a later update
    counts as late in the on-time rate.
    """

    document_type = "customer_change"
    round = 1
    STATUS_MEANINGS = {"reported": "waiting", "applied": "done", "withdrawn": "neutral"}

    class Kind(models.TextChoices):
        CONTACT = "contact", _("Contact")
        NEED = "need", _("Needs")
        STATUS = "status", _("Status or grade")
        OTHER = "other", _("Other entry")

    class Status(models.TextChoices):
        REPORTED = "reported", _("Reported")
        APPLIED = "applied", _("Applied to the file")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    number = models.CharField(_("number"), max_length=24, unique=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="change_reports", verbose_name=_("customer")
    )
    kind = models.CharField(_("kind of change"), max_length=8, choices=Kind)
    description = models.CharField(_("what has changed"), max_length=500)
    reported_on = models.DateField(_("reported on"), default=today)
    due_on = models.DateField(_("due on"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.REPORTED)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closing_note = models.CharField(_("note"), max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=1)

    objects = ChangeReportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("customer change report")
        verbose_name_plural = _("customer change reports")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="reported", closed_on__isnull=True)
                | (~Q(status="reported") & Q(closed_on__isnull=False)),
                name="change_report_closed_with_day",
            ),
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="change_report_due")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("customer", args=[self.customer.number])

    @property
    def root_number(self) -> str:
        return self.customer.number

    @property
    def status_label(self) -> str:
        return str(self.get_status_display())

    @property
    def is_overdue(self) -> bool:
        return self.status == self.Status.REPORTED and self.due_on < today()

    @property
    def is_late(self) -> bool:
        """Overdue, or applied after its day."""
        return self.is_overdue or (self.closed_on is not None and self.closed_on > self.due_on)


class DataRecord(models.Model):
    """Consent, export and erasure of customer data, with its purpose (LG-01). Append-only."""

    class Kind(models.TextChoices):
        CONSENT = "consent", _("Consent or purpose noted")
        EXPORT = "export", _("Data exported")
        ERASURE = "erasure", _("Data erased")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="data_records", verbose_name=_("customer")
    )
    subject = models.CharField(_("what"), max_length=120)
    purpose = models.CharField(_("purpose"), max_length=200)
    rows = models.PositiveIntegerField(_("rows"), default=1)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    at = models.DateTimeField(_("at"), default=now)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("data protection record")
        verbose_name_plural = _("data protection records")

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
