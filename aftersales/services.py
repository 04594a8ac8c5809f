"""Use cases after the signature (SV-01)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.models import Survey
from aftersales.queries import SURVEYED_STATUSES, working_days_to_ask
from core.calendar import work_calendar
from core.clock import now, today
from core.errors import Conflict, Problems, RuleRefused
from core.models import User
from core.parameters import parameters_on
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import require_permission
from orders.models import Order

SURVEY_ANSWERED = gettext_lazy("Satisfaction survey answered")


@unit_of_work
def answer_survey(
    order: Order, *, quality: int, timeliness: int, attitude: int, note: str = "", actor: User
) -> Survey:
    """Record the customer's three scores, 1 to 5 each, once per order (SV-01).

    Due three working days after completion (`survey.days`); a late answer is taken and counts as late.
    Raises InvalidInput, RuleRefused before completion, Conflict the second time. Locks the order.
    """
    require_permission(actor, "aftersales.answer_survey", rule="SV-01")
    _require_scores({"quality": quality, "timeliness": timeliness, "attitude": attitude})
    order = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if order.status not in SURVEYED_STATUSES or order.completed_on is None:
        raise RuleRefused(
            _(
                "%(number)s is not completed yet. "
                "The survey follows when the customer has signed for everything."
            )
            % {"number": order.number},
            rule="SV-01",
            code="not_completed",
        )
    if Survey.objects.filter(order=order).exists():
        raise Conflict(
            _("The survey of %(number)s has been answered already. Nothing was changed.")
            % {"number": order.number},
            rule="SV-01",
            code="survey_answered",
        )
    survey = Survey(
        order=order,
        quality=quality,
        timeliness=timeliness,
        attitude=attitude,
        note=note.strip(),
        due_on=work_calendar().after(
            order.completed_on, working_days_to_ask(parameters_on(order.completed_on))
        ),
        answered_at=now(),
        answered_on=today(),
        recorded_by=actor,
    )
    survey.save(force_insert=True)
    scores = {
        "quality": quality,
        "timeliness": timeliness,
        "attitude": attitude,
        "average": str(survey.average),
    }
    record_event(
        order,
        Fact("answer_survey", str(SURVEY_ANSWERED), rule="SV-01"),
        actor=actor,
        note=survey.note,
        data=scores,
    )
    return survey


def _require_scores(scores: Mapping[str, int]) -> None:
    problems = Problems()
    for name, score in scores.items():
        if isinstance(score, bool) or not isinstance(score, int) or not 1 <= score <= 5:
            problems.add(f"#/{name}", "score_out_of_range", _("Give a whole number from 1 to 5."))
    problems.raise_if_any(_("A score is missing or out of range."), rule="SV-01")
