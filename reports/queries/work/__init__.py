"""What waits for whom: tables of piles, one a desk, from which the home page's tiles and their lists come.

A pile shows to people whose role carries the act that clears it. Its count and its list are the same
queryset, filtered by the person's scope, so the figure on the tile is always the length of the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from core.clock import today
from core.models import Event, User
from reports.queries.work import catalogue, contracts, customers, goods, money, offers, orders
from reports.queries.work.piles import Pile, Source, WaitingRow

__all__ = [
    "BY_SLUG",
    "PILES",
    "Pile",
    "Tile",
    "WaitingRow",
    "acts_today",
    "papers_in",
    "piles_for",
    "rows_of",
    "tiles_for",
]

RECENT_ACTS = 300
"""How far back today's own acts are counted; more than a person does in a day."""

# In the order of an order's life.
PILES: tuple[Pile, ...] = (
    *offers.PILES,
    *contracts.PILES,
    *orders.PILES,
    *money.PILES,
    *catalogue.PILES,
    *orders.GOODS_PILES,
    *goods.PILES,
    *customers.PILES,
)
BY_SLUG = {pile.slug: pile for pile in PILES}
SOURCES: dict[str, Source] = {
    name: source
    for desk in (offers, contracts, orders, money, catalogue, goods, customers)
    for name, source in desk.SOURCES.items()
}


@dataclass(frozen=True, slots=True)
class Tile:
    pile: Pile
    count: int

    @property
    def url(self) -> str:
        return reverse("work_pile", args=[self.pile.slug])


def piles_for(user: User) -> list[Pile]:
    """The piles that this person's roles clear, in the order of an order's life."""
    return [pile for pile in PILES if user.may(pile.permission)]


def tiles_for(user: User) -> list[Tile]:
    """Every pile of the person with its count: one statement per kind of paper."""
    counts: dict[str, int] = {}
    by_source = sorted(piles_for(user), key=lambda pile: pile.source)
    for source, piles in groupby(by_source, key=lambda pile: pile.source):
        figures = {_name(pile): Count("pk", filter=_condition(pile, user)) for pile in piles}
        counts |= SOURCES[source].rows(user, "").order_by().aggregate(**figures)
    return [Tile(pile, counts[_name(pile)]) for pile in piles_for(user)]


def _name(pile: Pile) -> str:
    return pile.slug.replace("-", "_")


def _condition(pile: Pile, user: User) -> Q:
    """Which rows the pile holds; of what another role of the person's shows, only what this one acts on (RG-02)."""
    condition = pile.condition(user)
    if user.scopes_for(pile.permission) == user.row_scopes:
        return condition
    return condition & Q(pk__in=SOURCES[pile.source].rows(user, pile.permission).order_by().values("pk"))


def papers_in(pile: Pile, user: User) -> QuerySet[Any]:
    """The rows of a pile that the person may see, oldest first: the list behind its tile."""
    source = SOURCES[pile.source]
    rows = source.rows(user, "").filter(_condition(pile, user)).select_related(*source.linked)
    return rows.order_by(*source.oldest_first)


def rows_of(pile: Pile, papers: Sequence[Any]) -> list[WaitingRow]:
    """The papers of a pile as rows of the queue. No query."""
    return [SOURCES[pile.source].row_of(pile, paper) for paper in papers]


def acts_today(user: User) -> int:
    """How much the person has already done today. One statement along the person's own trail."""
    days = Event.objects.done().filter(actor=user).exclude(document_type="").order_by("-id")
    return sum(day == today() for day in days.values_list("business_date", flat=True)[:RECENT_ACTS])
