"""Orders to begin with, for tests of what comes after."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from core.clock import today
from core.models import User
from orders.drafts import LineDraft, OrderDraft
from orders.models import Order
from orders.services.placing import place_order
from orders.services.submitting import submit_order

D = Decimal


def draft_of(*lines: tuple[str, str] | LineDraft, **header: Any) -> OrderDraft:
    """A complete draft: ("A1023", "2") is a line, its stated amount is absent unless given."""
    given = {"channel": "email", "promised_on": today() + timedelta(days=7), **header}
    if given.get("stated_amount") is None:
        given.setdefault("stated_amount_absent", True)
    drafted = tuple(line if isinstance(line, LineDraft) else LineDraft(line[0], D(line[1])) for line in lines)
    return OrderDraft(lines=drafted or (LineDraft("A1023", D(2)), LineDraft("B2040", D(7))), **given)


def placed(company: Any, actor: User, *lines: tuple[str, str], **header: Any) -> Order:
    return place_order(company.customer, draft=draft_of(*lines, **header), actor=actor)


def submitted(company: Any, actor: User, *lines: tuple[str, str], **header: Any) -> Order:
    return submit_order(placed(company, actor, *lines, **header), actor=actor)


def with_line(draft: OrderDraft, index: int, **changes: Any) -> OrderDraft:
    lines = list(draft.lines)
    lines[index] = replace(lines[index], **changes)
    return replace(draft, lines=tuple(lines))
