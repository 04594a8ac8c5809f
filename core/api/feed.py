"""`GET /events/?after=`: what happened, in the order of the trail, so that a client that was down loses
nothing.

An app says who may read the events of its documents, in `AppConfig.ready`:

    register_feed("order", permission="orders.view", roots=visible_order_numbers)

`roots` gives the root numbers (`Document.root_number`) within the person's scope, as a subquery. Kinds that
are not registered do not appear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.pagination import DEFAULT_LIMIT, MOST
from core.api.views import ApiView, EventSerializer
from core.horizon import settled_horizon
from core.models import Event, User

Roots = Callable[[User], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Feed:
    permission: str
    roots: Roots


_feeds: dict[str, Feed] = {}


def register_feed(document_type: str, *, permission: str, roots: Roots) -> None:
    _feeds[document_type] = Feed(permission, roots)


def events_within_scope(user: User) -> QuerySet[Event]:
    """Done acts on documents the person may see; refused attempts stay inside the house."""
    within = Q(pk__in=[])
    for document_type, feed in _feeds.items():
        if user.may(feed.permission):
            of_type = Q(document_type=document_type)
            sees_all = "all" in user.row_scopes
            within |= of_type if sees_all else of_type & Q(root_number__in=feed.roots(user))
    return Event.objects.done().filter(within)


class EventFeedView(ApiView):
    """GET `/events/?after=<position>&document=&name=`: oldest first. Keep `next_after` and ask again with
    it."""

    required_scope = "events"
    parameters = ("after", "limit", "document", "name")
    serializer_class = EventSerializer
    envelope = {"next_after": {"type": "string"}, "has_more": {"type": "boolean"}}

    def get(self, request: Request) -> Response:
        after = query.whole_number(request, "after")
        limit = query.whole_number(request, "limit", least=1, most=MOST, default=DEFAULT_LIMIT)
        horizon = settled_horizon(wait_seconds=1.0)
        events = events_within_scope(self.user).filter(id__gt=after, id__lte=horizon).order_by("id")
        document, name = query.text(request, "document", longest=64), query.text(request, "name", longest=80)
        events = events.filter(root_number=document) if document else events
        events = events.filter(name=name) if name else events
        rows = list(events.select_related("actor")[: limit + 1])
        page = rows[:limit]
        has_more = len(rows) > limit
        return Response(
            {
                "results": EventSerializer(page, many=True, context={"request": request}).data,
                "next_after": str(page[-1].pk if has_more else max(after, horizon)),
                "has_more": has_more,
            }
        )
