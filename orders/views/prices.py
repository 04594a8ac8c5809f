"""Allowing the prices of an order (QT-03)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.pages import TransitionPage
from orders.models import Order
from orders.services.price_approvals import approve_prices


class ApprovePricesPage(TransitionPage):
    permission = "orders.approve_prices"
    done_message = _("The prices of %(number)s are allowed.")

    def documents(self) -> QuerySet[Order]:
        return Order.objects.visible_to(self.user)

    def act(self, document: Order, *, version: int | None, note: str) -> Any:
        approve_prices(document, version=version, note=note, actor=self.user)
        return document
