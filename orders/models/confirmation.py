from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.models import Attachment
from core.money import AmountField
from orders.models.order import Order


class CustomerConfirmation(models.Model):
    """The customer confirmed the order as it stood: the order confirmation letter of CT-02 and IN-02.

    Bound to the amount confirmed; a later change of the amount needs a new one.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="confirmations")
    amount = AmountField(_("amount confirmed"))
    confirmed_by = models.CharField(_("confirmed by"), max_length=60)
    confirmed_on = models.DateField(_("confirmed on"))
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = _("customer's confirmation")
        verbose_name_plural = _("customer's confirmations")

    def __str__(self) -> str:
        return f"{self.confirmed_on} {self.confirmed_by}"
