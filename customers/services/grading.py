"""The quarterly grading: a run proposes, the sales manager decides (CM-05..CM-07).

run = run_grading(actor=None)                          # the timetable, on the first day of a quarter
confirm_grades(run, proposals=None, actor=manager)     # all unflagged ones of his regions
confirm_flagged(proposal, note="…", actor=manager)     # one by one, after looking
keep_grade(proposal, note="…", actor=manager)
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.clock import now, today
from core.errors import Conflict, InvalidInput, Problems, RuleRefused
from core.models import User
from core.money import ZERO
from core.numbering import next_number
from core.parameters import parameters_on
from core.sql import among, insert_rows, update_rows
from core.trail import Fact, record_alike, record_event
from core.transactions import unit_of_work
from core.workflow import require_permission
from customers.grading_sources import purchases_in, satisfaction_in
from customers.models import Customer, GradeHistory, GradeProposal, GradingRun
from customers.models.grading import GradeProposalQuerySet
from customers.policy import grade_for, needs_review, window_for
from customers.services.care import follow_grades

if TYPE_CHECKING:
    from core.models import Document

CONFIRMS = "customers.confirm_grades"
LONGEST_NOTE = 200
RUN = Fact("grading_run", gettext_noop("Grading run"), rule="CM-07")
CONFIRMED = Fact("grades_confirmed", gettext_noop("Grades confirmed"), rule="CM-07")
CHANGED = Fact("grade_changed", gettext_noop("Grade changed"), rule="CM-07")
KEPT = Fact("grade_kept", gettext_noop("Old grade kept"), rule="CM-07")
Status = GradeProposal.Status


@unit_of_work
def run_grading(day: date | None = None, *, actor: User | None) -> GradingRun:
    """Propose a grade for every customer, from what was posted less returned in the window (CM-06).

    `day` is the day of the run; the window ends with the last quarter before it. `actor` None is the
    timetable. Merged files get no proposal. Raises Conflict when the quarter was graded already. Ten
    statements, whatever the number of customers.
    """
    if actor is not None:
        require_permission(actor, CONFIRMS, rule="CM-07")
    day = day or today()
    if day > today():
        raise InvalidInput(_("A grading looks back; choose today or an earlier day."), rule="CM-06")
    settings = parameters_on(day)
    window = window_for(day, is_calendar_year=settings.choice("grade.window") == "calendar_year")
    limits = settings.amount("grade.A"), settings.amount("grade.B")
    number = next_number("GX")
    opened = {
        "number": number,
        "window_start": window.start,
        "window_end": window.end,
        "grade_a": limits[0],
        "grade_b": limits[1],
        "created_by": actor,
    }
    if not insert_rows(GradingRun, [opened], on_conflict_sql="(window_end) DO NOTHING"):
        raise Conflict(
            _("The quarter to %(day)s has been graded already. Nothing was changed.")
            % {"day": window.end.isoformat()},
            rule="CM-07",
            code="graded_already",
        )
    run = GradingRun.objects.get(number=number)
    bought, scores = purchases_in(window), satisfaction_in(window)
    below = settings.amount("grade.review_below")
    graded = Customer.objects.exclude(status=Customer.Status.MERGED).order_by("pk")
    rows = [
        {
            "run": run.pk,
            "customer": key,
            "old_grade": grade,
            "new_grade": grade_for(bought.get(key, ZERO), *limits),
            "purchases": bought.get(key, ZERO),
            "satisfaction": scores.get(key),
            "needs_review": needs_review(scores.get(key), below),
        }
        for key, grade in graded.values_list("pk", "grade")
    ]
    insert_rows(GradeProposal, rows)
    data = {"from": str(window.start), "until": str(window.end), "customers": len(rows)}
    record_event(cast("Document", run), RUN, actor=actor, data=data)
    return run


@dataclass(frozen=True, slots=True)
class GradeOutcome:
    """What became of one proposal; `message` says why it was left alone."""

    proposal: GradeProposal
    is_done: bool
    message: str = ""


@unit_of_work
def confirm_grades(
    run: GradingRun, *, proposals: Collection[int] | None = None, actor: User, note: str = ""
) -> list[GradeOutcome]:
    """Give the proposed grades, of those named by key or of all open ones not to be reviewed (CM-07).

    Only customers of the actor's regions. Named ones that are decided already or to be reviewed are left
    alone and say so: those are decided one by one. At most 15 statements, whatever their number.
    """
    _require_latest(run, actor)
    own = _own_proposals(actor).filter(run=run)
    if proposals is None:
        own = own.filter(status=Status.PROPOSED, needs_review=False)
    else:
        own = own.filter(pk__in=among(proposals))
    outcomes = [_outlook(each) for each in own]
    _decide(run, [outcome.proposal for outcome in outcomes if outcome.is_done], actor=actor, note=note)
    return outcomes


def _outlook(proposal: GradeProposal) -> GradeOutcome:
    if proposal.status != Status.PROPOSED:
        return GradeOutcome(proposal, is_done=False, message=_("Decided already."))
    if proposal.needs_review:
        text = _("The customer is dissatisfied. Look into it and decide this one by itself, with a note.")
        return GradeOutcome(proposal, is_done=False, message=text)
    return GradeOutcome(proposal, is_done=True)


@unit_of_work
def confirm_flagged(proposal: GradeProposal, *, note: str, actor: User) -> GradeProposal:
    """Give one proposed grade; of a dissatisfied customer only with a note of what was found (CM-07)."""
    _require_latest(proposal.run, actor)
    found = _one_open(proposal, actor)
    if found.needs_review:
        _require_note(note)
    _decide(found.run, [found], actor=actor, note=note)
    return found


@unit_of_work
def keep_grade(proposal: GradeProposal, *, note: str, actor: User) -> GradeProposal:
    """Decide against the proposal: the customer keeps his grade, and the history says why (CM-07)."""
    _require_latest(proposal.run, actor)
    found = _one_open(proposal, actor)
    _require_note(note)
    _mark([found], Status.KEPT, actor=actor, note=note)
    insert_rows(GradeHistory, [_history_row(found, found.old_grade, actor, note)])
    data = {"grade": found.old_grade, "proposed": found.new_grade}
    record_event(cast("Document", found.customer), KEPT, actor=actor, note=note.strip(), data=data)
    return found


def _require_latest(run: GradingRun, actor: User) -> None:
    require_permission(actor, CONFIRMS, rule="CM-07")
    if GradingRun.objects.filter(window_end__gt=run.window_end).exists():
        raise RuleRefused(
            _("A later grading has been run. Decide on that one; %(number)s is history.")
            % {"number": run.number},
            rule="CM-07",
            code="newer_run",
        )


def _own_proposals(actor: User) -> GradeProposalQuerySet:
    """The proposals for the actor's regions with their customers, both locked."""
    own = GradeProposal.objects.visible_to(actor, permission=CONFIRMS).select_related("customer", "run")
    return own.select_for_update(of=("self", "customer")).order_by("customer_id")


