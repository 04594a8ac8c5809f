"""What the credit file adds: the customer's tab, and the steps of a limit change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from core.panels import register_action
from core.parameters import parameters_on
from core.tabs import register_tab
from credit.queries import credit_standing
from customers.models import Customer

MOST_SHOWN = 50


def credit_context(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    """Limit, use and history of a customer. Seven statements."""
    may = request.user.may  # type: ignore[union-attr]
    standing = credit_standing(customer, default_limit=parameters_on().amount("credit.default_limit"))
    return {
        "standing": standing,
        "changes": list(customer.limit_changes.select_related("created_by", "decided_by")[:MOST_SHOWN]),
        "notes": list(customer.credit_notes.select_related("actor")[:MOST_SHOWN]),
        "may_propose": may("credit.propose_limit") and customer.status != Customer.Status.MERGED,
        "may_note": may("credit.propose_limit") or may("credit.approve_limit"),
    }


register_tab(
    "customer",
    "credit",
    gettext_lazy("Credit file"),
    "credit/_credit_tab.html",
    credit_context,
    rank=35,
    permission="credit.view",
)
register_action("credit_limit_change", "approve", "credit_limit_approve", icon="check", key="A", rank=10)
register_action(
    "credit_limit_change", "refuse", "credit_limit_refuse", icon="circle-x", is_danger=True, rank=20
)
