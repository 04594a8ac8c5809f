"""Who works on which desk, and dated cover given by the sales manager (RG-01, RG-02)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import today
from core.errors import BusinessError
from core.pages import ServiceFormPage, StaffPage, say_error, visible_or_404
from customers.forms_work import DelegationForm
from customers.models import DeskAssignment
from customers.queries_desks import desks
from customers.services import delegate_desk, end_assignment

DELEGATES = "customers.delegate"


class DesksPage(ServiceFormPage):
    """Every desk with its people; the manager of a region delegates below the list. 7 statements."""

    template_name = "customers/desks.html"
    permission = "customers.view"
    write_permission = DELEGATES
    form_class = DelegationForm
    done_message = gettext_lazy("The cover was given.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.user}

    def get_initial(self) -> dict[str, Any]:
        return {"starts_on": today(), "ends_on": today()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            desks=desks(), may_delegate=self.user.may(DELEGATES), today=today(), **kwargs
        )

    def act(self, form: Form) -> str:
        delegate_desk(**form.cleaned_data, actor=self.user)
        return reverse("desks")


class EndDelegationPage(StaffPage):
    """POST: the cover ends; whoever gave it ends it."""

    permission = DELEGATES
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        given = DeskAssignment.objects.filter(delegated_by=self.user, ends_on__gte=today())
        assignment: DeskAssignment = visible_or_404(given, pk=pk)
        try:
            end_assignment(assignment, actor=self.user)
            messages.success(request, _("The cover has ended."))
        except BusinessError as error:
            say_error(request, error)
        return HttpResponseRedirect(reverse("desks"))
