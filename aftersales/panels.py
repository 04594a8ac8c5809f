"""What after-sales adds to the order page: the customer's scores, or that he is still to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from aftersales.models import Survey
from aftersales.queries import SURVEYED_STATUSES
from core.panels import register_panel
from core.tabs import register_tab
from customers.models import Customer
from orders.models import Order

LATEST_SHOWN = 20


def _survey_panel(request: HttpRequest, order: Order) -> Mapping[str, Any] | None:
    """Orders that are under way cost nothing, completed ones one statement."""
    if order.status not in SURVEYED_STATUSES:
        return None
    survey = Survey.objects.select_related("recorded_by").filter(order=order).first()
    may_answer = request.user.may("aftersales.answer_survey")  # type: ignore[union-attr]
    return {"survey": survey, "may_answer": may_answer}


def customer_surveys(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    """What the customer said, the latest first. One query; the page has checked the scope."""
    surveys = Survey.objects.filter(order__customer=customer).select_related("order").order_by("-id")
    return {"surveys": list(surveys[:LATEST_SHOWN])}


register_tab(
    "customer",
    "surveys",
    _("Surveys"),
    "aftersales/_customer_surveys.html",
    customer_surveys,
    rank=70,
    permission="aftersales.view",
)
register_panel(
    "order", "side", "aftersales/_survey_panel.html", _survey_panel, rank=80, permission="aftersales.view"
)
