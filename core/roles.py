"""Roles and what they carry. The matrix itself belongs to the company and stands in `config.roles`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Role:
    """A post in the firm: its permissions, its scope of rows, and the roles it may not be held with.

    `is_for_clients`: the role of an API client, which records facts and decides nothing.
    """

    slug: str
    label: Any
    permissions: frozenset[str]
    scope: str = "all"
    conflicts: frozenset[str] = field(default_factory=frozenset)
    opens_admin: bool = False
    is_for_clients: bool = False


@cache
def roles() -> dict[str, Role]:
    """All roles by slug, as wired by `settings.ROLES`."""
    return {role.slug: role for role in import_string(settings.ROLES)}


def role_choices() -> list[tuple[str, Any]]:
    return [(role.slug, role.label) for role in roles().values()]


def permissions_of(slugs: Iterable[str]) -> frozenset[str]:
    """The union of what the roles carry."""
    return frozenset().union(*(roles()[slug].permissions for slug in slugs if slug in roles()))
