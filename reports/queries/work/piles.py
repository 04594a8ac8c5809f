"""A pile of waiting work, the kind of paper it holds, and one row of it. What every desk's table is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse

from core.models import User


@dataclass(frozen=True, slots=True)
class Pile:
    """One kind of waiting work: who clears it, which rows, what they lack, the button that supplies it."""

    slug: str
    label: Any
    permission: str
    source: str
    condition: Callable[[User], Q]
    lacks: Any
    act: Any
    icon: str
    meaning: str = "waiting"


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One paper that waits, with what it lacks in words and where that is supplied."""

    number: str
    url: str
    who: str
    amount: Decimal | None
    currency: str
    since: datetime
    lacks: str
    act: Any
    act_url: str


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of paper: the rows a person may see, what is joined to them, and how one becomes a row.

    `rows(user, permission)`: with a permission only those on which a role that carries it may act (RG-02).
    """

    rows: Callable[[User, str], QuerySet[Any]]
    row_of: Callable[[Pile, Any], WaitingRow]
    linked: tuple[str, ...] = ()
    oldest_first: tuple[str, ...] = ("id",)


def everything(user: User) -> Q:
    return Q(pk__isnull=False)


def status(*statuses: str) -> Callable[[User], Q]:
    return lambda user: Q(status__in=statuses)


def url_if_any(name: str, *arguments: Any) -> str:
    """The address of a page, or nothing where the page is not part of this installation."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
