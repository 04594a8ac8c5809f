"""Ctrl+K: a few letters lead to a document, a customer, a product or a page, within the person's scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from core.models import User
from core.navigation import links_for
from customers.models import Customer
from inventory.models import CustomerPart, Product
from orders.models import Contract, Enquiry, Order, Quote

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
    """Pages when nothing is typed, else documents, customers, products, pages. At most six statements."""
    wanted = query.replace("\x00", "").strip()[:MOST_LETTERS]
    if len(wanted) < LEAST_LETTERS:
        return list(_pages(user, wanted))
    return [
        *_orders(user, wanted),
        *_quotes(user, wanted),
        *_contracts(user, wanted),
        *_enquiries(user, wanted),
        *_customers(user, wanted),
        *_products(user, wanted),
        *_pages(user, wanted),
    ]


def _customer_condition(wanted: str, prefix: str = "") -> Q:
    """Part of the name or number, the number of a file merged into it, the credit code, or pinyin (CM-12)."""
    return (
        Q(**{f"{prefix}name__icontains": wanted})
        | Q(**{f"{prefix}short_name__icontains": wanted})
        | Q(**{f"{prefix}number__icontains": wanted})
        | Q(**{f"{prefix}uscc": wanted.upper()})
        | Q(**{f"{prefix}pinyin__icontains": wanted.lower()})
        | Q(
            **{
                f"{prefix}pk__in": Customer.objects.filter(
                    merged_into__isnull=False, number__iexact=wanted
                ).values("merged_into")
            }
        )
    )


def _orders(user: User, wanted: str) -> Iterator[Hit]:
    if not user.may("orders.view"):
        return
    matching = (
        Q(number__icontains=wanted)
        | Q(customer_po__icontains=wanted)
        | _customer_condition(wanted, "customer__")
    )
    found = (
        Order.objects.visible_to(user, permission="orders.view")
        .filter(matching)
        .select_related("customer")
        .order_by("-id")
    )
    for order in found[:PER_KIND]:
        yield Hit(
            f"{order.number} {order.customer} · {order.status_label}", order.get_absolute_url(), _("Order")
        )


def _quotes(user: User, wanted: str) -> Iterator[Hit]:
    """The latest version of each quotation."""
    if not user.may("orders.view"):
        return
    matching = (
        Q(number__icontains=wanted) | Q(title__icontains=wanted) | _customer_condition(wanted, "customer__")
    )
    found = Quote.objects.visible_to(user, permission="orders.view").current().filter(matching)
    yield from _documents(found.select_related("customer"), _("Quotation"))


def _contracts(user: User, wanted: str) -> Iterator[Hit]:
    if not user.may("orders.view"):
        return
    matching = (
        Q(number__icontains=wanted) | Q(title__icontains=wanted) | _customer_condition(wanted, "customer__")
    )
    found = Contract.objects.visible_to(user, permission="orders.view").filter(matching)
    yield from _documents(found.select_related("customer"), _("Contract"))


def _enquiries(user: User, wanted: str) -> Iterator[Hit]:
    if not user.may("orders.view"):
        return
    matching = (
        Q(number__icontains=wanted)
        | Q(prospect_name__icontains=wanted)
        | Q(pinyin__icontains=wanted.lower())
        | _customer_condition(wanted, "customer__")
    )
    found = Enquiry.objects.visible_to(user, permission="orders.view").filter(matching)
    yield from _documents(found.select_related("customer"), _("Enquiry"))


def _documents(found: QuerySet[Any], kind: str) -> Iterator[Hit]:
    for document in found.order_by("-id")[:PER_KIND]:
        who = document.customer or document.prospect_name
        yield Hit(f"{document.number} {who} · {document.status_label}", document.get_absolute_url(), kind)


def _customers(user: User, wanted: str) -> Iterator[Hit]:
    if not user.may("customers.view"):
        return
    found = (
        Customer.objects.visible_to(user, permission="customers.view")
        .filter(_customer_condition(wanted))
        .order_by("number")
    )
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
        | Q(Exists(_parts_named(user, wanted)))
    )
    for product in Product.objects.filter(matching).order_by("sku")[:PER_KIND]:
        url = _url("product", product.sku) or _url("stock")
        if url:
            yield Hit(f"{product.sku} {product.name} {product.spec}".strip(), url, _("Product"))


def _parts_named(user: User, wanted: str) -> QuerySet[CustomerPart]:
    """What the person's customers call the product."""
    customers = Customer.objects.visible_to(user, permission="customers.view").values("pk")
    return CustomerPart.objects.filter(
        product=OuterRef("pk"), part_number__icontains=wanted, customer__in=customers
    )


def _pages(user: User, wanted: str) -> Iterator[Hit]:
    for link in links_for(user, "/"):
        if wanted.lower() in str(link.label).lower():
            yield Hit(str(link.label), link.url, _("Page of the program"))


def _url(name: str, *arguments: str) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
