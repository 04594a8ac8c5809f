"""Home, the lists behind its tiles, the palette. The monthly report's pages are in `views_monthly`."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.generic import TemplateView

from core.clock import month_of, today
from core.models import User
from core.pages import StaffPage
from reports.queries.monthly import month_figures
from reports.queries.palette import palette_hits
from reports.queries.work import BY_SLUG, Pile, Tile, acts_today, papers_in, rows_of, tiles_for

PANELS = 3
ROWS_PER_PANEL = 5
ROWS_PER_PAGE = 50


class HomeView(StaffPage, TemplateView):
    """What waits for this person: tiles with true counts, the oldest rows of the fullest need first."""

    template_name = "reports/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.user
        tiles = tiles_for(user)
        month = month_of(today())
        return super().get_context_data(
            tiles=tiles,
            waiting=sum(tile.count for tile in tiles),
            panels=[_panel(tile, user) for tile in tiles if tile.count][:PANELS],
            done_today=acts_today(user),
            month=month,
            figures=month_figures(user, month) if user.may("reports.view") else None,
            **kwargs,
        )


def _panel(tile: Tile, user: User) -> dict[str, Any]:
    return {"tile": tile, "rows": rows_of(tile.pile, list(papers_in(tile.pile, user)[:ROWS_PER_PANEL]))}


class TilesView(StaffPage):
    """The tiles alone, asked for every minute while the page is in view."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "reports/_tiles.html", {"tiles": tiles_for(self.user)})


class PileView(StaffPage, TemplateView):
    """The list behind a tile: every row that its figure counts."""

    template_name = "reports/pile.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.user
        pile = _pile_for(user, self.kwargs["slug"])
        page = Paginator(papers_in(pile, user), ROWS_PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(pile=pile, page=page, rows=rows_of(pile, list(page)), **kwargs)


def _pile_for(user: User, slug: str) -> Pile:
    pile = BY_SLUG.get(slug)
    if pile is None or not user.may(pile.permission):
        raise Http404
    return pile


class PaletteView(StaffPage):
    """Answers the Ctrl+K dialog with JSON, and the search box without script with a page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.get("q", "")
        hits = palette_hits(self.user, query)
        if "application/json" in request.headers.get("Accept", ""):
            rows = [{"label": hit.label, "url": hit.url, "kind": hit.kind} for hit in hits]
            return JsonResponse({"results": rows})
        return render(request, "reports/palette.html", {"hits": hits, "query": query})
