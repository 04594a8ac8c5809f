"""Credit limits: the list, a proposal, finance's decision, and words in the credit file (CM-11)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.forms import Form
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.components import Tab
from core.keyset import keyset_page
from core.models import Event
from core.pages import ServiceFormPage, StaffPage, TransitionPage, visible_or_404
from core.panels import next_actions
from core.parameters import parameters_on
from credit.forms_limits import CreditNoteForm, LimitForm
from credit.models import CreditLimitChange
from credit.queries import CreditStanding, credit_standing
from credit.services.limits import approve_limit, note_credit, propose_limit, refuse_limit
from credit.workflow import LimitStatus
from customers.models import Customer

EVENTS_SHOWN = 20


class LimitsPage(StaffPage, TemplateView):
    """Limit changes in scope by state, those that wait first. 6 statements."""

    template_name = "credit/limit_list.html"
    permission = "credit.view"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = self.request.GET
        own = CreditLimitChange.objects.visible_to(self.user)
        wanted = given.get("status", "")
        state = wanted if wanted in LimitStatus.values else LimitStatus.PROPOSED
        rows = own.filter(status=state).select_related("customer", "created_by", "decided_by")
        page = keyset_page(rows, given.get("cursor", ""), key="number", is_descending=True)
        tabs = [
            Tab(
                label,
                f"?status={value}",
                own.open().count() if value == LimitStatus.PROPOSED else None,
                value == state,
            )
            for value, label in LimitStatus.choices
        ]
        return super().get_context_data(page=page, tabs=tabs, state=state, **kwargs)


class LimitMixin(StaffPage):
    def documents(self) -> QuerySet[CreditLimitChange]:
        own = CreditLimitChange.objects.visible_to(self.user)
        return own.select_related("customer", "created_by", "decided_by")


class LimitPage(LimitMixin, TemplateView):
    """One proposal beside what the customer uses and owes; finance decides. At most 14 statements."""

    template_name = "credit/limit_detail.html"
    permission = "credit.view"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        change: CreditLimitChange = visible_or_404(self.documents(), number=self.kwargs["number"])
        events = change.events().filter(outcome=Event.Outcome.DONE).select_related("actor")
        earlier = change.customer.limit_changes.exclude(pk=change.pk).select_related("decided_by")
        return super().get_context_data(
            change=change,
            customer=change.customer,
            standing=standing_of(change.customer),
            actions=next_actions(change, self.user),
            earlier=earlier[:10],
            events=events.order_by("-id")[:EVENTS_SHOWN],
            **kwargs,
        )


class CustomerCreditForm(ServiceFormPage):
    """A form about the credit of the customer in the address."""

    @cached_property
    def customer(self) -> Customer:
        found: Customer = visible_or_404(
            Customer.objects.visible_to(self.user).with_defaults(), number=self.kwargs["number"]
        )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(customer=self.customer, standing=standing_of(self.customer), **kwargs)

    def get_success_url(self) -> str:
        return f"{self.customer.get_absolute_url()}?tab=credit"


class ProposeLimitPage(CustomerCreditForm):
    template_name = "credit/limit_form.html"
    permission = "credit.propose_limit"
    form_class = LimitForm
    done_message = gettext_lazy("%(number)s was proposed; finance decides.")

    def act(self, form: Form) -> CreditLimitChange:
        return propose_limit(self.customer, **form.cleaned_data, actor=self.user)


class NewCreditNotePage(CustomerCreditForm):
    template_name = "credit/note_form.html"
    permission = ("credit.propose_limit", "credit.approve_limit")
    form_class = CreditNoteForm
    done_message = gettext_lazy("The note is in the credit file.")

    def act(self, form: Form) -> str:
        note_credit(self.customer, **form.cleaned_data, actor=self.user)
        return self.get_success_url()


class ApproveLimitPage(LimitMixin, TransitionPage):
    permission = "credit.approve_limit"
    done_message = gettext_lazy("%(number)s was approved; the limit holds from now on.")

    def act(self, document: CreditLimitChange, *, version: int | None, note: str) -> Any:
        return approve_limit(document, version=version, note=note, actor=self.user)


class RefuseLimitPage(LimitMixin, TransitionPage):
    permission = "credit.approve_limit"
    done_message = gettext_lazy("%(number)s was refused; the old limit goes on.")

    def act(self, document: CreditLimitChange, *, version: int | None, note: str) -> Any:
        return refuse_limit(document, version=version, reason=note, actor=self.user)


def standing_of(customer: Customer) -> CreditStanding:
    return credit_standing(customer, default_limit=parameters_on().amount("credit.default_limit"))
