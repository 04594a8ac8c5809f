"""Care plans: which are to be written, and writing one (CM-08)."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.components import Tab
from core.pages import ServiceFormPage, StaffPage, visible_or_404
from customers.forms_work import CarePlanForm
from customers.models import CarePlan
from customers.services import write_care_plan

MOST_SHOWN = 200
KEEPS = "customers.maintain"


class CarePlansPage(StaffPage, TemplateView):
    """Plans in scope, those to be written first by their day. 6 statements."""

    template_name = "customers/care_list.html"
    permission = "customers.view"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = CarePlan.objects.visible_to(self.user)
        labels = {
            CarePlan.Status.OPEN: _("To be written"),
            CarePlan.Status.RUNNING: _("Running"),
            CarePlan.Status.ENDED: _("Ended"),
        }
        show = self.request.GET.get("show", "open")
        show = show if show in labels else "open"
        plans = own.filter(status=show).select_related("customer", "owner").order_by("due_on", "id")
        return super().get_context_data(
            plans=plans[:MOST_SHOWN],
            tabs=[
                Tab(
                    label,
                    f"?show={value}",
                    own.filter(status=value).count() if value == CarePlan.Status.OPEN else None,
                    value == show,
                )
                for value, label in labels.items()
            ],
            show=show,
            may_write=self.user.may(KEEPS),
            **kwargs,
        )


class WriteCarePlanPage(ServiceFormPage):
    template_name = "customers/care_form.html"
    permission = KEEPS
    form_class = CarePlanForm
    done_message = gettext_lazy("The care plan of %(number)s is in force.")

    @cached_property
    def plan(self) -> CarePlan:
        own = CarePlan.objects.visible_to(self.user).select_related("customer", "owner")
        found: CarePlan = visible_or_404(own, pk=self.kwargs["pk"])
        return found

    def get_initial(self) -> dict[str, Any]:
        names = ("visit_every_days", "has_priority_supply", "measures", "version")
        return {name: getattr(self.plan, name) for name in names}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(plan=self.plan, customer=self.plan.customer, **kwargs)

    def act(self, form: Form) -> CarePlan:
        return write_care_plan(self.plan, **form.cleaned_data, actor=self.user)

    def get_success_url(self) -> str:
        return f"{self.plan.customer.get_absolute_url()}?tab=grades"
