"""Reported changes, gradings and care plans in the administration; managers decide grades here too."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import ActionForm

from core.admin_base import BusinessAdmin, ReadOnlyAdmin
from customers.models import CarePlan, ChangeReport, GradeHistory, GradeProposal, GradingRun
from customers.services import confirm_flagged, keep_grade
from customers.services.grading import CONFIRMS


class GradeNoteForm(ActionForm):
    """A word to the decision: what was found out, why the old grade stays."""

    note = forms.CharField(label=_("Note"), required=False, max_length=200)


@admin.register(ChangeReport)
class ChangeReportAdmin(ReadOnlyAdmin):
    view_permission = "customers.view"
    list_display = ("number", "customer", "kind", "reported_on", "due_on", "status", "closed_on")
    list_filter = ("status", "kind")
    search_fields = ("number", "customer__number", "customer__name")
    list_select_related = ("customer",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.scoped(request, super().get_queryset(request))


@admin.register(GradingRun)
class GradingRunAdmin(ReadOnlyAdmin):
    view_permission = "customers.view"
    list_display = ("number", "window_start", "window_end", "grade_a", "grade_b", "created_at")


@admin.register(GradeProposal)
class GradeProposalAdmin(BusinessAdmin):
    """The manager's queue: the same functions as the pages (CM-07)."""

    view_permission = "customers.view"
    list_display = (
        "customer",
        "run",
        "old_grade",
        "new_grade",
        "purchases",
        "satisfaction",
        "needs_review",
        "status",
    )
    list_filter = ("status", "needs_review", "new_grade", "run")
    search_fields = ("customer__number", "customer__name")
    list_select_related = ("customer", "run")
    actions = ("confirm", "keep")
    action_form = GradeNoteForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.scoped(request, super().get_queryset(request))

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.may(CONFIRMS)  # type: ignore[union-attr]

    @admin.action(description=_("Confirm the proposed grade"), permissions=["decide"])
    def confirm(self, request: HttpRequest, rows: QuerySet[GradeProposal]) -> None:
        note = request.POST.get("note", "")
        self.each(
            request,
            rows.select_related("run", "customer"),
            lambda each: confirm_flagged(each, note=note, actor=request.user),  # type: ignore[arg-type]
        )

    @admin.action(description=_("Keep the old grade"), permissions=["decide"])
    def keep(self, request: HttpRequest, rows: QuerySet[GradeProposal]) -> None:
        note = request.POST.get("note", "")
        self.each(
            request,
            rows.select_related("run", "customer"),
            lambda each: keep_grade(each, note=note, actor=request.user),  # type: ignore[arg-type]
        )


@admin.register(GradeHistory)
class GradeHistoryAdmin(ReadOnlyAdmin):
    view_permission = "customers.confirm_grades"
    list_display = ("at", "customer", "old_grade", "new_grade", "purchases", "satisfaction", "actor", "note")
    search_fields = ("customer__number", "customer__name")
    list_select_related = ("customer", "actor")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.scoped(request, super().get_queryset(request))


@admin.register(CarePlan)
class CarePlanAdmin(ReadOnlyAdmin):
    view_permission = "customers.view"
    list_display = ("customer", "owner", "opened_on", "due_on", "visit_every_days", "status")
    list_filter = ("status",)
    search_fields = ("customer__number", "customer__name")
    list_select_related = ("customer", "owner")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.scoped(request, super().get_queryset(request))
