from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.clock import now, today
from core.models import User
from core.money import AmountField, RateField
from customers.models.customer import Customer, customer_scope


class GradingRun(models.Model):
    """The quarterly grading: what every customer bought in the twelve months to `window_end` (CM-05..CM-07)."""

    document_type = "grading_run"
    round = 1

    number = models.CharField(_("number"), max_length=24, unique=True)
    window_start = models.DateField(_("from"))
    window_end = models.DateField(_("until"), unique=True)
    grade_a = AmountField(_("grade A from"))
    grade_b = AmountField(_("grade B from"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("run at"), default=now)

    class Meta:
        ordering = ["-window_end"]
        verbose_name = _("grading run")
        verbose_name_plural = _("grading runs")

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("grading_run", args=[self.number])

    @property
    def root_number(self) -> str:
        return self.number


class GradeProposalQuerySet(models.QuerySet["GradeProposal"]):
    def visible_to(self, user: User, *, permission: str | tuple[str, ...] = "") -> GradeProposalQuerySet:
        return self.filter(customer_scope(user, "customer__", permission=permission))

    def open(self) -> GradeProposalQuerySet:
        return self.filter(status=GradeProposal.Status.PROPOSED)


class GradeProposal(models.Model):
    """What the run found for one customer; the sales manager confirms it or keeps the old grade (CM-07).

    `purchases` Y is posted less returned, tax included, company currency; `satisfaction` the mean survey
    score of the window, empty without a survey. A mean below the threshold asks for a review, it changes
    nothing by itself.
    """

    STATUS_MEANINGS = {"proposed": "waiting", "confirmed": "done", "kept": "neutral"}

    class Status(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("grade", "Proposed")
        CONFIRMED = "confirmed", _("Confirmed")
        KEPT = "kept", _("Old grade kept")

    run = models.ForeignKey(GradingRun, models.PROTECT, related_name="proposals")
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="grade_proposals", verbose_name=_("customer")
    )
    old_grade = models.CharField(_("present grade"), max_length=1, choices=Customer.Grade)
    new_grade = models.CharField(_("proposed grade"), max_length=1, choices=Customer.Grade)
    purchases = AmountField(_("purchases"))
    satisfaction = RateField(_("satisfaction"), null=True, blank=True)
    needs_review = models.BooleanField(_("to be reviewed"), default=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = GradeProposalQuerySet.as_manager()

    class Meta:
        ordering = ["run", "customer__number"]
        verbose_name = _("grade proposal")
        verbose_name_plural = _("grade proposals")
        constraints = [
            models.UniqueConstraint(fields=["run", "customer"], name="grade_proposal_once_per_run"),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_at__isnull=True)
                | (~Q(status="proposed") & Q(decided_at__isnull=False)),
                name="grade_proposal_decided_with_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.old_grade}→{self.new_grade}"


class GradeHistoryQuerySet(models.QuerySet["GradeHistory"]):
    def visible_to(self, user: User, *, permission: str | tuple[str, ...] = "") -> GradeHistoryQuerySet:
        return self.filter(customer_scope(user, "customer__", permission=permission))


class GradeHistory(models.Model):
    """A grade as it was given (CM-07). Append-only."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="grade_history")
    run = models.ForeignKey(GradingRun, models.PROTECT, null=True, related_name="+")
    old_grade = models.CharField(_("old grade"), max_length=1)
    new_grade = models.CharField(_("new grade"), max_length=1)
    purchases = AmountField(_("purchases"), null=True)
    satisfaction = RateField(_("satisfaction"), null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), default=now)

    objects = GradeHistoryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("grade history")
        verbose_name_plural = _("grade history")

    def __str__(self) -> str:
        return f"{self.old_grade}→{self.new_grade}"


class CarePlanQuerySet(models.QuerySet["CarePlan"]):
    def visible_to(self, user: User, *, permission: str | tuple[str, ...] = "") -> CarePlanQuerySet:
        return self.filter(customer_scope(user, "customer__", permission=permission))

    def open(self) -> CarePlanQuerySet:
        return self.exclude(status=CarePlan.Status.ENDED)


class CarePlan(models.Model):
    """How a grade A customer is looked after: opened by the upgrade, written by the salesperson (CM-08)."""

    STATUS_MEANINGS = {"open": "waiting", "running": "moving", "ended": "neutral"}

    class Status(models.TextChoices):
        OPEN = "open", _("To be written")
        RUNNING = "running", _("Running")
        ENDED = "ended", _("Ended")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="care_plans")
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    opened_on = models.DateField(_("opened on"), default=today)
    due_on = models.DateField(_("to be written by"))
    visit_every_days = models.PositiveSmallIntegerField(_("visit every (days)"), null=True, blank=True)
    has_priority_supply = models.BooleanField(_("supplied first"), default=True)
    measures = models.TextField(_("measures"), blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = CarePlanQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("care plan")
        verbose_name_plural = _("care plans")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=~Q(status="ended"), name="care_plan_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.opened_on}"

    @property
    def number(self) -> str:
        """A plan has no number of its own; it is spoken of by its customer's."""
        return self.customer.number

    @property
    def is_overdue(self) -> bool:
        return self.status == self.Status.OPEN and self.due_on < today()
