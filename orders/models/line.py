from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.money import AmountField, PriceField, QuantityField, RateField
from inventory.models import Product
from inventory.prices import PriceSource
from orders.models.order import Order


class OrderLine(models.Model):
    """One line: product, quantity and price as they were when it was placed (G-02).

    net = round2(quantity × unit price × (1 − discount%)), tax = round2(net × rate), gross = net + tax.
    `reserved`, `shipped`, `signed` and `damaged` follow the goods; signed + damaged ≤ shipped ≤ quantity.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    line_no = models.PositiveIntegerField(_("line"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    sku = models.CharField(_("code"), max_length=24)
    name = models.CharField(_("product"), max_length=120)
    spec = models.CharField(_("specification"), max_length=120, blank=True)
    unit = models.CharField(_("unit"), max_length=12)
    quantity = QuantityField(_("quantity"))
    unit_price = PriceField(_("unit price, tax excluded"))
    list_price = PriceField(_("list price"), null=True, blank=True)
    floor_price = PriceField(_("floor price"), null=True, blank=True)
    price_source = models.CharField(max_length=24, blank=True)
    discount_percent = RateField(_("discount %"), default=Decimal(0))
    tax_rate = RateField(_("tax rate"))
    net = AmountField(_("net"))
    tax = AmountField(_("tax"))
    gross = AmountField(_("gross"))
    is_unclear = models.BooleanField(_("to be clarified"), default=False)
    special_request = models.CharField(_("special request"), max_length=200, blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    reserved = QuantityField(_("reserved at approval"), default=Decimal(0))
    shipped = QuantityField(_("dispatched"), default=Decimal(0))
    signed = QuantityField(_("signed for"), default=Decimal(0))
    damaged = QuantityField(_("short or damaged"), default=Decimal(0))

    class Meta:
        ordering = ["order", "line_no"]
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="order_line_no_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(net__gte=0, tax__gte=0) & Q(gross=F("net") + F("tax")), name="line_gross_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(
                    discount_percent__gte=0, discount_percent__lte=100, tax_rate__gte=0, unit_price__gte=0
                ),
                name="line_rates",
            ),
            models.CheckConstraint(
                condition=Q(shipped__gte=0, shipped__lte=F("quantity")), name="line_shipped_within_quantity"
            ),
            models.CheckConstraint(
                condition=Q(signed__gte=0, damaged__gte=0) & Q(shipped__gte=F("signed") + F("damaged")),
                name="line_signed_within_shipped",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_no} {self.sku}"

    @property
    def source_label(self) -> str:
        """Where the price comes from, in words."""
        return str(PriceSource(self.price_source).label) if self.price_source in PriceSource.values else ""
