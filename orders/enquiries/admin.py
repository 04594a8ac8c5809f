"""Enquiries in the administration: looked at there, and handed to another owner."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import ActionForm

from core.admin_base import BusinessAdmin
from core.errors import BusinessError, FieldProblem, InvalidInput
from core.models import User
from orders.admin_inlines import ReadOnlyInline
from orders.enquiries.queries import people_who_handle
from orders.enquiries.services import reassign_enquiry
from orders.enquiries.services.intake import HANDLE
from orders.models import Enquiry, EnquiryLine


class OwnerActionForm(ActionForm):
    """To whom the chosen enquiries go."""

    owner = forms.ModelChoiceField(
        label=_("New owner"), queryset=User.objects.none(), to_field_name="username", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_who_handle()


class EnquiryLineInline(ReadOnlyInline):
    model = EnquiryLine
    fields = ("line_no", "product", "description", "spec", "quantity", "unit")
    readonly_fields = fields


@admin.register(Enquiry)
class EnquiryAdmin(BusinessAdmin):
    """The same act as on the page: `reassign_enquiry`, row by row (EN-01, RG-02)."""

    view_permission = "orders.view"
    list_display = (
        "number", "asked_by", "region", "status", "channel", "owner", "received_at", "response_due_on", "responded_at",
    )  # fmt: skip
    list_filter = ("status", "channel", "region")
    list_select_related = ("customer", "region", "owner")
    search_fields = ("number", "prospect_name", "customer__name", "customer__number")
    inlines = (EnquiryLineInline,)
    actions = ("reassign",)
    action_form = OwnerActionForm
    fields = (
        "number", "status", "channel", "customer", "prospect_name", "contact_name", "contact_email",
        "region", "owner", "received_at", "response_due_on", "responded_at", "wanted_on", "special_needs",
        "demand_confirmed_by", "demand_confirmed_on", "lost_reason", "closed_at",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enquiry]:
        return self.scoped(request, super().get_queryset(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        if not request.user.may(HANDLE):  # type: ignore[union-attr]
            actions.pop("reassign", None)
        return actions

    @admin.action(description=_("Hand over to the new owner"))
    def reassign(self, request: HttpRequest, rows: QuerySet[Enquiry]) -> None:
        actor: Any = request.user
        owner = people_who_handle().filter(username=request.POST.get("owner", "")).first()

        def hand_over(enquiry: Enquiry) -> None:
            if owner is None:
                raise _nobody_chosen()
            reassign_enquiry(enquiry, owner=owner, version=enquiry.version, actor=actor)

        self.each(request, rows, hand_over)


def _nobody_chosen() -> BusinessError:
    detail = str(_("Choose the new owner beside the action."))
    return InvalidInput(detail, rule="EN-01", problems=[FieldProblem("#/owner", "required", detail)])
