from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.clock import today
from core.models import Event, User
from core.money import PriceField, QuantityField
from customers.models import Customer
from inventory.models.product import Product

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class PriceListQuerySet(models.QuerySet["PriceList"]):
    def visible_to(
        self, user: User | AnonymousUser, *, permission: str | tuple[str, ...] = ""
    ) -> PriceListQuerySet:
        """RG-02: the general lists, and those agreed with a customer whom the person may see."""
        customers = Customer.objects.visible_to(user, permission=permission)
        return self.filter(Q(customer__isnull=True) | Q(customer__in=customers))

    def live(self) -> PriceListQuerySet:
        """Entered or approved, not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def same_series(self, customer: Customer | int | None, currency: str) -> PriceListQuerySet:
        """The versions of one series: general or of one customer, in one currency. They never overlap."""
        return self.live().filter(customer=customer, currency=currency)

    def in_force(self, day: date, currency: str = "CNY") -> PriceListQuerySet:
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
            approved_at__isnull=False,
            valid_from__lte=day,
            currency=currency,
        ).order_by("-valid_from", "-id")

    def general(self) -> PriceListQuerySet:
        return self.filter(customer__isnull=True)

    def agreed_with(self, customer: Customer) -> PriceListQuerySet:
        return self.filter(customer=customer)


STATUS_LABELS = {
    "entered": pgettext_lazy("price list", "Waiting for approval"),
    "planned": pgettext_lazy("price list", "Approved for later"),
    "in_force": pgettext_lazy("price list", "In force"),
    "ended": pgettext_lazy("price list", "Ended"),
    "withdrawn": pgettext_lazy("price list", "Withdrawn"),
}


class PriceList(models.Model):
    """A version of the list prices, from a day to a day, approved by the general manager (QT-03).

    With a customer it holds the prices agreed with that customer, which go before the general list.
    """

    document_type = "price_list"
    round = 1
    STATUS_MEANINGS = {
        "entered": "waiting",
        "planned": "moving",
        "in_force": "done",
        "ended": "neutral",
        "withdrawn": "neutral",
    }

    code = models.CharField(_("version"), max_length=24, unique=True)
    name = models.CharField(_("name"), max_length=60)
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="price_lists",
        verbose_name=_("agreed with"),
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )

    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    amendments = models.PositiveIntegerField(default=0, editable=False)
    ended_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("followed by")
    )

    objects = PriceListQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from"]
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="price_list_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="price_list_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(approved_at__isnull=True),
                name="price_list_approved_or_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("price_list", args=[self.code])

    @property
    def number(self) -> str:
        """Under which the trail files it."""
        return self.code

    @property
    def root_number(self) -> str:
        return self.code

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None

    @property
    def version(self) -> int:
        """A list changes while its prices are amended, then only by being approved or withdrawn, and by the
        version that follows it."""
        decided = self.is_approved + (self.withdrawn_at is not None) + (self.ended_by_id is not None)
        return 1 + self.amendments + decided

    @property
    def status(self) -> str:
        """entered, planned, in_force, ended or withdrawn, as of today."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if not self.is_approved:
            return "entered"
        day = today()
        if self.valid_from > day:
            return "planned"
        return "ended" if self.valid_until is not None and self.valid_until < day else "in_force"

    @property
    def status_label(self) -> str:
        return str(STATUS_LABELS[self.status])

    def get_status_display(self) -> str:
        return self.status_label

    @property
    def etag(self) -> str:
        return f'"{self.code}-{self.version}"'

    def events(self) -> models.QuerySet[Event]:
        return Event.objects.filter(root_number=self.code)


class Price(models.Model):
    """The price of a product without tax from a quantity on, and the floor below which only the GM sells.

    Among the rows of a product the one with the largest `minimum_quantity` not above the quantity holds; the
    row from 0 carries the floor price (QT-03).
    """

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="prices")
    product = models.ForeignKey(Product, models.PROTECT, related_name="prices", verbose_name=_("product"))
    minimum_quantity = QuantityField(_("from quantity"), default=Decimal(0))
    unit_price = PriceField(_("unit price"))
    floor_price = PriceField(_("floor price"), null=True, blank=True)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "product", "minimum_quantity"], name="price_once_per_list"
            ),
            models.CheckConstraint(condition=Q(minimum_quantity__gte=0), name="price_from_quantity"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_price}"
