from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.clock import now
from core.money import AmountField
from orders.models import Order


class CreditDecision(models.Model):
    """The outcome of one remittance check with everything it was decided on. Append-only.

    `row` is the row of the rule book (R1..R5, M1..M4); `figures` are R0, P, S, L, U, AC, Q, GU, AQ, X as
    strings, `parameters` the settings in force, so that it can be explained a year later.
    """

    class Result(models.TextChoices):
        PASS = "pass", _("Passed")
        HOLD = "hold", _("On hold")

    order = models.ForeignKey(Order, models.PROTECT, related_name="credit_decisions")
    order_version = models.PositiveIntegerField()
    round = models.PositiveIntegerField()
    row = models.CharField(_("row"), max_length=4)
    result = models.CharField(_("result"), max_length=4, choices=Result)
    due_now = AmountField(_("due at approval"))
    paid = AmountField(_("covered by slips"))
    credit = AmountField(_("credit"))
    guarantee = AmountField(_("guarantee"))
    deferral = AmountField(_("deferral"))
    figures = models.JSONField()
    needs = models.JSONField(default=list)
    parameters = models.JSONField()
    decided_at = models.DateTimeField(default=now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = _("credit decision")
        verbose_name_plural = _("credit decisions")

    def __str__(self) -> str:
        return f"{self.row} {self.get_result_display()}"


class Review(models.Model):
    """One level's decision on one version of an order (AP-01, AP-07). Append-only."""

    class Level(models.TextChoices):
        REP = "rep", pgettext_lazy("level", "Rep review")
        MANAGER = "manager", pgettext_lazy("level", "Manager review")
        MARKETING = "marketing", pgettext_lazy("level", "Marketing review")
        FINANCE = "finance", pgettext_lazy("level", "Finance review")

    class Decision(models.TextChoices):
        PASSED = "passed", _("Passed")
        REJECTED = "rejected", _("Rejected")

    order = models.ForeignKey(Order, models.PROTECT, related_name="reviews")
    order_version = models.PositiveIntegerField()
    round = models.PositiveIntegerField()
    level = models.CharField(_("level"), max_length=10, choices=Level)
    decision = models.CharField(_("decision"), max_length=8, choices=Decision)
    note = models.TextField(_("note"), blank=True)
    reviewed_at = models.DateTimeField(default=now)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "round", "level"],
                condition=models.Q(decision="passed"),
                name="review_level_passed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.get_decision_display()}"
