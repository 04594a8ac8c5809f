"""Who may read the events of which documents. An app says so in `AppConfig.ready`:

    register_feed("order", permission="orders.view", roots=visible_numbers)

`roots` gives the root numbers (`Document.root_number`) within the person's scope, as a subquery. Kinds that
are not registered do not appear in the feed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from core.models import Event, User

Roots = Callable[[User], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Feed:
    permission: str
    roots: Roots


_feeds: dict[str, Feed] = {}


def register_feed(document_type: str, *, permission: str, roots: Roots) -> None:
    """Open the events of one kind of document to whoever may see the document."""
    _feeds[document_type] = Feed(permission, roots)


def events_of_kinds_open_to(user: User, events: QuerySet[Event]) -> QuerySet[Event]:
    """Of a matter the person may see, the acts on the kinds of documents that the person's role reads."""
    closed = [document_type for document_type, feed in _feeds.items() if not user.may(feed.permission)]
    return events.exclude(document_type__in=closed)


def events_within_scope(user: User) -> QuerySet[Event]:
    """Done acts on documents the person may see; refused attempts stay inside the house."""
    within = Q(pk__in=[])
    for document_type, feed in _feeds.items():
        if user.may(feed.permission):
            of_type = Q(document_type=document_type)
            sees_all = "all" in user.scopes_for(feed.permission)
            within |= of_type if sees_all else of_type & Q(root_number__in=feed.roots(user))
    return Event.objects.done().filter(within)
