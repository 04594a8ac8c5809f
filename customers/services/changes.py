"""Somebody learned that a customer file is no longer right: the file must follow in time (CM-04)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.calendar import work_calendar
from core.clock import today
from core.errors import PermissionDenied, Problems, TransitionNotAllowed
from core.models import User
from core.numbering import next_number
from core.parameters import parameters_on
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import compare_and_set, require_permission, require_version
from customers.models import ChangeReport, Customer
from customers.services.customer_file import update_customer
from customers.services.saving import locked_customer, require_live

if TYPE_CHECKING:
    from core.models import Document

KEEPS_FILES = "customers.maintain"
LONGEST_DESCRIPTION = 500
LONGEST_NOTE = 200
REPORTED = Fact("change_reported", gettext_noop("Change of the customer reported"), rule="CM-04")
APPLIED = Fact("change_applied", gettext_noop("Reported change applied to the file"), rule="CM-04")
WITHDRAWN = Fact("change_withdrawn", gettext_noop("Reported change withdrawn"), rule="CM-04")


@unit_of_work
def report_change(
    customer: Customer, *, kind: str, description: str, reported_on: date | None = None, actor: User
) -> ChangeReport:
    """Note down a change; the file has to follow within `master.days` working days (CM-04, G-05).

    `reported_on` is the day on which the company learned of it, today by default, never a day to come.
    Raises InvalidInput, and PermissionDenied for a customer of another desk.
    """
    require_permission(actor, KEEPS_FILES, rule="CM-04")
    customer = require_live(locked_customer(customer, actor, permission=KEEPS_FILES))
    day = reported_on or today()
    problems = Problems()
    if kind not in ChangeReport.Kind.values:
        problems.add("#/kind", "unknown", _("There is no such kind of change."))
    if not description.strip():
        problems.add("#/description", "required", _("Say what has changed."))
    _collect_too_long(description, LONGEST_DESCRIPTION, "#/description", problems)
    if day > today():
        problems.add("#/reported_on", "future", _("A change is reported today or was reported earlier."))
    problems.raise_if_any(rule="CM-04")
    report = ChangeReport(
        number=next_number("CC"),
        customer=customer,
        kind=kind,
        description=description.strip(),
        reported_on=day,
        due_on=work_calendar().after(day, parameters_on(day).number("master.days")),
        created_by=actor,
    )
    report.save(force_insert=True)
    data = {"kind": kind, "reported_on": day.isoformat(), "due_on": report.due_on.isoformat()}
    record_event(cast("Document", report), REPORTED, actor=actor, note=report.description, data=data)
    return report


@unit_of_work
def apply_change(
    report: ChangeReport,
    *,
    actor: User,
    changes: Mapping[str, Any] | None = None,
    note: str = "",
    version: int | None = None,
) -> ChangeReport:
    """The file says it now; after the due day it counts as late (CM-04).

    `changes` go through `update_customer` in the same transaction, so a refused entry leaves the report
    open. Without them the file was put right another way: a state, a grade, a new contact. Raises
    InvalidInput, StaleVersion, TransitionNotAllowed.
    """
    report = _open_report(report, actor, version)
    if changes:
        update_customer(report.customer, changes=changes, actor=actor, note=f"{report.number} {note}".strip())
    _close(report, ChangeReport.Status.APPLIED, APPLIED, actor=actor, note=note)
    return report


@unit_of_work
def withdraw_change(
    report: ChangeReport, *, reason: str, actor: User, version: int | None = None
) -> ChangeReport:
    """The report was a mistake or twice there: it counts in no rate (CM-04)."""
    report = _open_report(report, actor, version)
    problems = Problems()
    if not reason.strip():
        problems.add("#/note", "required", _("Give a reason."))
    problems.raise_if_any(rule="CM-04")
    _close(report, ChangeReport.Status.WITHDRAWN, WITHDRAWN, actor=actor, note=reason)
    return report


def _open_report(report: ChangeReport, actor: User, version: int | None) -> ChangeReport:
    """The report as it is now, locked, still open and within the person's scope."""
    require_permission(actor, KEEPS_FILES, rule="CM-04")
    own = ChangeReport.objects.visible_to(actor, permission=KEEPS_FILES)
    found = own.select_for_update(of=("self",)).select_related("customer").filter(pk=report.pk).first()
    if found is None:
        raise PermissionDenied(_("This customer belongs to another desk."), rule="RG-02")
    require_version(cast("Document", found), version)
    if found.status != ChangeReport.Status.REPORTED:
        raise TransitionNotAllowed(
            _('%(number)s is "%(status)s" already. Reload the page.')
            % {"number": found.number, "status": found.status_label},
            rule="CM-04",
        )
    return found


def _close(report: ChangeReport, status: str, fact: Fact, *, actor: User, note: str) -> None:
    problems = Problems()
    _collect_too_long(note, LONGEST_NOTE, "#/note", problems)
    problems.raise_if_any(rule="CM-04")
    closing = {"closed_on": today(), "closed_by": actor, "closing_note": note.strip()}
    came_from = report.status
    compare_and_set(cast("Document", report), sources=(came_from,), status=status, changes=closing)
    record_event(
        cast("Document", report),
        fact,
        actor=actor,
        note=note.strip(),
        came_from=came_from,
        data={"is_late": report.is_late},
    )


def _collect_too_long(text: str, longest: int, pointer: str, problems: Problems) -> None:
    if len(text.strip()) > longest:
        problems.add(pointer, "too_long", _("At most %(count)s characters fit here.") % {"count": longest})
