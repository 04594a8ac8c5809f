"""The steps of an order that belong to its entry: submit, correct, confirm, rework."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.errors import RuleRefused
from core.models import User
from core.panels import register_action
from core.tabs import register_tab
from customers.models import Customer
from orders import price_panel  # noqa: F401
from orders.assessment import require_customer_may_order
from orders.contracts import panels as contract_panels  # noqa: F401 - registers its own
from orders.enquiries import panels as enquiry_panels  # noqa: F401 - registers its own
from orders.models import Order
from orders.quotes import panels as quote_panels  # noqa: F401 - registers its own
from orders.services.submitting import CONFIRMABLE, obstacles_to_submission
from orders.workflow import OrderStatus

LATEST_SHOWN = 10


def why_not_submit(order: Order, user: User) -> str:
    """The first thing that keeps the order back; the page lists all of them."""
    obstacles = obstacles_of(order)
    return f"{obstacles[0][1].detail} ({obstacles[0][0]})" if obstacles else ""


def obstacles_of(order: Order) -> list:
    lines = [
        {"line_no": line.line_no, "sku": line.sku, "is_unclear": line.is_unclear}
        for line in order.lines.all()
    ]
    return obstacles_to_submission(order, lines)


def needs_confirmation(order: Order, user: User) -> bool:
    """No confirmation of the present amount is on file yet (CT-02)."""
    return all(confirmation.amount != order.total for confirmation in order.confirmations.all())


def why_no_new_order(customer: Customer, user: User) -> str:
    """A stopped or merged customer takes no new orders (CM-12)."""
    try:
        require_customer_may_order(customer)
    except RuleRefused as error:
        return str(error)
    return ""


def orders_of_customer(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """The customer's latest orders, for the customer's page. One query; the page has checked the scope."""
    return {"orders": list(Order.objects.filter(customer=customer).order_by("-id")[:LATEST_SHOWN])}


register_tab(
    "customer",
    "orders",
    _("Orders"),
    "orders/_customer_orders.html",
    orders_of_customer,
    rank=1,
    permission="orders.view",
)
register_action(
    "customer",
    "new_order",
    "order_new",
    label=_("New order"),
    method="get",
    icon="plus",
    key="N",
    rank=10,
    applies=lambda customer, user: user.may("orders.enter"),
    refusal=why_no_new_order,
    address=lambda customer: f"{reverse('order_new')}?customer={customer.number}",
)
register_action(
    "order", "submit", "order_submit", icon="arrow-right", key="S", rank=10, refusal=why_not_submit
)
register_action(
    "order",
    "edit",
    "order_edit",
    label=_("Correct the order"),
    method="get",
    icon="pencil",
    key="E",
    permission="orders.edit",
    statuses=(OrderStatus.DRAFT,),
    rank=12,
)
register_action("order", "reopen", "order_reopen", icon="arrow-back-up", rank=10)
register_action(
    "order",
    "confirm",
    "order_confirm",
    label=_("Record confirmation"),
    method="get",
    icon="mail",
    permission="orders.confirm_by_customer",
    statuses=CONFIRMABLE,
    applies=needs_confirmation,
    rank=45,
)
