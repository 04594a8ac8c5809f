"""The tabs and buttons of the customer's page that belong to the file itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.comments import COMMENT_PERMISSION
from core.models import User
from core.panels import register_action
from core.tabs import register_tab
from customers import work_panels  # noqa: F401 - its tabs register themselves
from customers.models import Customer
from customers.phones import phone_for
from customers.timeline import timeline_of
from customers.workflow import CUSTOMER_WORKFLOW

RECORDS_SHOWN = 10
MAINTAINS = "customers.maintain"
LIVE = (Customer.Status.ACTIVE, Customer.Status.FROZEN, Customer.Status.STOPPED)


def file_context(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    """One statement."""
    user: Any = request.user
    records = customer.data_records.select_related("actor")[:RECORDS_SHOWN]
    return {
        "customer": customer,
        "records": list(records),
        "may_maintain": customer.status in LIVE and user.may(MAINTAINS),
    }


def contacts_context(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    """Two statements."""
    user: Any = request.user
    contacts = list(customer.contacts.order_by("pk"))
    return {
        "customer": customer,
        "contacts": [(contact, phone_for(user, contact.phone)) for contact in contacts],
        "addresses": list(customer.addresses.order_by("pk")),
        "may_maintain": customer.status in LIVE and user.may(MAINTAINS),
    }


def timeline_context(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    """One statement."""
    user: Any = request.user
    may_comment = customer.status in LIVE and user.may(COMMENT_PERMISSION)
    return {
        "customer": customer,
        "events": timeline_of(customer, user),
        "comment_url": reverse("customer_comment", args=[customer.number]) if may_comment else "",
    }


def whoever(permission: str) -> Callable[[Customer, User], bool]:
    """On this page a button is shown to those whose post it is, and to nobody else."""
    return lambda customer, user: user.may(permission)


register_tab(
    "customer",
    "contacts",
    _("Contacts and addresses"),
    "customers/_contacts_tab.html",
    contacts_context,
    rank=50,
)
register_tab("customer", "file", _("Customer file"), "customers/_file_tab.html", file_context, rank=60)
register_tab("customer", "timeline", _("Timeline"), "customers/_timeline_tab.html", timeline_context, rank=90)

register_action(
    "customer",
    "edit",
    "customer_edit",
    label=_("Edit customer"),
    method="get",
    icon="pencil",
    key="E",
    statuses=LIVE,
    rank=20,
    applies=whoever(MAINTAINS),
)
register_action(
    "customer",
    "set_terms",
    "customer_terms",
    label=_("Set payment terms"),
    method="get",
    statuses=LIVE,
    rank=15,
    applies=whoever("customers.set_terms"),
)
register_action(
    "customer",
    "merge",
    "customer_merge",
    label=_("Merge into another file"),
    method="get",
    statuses=LIVE,
    rank=70,
    applies=whoever("customers.merge"),
)
for _rank, _name in enumerate(("freeze", "unfreeze", "stop", "resume"), start=60):
    _move = CUSTOMER_WORKFLOW[_name]
    register_action(
        "customer",
        _name,
        f"customer_{_name}",
        workflow=CUSTOMER_WORKFLOW,
        rank=_rank,
        is_danger=_name in ("freeze", "stop"),
        applies=whoever(_move.permission),
    )
