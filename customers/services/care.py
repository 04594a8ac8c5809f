"""The care plan of a grade A customer: opened by the upgrade, written by sales, ended by the downgrade (CM-08)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.calendar import work_calendar
from core.clock import today
from core.errors import PermissionDenied, Problems, TransitionNotAllowed
from core.models import User
from core.parameters import parameters_on
from core.sql import among, insert_rows, update_rows
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import compare_and_set, require_permission, require_version
from customers.models import CarePlan, Customer

if TYPE_CHECKING:
    from core.models import Document

KEEPS_FILES = "customers.maintain"
LONGEST_INTERVAL = 366
LONGEST_MEASURES = 4000
WRITTEN = Fact("care_plan_written", gettext_noop("Care plan written"), rule="CM-08")


def follow_grades(upgraded: Sequence[Customer], downgraded: Sequence[Customer]) -> None:
    """Inside the unit of work that gave the grades: open a plan for each new A, end that of each who left.

    The responsible salesperson writes it within `care_plan.days` working days. At most five statements.
    """
    if upgraded:
        day = today()
        due_on = work_calendar().after(day, parameters_on(day).number("care_plan.days"))
        opened = [
            {"customer": each.pk, "owner": each.salesperson_id, "opened_on": day, "due_on": due_on}
            for each in upgraded
        ]
        insert_rows(CarePlan, opened, on_conflict_sql="DO NOTHING")  # who has one already keeps it
    if downgraded:
        running = CarePlan.objects.open().filter(customer__in=among(each.pk for each in downgraded))
        ended = [{"id": key, "status": CarePlan.Status.ENDED} for key in running.values_list("pk", flat=True)]
        set_sql = {"status": "v.status", "version": "t.version + 1"}
        update_rows(CarePlan, ("id",), ("status",), ended, set_sql=set_sql)


@unit_of_work
def write_care_plan(
    plan: CarePlan,
    *,
    visit_every_days: int,
    measures: str,
    has_priority_supply: bool,
    actor: User,
    version: int | None = None,
) -> CarePlan:
    """Say how the customer is looked after: regular visits, supplied first, what else (CM-08).

    Also changes a plan that runs. Raises InvalidInput, StaleVersion, TransitionNotAllowed for one that has
    ended.
    """
    require_permission(actor, KEEPS_FILES, rule="CM-08")
    own = CarePlan.objects.visible_to(actor, permission=KEEPS_FILES)
    found = own.select_for_update(of=("self",)).select_related("customer").filter(pk=plan.pk).first()
    if found is None:
        raise PermissionDenied(_("This customer belongs to another desk."), rule="RG-02")
    require_version(cast("Document", found), version)
    if found.status == CarePlan.Status.ENDED:
        raise TransitionNotAllowed(
            _("The care plan of %(number)s has ended.") % {"number": found.number}, rule="CM-08"
        )
    problems = Problems()
    if not 1 <= visit_every_days <= LONGEST_INTERVAL:
        text = _("A visit takes place every 1 to %(most)s days.") % {"most": LONGEST_INTERVAL}
        problems.add("#/visit_every_days", "out_of_range", text)
    if not measures.strip():
        problems.add("#/measures", "required", _("Write down how the customer is looked after."))
    if len(measures.strip()) > LONGEST_MEASURES:
        text = _("At most %(count)s characters fit here.") % {"count": LONGEST_MEASURES}
        problems.add("#/measures", "too_long", text)
    problems.raise_if_any(rule="CM-08")
    compare_and_set(
        cast("Document", found),
        sources=(CarePlan.Status.OPEN, CarePlan.Status.RUNNING),
        status=CarePlan.Status.RUNNING,
        changes={
            "visit_every_days": visit_every_days,
            "measures": measures.strip(),
            "has_priority_supply": has_priority_supply,
        },
    )
    data = {"visit_every_days": visit_every_days, "has_priority_supply": has_priority_supply}
    record_event(
        cast("Document", found.customer), WRITTEN, actor=actor, note=found.measures[:2000], data=data
    )
    return found
