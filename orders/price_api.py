"""Allowing the prices of an order over the API, by the same service as the page (QT-03)."""

from __future__ import annotations

from typing import Any

from core.api.views import TransitionView
from orders.api import OrderScope
from orders.models import Order
from orders.services.price_approvals import approve_prices


class ApprovePricesView(OrderScope, TransitionView):
    """POST: a post whose limit reaches them allows the prices as they are (QT-03)."""

    required_scope = "reviews"
    permissions = {"POST": "orders.approve_prices"}

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        return approve_prices(document, version=version, note=self.note_of(body), actor=self.user)
