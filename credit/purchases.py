"""What customers bought, for their grades: signed-for and posted goods (CM-06)."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum

from core.money import BASE_CURRENCY
from credit.models import Posting
from customers.policy import Window


def posted_purchases(window: Window) -> dict[int, Decimal]:
    """Posted gross by customer, by local posting date, company currency. One query.

    Returns that are posted are registered as a source of their own, with negative amounts.
    """
    posted = Posting.objects.filter(posted_on__range=(window.start, window.end), currency=BASE_CURRENCY)
    sums = posted.order_by().values("order__customer_id").annotate(gross=Sum("gross"))
    return {row["order__customer_id"]: row["gross"] for row in sums}
