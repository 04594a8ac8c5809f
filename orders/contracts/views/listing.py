"""The list of contracts, and those that wait for the person's signature."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.components import Action, Facet, FacetValue, Tab
from core.pages import StaffPage
from orders.contracts.queries import (
    MOST_QUEUED,
    VIEWS,
    ContractFilter,
    contracts_awaiting,
    contracts_matching,
    page_of_contracts,
    totals_of,
)
from orders.contracts.workflow import ContractStatus
from orders.models import Contract

LONGEST_SEARCH = 80
SIGNS = (
    "orders.approve_contracts_manager",
    "orders.review_contracts_technical",
    "orders.review_contracts_qc",
    "orders.review_contracts_production",
    "orders.review_contracts_price",
    "orders.approve_contracts_gm",
    "orders.review_contracts_legal",
    "orders.countersign_sales",
    "orders.countersign_finance",
    "orders.seal_contracts",
    "orders.register_contracts",
)


class ContractListPage(StaffPage):
    """At most 6 statements, whatever the filter and however many contracts."""

    permission = "orders.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        given = request.GET
        wanted = filter_from(given)
        contracts = contracts_matching(self.user, wanted)
        return render(
            request,
            "orders/contract_list.html",
            {
                "page": page_of_contracts(contracts, cursor=given.get("cursor", "")),
                "totals": totals_of(contracts),
                "tabs": view_tabs(given),
                "facets": [kinds_facet(given)],
                "text": wanted.text,
                "is_filtered": bool(wanted.text or wanted.kinds or wanted.statuses or wanted.customer),
                "new_action": self.new_action(),
                "may_sign": any(self.user.may(name) for name in SIGNS),
            },
        )

    def new_action(self) -> Action | None:
        if not self.user.may("orders.apply_for_contracts"):
            return None
        return Action(_("Apply for a contract"), reverse("contract_new"), method="get", icon="plus")


class ContractQueuePage(StaffPage):
    """What waits for this person's signature, the longest waiting first (CT-01)."""

    permission = SIGNS

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = list(contracts_awaiting(self.user)[: MOST_QUEUED + 1])
        context = {"contracts": waiting[:MOST_QUEUED], "has_more": len(waiting) > MOST_QUEUED}
        return render(request, "orders/contract_queue.html", context)


def filter_from(given: QueryDict) -> ContractFilter:
    """The address as a filter; values that mean nothing are left out."""
    statuses = [value for value in given.getlist("status") if value in ContractStatus.values]
    return ContractFilter(
        statuses=tuple(statuses) or VIEWS.get(given.get("view", ""), ()),
        kinds=tuple(value for value in given.getlist("kind") if value in Contract.Kind.values),
        customer=given.get("customer", "").replace("\x00", "")[:12],
        text=given.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH],
    )


def view_tabs(given: QueryDict) -> list[Tab]:
    labels = {
        "all": _("All"),
        "draft": _("Applications"),
        "review": _("In review"),
        "sealing": _("Seal and register"),
        "in_force": _("In force"),
        "ended": _("Ended"),
    }
    current = given.get("view", "all") if given.get("view", "all") in VIEWS else "all"
    return [
        Tab(label, address_with(given, view=name, status=None), is_current=name == current)
        for name, label in labels.items()
    ]


def kinds_facet(given: QueryDict) -> Facet:
    chosen = given.getlist("kind")
    values = []
    for value, text in Contract.Kind.choices:
        is_on = value in chosen
        rest = [other for other in chosen if other != value] if is_on else [*chosen, value]
        values.append(FacetValue(text, address_with(given, kind=rest), is_on=is_on))
    return Facet(_("Kind"), values)


def address_with(given: QueryDict, **changes: Any) -> str:
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