def _one_open(proposal: GradeProposal, actor: User) -> GradeProposal:
    found = _own_proposals(actor).open().filter(pk=proposal.pk).first()
    if found is None:
        raise Conflict(
            _("This proposal has been decided already, or the customer is not of your regions."),
            rule="CM-07",
            code="not_open",
        )
    return found


def _require_note(note: str) -> None:
    problems = Problems()
    if not note.strip():
        problems.add("#/note", "required", _("Give a reason."))
    elif len(note.strip()) > LONGEST_NOTE:
        text = _("At most %(count)s characters fit here.") % {"count": LONGEST_NOTE}
        problems.add("#/note", "too_long", text)
    problems.raise_if_any(rule="CM-07")


def _decide(run: GradingRun, chosen: Sequence[GradeProposal], *, actor: User, note: str) -> None:
    """Confirmed proposals, histories, grades, events and care plans of many customers."""
    _mark(chosen, Status.CONFIRMED, actor=actor, note=note)
    insert_rows(GradeHistory, [_history_row(each, each.new_grade, actor, note) for each in chosen])
    changed = [each for each in chosen if each.customer.grade != each.new_grade]
    _give_grades(changed, actor=actor)
    upgraded = [each.customer for each in changed if each.new_grade == Customer.Grade.A]
    downgraded = [each.customer for each in changed if each.old_grade == Customer.Grade.A]
    follow_grades(upgraded, downgraded)
    if chosen:
        data = {"decided": len(chosen), "changed": len(changed)}
        record_event(cast("Document", run), CONFIRMED, actor=actor, note=note.strip(), data=data)


def _mark(chosen: Sequence[GradeProposal], status: str, *, actor: User, note: str) -> None:
    facts = {"status": status, "decided_by": actor, "decided_at": now(), "note": note.strip()[:LONGEST_NOTE]}
    update_rows(GradeProposal, ("id",), tuple(facts), [{"id": each.pk, **facts} for each in chosen])


def _history_row(proposal: GradeProposal, given: str, actor: User, note: str) -> dict[str, object]:
    return {
        "customer": proposal.customer_id,
        "run": proposal.run_id,
        "old_grade": proposal.old_grade,
        "new_grade": given,
        "purchases": proposal.purchases,
        "satisfaction": proposal.satisfaction,
        "note": note.strip()[:LONGEST_NOTE],
        "actor": actor,
    }


def _give_grades(changed: Sequence[GradeProposal], *, actor: User) -> None:
    """The grade of many customers with version, history and trail: three statements and a query."""
    moment = now()
    rows = [{"id": each.customer_id, "grade": each.new_grade, "updated_at": moment} for each in changed]
    set_sql = {"grade": "v.grade", "updated_at": "v.updated_at", "version": "t.version + 1"}
    update_rows(Customer, ("id",), ("grade", "updated_at"), rows, set_sql=set_sql)
    for each in changed:
        each.customer.grade, each.customer.version = each.new_grade, each.customer.version + 1
    history = Customer.history.model
    kept = [field.attname for field in history.tracked_fields]
    insert_rows(
        history,
        [
            {
                **{name: getattr(each.customer, name) for name in kept},
                "history_date": moment,
                "history_user": actor,
                "history_type": "~",
                "history_change_reason": CHANGED.label,
            }
            for each in changed
        ],
    )
    data = {
        each.customer.number: {
            "changed": {"grade": [each.old_grade, each.new_grade]},
            "purchases": str(each.purchases),
        }
        for each in changed
    }
    customers = cast("Sequence[Document]", [each.customer for each in changed])
    record_alike(customers, CHANGED, actor=actor, data=data)
