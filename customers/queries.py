"""What pages read from the customer file."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from core.models import User
from customers.models import Customer, Region

RESPONSIBLE_ROLES = ("salesperson", "sales_manager")


def customers_found(text: str, user: User, *, permission: str = "") -> QuerySet[Customer]:
    """The customers in the person's scope, narrowed to a number, name, credit code or pinyin (SY-01)."""
    customers = Customer.objects.visible_to(user, permission=permission)
    text = text.replace("\x00", "").strip()[:60]
    if not text:
        return customers
    key = text.lower()
    return customers.filter(
        Q(number__istartswith=text)
        | Q(name__icontains=text)
        | Q(short_name__icontains=text)
        | Q(uscc=text.upper())
        | Q(pinyin__startswith=key)
        | Q(pinyin__contains=f" {key}")
    )


LISTED_BY = {
    "region": "region__code",
    "grade": "grade",
    "settlement": "settlement",
    "status": "status",
    "salesperson": "salesperson__username",
}
"""The facets of the list of customers, and what each compares."""


def customers_listed(wanted: Mapping[str, str], user: User, *, permission: str = "") -> QuerySet[Customer]:
    """The list of customers as the page narrows it. Merged files appear only when they are looked for (CM-12)."""
    rows = customers_found(wanted.get("q", ""), user, permission=permission)
    for name, lookup in LISTED_BY.items():
        if value := wanted.get(name, "").replace("\x00", ""):
            rows = rows.filter(**{lookup: value})
    if not wanted.get("q") and not wanted.get("status"):
        rows = rows.exclude(status=Customer.Status.MERGED)
    return rows


def people_who_sell() -> QuerySet[User]:
    """Who may be responsible for a customer (CM-02)."""
    return (
        User.objects.filter(is_active=True, role_grants__role__in=RESPONSIBLE_ROLES)
        .distinct()
        .order_by("display_name")
    )


def regions_open_to(user: User) -> QuerySet[Region]:
    """The desks on which a person may open customer files: all of them without a regional scope (RG-02)."""
    scopes = user.scopes_for("customers.maintain")
    if "region" in scopes and "all" not in scopes:
        from_desks = Q(pk__in=user.desk_assignments.in_force().values("region"))
        return Region.objects.filter(from_desks)
    return Region.objects.all()
