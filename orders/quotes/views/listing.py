"""The list of quotations; its whole state lives in the address."""

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
from orders.quotes.queries import (
    VIEWS,
    QuoteFilter,
    is_expiring,
    owners_of_quotes,
    page_of_quotes,
    quotes_matching,
    totals_of,
)

LONGEST_SEARCH = 80


class QuoteListPage(StaffPage):
    """At most 8 statements, whatever the filter and however many quotations."""

    permission = "orders.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        given = request.GET
        regions = list(Region.objects.all())
        owners = owners_of_quotes(self.user)
        wanted = filter_from(given, {region.code for region in regions})
        quotes = quotes_matching(self.user, wanted)
        page = page_of_quotes(quotes, cursor=given.get("cursor", ""))
        return render(
            request,
            "orders/quotes/quote_list.html",
            {
                "page": page,
                "expiring": {quote.pk for quote in page.quotes if is_expiring(quote)},
                "totals": totals_of(quotes),
                "tabs": view_tabs(given),
                "facets": facets_of(given, regions, owners),
                "text": wanted.text,
                "customer": wanted.customer,
                "is_filtered": any(
                    (wanted.text, wanted.regions, wanted.statuses, wanted.owner, wanted.customer)
                )
                or wanted.is_expiring,
                "may_make": self.user.may("orders.make_quotes"),
                "empty_action": self.empty_action(),
            },
        )

    def empty_action(self) -> Action | None:
        if not self.user.may("orders.make_quotes"):
            return None
        return Action(_("Write a quotation"), reverse("quote_new"), method="get", icon="plus")


def filter_from(given: QueryDict, region_codes: set[str]) -> QuoteFilter:
    """The address as a filter; values that mean nothing are left out."""
    return QuoteFilter(
        statuses=VIEWS.get(given.get("view", ""), ()),
        regions=tuple(value for value in given.getlist("region") if value in region_codes),
        customer=_plain(given.get("customer", ""))[:12],
        owner=_plain(given.get("owner", ""))[:40],
        text=_plain(given.get("q", "")).strip()[:LONGEST_SEARCH],
        is_expiring=given.get("expiring") == "1",
        with_superseded=given.get("versions") == "all",
    )


def _plain(text: str) -> str:
    return text.replace("\x00", "")


def view_tabs(given: QueryDict) -> list[Tab]:
    labels = {
        "all": _("All"),
        "draft": _("Drafts"),
        "review": _("In review"),
        "cleared": _("Ready to send"),
        "sent": _("Sent"),
        "accepted": _("Accepted"),
        "converted": _("Converted"),
        "lost": _("Declined or expired"),
    }
    current = given.get("view", "all") if given.get("view", "all") in VIEWS else "all"
    return [
        Tab(label, _address(given, view=name), is_current=name == current) for name, label in labels.items()
    ]


def facets_of(given: QueryDict, regions: list[Region], owners: list[tuple[str, str]]) -> list[Facet]:
    chinese = not (get_language() or "").startswith("en")
    return [
        _facet(
            given,
            _("Region"),
            "region",
            [(region.code, region.name if chinese else region.name_en) for region in regions],
        ),
        _facet(given, _("Salesperson"), "owner", owners, is_single=True),
        _facet(given, _("Validity"), "expiring", [("1", _("Ends within 7 days"))]),
        _facet(given, _("Versions"), "versions", [("all", _("Superseded ones too"))]),
    ]


def _facet(
    given: QueryDict, label: str, name: str, choices: list[tuple[str, Any]], *, is_single: bool = False
) -> Facet:
    chosen = given.getlist(name)
    values = []
    for value, text in choices:
        is_on = value in chosen
        rest = [other for other in chosen if other != value] if is_on else [*chosen, value]
        if is_single:
            rest = [] if is_on else [value]
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
