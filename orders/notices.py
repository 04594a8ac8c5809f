"""Whom an order's events are told (IN-08)."""

from __future__ import annotations

from collections.abc import Sequence

from core.outbox import Recipient, register_audience
from orders.models import Order


def customer_of(order: Order) -> Sequence[Recipient]:
    """The customer's business address as the order has it, in the language of the customer's documents."""
    return [Recipient("email", order.contact_email, order.customer.language)]


def salesperson_of(order: Order) -> Sequence[Recipient]:
    return [Recipient("email", order.salesperson.email, order.salesperson.language)]


def register() -> None:
    register_audience(Order.document_type, "customer", customer_of)
    register_audience(Order.document_type, "salesperson", salesperson_of)
