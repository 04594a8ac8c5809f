"""The monthly reconciliation of the contract register (CT-04). All of it is append-only.

A month is taken stock of as often as needed until somebody signs; each time is a new revision, and the old
ones stay. An explanation is corrected by a later one. What is signed never changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.models import User
from core.money import AmountField
from customers.models import customer_scope
from orders.models import Contract, Order

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class RegisterMonth(models.Model):
    """One taking of stock of a business month; the latest revision counts."""

    month = models.DateField(_("month"))
    revision = models.PositiveSmallIntegerField(_("version"))
    opened_at = models.DateTimeField(_("stock taken"), default=now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("stock taken by")
    )

    class Meta:
        ordering = ["-month", "-revision"]
        verbose_name = _("month of the register")
        verbose_name_plural = _("months of the register")
        constraints = [
            models.UniqueConstraint(fields=["month", "revision"], name="register_month_revision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class RegisterRowQuerySet(models.QuerySet["RegisterRow"]):
    def visible_to(self, user: User | AnonymousUser) -> RegisterRowQuerySet:
        """RG-02: the contracts of the customers whom the person may see."""
        return self.filter(customer_scope(user, "contract__customer__"))


class RegisterRow(models.Model):
    """One contract as both sides saw it at the month's end; amounts tax included, in its currency.

    Sales: ordered, shipped, delivered (signed for) and slips. Finance: posted, received (bank) and overdue.
    """

    register = models.ForeignKey(RegisterMonth, models.PROTECT, related_name="rows")
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="+", verbose_name=_("contract"))
    number = models.CharField(_("contract no."), max_length=24)
    customer_number = models.CharField(_("customer no."), max_length=12)
    customer_name = models.CharField(_("customer"), max_length=120)
    currency = models.CharField(_("currency"), max_length=3)
    amount = AmountField(_("amount, tax included"), null=True)
    signed_on = models.DateField(_("contract signed on"))
    terms = models.CharField(_("payment terms"), max_length=8, choices=Order.Terms)
    ordered = AmountField(_("ordered"))
    shipped = AmountField(_("shipped"))
    delivered = AmountField(_("signed for"))
    slips = AmountField(_("paid by slips"))
    posted = AmountField(_("posted"))
    received = AmountField(_("received"))
    overdue = AmountField(_("overdue"))

    objects = RegisterRowQuerySet.as_manager()

    class Meta:
        ordering = ["register", "number"]
        verbose_name = _("row of the register")
        verbose_name_plural = _("rows of the register")
        constraints = [
            models.UniqueConstraint(fields=["register", "contract"], name="register_row_once"),
        ]

    def __str__(self) -> str:
        return self.number


class RegisterDifference(models.Model):
    """Where the two sides disagree on a contract. Sales' figure less finance's is never nought."""

    class Kind(models.TextChoices):
        POSTED = "posted", _("Signed for and posted")
        RECEIVED = "received", _("Slips and bank receipts")

    row = models.ForeignKey(RegisterRow, models.PROTECT, related_name="differences")
    kind = models.CharField(_("figure"), max_length=8, choices=Kind)
    sales = AmountField(_("sales"))
    finance = AmountField(_("finance"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("difference of the register")
        verbose_name_plural = _("differences of the register")
        constraints = [
            models.UniqueConstraint(fields=["row", "kind"], name="register_difference_once"),
            models.CheckConstraint(condition=~Q(sales=F("finance")), name="register_difference_differs"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}"


class RegisterExplanation(models.Model):
    """Why a difference stands; the last one counts."""

    difference = models.ForeignKey(RegisterDifference, models.PROTECT, related_name="explanations")
    text = models.CharField(_("explanation"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("explanation")
        verbose_name_plural = _("explanations")

    def __str__(self) -> str:
        return self.text


class RegisterSignature(models.Model):
    """One side's signature; the two sides are two people (IC-01)."""

    class Side(models.TextChoices):
        SALES = "sales", _("Sales")
        FINANCE = "finance", _("Finance")

    register = models.ForeignKey(RegisterMonth, models.PROTECT, related_name="signatures")
    side = models.CharField(_("side"), max_length=8, choices=Side)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("signature of the register")
        verbose_name_plural = _("signatures of the register")
        constraints = [
            models.UniqueConstraint(fields=["register", "side"], name="register_signed_once_a_side"),
            models.UniqueConstraint(fields=["register", "by"], name="register_signed_by_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.side}"
