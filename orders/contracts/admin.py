"""Contracts in the administration: looked at, and approved there by manager, general manager and finance.

The same services as the pages, with a result per row.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.forms import ActionForm

from core.admin_base import BusinessAdmin, ReadOnlyAdmin
from core.templatetags.figures import amount_text
from core.widgets import DateInput
from orders.contracts.queries import contracts_awaiting
from orders.contracts.services import approve_contract, reject_contract, seal_contract
from orders.contracts.views.listing import SIGNS
from orders.contracts.workflow import ContractStatus
from orders.models import Contract, ContractForApproval

NOT_HERE = (ContractStatus.SEALED,)
"""Registering needs the signed copy, which is filed on the contract's own page."""


class SignActionForm(ActionForm):
    """A signature with a word to it: the opinion, the reason of a rejection; production's day."""

    note = forms.CharField(label=gettext_lazy("Opinion or reason"), required=False, max_length=500)
    promised_on = forms.DateField(label=gettext_lazy("Can deliver on"), required=False, widget=DateInput)


@admin.register(ContractForApproval)
class ContractForApprovalAdmin(BusinessAdmin):
    """What waits for this person's signature (CT-01, CT-03, CT-06)."""

    view_permission = SIGNS
    list_display = (
        "number",
        "customer",
        "title",
        "kind",
        "shown_amount",
        "shown_considerations",
        "status",
        "created_by",
    )
    list_filter = ("status", "kind")
    search_fields = ("number", "title", "customer__name")
    list_select_related = ("customer", "created_by")
    actions = ("sign_contracts", "reject_contracts")
    action_form = SignActionForm
    fields = (
        "number",
        "customer",
        "kind",
        "status",
        "title",
        "shown_amount",
        "terms",
        "order_intention",
        "policy_basis",
        "shown_considerations",
        "shown_signatures",
        "created_by",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = ContractForApproval.objects.exclude(status__in=NOT_HERE)
        return contracts_awaiting(request.user, within=rows)  # type: ignore[arg-type]

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """The longest waiting first, as on the page."""
        return ["waiting_since", "pk"]

    @admin.display(description=gettext_lazy("Amount, tax included"), ordering="amount")
    def shown_amount(self, contract: Contract) -> str:
        return _("no ceiling") if contract.amount is None else amount_text(contract.amount, contract.currency)

    @admin.display(description=gettext_lazy("To consider"))
    def shown_considerations(self, contract: Contract) -> str:
        found = [_("special contract")] if contract.is_special else []
        found += [_("legal review")] if contract.needs_legal_review else []
        return ", ".join(found) or "—"

    @admin.display(description=gettext_lazy("Signatures"))
    def shown_signatures(self, contract: Contract) -> str:
        signatures = contract.signatures.filter(round=contract.round).select_related("actor")
        return " · ".join(f"{one.get_part_display()} {one.actor}" for one in signatures) or "—"

    @admin.action(description=gettext_lazy("Sign the selected contracts"))
    def sign_contracts(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        form = SignActionForm(request.POST)
        form.fields["action"].required = False
        given = form.cleaned_data if form.is_valid() else {}

        def sign(contract: Contract) -> None:
            facts: dict[str, Any] = {
                "actor": request.user,
                "version": contract.version,
                "note": request.POST.get("note", ""),
            }
            if contract.status == ContractStatus.SEALING:
                seal_contract(contract, **facts)
            else:
                approve_contract(contract, promised_on=given.get("promised_on"), **facts)

        self.each(request, rows, sign)

    @admin.action(description=gettext_lazy("Reject the selected contracts"))
    def reject_contracts(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        note = request.POST.get("note", "")

        def reject(contract: Contract) -> None:
            reject_contract(contract, reason=note, actor=request.user, version=contract.version)  # type: ignore[arg-type]

        self.each(request, rows, reject)


@admin.register(Contract)
class ContractAdmin(ReadOnlyAdmin):
    view_permission = "orders.view"
    list_display = ("number", "customer", "title", "kind", "status", "amount", "supplemented", "signed_on")
    list_filter = ("status", "kind", "region")
    list_select_related = ("customer", "region")
    search_fields = ("number", "title", "customer__name", "customer__number")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contract]:
        return self.scoped(request, super().get_queryset(request))
