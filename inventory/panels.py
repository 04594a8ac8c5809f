"""What catalogue and prices add to the customer's page: what he pays and what he calls our products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.tabs import register_tab
from customers.models import Customer
from inventory.price_pages import prices_of_customer
from inventory.services.part_numbers import KEEPERS


def prices_context(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    """Six statements at most. The page has checked the scope."""
    user: Any = request.user
    return {
        "prices": prices_of_customer(customer),
        "may_enter": user.may("inventory.maintain_catalogue"),
        "may_see_floor": user.may("inventory.view_floor"),
        "may_keep_parts": any(user.may(permission) for permission in KEEPERS),
    }


register_tab(
    "customer",
    "prices",
    _("Prices"),
    "inventory/_customer_prices.html",
    prices_context,
    rank=45,
    permission="inventory.view_prices",
)
