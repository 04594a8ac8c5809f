"""What credit adds to the order page: payment gate, slips and postings, and the steps of the reviews."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.panels import register_action, register_panel
from core.tabs import register_tab
from credit import limit_panels  # noqa: F401 - its tab and steps register themselves
from credit.customer_page import header_context, payments_context
from credit.outlook import Outlook, outlook_for
from credit.queries import TAKES_MONEY, due_now_on
from customers.models import Customer
from orders.models import Order
from orders.price_panel import why_not_pass
from orders.workflow import OrderStatus

BEFORE_APPROVAL = (
    OrderStatus.DRAFT,
    OrderStatus.CHECKING,
    OrderStatus.REP_REVIEW,
    OrderStatus.MANAGER_REVIEW,
    OrderStatus.MARKETING_REVIEW,
    OrderStatus.FINANCE_REVIEW,
    OrderStatus.REJECTED,
)


def _outlook(order: Order) -> Outlook:
    """Read once per page."""
    kept: Outlook | None = order.__dict__.get("_credit_outlook")
    if kept is None:
        kept = order.__dict__["_credit_outlook"] = outlook_for(order)
    return kept


def gate_context(request: HttpRequest, order: Order) -> Mapping[str, Any] | None:
    if order.status not in BEFORE_APPROVAL:
        return None
    outlook = _outlook(order)
    return {"outlook": outlook, "gate": outlook.gate(), "meter": outlook.limit_meter()}


def money_context(request: HttpRequest, order: Order) -> Mapping[str, Any] | None:
    slips = _outlook(order).slips
    postings = list(order.postings.all()) if order.posted else []
    may_record = request.user.may("credit.record_remittance") and order.status in TAKES_MONEY  # type: ignore[union-attr]
    return {"slips": slips, "postings": postings, "may_record": may_record}


def reviews_context(request: HttpRequest, order: Order) -> Mapping[str, Any] | None:
    reviews = list(order.reviews.select_related("reviewed_by")) if order.submitted_at else []
    return {"reviews": reviews} if reviews else None


def _needs_money(order: Order, user: User) -> bool:
    """A slip is the next thing while the check waits for money."""
    return _outlook(order).figures.paid < due_now_on(order)


def _speaks_for_itself(order: Order, user: User) -> bool:
    """No justification is asked for: not grade C, or within the credit limit (AP-03)."""
    return order.customer.grade != Customer.Grade.C or order.total <= _outlook(order).figures.limit


register_panel(
    "customer", "money", "credit/_customer_header.html", header_context, rank=10, permission="credit.view"
)
register_tab(
    "customer",
    "payments",
    _("Payments"),
    "credit/_customer_payments.html",
    payments_context,
    rank=30,
    permission="credit.view",
)
register_panel("order", "money", "credit/_gate_panel.html", gate_context, rank=10, permission="credit.view")
register_panel("order", "money", "credit/_money_panel.html", money_context, rank=20, permission="credit.view")
register_panel(
    "order", "side", "credit/_reviews_panel.html", reviews_context, rank=30, permission="credit.view"
)

register_action(
    "order",
    "record_remittance",
    "remittance_new",
    label=_("Record slip"),
    method="get",
    icon="upload",
    key="U",
    permission="credit.record_remittance",
    statuses=(OrderStatus.CHECKING,),
    rank=20,
    applies=_needs_money,
)
register_action(
    "order", "pass_check", "order_check", label=_("Check payment"), rank=30, icon="checklist", key="A"
)
register_action("order", "pass_rep", "order_pass_rep", rank=40, icon="check", key="A")
register_action(
    "order",
    "pass_manager",
    "order_pass_manager",
    rank=41,
    icon="check",
    key="A",
    applies=_speaks_for_itself,
    refusal=why_not_pass,
)
register_action(
    "order",
    "pass_manager",
    "order_pass_manager",
    rank=41,
    icon="check",
    key="A",
    wants_reason=True,
    applies=lambda order, user: not _speaks_for_itself(order, user),
    refusal=why_not_pass,
)
register_action("order", "pass_marketing", "order_pass_marketing", rank=42, icon="check", key="A")
register_action("order", "pass_finance", "order_pass_finance", rank=43, icon="check", key="A")
register_action("order", "reject", "order_reject", rank=80, icon="arrow-back-up", key="R", is_danger=True)
register_action("order", "cancel", "order_cancel", rank=90, icon="circle-x", is_danger=True)
