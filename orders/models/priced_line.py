from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.money import AmountField, PriceField, QuantityField, RateField
from inventory.models import Product


class PricedLineBase(models.Model):
    """Product, quantity and price of a line as they were written down (G-02); the parent differs.

    net = round2(quantity × unit price × (1 − discount%)), tax = round2(net × rate), gross = net + tax.
    """

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
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        abstract = True
