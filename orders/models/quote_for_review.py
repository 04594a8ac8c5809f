from django.utils.translation import gettext_lazy as _

from orders.models.quote import Quote


class QuoteForReview(Quote):
    """A quotation as the review queue of the administration shows it."""

    class Meta:
        proxy = True
        verbose_name = _("quotation to review")
        verbose_name_plural = _("quotations to review")
