"""The quarterly grading: its runs, one run with what it proposes, and the manager's decisions (CM-05..CM-07)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from core.components import Action, RowResult, Tab
from core.errors import BusinessError
from core.keyset import keyset_page
from core.pages import StaffPage, safe_next, say_error, visible_or_404
from customers.models import GradeProposal, GradingRun, customer_scope
from customers.services import confirm_flagged, confirm_grades, keep_grade, run_grading
from customers.services.grading import GradeOutcome

CONFIRMS = "customers.confirm_grades"
MOST_CHOSEN = 500


class GradingRunsPage(StaffPage, TemplateView):
    """The runs, the latest first, with what is still to be decided of the reader's customers."""

    template_name = "customers/grading_list.html"
    permission = "customers.view"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = customer_scope(self.user, "proposals__customer__")
        runs = GradingRun.objects.select_related("created_by").annotate(
            graded=Count("proposals", filter=own),
            changed=Count("proposals", filter=own & ~Q(proposals__new_grade=F("proposals__old_grade"))),
            flagged=Count("proposals", filter=own & Q(proposals__needs_review=True)),
            waiting=Count("proposals", filter=own & Q(proposals__status=GradeProposal.Status.PROPOSED)),
        )
        return super().get_context_data(runs=runs[:40], may_run=self.user.may(CONFIRMS), **kwargs)


class StartGradingPage(StaffPage):
    """POST: grade the quarter that has just ended."""

    permission = CONFIRMS
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            run = run_grading(actor=self.user)
        except BusinessError as error:
            say_error(request, error)
            return HttpResponseRedirect(reverse("grading_runs"))
        messages.success(
            request, _("%(number)s proposes the grades of the quarter.") % {"number": run.number}
        )
        return HttpResponseRedirect(run.get_absolute_url())


class GradingRunPage(StaffPage, TemplateView):
    """One run: changed, flagged or all customers of the reader's scope, 50 a page. At most 9 statements."""

    template_name = "customers/grading_run.html"
    permission = "customers.view"

    @cached_property
    def run(self) -> GradingRun:
        found: GradingRun = visible_or_404(GradingRun.objects.all(), number=self.kwargs["number"])
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = GradeProposal.objects.visible_to(self.user).filter(run=self.run)
        kinds = self._kinds(own)
        show = self.request.GET.get("show", "changed")
        show = show if show in kinds else "changed"
        rows = kinds[show][1].select_related("customer__region", "customer__salesperson", "decided_by")
        page = keyset_page(rows, self.request.GET.get("cursor", ""), key="customer__number")
        may_decide = self.user.may(CONFIRMS)
        waiting = own.open().filter(needs_review=False).count() if may_decide else 0
        return super().get_context_data(
            run=self.run,
            page=page,
            tabs=[
                Tab(label, f"?show={slug}", count, slug == show)
                for slug, (label, _rows, count) in kinds.items()
            ],
            show=show,
            may_decide=may_decide,
            waiting=waiting,
            **kwargs,
        )

    def _kinds(self, own: Any) -> dict[str, tuple[str, QuerySet[GradeProposal], int]]:
        changed, flagged = ~Q(new_grade=F("old_grade")), Q(needs_review=True)
        is_open = Q(status=GradeProposal.Status.PROPOSED)
        found = own.aggregate(
            changed=Count("pk", filter=changed),
            flagged=Count("pk", filter=flagged),
            open=Count("pk", filter=is_open),
            all=Count("pk"),
        )
        return {
            "changed": (_("Grade changes"), own.filter(changed), found["changed"]),
            "flagged": (_("To be reviewed"), own.filter(flagged), found["flagged"]),
            "open": (_("To be decided"), own.open(), found["open"]),
            "all": (_("All"), own, found["all"]),
        }


class ConfirmGradesPage(GradingRunPage):
    """POST `proposals` (keys) or `all=1`: gives the grades; what was refused is said row by row."""

    permission = CONFIRMS
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        keys = [
            int(key)
            for key in request.POST.getlist("proposals")
            if key.isascii() and key.isdigit() and len(key) < 16
        ]
        is_all = request.POST.get("all") == "1"
        try:
            outcomes = confirm_grades(
                self.run, proposals=None if is_all else keys[:MOST_CHOSEN], actor=self.user
            )
        except BusinessError as error:
            say_error(request, error)
            return HttpResponseRedirect(self.run.get_absolute_url())
        done = sum(outcome.is_done for outcome in outcomes)
        text = ngettext("%(count)s grade was confirmed.", "%(count)s grades were confirmed.", done)
        messages.success(request, text % {"count": done})
        if done == len(outcomes):
            return HttpResponseRedirect(safe_next(request, self.run.get_absolute_url()))
        return self.render_to_response(self.get_context_data(results=[_result(each) for each in outcomes]))


class ProposalPage(StaffPage, TemplateView):
    """One proposal with what it rests on; the manager confirms it or keeps the old grade. 6 statements."""

    template_name = "customers/grade_proposal.html"
    permission = "customers.view"

    @cached_property
    def proposal(self) -> GradeProposal:
        own = GradeProposal.objects.visible_to(self.user)
        rows = own.select_related("run", "customer__region", "customer__salesperson", "decided_by")
        found: GradeProposal = visible_or_404(rows, pk=self.kwargs["pk"])
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        proposal = self.proposal
        may_decide = self.user.may(CONFIRMS)
        return super().get_context_data(
            proposal=proposal,
            run=proposal.run,
            customer=proposal.customer,
            history=proposal.customer.grade_history.select_related("actor", "run")[:8],
            actions=_actions(proposal) if may_decide else [],
            **kwargs,
        )


class DecideProposalPage(StaffPage):
    """POST: one proposal, by its key, with a note."""

    permission = CONFIRMS
    http_method_names = ("post", "options")
    decide: Callable[..., GradeProposal] = staticmethod(confirm_flagged)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        own = GradeProposal.objects.visible_to(self.user).select_related("run", "customer")
        proposal: GradeProposal = visible_or_404(own, pk=pk)
        back = safe_next(request, proposal.run.get_absolute_url())
        try:
            type(self).decide(
                proposal, note=request.POST.get("note", "").replace("\x00", ""), actor=self.user
            )
        except BusinessError as error:
            say_error(request, error)
            return HttpResponseRedirect(back)
        messages.success(request, _("%(customer)s was decided.") % {"customer": proposal.customer})
        return HttpResponseRedirect(back)


class KeepGradePage(DecideProposalPage):
    decide = staticmethod(keep_grade)


def _actions(proposal: GradeProposal) -> list[Action]:
    """Of a dissatisfied customer both decisions want a note, else only the one against the proposal."""
    if proposal.status != GradeProposal.Status.PROPOSED:
        return []
    words = {"old": proposal.old_grade, "new": proposal.new_grade}
    arguments = [proposal.pk]
    confirm = Action(
        _("Confirm grade %(new)s") % words,
        reverse("grade_confirm", args=arguments),
        icon="check",
        is_primary=True,
        wants_reason=proposal.needs_review,
        reason_label=_("What was found out"),
    )
    if proposal.old_grade == proposal.new_grade:
        return [confirm]
    keep = Action(_("Keep grade %(old)s") % words, reverse("grade_keep", args=arguments), wants_reason=True)
    return [confirm, keep]


def _result(outcome: GradeOutcome) -> RowResult:
    customer = outcome.proposal.customer
    return RowResult(
        f"{customer.number} {customer}",
        is_done=outcome.is_done,
        message=outcome.message,
        url=customer.get_absolute_url(),
        value=f"{outcome.proposal.old_grade} → {outcome.proposal.new_grade}",
    )
