"""Customers, regions and desks in the administration: the services decide, nothing is deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseNotAllowed
from django.utils.translation import gettext_lazy as _
from unfold.forms import ActionForm

from core.admin_base import BusinessAdmin
from core.admin_history import ReadableHistoryAdmin
from core.models import User
from customers import admin_work  # noqa: F401 - registers itself
from customers.models import Customer, DeskAssignment, Region
from customers.services import (
    assign_desk,
    create_region,
    delegate_desk,
    end_assignment,
    freeze_credit,
    resume_orders,
    stop_orders,
    unfreeze_credit,
    update_customer,
)
from customers.services.customer_file import CHANGEABLE
from customers.services.desks import ASSIGNS_DESKS


class ReasonActionForm(ActionForm):
    """A move of a customer's state and the reason for it."""

    note = forms.CharField(label=_("Reason"), required=False, max_length=200)


ACTS = {
    "freeze": "customers.change_credit_status",
    "unfreeze": "customers.change_credit_status",
    "stop": "customers.change_status",
    "resume": "customers.change_status",
}

KEPT_ELSEWHERE = (
    "number",
    "grade",
    "status",
    "status_reason",
    "merged_into",
    "settlement",
    "prepaid_percent",
    "settlement_day",
    "order_count",
    "cumulative_amount",
    "first_cooperation_on",
    "last_cooperation_on",
    "data_purpose",
    "consented_on",
)
"""Looked at here, written by their own acts."""


@admin.register(Customer)
class CustomerAdmin(ReadableHistoryAdmin, BusinessAdmin):
    """Looked at with the history of every change by all who see customers; kept by sales in its scope."""

    view_permission = "customers.view"
    change_permission = "customers.maintain"
    list_display = ("number", "name", "region", "salesperson", "grade", "settlement", "status")
    list_filter = ("region", "grade", "settlement", "status")
    list_select_related = ("region", "salesperson")
    search_fields = ("number", "name", "short_name", "uscc", "pinyin")
    action_form = ReasonActionForm
    actions = ("freeze", "unfreeze", "stop", "resume")
    fieldsets = (
        (None, {"fields": ("number", *CHANGEABLE)}),
        (_("State"), {"fields": ("status", "status_reason", "merged_into")}),
        (_("Payment terms"), {"fields": ("settlement", "prepaid_percent", "settlement_day")}),
        (
            _("Cooperation"),
            {
                "fields": (
                    "grade",
                    "order_count",
                    "cumulative_amount",
                    "first_cooperation_on",
                    "last_cooperation_on",
                )
            },
        ),
        (_("Data protection"), {"fields": ("data_purpose", "consented_on")}),
    )
    readonly_fields = KEPT_ELSEWHERE

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_kept = obj is None or obj.status != Customer.Status.MERGED
        return is_kept and super().has_change_permission(request, obj)

    def has_freeze_permission(self, request: HttpRequest) -> bool:
        return bool(person(request).may("customers.change_credit_status"))

    def has_stop_permission(self, request: HttpRequest) -> bool:
        return bool(person(request).may("customers.change_status"))

    @admin.action(description=_("Freeze credit"), permissions=["freeze"])
    def freeze(self, request: HttpRequest, rows: QuerySet[Customer]) -> None:
        self._move(request, rows, freeze_credit)

    @admin.action(description=_("Unfreeze credit"), permissions=["freeze"])
    def unfreeze(self, request: HttpRequest, rows: QuerySet[Customer]) -> None:
        self._move(request, rows, unfreeze_credit)

    @admin.action(description=_("Stop orders"), permissions=["stop"])
    def stop(self, request: HttpRequest, rows: QuerySet[Customer]) -> None:
        self._move(request, rows, stop_orders)

    @admin.action(description=_("Resume orders"), permissions=["stop"])
    def resume(self, request: HttpRequest, rows: QuerySet[Customer]) -> None:
        self._move(request, rows, resume_orders)

    def _move(self, request: HttpRequest, rows: QuerySet[Customer], service: Callable[..., Customer]) -> None:
        reason, actor = request.POST.get("note", ""), person(request)
        self.each(
            request,
            rows,
            lambda customer: service(customer, reason=reason, actor=actor, version=customer.version),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        """Within the scope of what is asked: an action acts under its own permission (RG-02)."""
        rows = super().get_queryset(request)
        permission = ACTS.get(request.POST.get("action", ""))
        if permission:
            return rows & Customer.objects.visible_to(person(request), permission=permission)
        return self.scoped(request, rows)

    def revert_disabled(self, request: HttpRequest, obj: Customer | None = None) -> bool:
        """A correction is a new change through the service, never a way back past its rules."""
        return True

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        self._require_in_scope(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> Any:
        """An earlier state, to be looked at; the package would also take it back as a form."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        self._require_in_scope(request, object_id)
        return super().history_form_view(request, object_id, version_id, extra_context)

    def _require_in_scope(self, request: HttpRequest, object_id: str) -> None:
        """The package reads the history past our queryset, so the customer is looked up first (RG-02)."""
        if self.get_object(request, unquote(object_id)) is None:
            raise Http404

    def save_model(self, request: HttpRequest, obj: Customer, form: forms.ModelForm, change: bool) -> None:
        changes = {name: form.cleaned_data[name] for name in form.changed_data if name in CHANGEABLE}
        if changes:
            update_customer(obj, changes=changes, actor=person(request))


@admin.register(Region)
class RegionAdmin(BusinessAdmin):
    view_permission = ("customers.view", ASSIGNS_DESKS)
    add_permission = ASSIGNS_DESKS
    list_display = ("code", "name", "name_en")

    def save_model(self, request: HttpRequest, obj: Region, form: forms.ModelForm, change: bool) -> None:
        given = {name: form.cleaned_data[name] for name in ("code", "name", "name_en")}
        obj.pk = create_region(**given, actor=person(request)).pk


class DeskAssignmentForm(forms.ModelForm):
    class Meta:
        model = DeskAssignment
        fields = ("user", "region", "starts_on", "ends_on", "reason")
        help_texts = {
            "ends_on": _("With an end it is temporary cover, given by the sales manager of the region.")
        }


@admin.register(DeskAssignment)
class DeskAssignmentAdmin(BusinessAdmin):
    """Without an end: the administrator. With an end: cover by the sales manager (RG-02)."""

    view_permission = ("customers.delegate", ASSIGNS_DESKS)
    form = DeskAssignmentForm
    list_display = ("user", "region", "starts_on", "ends_on", "delegated_by", "reason")
    list_filter = ("region",)
    list_select_related = ("user", "region", "delegated_by")
    ordering = ("region", "-starts_on")
    actions = ("end_now",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def save_model(
        self, request: HttpRequest, obj: DeskAssignment, form: forms.ModelForm, change: bool
    ) -> None:
        given = form.cleaned_data
        user, region, starts_on = given["user"], given["region"], given["starts_on"]
        if given["ends_on"] is None:
            made = assign_desk(user, region=region, starts_on=starts_on, actor=person(request))
        else:
            made = delegate_desk(
                user,
                region=region,
                starts_on=starts_on,
                ends_on=given["ends_on"],
                reason=given["reason"],
                actor=person(request),
            )
        obj.pk = made.pk

    @admin.action(description=_("End desk work"), permissions=["view"])
    def end_now(self, request: HttpRequest, rows: QuerySet[DeskAssignment]) -> None:
        self.each(request, rows, lambda assignment: end_assignment(assignment, actor=person(request)))


def person(request: HttpRequest) -> Any:
    """The signed-in person, who acts."""
    user: User = request.user  # type: ignore[assignment]
    return user
