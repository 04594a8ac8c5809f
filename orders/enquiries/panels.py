"""The steps of an enquiry, and the customer's enquiries on the customer's page. Imported by orders.panels."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.panels import register_action
from core.tabs import register_tab
from customers.models import Customer
from orders.enquiries.services.intake import EDITABLE, HANDLE, OPEN
from orders.enquiries.workflow import EnquiryStatus
from orders.models import Enquiry

LATEST_SHOWN = 20
QUOTABLE = (*OPEN, EnquiryStatus.QUOTED)


def is_prospect(enquiry: Enquiry, user: User) -> bool:
    return enquiry.customer_id is None


def may_be_quoted(enquiry: Enquiry, user: User) -> bool:
    """Once answered the quotation is next; before that the answer is."""
    return enquiry.customer_id is not None


def is_unconfirmed(enquiry: Enquiry, user: User) -> bool:
    return not enquiry.is_demand_confirmed


def enquiries_of_customer(request: HttpRequest, customer: Customer) -> dict[str, Any] | None:
    """The customer's latest enquiries. One statement; the page has checked the scope."""
    rows = Enquiry.objects.filter(customer=customer).select_related("owner").prefetch_related("lines")
    found = list(rows.order_by("-id")[:LATEST_SHOWN])
    may_record = request.user.may(HANDLE)  # type: ignore[union-attr]
    return {"enquiries": found, "may_record": may_record} if found or may_record else None


def quote_address(enquiry: Enquiry) -> str:
    return f"{reverse('quote_new')}?enquiry={enquiry.number}"


register_tab(
    "customer",
    "enquiries",
    _("Enquiries"),
    "orders/_customer_enquiries.html",
    enquiries_of_customer,
    rank=5,
    permission="orders.view",
)
register_action("enquiry", "respond", "enquiry_respond", icon="phone", key="R", wants_reason=True, rank=10)
register_action(
    "enquiry",
    "open_customer",
    "enquiry_open_customer",
    label=_("Open customer file"),
    method="get",
    icon="plus",
    permission="customers.maintain",
    statuses=QUOTABLE,
    applies=is_prospect,
    rank=20,
)
register_action(
    "enquiry",
    "link_customer",
    "enquiry_link",
    label=_("Link a customer file"),
    method="get",
    icon="users",
    permission=HANDLE,
    statuses=QUOTABLE,
    applies=is_prospect,
    rank=22,
)
register_action(
    "enquiry",
    "make_quote",
    "quote_new",
    label=_("Make quotation"),
    method="get",
    icon="file-invoice",
    key="Q",
    permission="orders.make_quotes",
    statuses=(EnquiryStatus.IN_PROGRESS, EnquiryStatus.NEW),
    applies=may_be_quoted,
    address=quote_address,
    rank=30,
)
register_action(
    "enquiry",
    "close_quoted",
    "enquiry_close",
    label=_("Close the enquiry"),
    method="get",
    icon="circle-check",
    permission=HANDLE,
    statuses=(EnquiryStatus.QUOTED,),
    rank=30,
)
register_action(
    "enquiry",
    "quote_again",
    "quote_new",
    label=_("Make another quotation"),
    method="get",
    icon="file-invoice",
    permission="orders.make_quotes",
    statuses=(EnquiryStatus.QUOTED,),
    applies=may_be_quoted,
    address=quote_address,
    rank=32,
)
register_action(
    "enquiry",
    "confirm_demand",
    "enquiry_confirm",
    label=_("Record confirmation"),
    method="get",
    icon="mail",
    permission=HANDLE,
    statuses=EDITABLE,
    applies=is_unconfirmed,
    rank=40,
)
register_action(
    "enquiry",
    "edit",
    "enquiry_edit",
    label=_("Correct the enquiry"),
    method="get",
    icon="pencil",
    key="E",
    permission=HANDLE,
    statuses=EDITABLE,
    rank=45,
)
register_action(
    "enquiry",
    "reassign",
    "enquiry_reassign",
    label=_("Hand over"),
    method="get",
    icon="user",
    permission=HANDLE,
    statuses=EDITABLE,
    rank=60,
)
register_action(
    "enquiry",
    "close_unquoted",
    "enquiry_close",
    label=_("Close the enquiry"),
    method="get",
    icon="x",
    permission=HANDLE,
    statuses=OPEN,
    is_danger=True,
    rank=70,
)
register_action("enquiry", "reopen", "enquiry_reopen", icon="arrow-back-up", rank=10)
