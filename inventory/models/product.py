from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.money import PriceField, QuantityField, RateField
from customers.models import Customer


class ProductQuerySet(models.QuerySet["Product"]):
    def on_sale(self) -> ProductQuerySet:
        return self.filter(discontinued_on__isnull=True)


class Product(models.Model):
    """Something we sell, in one unit, at one tax rate (G-02)."""

    class Supply(models.TextChoices):
        MAKE = "make", _("Made by us")
        BUY = "buy", _("Bought in")

    sku = models.CharField(_("code"), max_length=24, unique=True)
    barcode = models.CharField(_("barcode"), max_length=32, blank=True, db_index=True)
    name = models.CharField(_("product"), max_length=120)
    pinyin = models.CharField(max_length=160, blank=True, db_index=True, editable=False)
    spec = models.CharField(_("specification"), max_length=120, blank=True)
    category = models.CharField(_("category"), max_length=60, blank=True)
    unit = models.CharField(_("unit"), max_length=12)
    unit_decimals = models.PositiveSmallIntegerField(_("decimals of the unit"), default=0)
    tax_rate = RateField(_("tax rate"), default=Decimal("0.13"))
    supply = models.CharField(_("supply"), max_length=4, choices=Supply, default=Supply.MAKE)
    minimum_stock = QuantityField(_("minimum stock"), default=Decimal(0))
    standard_cost = PriceField(_("standard cost, tax excluded"), null=True, blank=True)
    discontinued_on = models.DateField(_("discontinued on"), null=True, blank=True)
    updated_at = models.DateTimeField(default=now)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["sku"]
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.CheckConstraint(condition=Q(unit_decimals__lte=3), name="product_unit_decimals"),
            models.UniqueConstraint(
                fields=["barcode"], condition=~Q(barcode=""), name="product_barcode_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("product", args=[self.sku])

    @property
    def number(self) -> str:
        return self.sku

    @property
    def version(self) -> int:
        """From the moment of its last change, as far as tells two changes apart: it keeps no counter."""
        return int(self.updated_at.timestamp() * 1_000_000) % 1_000_000_000

    @property
    def etag(self) -> str:
        return f'"{self.sku}-{self.version}"'


class CustomerPart(models.Model):
    """What a customer calls one of our products: his part number, unique within his own numbers."""

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="part_numbers", verbose_name=_("customer")
    )
    product = models.ForeignKey(
        Product, models.CASCADE, related_name="customer_parts", verbose_name=_("product")
    )
    part_number = models.CharField(_("customer part no."), max_length=40)
    name = models.CharField(_("customer's name for it"), max_length=120, blank=True)

    class Meta:
        ordering = ["customer", "part_number"]
        verbose_name = _("customer part number")
        verbose_name_plural = _("customer part numbers")
        constraints = [
            models.UniqueConstraint(fields=["customer", "part_number"], name="customer_part_once"),
            models.CheckConstraint(condition=~Q(part_number=""), name="customer_part_named"),
        ]

    def __str__(self) -> str:
        return self.part_number
