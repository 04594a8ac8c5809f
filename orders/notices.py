"""Whom an order's events are told, and what the texts in `templates/mail/order/` may name (IN-07, IN-08).

A text to the customer names only what belongs to him: no reasons of a review, no credit, no cost (IN-06).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language

from core.company import company_details
from core.delivery import register_notice_context
from core.models import Event
from core.money import round_half_up
from core.outbox import Recipient, register_audience
from core.templatetags.figures import amount_text, price, quantity_text
from orders.models import Order

MOST_LINES_TOLD = 100


def customer_of(order: Any) -> Sequence[Recipient]:
    """The customer's business address as the order has it, in the language of the customer's documents."""
    return [Recipient("email", order.contact_email, order.customer.language)]


def salesperson_of(order: Any) -> Sequence[Recipient]:
    return [Recipient("email", order.salesperson.email, order.salesperson.language)]


def due_now(order: Order) -> Decimal:
    """R0: what is to be paid before approval, tax included; nothing with monthly settlement."""
    if order.terms == Order.Terms.MONTHLY:
        return Decimal("0.00")
    if order.terms == Order.Terms.STAGED and order.prepaid_percent is not None:
        return round_half_up(order.total * order.prepaid_percent / 100)
    return order.total


def values_for(event: Event) -> Mapping[str, Any]:
    """What an order's message may say. Five statements."""
    order = Order.objects.for_display().filter(number=event.document_number).first()
    if order is None:
        return {}
    lines = list(order.lines.order_by("line_no")[: MOST_LINES_TOLD + 1])
    count = int(event.data.get("lines", 0)) if isinstance(event.data.get("lines"), int) else len(lines)
    due = due_now(order)
    company = company_details(order.currency)
    language = get_language() or "zh-hans"
    return {
        "payee": company.name_in(language),
        "bank": company.bank_in(language),
        "account_number": company.account_number,
        "swift": company.swift,
        "customer": order.customer.name,
        "contact": order.contact_name or order.customer.name,
        "customer_po": order.customer_po,
        "amount": amount_text(order.total, order.currency),
        "due_now": amount_text(due, order.currency) if due else "",
        "terms": order.get_terms_display(),
        "promised_on": order.promised_on.isoformat() if order.promised_on else "",
        "delivery_address": order.delivery_address,
        "remarks": order.remarks,
        "salesperson": order.salesperson.display_name,
        "line_count": count,
        "lines": [_line(line, order.currency) for line in lines[:MOST_LINES_TOLD]],
        "more_lines": max(order.lines.count() - MOST_LINES_TOLD, 0) if len(lines) > MOST_LINES_TOLD else 0,
    }


def _line(line: Any, currency: str) -> dict[str, Any]:
    return {
        "line_no": line.line_no,
        "sku": line.sku,
        "name": line.name,
        "spec": line.spec,
        "unit": line.unit,
        "quantity_text": quantity_text(line.quantity),
        "price_text": str(price(line.unit_price, currency)),
        "gross_text": amount_text(line.gross, currency),
    }


def register() -> None:
    register_audience(Order.document_type, "customer", customer_of)
    register_audience(Order.document_type, "salesperson", salesperson_of)
    register_notice_context(Order.document_type, values_for)
