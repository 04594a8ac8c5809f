"""`GET /events/?after=`: what happened, in the order of the trail, so that a client that was down loses
nothing.

What a caller may read is decided by the apps that own the documents (`core.feeds`).
"""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.pagination import DEFAULT_LIMIT, MOST
from core.api.views import ApiView, EventSerializer
from core.feeds import events_within_scope
from core.horizon import settled_horizon


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
