"""The tabs of a document's page: what the apps show of it, one of them at a time.

An app lists its tabs in `<app>/panels.py`, beside its panels and actions:

    register_tab("customer", "orders", _("Orders"), "orders/_customer_orders.html", orders_of_customer,
                 rank=10, permission="orders.view")
        # orders_of_customer(request, customer) -> dict for the template, or None when there is nothing to show
        # count(request, customer) -> the figure beside the title; it costs its statement on every tab

The page asks `tabs_of(request, document, slug)`. Only the chosen tab's context is worked out, so a page costs
what its header and this one tab cost. The template gets `document`, the tab's context and the request; the
customer's page lives at `/customers/<number>/?tab=<slug>`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.components import Tab
from core.panels import collect_panels

if TYPE_CHECKING:
    from core.models import Document

TabContext = Callable[[HttpRequest, Any], Mapping[str, Any] | None]
TabCount = Callable[[HttpRequest, Any], int | None]
EMPTY_TEMPLATE = "components/empty_tab.html"


@dataclass(frozen=True, slots=True)
class TabRule:
    """One tab of a kind of document; lower `rank` stands further left."""

    slug: str
    title: Any
    template: str
    context: TabContext
    rank: int = 50
    permission: str = ""
    count: TabCount | None = None


@dataclass(frozen=True, slots=True)
class TabPage:
    """The row of tabs, and the chosen one rendered."""

    tabs: Sequence[Tab]
    title: str
    slug: str
    html: SafeString


_tabs: dict[str, dict[str, TabRule]] = {}


def register_tab(
    document_type: str,
    slug: str,
    title: Any,
    template: str,
    context: TabContext,
    *,
    rank: int = 50,
    permission: str = "",
    count: TabCount | None = None,
) -> None:
    known = _tabs.setdefault(document_type, {})
    if slug in known and known[slug].context is not context:
        raise ValueError(f"{document_type} has a tab {slug!r} already")
    known[slug] = TabRule(slug, title, template, context, rank, permission, count)


def tabs_of(request: HttpRequest, document: Document, chosen: str = "") -> TabPage:
    """The tabs the person may see, the chosen or else the first one rendered. Raises Http404 for another."""
    collect_panels()
    may = request.user.may  # type: ignore[union-attr]
    rules = sorted(_tabs.get(document.document_type, {}).values(), key=lambda rule: (rule.rank, rule.slug))
    seen = [rule for rule in rules if not rule.permission or may(rule.permission)]
    current = next((rule for rule in seen if not chosen or rule.slug == chosen), None)
    if current is None:
        raise Http404
    tabs = [
        Tab(
            rule.title,
            f"?tab={rule.slug}",
            rule.count(request, document) if rule.count is not None else None,
            is_current=rule is current,
        )
        for rule in seen
    ]
    context = current.context(request, document)
    title = str(current.title)
    if context is None:
        html = render_to_string(EMPTY_TEMPLATE, {"nothing": _("Nothing here yet")}, request)
    else:
        html = render_to_string(current.template, {"document": document, **context}, request)
    return TabPage(tabs, title, current.slug, html)
