"""Pages of the price lists: versions, one version with its prices, and entering, copying, approving them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.components import Action, NextStep, Tab
from core.errors import InvalidInput
from core.keyset import keyset_page
from core.pages import ServiceFormPage, StaffPage, TransitionPage, visible_or_404
from core.panels import owners_of
from inventory.catalogue_forms import CopyForm, PriceListForm
from inventory.models import PriceList
from inventory.price_pages import (
    differences,
    events_of_version,
    price_lines,
    version_before,
    versions_for,
)
from inventory.price_text import at_its_line
from inventory.services.price_lists import (
    approve_price_list,
    copy_price_list,
    create_price_list,
    withdraw_price_list,
)

MAINTAINS, APPROVES = "inventory.maintain_catalogue", "inventory.approve_price_list"
WITHDRAWS = (MAINTAINS, APPROVES)


class PriceListsPage(StaffPage, TemplateView):
    """Versions, the newest first. 3 statements."""

    template_name = "inventory/price_list_list.html"
    permission = "inventory.view_prices"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = self.request.GET
        show, text = given.get("show", ""), given.get("q", "")
        rows = versions_for(self.user, show=show, text=text)
        kinds = {
            "": _("All versions"),
            "force": _("In force today"),
            "waiting": _("Waiting for approval"),
            "agreed": _("Agreed with customers"),
        }
        return super().get_context_data(
            page=keyset_page(rows, given.get("cursor", ""), key="pk", is_descending=True),
            tabs=[Tab(label, f"?show={kind}", is_current=kind == show) for kind, label in kinds.items()],
            show=show,
            q=text,
            may_enter=self.user.may(MAINTAINS),
            **kwargs,
        )


class PriceListScope:
    user: Any
    kwargs: dict[str, Any]

    def price_list(self) -> PriceList:
        rows = PriceList.objects.visible_to(self.user).select_related(
            "customer", "created_by", "approved_by", "withdrawn_by", "ended_by"
        )
        return visible_or_404(rows, code=self.kwargs["number"])


class PriceListPage(PriceListScope, StaffPage, TemplateView):
    """One version with its prices beside those of the version before. 9 statements, however many prices."""

    template_name = "inventory/price_list_detail.html"
    permission = "inventory.view_prices"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given, price_list = self.request.GET, self.price_list()
        before = version_before(price_list)
        only = given.get("only", "")
        return super().get_context_data(
            price_list=price_list,
            before=before,
            differences=differences(price_list, before) if before is not None else None,
            page=price_lines(
                price_list, before, text=given.get("q", ""), cursor=given.get("cursor", ""), only=only
            ),
            tabs=self._tabs(only, before),
            events=events_of_version(price_list),
            next_step=self._next_step(price_list),
            q=given.get("q", ""),
            only=only,
            may_enter=self.user.may(MAINTAINS),
            may_see_floor=self.user.may("inventory.view_floor"),
            **kwargs,
        )

    def _tabs(self, only: str, before: PriceList | None) -> list[Tab]:
        kinds = {"": _("All prices"), "breaks": _("With quantity prices")}
        if before is not None:
            kinds["changed"] = _("Changed since %(code)s") % {"code": before.code}
        return [Tab(label, f"?only={kind}", is_current=kind == only) for kind, label in kinds.items()]

    def _next_step(self, price_list: PriceList) -> NextStep | None:
        """Approve or refuse what waits; None for the others."""
        if price_list.status != "entered":
            return None
        fields = {"version": price_list.version}
        own = price_list.created_by_id == self.user.pk
        approve = Action(
            _("Approve price list"),
            reverse("price_list_approve", args=[price_list.code]),
            icon="check",
            key="A",
            fields=fields,
            is_primary=True,
            disabled_reason=self._why_not_approve(own),
        )
        withdraw = Action(
            _("Withdraw price list"),
            reverse("price_list_withdraw", args=[price_list.code]),
            icon="circle-x",
            key="R",
            fields=fields,
            is_danger=True,
            wants_reason=True,
            disabled_reason=""
            if any(self.user.may(permission) for permission in WITHDRAWS)
            else _("This step is for: %(roles)s.") % {"roles": owners_of(APPROVES)},
        )
        return NextStep(
            _("The general manager approves the prices or sends them back."),
            [approve, withdraw],
            owner=owners_of(APPROVES),
            meaning="waiting",
        )

    def _why_not_approve(self, own: bool) -> str:
        if not self.user.may(APPROVES):
            return _("This step is for: %(roles)s.") % {"roles": owners_of(APPROVES)}
        return _("You entered this price list. Another person must approve it.") if own else ""


class PriceListNewPage(ServiceFormPage):
    template_name = "inventory/price_list_form.html"
    permission = MAINTAINS
    form_class = PriceListForm
    done_message = gettext_lazy("Price list %(number)s was entered and waits for approval.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial(self) -> dict[str, Any]:
        customer = self.request.GET.get("customer", "").replace("\x00", "")[:12]
        return {"customer": customer} if customer else {}

    def act(self, form: PriceListForm) -> PriceList:
        given = form.cleaned_data
        names = ("code", "name", "valid_from", "valid_until", "currency", "customer")
        try:
            return create_price_list(
                **{name: given[name] for name in names},
                prices=[typed.row for typed in form.typed],
                actor=self.user,
            )
        except InvalidInput as error:
            error.problems = tuple(at_its_line(problem, form.typed) for problem in error.problems)
            raise


class PriceListCopyPage(PriceListScope, ServiceFormPage):
    template_name = "inventory/price_list_copy.html"
    permission = MAINTAINS
    form_class = CopyForm
    done_message = gettext_lazy("Price list %(number)s was entered and waits for approval.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"source": self.price_list()}

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.price_list().name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(price_list=self.price_list(), **kwargs)

    def act(self, form: CopyForm) -> PriceList:
        return copy_price_list(form.source, **form.cleaned_data, actor=self.user)


class _PriceListStep(TransitionPage):
    lookup_field = "code"

    def documents(self) -> QuerySet[PriceList]:
        return PriceList.objects.visible_to(self.user)


class PriceListApprovePage(_PriceListStep):
    permission = APPROVES
    done_message = gettext_lazy("Price list %(number)s is approved.")

    def act(self, document: PriceList, *, version: int, note: str) -> PriceList:
        return approve_price_list(document, version=version, actor=self.user)


class PriceListWithdrawPage(_PriceListStep):
    permission = WITHDRAWS
    done_message = gettext_lazy("Price list %(number)s was withdrawn.")

    def act(self, document: PriceList, *, version: int, note: str) -> PriceList:
        return withdraw_price_list(document, reason=note, version=version, actor=self.user)
