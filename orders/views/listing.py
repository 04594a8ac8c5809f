"""The order list; its whole state lives in the address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.components import Action, Facet, FacetValue, Tab
from core.pages import StaffPage
from customers.models import Region
from orders.models import Order
from orders.queries import VIEWS, OrderFilter, orders_matching, page_of_orders, totals_of
from orders.workflow import OrderStatus

LONGEST_SEARCH = 80


class OrderListPage(StaffPage):
    """At most 8 statements, whatever the filter and however many orders."""

    permission = "orders.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        given = request.GET
        regions = list(Region.objects.all())
        wanted = filter_from(given, {region.code for region in regions})
        orders = orders_matching(self.user, wanted)
        page = page_of_orders(orders, cursor=given.get("cursor", ""))
        return render(
            request,
            "orders/order_list.html",
            {
                "page": page,
                "totals": totals_of(orders),
                "tabs": view_tabs(given),
                "facets": facets_of(given, wanted, regions),
                "text": wanted.text,
                "is_filtered": any(
                    (wanted.text, wanted.regions, wanted.payments, wanted.deliveries, wanted.statuses)
                ),
                "empty_action": self.empty_action(),
            },
        )

    def empty_action(self) -> Action | None:
        if not self.user.may("orders.enter"):
            return None
        return Action(_("Enter an order"), reverse("order_new"), method="get", icon="plus")


def filter_from(given: QueryDict, region_codes: set[str]) -> OrderFilter:
    """The address as a filter; values that mean nothing are left out."""
    chosen = [value for value in given.getlist("status") if value in OrderStatus.values]
    view = VIEWS.get(given.get("view", ""), ())
    statuses = [value for value in chosen if not view or value in view] or (
        () if not view and not chosen else chosen or view
    )
    return OrderFilter(
        statuses=tuple(statuses),
        regions=tuple(value for value in given.getlist("region") if value in region_codes),
        payments=tuple(value for value in given.getlist("payment") if value in Order.PaymentStatus.values),
        deliveries=tuple(
            value for value in given.getlist("delivery") if value in Order.DeliveryStatus.values
        ),
        customer=given.get("customer", "").replace("\x00", "")[:12],
        text=given.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH],
        is_short=given.get("short") == "1",
    )


def view_tabs(given: QueryDict) -> list[Tab]:
    labels = {
        "all": _("All"),
        "draft": _("Drafts"),
        "checking": _("Being checked"),
        "review": _("In review"),
        "dispatch": _("To dispatch"),
        "transit": _("On the way"),
        "done": _("Completed"),
        "rejected": _("Rejected"),
    }
    current = given.get("view", "all") if given.get("view", "all") in VIEWS else "all"
    return [
        Tab(label, _address(given, view=name, status=None), is_current=name == current)
        for name, label in labels.items()
    ]


def facets_of(given: QueryDict, wanted: OrderFilter, regions: list[Region]) -> list[Facet]:
    return [
        _facet(given, _("Status"), "status", list(OrderStatus.choices)),
        _facet(given, _("Region"), "region", [(region.code, _region_name(region)) for region in regions]),
        _facet(given, _("Payment status"), "payment", list(Order.PaymentStatus.choices)),
        _facet(given, _("Delivery status"), "delivery", list(Order.DeliveryStatus.choices)),
        _facet(given, _("Shortage"), "short", [("1", _("Only orders with a shortage"))]),
    ]


def _region_name(region: Region) -> str:
    return region.name_en if (get_language() or "").startswith("en") else region.name


def _facet(given: QueryDict, label: str, name: str, choices: list[tuple[str, Any]]) -> Facet:
    chosen = given.getlist(name)
    values = []
    for value, text in choices:
        is_on = value in chosen
        rest = [other for other in chosen if other != value] if is_on else [*chosen, value]
        values.append(FacetValue(text, _address(given, **{name: rest}), is_on=is_on))
    return Facet(label, values)


def _address(given: QueryDict, **changes: Any) -> str:
    """The present address with parameters changed, from the first page on."""
    changed = given.copy()
    changed.pop("cursor", None)
    for name, value in changes.items():
        changed.pop(name, None)
        if isinstance(value, list):
            changed.setlist(name, value)
        elif value not in (None, "", "all"):
            changed[name] = value
    return f"?{changed.urlencode()}"
