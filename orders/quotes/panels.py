"""The steps of a quotation as its page offers them, and the customer's quotations on the customer's page."""

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
from orders.models import Quote
from orders.quotes.queries import departments_open_to
from orders.quotes.services.guards import require_valid
from orders.quotes.workflow import QuoteStatus as S

LATEST_SHOWN = 20


def asks_this_person(quote: Quote, user: User) -> bool:
    return bool(departments_open_to(quote, user))


def why_past_validity(quote: Quote, user: User) -> str:
    """The same words as the service's refusal."""
    try:
        require_valid(quote)
    except RuleRefused as error:
        return str(error)
    return ""


def address_of_review(quote: Quote) -> str:
    return f"{reverse('quote_reviews')}?quote={quote.number}"


def quotes_of_customer(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """The customer's latest quotations, each by its latest version. One query; the page checked the scope."""
    latest = Quote.objects.filter(customer=customer).current().select_related("salesperson")
    may_make = request.user.may("orders.make_quotes")  # type: ignore[union-attr]
    return {"quotes": list(latest.order_by("-id")[:LATEST_SHOWN]), "may_make": may_make}


register_tab(
    "customer",
    "quotes",
    _("Quotations"),
    "orders/quotes/_customer_quotes.html",
    quotes_of_customer,
    rank=15,
    permission="orders.view",
)
register_action(
    "quote", "submit", "quote_submit", icon="arrow-right", key="S", rank=10, refusal=why_past_validity
)
register_action(
    "quote",
    "edit",
    "quote_edit",
    label=_("Correct the quotation"),
    method="get",
    icon="pencil",
    key="E",
    permission="orders.make_quotes",
    statuses=(S.DRAFT,),
    rank=12,
)
register_action(
    "quote",
    "review",
    "quote_reviews",
    address=address_of_review,
    label=_("Review the quotation"),
    method="get",
    icon="check",
    key="A",
    statuses=(S.IN_REVIEW,),
    applies=asks_this_person,
    rank=10,
)
register_action(
    "quote", "send", "quote_send", method="get", icon="mail", key="S", rank=10, refusal=why_past_validity
)
register_action(
    "quote", "accept", "quote_accept", method="get", icon="check", key="A", rank=10, refusal=why_past_validity
)
register_action(
    "quote",
    "decline",
    "quote_decline",
    method="get",
    icon="x",
    wants_reason=False,
    is_danger=True,
    rank=20,
    refusal=why_past_validity,
)
register_action(
    "quote",
    "convert",
    "quote_convert",
    label=_("Make the order"),
    icon="arrow-right",
    key="A",
    permission="orders.enter",
    rank=10,
    refusal=why_past_validity,
)
register_action(
    "quote",
    "revise",
    "quote_revise",
    label=_("Revise the quotation"),
    icon="pencil",
    key="V",
    permission="orders.make_quotes",
    statuses=(S.CLEARED, S.SENT, S.ACCEPTED, S.DECLINED, S.EXPIRED),
    rank=30,
)
register_action("quote", "withdraw", "quote_withdraw", icon="x", is_danger=True, rank=60)
