"""The list of enquiries; its whole state lives in the address, and every figure of the figures page is one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.components import Action, Facet, FacetValue, Tab
from core.keyset import keyset_page
from core.models import User
from core.pages import StaffPage
from customers.models import Region
from orders.enquiries.queries import (
    OUTCOMES,
    VIEWS,
    EnquiryFilter,
    enquiries_matching,
    months_between,
    owners_shown,
)
from orders.models import Enquiry

LONGEST_SEARCH = 80
FIRST_VIEW = "open"
FIGURES = ("outcome", "lost", "since", "until")
"""Parameters that come from the figures page."""


class EnquiryListPage(StaffPage):
    """At most 8 statements, whatever the filter and however many enquiries."""

    permission = "orders.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        given = request.GET
        regions, owners = list(Region.objects.all()), list(owners_shown(self.user))
        wanted = filter_from(given, regions, owners, self.user)
        rows = enquiries_matching(self.user, wanted)
        page = keyset_page(rows.for_display(), given.get("cursor", ""), key="number", is_descending=True)
        context = {
            "page": page,
            "count": rows.count(),
            "tabs": view_tabs(given),
            "facets": facets_of(given, regions, owners),
            "text": wanted.text,
            "from_figures": figure_in_words(given, wanted),
            "clear_url": _address(
                given, **dict.fromkeys((*FIGURES, "region", "channel", "owner", "overdue"))
            ),
            "is_filtered": any(given.get(name) for name in given if name not in ("view", "cursor")),
            "empty_action": self.empty_action(),
        }
        return render(request, "orders/enquiry_list.html", context)

    def empty_action(self) -> Action | None:
        if not self.user.may("orders.handle_enquiries"):
            return None
        return Action(_("Record an enquiry"), reverse("enquiry_new"), method="get", icon="plus")


def filter_from(given: QueryDict, regions: list[Region], owners: list[User], user: User) -> EnquiryFilter:
    """The address as a filter; values that mean nothing are left out."""
    owner = given.get("owner", "")
    known = {person.username for person in owners} | {"me"}
    since, until = (months_between(given.get(name, "")) for name in ("since", "until"))
    outcome, lost = given.get("outcome", ""), given.get("lost", "")
    return EnquiryFilter(
        statuses=VIEWS[view_of(given)],
        channels=tuple(value for value in given.getlist("channel") if value in Enquiry.Channel.values),
        owner="" if owner not in known else user.username if owner == "me" else owner,
        customer=given.get("customer", "").replace("\x00", "")[:12],
        region=given.get("region", "") if given.get("region") in {r.code for r in regions} else "",
        outcome=outcome if outcome in OUTCOMES else "",
        lost_reason=lost if lost in Enquiry.LostReason.values else "",
        received_from=since[0] if since else None,
        received_until=until[1] if until else None,
        is_overdue=given.get("overdue") == "1",
        text=given.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH],
    )


def view_of(given: QueryDict) -> str:
    view = given.get("view", FIRST_VIEW)
    return view if view in VIEWS else FIRST_VIEW


def view_tabs(given: QueryDict) -> list[Tab]:
    labels = {
        "open": _("Open"),
        "new": _("To answer"),
        "in_progress": _("In progress"),
        "quoted": _("Quoted"),
        "closed": pgettext("state of an enquiry", "Closed"),
        "all": _("All"),
    }
    current = view_of(given)
    return [
        Tab(label, _address(given, view=name), is_current=name == current) for name, label in labels.items()
    ]


def facets_of(given: QueryDict, regions: list[Region], owners: list[User]) -> list[Facet]:
    people = [("me", _("Mine")), *((person.username, person.display_name) for person in owners)]
    return [
        _facet(given, _("Channel"), "channel", list(Enquiry.Channel.choices)),
        _facet(given, _("Owner"), "owner", people, is_single=True),
        _facet(given, _("Region"), "region", [(r.code, str(r)) for r in regions], is_single=True),
        _facet(given, _("Response"), "overdue", [("1", _("Overdue"))], is_single=True),
    ]


def figure_in_words(given: QueryDict, wanted: EnquiryFilter) -> str:
    """Which figure of the conversion table the list explains, if it was reached from there."""
    outcomes = {
        "answered": _("answered"),
        "on_time": _("answered in time"),
        "late": _("answered late or not at all"),
        "quoted": _("quoted"),
        "ordered": _("ordered"),
        "lost": _("lost"),
    }
    parts = [outcomes.get(wanted.outcome, "")]
    if wanted.lost_reason:
        parts.append(str(Enquiry.LostReason(wanted.lost_reason).label))
    if wanted.received_from or wanted.received_until:
        parts.append(f"{given.get('since', '')} – {given.get('until', '')}")
    return " · ".join(part for part in parts if part)


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
        elif value not in (None, ""):
            changed[name] = value
    return f"?{changed.urlencode()}"
