"""The entries of the rail. An app lists its own in `<app>/navigation.py` as `NAVIGATION`; core knows none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from core.models import User


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry: shown only to people who may. `order` sorts the whole rail (stages of the order in tens).

    `permission` empty = everybody on the staff; several = any of them. `also` are path prefixes of pages that
    belong to the entry although their address starts elsewhere.
    """

    label: Any
    url_name: str
    icon: str
    permission: str | Sequence[str] = ""
    order: int = 50
    section: Any = ""
    also: Sequence[str] = ()
    count: Callable[[User], int] | None = None


@dataclass(frozen=True, slots=True)
class NavLink:
    label: Any
    url: str
    icon: str
    section: Any
    is_current: bool


@cache
def navigation_items() -> tuple[NavItem, ...]:
    """All entries of all apps, in the order of the rail."""
    found: list[NavItem] = []
    for app in apps.get_app_configs():
        if find_spec(app.name) and find_spec(f"{app.name}.navigation") and app.name != "core":
            found += getattr(import_module(f"{app.name}.navigation"), "NAVIGATION", [])
    return tuple(sorted(found, key=lambda item: item.order))


def may_see(item: NavItem, user: User) -> bool:
    needed = [item.permission] if isinstance(item.permission, str) else list(item.permission)
    return not any(needed) or any(user.may(permission) for permission in needed)


def links_for(user: User, path: str) -> list[NavLink]:
    """What this person's rail shows; the entry with the longest matching address is the current one."""
    shown: list[tuple[NavItem, str]] = []
    for item in navigation_items():
        if not may_see(item, user):
            continue
        try:
            shown.append((item, reverse(item.url_name)))
        except NoReverseMatch:
            continue
    current = _longest_match([(item, (url, *item.also)) for item, url in shown], path)
    return [NavLink(item.label, url, item.icon, item.section, item is current) for item, url in shown]


def _longest_match(entries: Sequence[tuple[NavItem, Sequence[str]]], path: str) -> NavItem | None:
    best: NavItem | None = None
    length = 0
    for item, prefixes in entries:
        for prefix in prefixes:
            fits = path == prefix if prefix == "/" else path.startswith(prefix)
            if fits and len(prefix) > length:
                best, length = item, len(prefix)
    return best
