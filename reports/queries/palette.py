"""Ctrl+K: a few letters lead to an order, a customer, a product or a page, within the person's scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from core.models import User
from core.navigation import links_for
from customers.models import Customer
from inventory.models import Product
from orders.models import Order

PER_KIND = 6
LEAST_LETTERS = 2
MOST_LETTERS = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """One place to go to. `kind` says in words what it is."""

    label: str
    url: str
    kind: str


def palette_hits(user: User, query: str) -> list[Hit]:
    """Pages when nothing is typed, else orders, customers, products, pages. At most three statements."""
    wanted = query.replace("\x00", "").strip()[:MOST_LETTERS]
    if len(wanted) < LEAST_LETTERS:
        return list(_pages(user, wanted))
    return [
        *_orders(user, wanted),
        *_customers(user, wanted),
        *_products(user, wanted),
        *_pages(user, wanted),
    ]


def _customer_condition(wanted: str, prefix: str = "") -> Q:
    """Part of the name or number, or the beginning of a word's pinyin."""
    return (
        Q(**{f"{prefix}name__icontains": wanted})
        | Q(**{f"{prefix}short_name__icontains": wanted})
        | Q(**{f"{prefix}number__icontains": wanted})
        | Q(**{f"{prefix}pinyin__icontains": wanted.lower()})
    )


def _orders(user: User, wanted: str) -> Iterator[Hit]:
    if not user.may("orders.view"):
        return
    matching = (
        Q(number__icontains=wanted)
        | Q(customer_po__icontains=wanted)
        | _customer_condition(wanted, "customer__")
    )
    found = Order.objects.visible_to(user).filter(matching).select_related("customer").order_by("-id")
    for order in found[:PER_KIND]:
        yield Hit(
            f"{order.number} {order.customer} · {order.status_label}", order.get_absolute_url(), _("Order")
        )


def _customers(user: User, wanted: str) -> Iterator[Hit]:
    if not user.may("customers.view"):
        return
    found = Customer.objects.visible_to(user).filter(_customer_condition(wanted)).order_by("number")
    for customer in found[:PER_KIND]:
        url = _url("customer", customer.number)
        if url:
            yield Hit(f"{customer.number} {customer.name}", url, _("Customer"))


def _products(user: User, wanted: str) -> Iterator[Hit]:
    if not user.may("inventory.view"):
        return
    matching = (
        Q(sku__icontains=wanted)
        | Q(barcode=wanted)
        | Q(name__icontains=wanted)
        | Q(pinyin__icontains=wanted.lower())
    )
    for product in Product.objects.filter(matching).order_by("sku")[:PER_KIND]:
        url = _url("product", product.sku) or _url("stock")
        if url:
            yield Hit(f"{product.sku} {product.name} {product.spec}".strip(), url, _("Product"))


def _pages(user: User, wanted: str) -> Iterator[Hit]:
    for link in links_for(user, "/"):
        if wanted.lower() in str(link.label).lower():
            yield Hit(str(link.label), link.url, _("Page of the program"))


def _url(name: str, *arguments: str) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
