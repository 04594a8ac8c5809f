"""The customer's timeline: what happened to the file and in the matters of the customer.

Later stages say which matters are the customer's, in `AppConfig.ready`:

    register_matters("orders", lambda customer: Order.objects.filter(customer=customer).values("number"))

The subqueries are read in one statement with the file's own trail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.components import Change, Moment
from core.feeds import events_of_kinds_open_to
from core.models import Event, User
from customers.models import Customer

EVENTS_SHOWN = 50
Matters = Callable[[Customer], QuerySet[Any]]

_matters: dict[str, Matters] = {}


def register_matters(name: str, roots: Matters) -> None:
    """`roots` gives the root numbers of the customer's matters of one kind, as a subquery."""
    _matters[name] = roots


def timeline_of(customer: Customer, user: User, *, most: int = EVENTS_SHOWN) -> list[Moment]:
    """The latest events of the file, of files merged into it, and of the customer's matters.

    Only the kinds of documents the person's role reads. One statement.
    """
    merged = Customer.objects.filter(merged_into=customer).values("number")
    own = Q(root_number=customer.number) | Q(root_number__in=merged)
    for roots in _matters.values():
        own |= Q(root_number__in=roots(customer))
    events = events_of_kinds_open_to(user, Event.objects.done().filter(own))
    return [moment_of(event) for event in events.select_related("actor").order_by("-id")[:most]]


def moment_of(event: Event) -> Moment:
    """An event of the customer file in the reader's language."""
    changes = [
        Change(
            capfirst(getattr(Customer._meta.get_field(name), "verbose_name", name)),
            *(_worded(name, value) for value in values),
        )
        for name, values in event.data.get("changed", {}).items()
    ]
    label = _(event.label)
    about = event.document_number if event.document_type != "customer" else ""
    return Moment(
        event.at, label, event.actor or _("System"), event.note, channel=event.channel, changes=changes,
        about=about,
    )  # fmt: skip


def _worded(name: str, value: str) -> str:
    choices = dict(Customer._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    return str(choices.get(value, value))
