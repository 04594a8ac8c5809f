"""Who works on which desk, and who may (RG-01, RG-02)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from core.clock import today
from core.models import User
from core.roles import roles
from customers.models import DeskAssignment, Region


@dataclass(frozen=True, slots=True)
class Desk:
    """A region with the people who work on it now or will."""

    region: Region
    assignments: tuple[DeskAssignment, ...]


def desks() -> list[Desk]:
    """Every desk with its present and coming assignments. Two queries."""
    standing = (
        DeskAssignment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today()))
        .select_related("user", "delegated_by", "region")
        .order_by("ends_on", "starts_on", "id")
    )
    of_region: dict[int, list[DeskAssignment]] = {}
    for assignment in standing:
        of_region.setdefault(assignment.region_id, []).append(assignment)
    return [Desk(region, tuple(of_region.get(region.pk, ()))) for region in Region.objects.all()]


def own_regions(user: User) -> QuerySet[Region]:
    """The regions whose desks a manager may delegate: his own (RG-02)."""
    return Region.objects.filter(pk__in=DeskAssignment.objects.of(user).values("region"))


def desk_people() -> QuerySet[User]:
    """Who holds a post that works on a desk."""
    posts = [slug for slug, role in roles().items() if role.scope == "region" and not role.is_for_clients]
    held = User.objects.filter(is_active=True, is_service=False, role_grants__role__in=posts)
    return held.distinct().order_by("display_name")
