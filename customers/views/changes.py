"""Reported changes: the list with its clock, a new report, putting it into the file (CM-04)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.forms import Form
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.clock import month_of, today
from core.components import Action, Tab
from core.keyset import keyset_page
from core.pages import ServiceFormPage, StaffPage, TransitionPage, visible_or_404
from customers.forms_work import ApplyChangeForm, ChangeReportForm
from customers.models import ChangeReport
from customers.queries_changes import change_rates
from customers.services import apply_change, report_change, withdraw_change
from customers.views.base import CustomerScopeMixin

KEEPS = "customers.maintain"


class ChangeReportsPage(StaffPage, TemplateView):
    """Reported changes in scope, those that are overdue first of all, and the month's rate. 8 statements."""

    template_name = "customers/change_list.html"
    permission = "customers.view"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = self.request.GET
        own = ChangeReport.objects.visible_to(self.user)
        overdue = Q(due_on__lt=today())
        waits = own.open().aggregate(open=Count("pk"), overdue=Count("pk", filter=overdue))
        kinds = {
            "open": (_("To be applied"), own.open(), waits["open"]),
            "overdue": (_("Overdue"), own.overdue(), waits["overdue"]),
            "all": (_("All"), own, None),
        }
        show = given.get("show", "open")
        show = show if show in kinds else "open"
        rows = kinds[show][1].select_related("customer__salesperson", "created_by", "closed_by")
        month = _month(given.get("month", ""))
        return super().get_context_data(
            page=keyset_page(rows, given.get("cursor", ""), key="number", is_descending=True),
            tabs=[
                Tab(label, f"?show={slug}", count, slug == show)
                for slug, (label, _rows, count) in kinds.items()
            ],
            show=show,
            month=month,
            rates=change_rates(self.user, month),
            may_keep=self.user.may(KEEPS),
            **kwargs,
        )


class NewChangePage(CustomerScopeMixin, ServiceFormPage):
    template_name = "customers/change_form.html"
    permission = KEEPS
    form_class = ChangeReportForm
    done_message = gettext_lazy("%(number)s was noted; the customer file has to follow in time.")

    def get_initial(self) -> dict[str, Any]:
        return {"reported_on": today()}

    def act(self, form: Form) -> ChangeReport:
        return report_change(self.customer, **form.cleaned_data, actor=self.user)

    def get_success_url(self) -> str:
        return f"{self.customer.get_absolute_url()}?tab=changes"


class ReportMixin(StaffPage):
    """The report of the address, if the person may see its customer."""

    permission = KEEPS

    @cached_property
    def report(self) -> ChangeReport:
        return visible_or_404(self.documents(), number=self.kwargs["number"])

    def documents(self) -> QuerySet[ChangeReport]:
        return ChangeReport.objects.visible_to(self.user).select_related("customer", "created_by")


class ApplyChangePage(ReportMixin, ServiceFormPage):
    template_name = "customers/change_apply.html"
    form_class = ApplyChangeForm
    done_message = gettext_lazy("%(number)s is in the customer file now.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial(self) -> dict[str, Any]:
        own = [name for name in ApplyChangeForm.base_fields if name not in ("note", "version")]
        customer = self.report.customer
        return {name: getattr(customer, name) for name in own} | {"version": self.report.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = self.report
        withdraw = Action(
            _("Withdraw report"),
            reverse("customer_change_withdraw", args=[report.number]),
            icon="circle-x",
            is_danger=True,
            fields={"version": report.version, "next": reverse("customer_changes")},
            wants_reason=True,
        )
        return super().get_context_data(report=report, customer=report.customer, withdraw=withdraw, **kwargs)

    def act(self, form: Any) -> ChangeReport:
        given = dict(form.cleaned_data)
        version, note = given.pop("version"), given.pop("note")
        customer = self.report.customer
        changes = {name: value for name, value in given.items() if value != getattr(customer, name)}
        return apply_change(self.report, changes=changes, note=note, version=version, actor=self.user)

    def get_success_url(self) -> str:
        return reverse("customer_changes")


class WithdrawChangePage(ReportMixin, TransitionPage):
    done_message = gettext_lazy("%(number)s was withdrawn.")

    def act(self, document: ChangeReport, *, version: int | None, note: str) -> ChangeReport:
        return withdraw_change(document, reason=note, version=version, actor=self.user)


def _month(text: str) -> date:
    try:
        return month_of(date.fromisoformat(f"{text}-01"))
    except ValueError:
        return month_of(today())
