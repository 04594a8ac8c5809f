"""Regions and who works on their desks (RG-01, RG-02)."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from core.clock import today
from core.errors import Conflict, PermissionDenied, Problems, RuleRefused, SameActor
from core.models import User
from core.trail import record_act
from core.transactions import unit_of_work
from core.workflow import require_permission
from customers.models import DeskAssignment, Region

ASSIGNS_DESKS = "core.manage_people"


@unit_of_work
def create_region(*, code: str, name: str, name_en: str, actor: User) -> Region:
    """Add a sales region with its receiving desk; the list is the company's own (RG-01)."""
    require_permission(actor, ASSIGNS_DESKS, rule="RG-01")
    problems = Problems()
    for field, value in (("code", code), ("name", name), ("name_en", name_en)):
        if not value.strip():
            problems.add(f"#/{field}", "required", _("This entry is required."))
    problems.raise_if_any(rule="RG-01")
    if Region.objects.filter(code=code).exists():
        raise Conflict(
            _("There is a region %(code)s already. Choose another code.") % {"code": code}, rule="RG-01"
        )
    region = Region.objects.create(code=code.strip(), name=name.strip(), name_en=name_en.strip())
    record_act("region_added", actor=actor, subject=region.code)
    return region


@unit_of_work
def assign_desk(user: User, *, region: Region, actor: User, starts_on: date | None = None) -> DeskAssignment:
    """Put a person on a region's desk for good; the system administrator keeps this (RG-02)."""
    require_permission(actor, ASSIGNS_DESKS, rule="RG-02")
    _require_desk_role(user)
    day = starts_on or today()
    standing = DeskAssignment.objects.filter(user=user, region=region, ends_on__isnull=True).first()
    if standing is not None:
        return standing
    assignment = DeskAssignment.objects.create(user=user, region=region, starts_on=day)
    record_act(
        "desk_assigned", actor=actor, subject=region.code, data={"person": user.username, "from": str(day)}
    )
    return assignment


@unit_of_work
def delegate_desk(
    user: User, *, region: Region, starts_on: date, ends_on: date, reason: str, actor: User
) -> DeskAssignment:
    """Temporary cover of a desk, dated, by the sales manager of that region (RG-02).

    Past days cannot be delegated, nobody delegates to himself. Raises InvalidInput, PermissionDenied and
    SameActor.
    """
    require_permission(actor, "customers.delegate", rule="RG-02")
    if user.pk == actor.pk:
        raise SameActor(_("Cover of a desk is given by the sales manager to somebody else."), rule="RG-02")
    if not DeskAssignment.objects.of(actor).filter(region=region).exists():
        raise PermissionDenied(_("You may delegate the desks of your own regions only."), rule="RG-02")
    _require_desk_role(user)
    problems = Problems()
    if starts_on < today():
        problems.add("#/starts_on", "past", _("A delegation starts today or later."))
    if ends_on < starts_on:
        problems.add("#/ends_on", "order", _("The last day lies before the first."))
    if not reason.strip():
        problems.add("#/reason", "required", _("Give a reason."))
    problems.raise_if_any(rule="RG-02")
    assignment = DeskAssignment.objects.create(
        user=user,
        region=region,
        starts_on=starts_on,
        ends_on=ends_on,
        delegated_by=actor,
        reason=reason.strip(),
    )
    record_act(
        "desk_delegated",
        actor=actor,
        subject=region.code,
        note=reason.strip(),
        data={"person": user.username, "from": str(starts_on), "until": str(ends_on)},
    )
    return assignment


@unit_of_work
def end_assignment(assignment: DeskAssignment, *, actor: User, ends_on: date | None = None) -> DeskAssignment:
    """End desk work, by default as of yesterday: who gave the cover, or the system administrator (RG-02)."""
    assignment = DeskAssignment.objects.select_for_update().get(pk=assignment.pk)
    if assignment.delegated_by_id is None or assignment.delegated_by_id != actor.pk:
        require_permission(actor, ASSIGNS_DESKS, rule="RG-02")
    assignment.ends_on = ends_on or today() - timedelta(days=1)
    assignment.save(update_fields=["ends_on"])
    record_act(
        "desk_left",
        actor=actor,
        subject=assignment.region.code,
        data={"person": assignment.user.username, "until": str(assignment.ends_on)},
    )
    return assignment


def _require_desk_role(user: User) -> None:
    if "region" not in user.row_scopes:
        raise RuleRefused(
            _("%(person)s holds no role that works on a desk. Grant the role of sales assistant first.")
            % {"person": user.display_name},
            rule="RG-02",
            code="no_desk_role",
        )
