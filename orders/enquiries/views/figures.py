"""The conversion figures: what becomes of enquiries, each figure a way to the list that explains it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.clock import month_of, today
from core.components import Tab
from core.pages import StaffPage
from orders.enquiries.figures import GROUPS, Conversion, FiguresRow, conversion_figures
from orders.enquiries.queries import EnquiryFilter, months_between
from orders.models import Enquiry

MONTHS_SHOWN = 6
COUNTS = ("received", "answered", "on_time", "late", "quoted", "ordered", "lost")


class EnquiryFiguresPage(StaffPage):
    """Four statements beside the sign-in, however many enquiries."""

    permission = "orders.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        given = request.GET
        group_by = given.get("by", "") if given.get("by") in GROUPS else GROUPS[0]
        since, until = self._period()
        first, after = months_between(since), months_between(until)
        wanted = EnquiryFilter(
            received_from=first[0] if first else None, received_until=after[1] if after else None
        )
        table = conversion_figures(self.user, wanted, group_by=group_by)
        period = {"since": since, "until": until}
        reasons = dict(Enquiry.LostReason.choices)
        context = {
            "table": table,
            "rows": [(row, links_of(group_by, row, period)) for row in table.rows],
            "total_links": links_to({"view": "all", **period}),
            "lost": [
                (reasons.get(code, code), count, _list({"view": "all", "lost": code, **period}))
                for code, count in table.lost
            ],
            "tabs": [
                Tab(label, f"?{urlencode({'by': name, **period})}", is_current=name == group_by)
                for name, label in (
                    ("month", _("By month")),
                    ("owner", _("By owner")),
                    ("channel", _("By channel")),
                )
            ],
            "group_label": {"month": _("Month"), "owner": _("Owner"), "channel": _("Channel")}[group_by],
            **period,
        }
        return render(request, "orders/enquiry_figures.html", context)

    def _period(self) -> tuple[str, str]:
        """The months asked for, the last six by default; the wrong way round they are turned."""
        this_month = month_of(today())
        first = this_month
        for _month in range(MONTHS_SHOWN - 1):
            first = month_of(first - timedelta(days=1))
        given = self.request.GET
        since = given.get("since", "") if months_between(given.get("since", "")) else f"{first:%Y-%m}"
        until = given.get("until", "") if months_between(given.get("until", "")) else f"{this_month:%Y-%m}"
        return min(since, until), max(since, until)


def links_of(group_by: str, row: FiguresRow, period: dict[str, str]) -> dict[str, str]:
    """Where each figure of a row is explained: the list with the same conditions."""
    base: dict[str, Any] = {"view": "all", **period}
    base |= {"since": row.key, "until": row.key} if group_by == "month" else {group_by: row.key}
    return links_to(base)


def links_to(base: dict[str, Any]) -> dict[str, str]:
    return {
        name: _list(base if name == "received" else {**base, "outcome": name})
        for name in COUNTS
        if name in Conversion.__dataclass_fields__
    }


def _list(parameters: dict[str, Any]) -> str:
    return f"{reverse('enquiries')}?{urlencode(parameters)}"
