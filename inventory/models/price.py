from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Event
from core.money import PriceField, QuantityField
from customers.models import Customer
from inventory.models.product import Product


class PriceListQuerySet(models.QuerySet["PriceList"]):
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


class PriceList(models.Model):
    """A version of the list prices, from a day to a day, approved by the general manager (QT-03).

    With a customer it holds the prices agreed with that customer, which go before the general list.
    """

    document_type = "price_list"
    round = 1

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
        ]

    def __str__(self) -> str:
        return self.code

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
        """Approval is the only change a list ever sees."""
        return 2 if self.is_approved else 1

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
