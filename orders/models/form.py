from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.clock import now
from customers.models import Customer
from inventory.models import PriceList


class OrderForm(models.Model):
    """A standard Excel order form we handed out: for whom, with which prices (XL-01).

    The workbook carries `uid`; what comes back is read against the price list it was issued with.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="order_forms")
    price_list = models.ForeignKey(PriceList, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("order form")
        verbose_name_plural = _("order forms")

    def __str__(self) -> str:
        return str(self.uid)
