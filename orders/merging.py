"""What follows a merged customer of enquiries, quotations, contracts and orders, and what is the customer's (CM-12)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db.models import F, Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.clock import now
from core.models import User
from customers.currencies import register_currency_use
from customers.models import Customer
from customers.services.merging import register_mover
from customers.timeline import register_matters
from orders.models import Contract, Enquiry, Order, OrderForm, Quote
from orders.workflow import OrderStatus

MOST_NAMED = 5
DOCUMENTS: tuple[tuple[str, type[Model], Any], ...] = (
    ("enquiries", Enquiry, gettext_lazy("Enquiries")),
    ("quotes", Quote, gettext_lazy("Quotations")),
    ("contracts", Contract, gettext_lazy("Contracts")),
    ("orders", Order, gettext_lazy("Orders")),
)


def move_documents(model: type[Model], source: Customer, target: Customer, actor: User) -> int:
    """One statement. The version grows, so whoever looks at the old customer's paper decides nothing on it."""
    changes: dict[str, Any] = {"customer": target, "version": F("version") + 1}
    if hasattr(model, "updated_at"):
        changes["updated_at"] = now()
    return model._default_manager.filter(customer=source).update(**changes)


def count_documents(model: type[Model], source: Customer) -> int:
    return model._default_manager.filter(customer=source).count()


def same_order_numbers(source: Customer, target: Customer) -> Iterator[str]:
    """One customer's order number names one order: two that are live cannot stand under one customer (IN-04)."""
    live = Order.objects.exclude(customer_po="").exclude(status=OrderStatus.CANCELLED)
    theirs = live.filter(customer=target).values("customer_po")
    twice = (
        live.filter(customer=source, customer_po__in=theirs)
        .order_by("pk")
        .values_list("number", "customer_po")
    )
    found = [f"{number} ({po})" for number, po in twice[:MOST_NAMED]]
    if found:
        yield _(
            "Both files have an order with the same customer's order number: %(orders)s. Correct or cancel one "
            "of each pair first."
        ) % {"orders": pgettext("between names of a list", ", ").join(found)}


def move_order_forms(source: Customer, target: Customer, actor: User) -> int:
    return OrderForm.objects.filter(customer=source).update(customer=target)


def has_papers(customer: Customer) -> bool:
    return any(
        model._default_manager.filter(customer=customer).exists() for model in (Order, Quote, Contract)
    )


def register() -> None:
    for name, model, label in DOCUMENTS:
        register_mover(
            name,
            partial(move_documents, model),
            label=label,
            count=partial(count_documents, model),
            obstacles=same_order_numbers if model is Order else None,
        )
        register_matters(name, partial(_numbers_of, model))
    register_mover("order_forms", move_order_forms)
    register_currency_use("orders", has_papers)


def _numbers_of(model: type[Model], customer: Customer) -> Any:
    return model._default_manager.filter(customer=customer).order_by().values("number")
