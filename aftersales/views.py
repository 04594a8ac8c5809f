"""The survey desk: whom to call next, three keys and Enter for the answer (SV-01)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from aftersales.forms import SurveyForm
from aftersales.queries import DueSurvey, answered_surveys, orders_to_survey, surveys_due
from aftersales.services import answer_survey
from core.errors import BusinessError
from core.pages import StaffPage, say_error, visible_or_404
from orders.models import Order

DUE_PER_PAGE = 20
ANSWERED_SHOWN = 20


class SurveysView(StaffPage, TemplateView):
    """Surveys due, oldest first, each with its line of scores; below them the latest answers."""

    template_name = "aftersales/survey_list.html"

    permission = "aftersales.view"
    write_permission = "aftersales.answer_survey"

    def get_context_data(self, wrong: SurveyForm | None = None, **kwargs: Any) -> dict[str, Any]:
        user = self.user
        waiting = orders_to_survey(user).select_related("customer", "salesperson")
        page = Paginator(waiting, DUE_PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            page=page,
            rows=_with_forms(surveys_due(list(page)), wrong),
            may_answer=user.may("aftersales.answer_survey"),
            answered=answered_surveys(user)[:ANSWERED_SHOWN],
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SurveyForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(wrong=form), status=422)
        scores = {name: form.cleaned_data[name] for name in ("quality", "timeliness", "attitude", "note")}
        order = visible_or_404(Order.objects.visible_to(self.user), number=form.cleaned_data["order"])
        try:
            survey = answer_survey(order, **scores, actor=self.user)
        except BusinessError as error:
            say_error(request, error)
            return redirect("surveys")
        messages.success(
            request,
            _("Survey of %(number)s recorded, average %(average)s.")
            % {"number": order.number, "average": survey.average},
        )
        return redirect("surveys")


def _with_forms(due: Sequence[DueSurvey], wrong: SurveyForm | None) -> list[tuple[DueSurvey, SurveyForm]]:
    """Each row with its form; the refused one keeps what was typed."""
    refused = wrong["order"].value() if wrong is not None else None
    return [
        (
            row,
            wrong
            if wrong is not None and row.order.number == refused
            else SurveyForm(initial={"order": row.order.number}, auto_id=f"id_{row.order.number}_%s"),
        )
        for row in due
    ]
