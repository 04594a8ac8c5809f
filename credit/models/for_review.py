from django.utils.translation import gettext_lazy as _

from orders.models import Order


class OrderForReview(Order):
    """An order as the review queue of the administration shows it."""

    class Meta:
        proxy = True
        verbose_name = _("order to review")
        verbose_name_plural = _("orders to review")
