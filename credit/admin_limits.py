"""Credit limits in the administration: finance's queue, by the same functions as the pages (CM-11)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import ActionForm

from core.admin_base import BusinessAdmin, ReadOnlyAdmin
from core.templatetags.figures import amount_text
from credit.models import CreditLimitChange, CreditNote
from credit.services.limits import DECIDES, approve_limit, refuse_limit


class DecisionNoteForm(ActionForm):
    """The reason of a refusal, or a word to the approval."""

    note = forms.CharField(label=_("Reason"), required=False, max_length=500)


@admin.register(CreditLimitChange)
class CreditLimitChangeAdmin(BusinessAdmin):
    view_permission = "credit.view"
    list_display = (
        "number",
        "customer",
        "shown_old",
        "shown_new",
        "reason",
        "created_by",
        "status",
        "decided_by",
    )
    list_filter = ("status",)
    search_fields = ("number", "customer__number", "customer__name")
    list_select_related = ("customer", "created_by", "decided_by")
    actions = ("approve", "refuse_proposal")
    action_form = DecisionNoteForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.scoped(request, super().get_queryset(request))

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.may(DECIDES)  # type: ignore[union-attr]

    @admin.display(description=_("Previous limit"))
    def shown_old(self, change: CreditLimitChange) -> str:
        return "—" if change.old_limit is None else amount_text(change.old_limit, change.currency)

    @admin.display(description=_("Proposed limit"), ordering="new_limit")
    def shown_new(self, change: CreditLimitChange) -> str:
        return amount_text(change.new_limit, change.currency)

    @admin.action(description=_("Approve the limit"), permissions=["decide"])
    def approve(self, request: HttpRequest, rows: QuerySet[CreditLimitChange]) -> None:
        note, actor = request.POST.get("note", ""), request.user
        self.each(
            request,
            rows,
            lambda change: approve_limit(change, version=change.version, note=note, actor=actor),  # type: ignore[arg-type]
        )

    @admin.action(description=_("Refuse the limit"), permissions=["decide"])
    def refuse_proposal(self, request: HttpRequest, rows: QuerySet[CreditLimitChange]) -> None:
        note, actor = request.POST.get("note", ""), request.user
        self.each(
            request,
            rows,
            lambda change: refuse_limit(change, version=change.version, reason=note, actor=actor),  # type: ignore[arg-type]
        )


@admin.register(CreditNote)
class CreditNoteAdmin(ReadOnlyAdmin):
    view_permission = "credit.view"
    list_display = ("at", "customer", "kind", "text", "actor")
    list_filter = ("kind",)
    search_fields = ("customer__number", "customer__name")
    list_select_related = ("customer", "actor")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.scoped(request, super().get_queryset(request))
