"""Steps of the customer's state, merging, consent and export on pages."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from core.pages import ServiceFormPage, TransitionPage
from customers.forms import ConsentForm, ExportForm, MergeForm
from customers.models import Customer
from customers.queries import LISTED_BY, customers_listed
from customers.services import freeze_credit, resume_orders, stop_orders, unfreeze_credit
from customers.services.data_protection import EXPORTS, export_customers, note_consent
from customers.services.merging import MERGES, MergeProposal, merge_customers, propose_merge
from customers.views.base import CustomerScopeMixin


class StatePage(CustomerScopeMixin, TransitionPage):
    """One move of the customer's state, with its reason (CM-12)."""

    def documents(self) -> Any:
        return self.customers()


class FreezePage(StatePage):
    permission = "customers.change_credit_status"
    done_message = gettext_lazy("The credit of %(number)s is frozen.")

    def act(self, document: Customer, *, version: int | None, note: str) -> Customer:
        return freeze_credit(document, reason=note, version=version, actor=self.user)


class UnfreezePage(StatePage):
    permission = "customers.change_credit_status"
    done_message = gettext_lazy("The credit of %(number)s is no longer frozen.")

    def act(self, document: Customer, *, version: int | None, note: str) -> Customer:
        return unfreeze_credit(document, reason=note, version=version, actor=self.user)


class StopPage(StatePage):
    permission = "customers.change_status"
    done_message = gettext_lazy("%(number)s takes no new orders.")

    def act(self, document: Customer, *, version: int | None, note: str) -> Customer:
        return stop_orders(document, reason=note, version=version, actor=self.user)


class ResumePage(StatePage):
    permission = "customers.change_status"
    done_message = gettext_lazy("%(number)s takes orders again.")

    def act(self, document: Customer, *, version: int | None, note: str) -> Customer:
        return resume_orders(document, reason=note, version=version, actor=self.user)


class MergePage(CustomerScopeMixin, ServiceFormPage):
    """`?into=` shows both files beside each other and what would move; the form confirms it (CM-12)."""

    permission = MERGES
    form_class = MergeForm
    template_name = "customers/customer_merge.html"

    @cached_property
    def target(self) -> Customer | None:
        """The file that goes on, if one is named: by its number or its full name."""
        named = (
            (self.request.POST.get("into") or self.request.GET.get("into", "")).replace("\x00", "").strip()
        )
        if not named:
            return None
        number = named.split()[0].upper()
        rows = self.customers()
        return rows.filter(number=number).first() or rows.filter(name=named).first()

    def get_initial(self) -> dict[str, Any]:
        if self.target is None:
            return {}
        return {
            "into": self.target.number,
            "version": self.customer.version,
            "target_version": self.target.version,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        named = self.request.GET.get("into", "")
        return super().get_context_data(
            proposal=self._proposal(),
            target=self.target,
            named=named,
            is_unknown=bool(named.strip()) and self.target is None,
            **kwargs,
        )

    def act(self, form: Form) -> Customer:
        if self.target is None:
            raise Http404
        given = form.cleaned_data
        return merge_customers(
            self.customer,
            target=self.target,
            reason=given["reason"],
            version=given["version"],
            target_version=given["target_version"],
            actor=self.user,
        )

    def _proposal(self) -> MergeProposal | None:
        return propose_merge(self.customer, self.target, actor=self.user) if self.target is not None else None


class ConsentPage(CustomerScopeMixin, ServiceFormPage):
    permission = "customers.maintain"
    form_class = ConsentForm
    template_name = "customers/part_form.html"
    extra_context = {"title": gettext_lazy("Note purpose and consent"), "button": gettext_lazy("Save note")}

    def get_initial(self) -> dict[str, Any]:
        return {
            "purpose": self.customer.data_purpose,
            "consented_on": self.customer.consented_on,
            "version": self.customer.version,
        }

    def act(self, form: Form) -> str:
        note_consent(self.customer, **form.cleaned_data, actor=self.user)
        return f"{self.customer.get_absolute_url()}?tab=file"


class ExportPage(ServiceFormPage):
    """Asks for what the list leaves the house, then makes it in the background (LG-01)."""

    permission = EXPORTS
    form_class = ExportForm
    template_name = "customers/customer_export.html"

    @property
    def wanted(self) -> dict[str, str]:
        given = self.request.GET
        return {name: given[name] for name in ("q", *LISTED_BY) if given.get(name)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count = customers_listed(self.wanted, self.user, permission=EXPORTS).count()
        return super().get_context_data(count=count, wanted=self.wanted, **kwargs)

    def act(self, form: Form) -> str:
        job = export_customers(wanted=self.wanted, purpose=form.cleaned_data["purpose"], actor=self.user)
        return reverse("job", args=[job.uid])
