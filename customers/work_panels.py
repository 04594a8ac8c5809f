"""The tabs of the customer's page about reported changes and grades."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.tabs import register_tab
from customers.models import Customer

MAINTAINS = "customers.maintain"
MOST_SHOWN = 50


def changes_context(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    """One statement."""
    reports = customer.change_reports.select_related("created_by", "closed_by")
    return {"reports": list(reports[:MOST_SHOWN]), "may_keep": _may_keep(request)}


def grades_context(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    """Three statements."""
    proposals = customer.grade_proposals.select_related("run").order_by("-run__window_end")
    return {
        "history": list(customer.grade_history.select_related("actor")[:MOST_SHOWN]),
        "proposal": proposals.first(),
        "plan": customer.care_plans.select_related("owner").first(),
        "may_keep": _may_keep(request),
    }


def open_changes(request: HttpRequest, customer: Customer) -> int | None:
    """One statement, on every tab: a change that waits must not be overlooked."""
    return customer.change_reports.filter(status="reported").count() or None


def _may_keep(request: HttpRequest) -> bool:
    return bool(request.user.may(MAINTAINS))  # type: ignore[union-attr]


register_tab(
    "customer",
    "changes",
    _("Reported changes"),
    "customers/_changes_tab.html",
    changes_context,
    rank=70,
    count=open_changes,
)
register_tab("customer", "grades", _("Grade and care"), "customers/_grades_tab.html", grades_context, rank=75)
