"""The page of one customer: a header, and the tabs that every stage adds (core.tabs)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from core.panels import next_actions, panels_of
from core.tabs import tabs_of
from core.views_comments import CommentPage
from customers.models import Customer
from customers.phones import phone_for
from customers.uscc import checked_code
from customers.views.base import CustomerScopeMixin


class CustomerPage(CustomerScopeMixin, TemplateView):
    """Everything about one customer: at most 16 statements, whatever is on file; one tab is worked out.

    A merged file leads to the one that goes on; `?old=1` shows what was in it (CM-12).
    """

    template_name = "customers/customer_detail.html"
    permission = "customers.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        customer = self.customer
        survivor = customer.merged_into
        if survivor is not None and not request.GET.get("old"):
            messages.info(
                request,
                _("%(old)s was merged into this file, %(number)s.")
                % {"old": customer.number, "number": survivor.number},
            )
            return HttpResponseRedirect(survivor.get_absolute_url())
        return super().get(request, *args, **kwargs)

    def customers(self) -> Any:
        return super().customers().select_related("merged_into")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        customer: Any = self.customer
        page = tabs_of(self.request, customer, self.request.GET.get("tab", ""))
        actions = next_actions(customer, self.user)
        contact = customer.default_contact
        return super().get_context_data(
            phone=phone_for(self.user, contact.phone) if contact is not None else "",
            code=checked_code(customer.uscc),
            former_numbers=list(
                Customer.objects.filter(merged_into=customer).values_list("number", flat=True)
            ),
            tab=page,
            panels=panels_of(self.request, customer),
            actions=actions,
            **kwargs,
        )


class CustomerCommentPage(CommentPage):
    view_permission = "customers.view"

    def documents(self) -> Any:
        return Customer.objects.visible_to(self.user)

    def back_to(self, document: Customer) -> str:
        return f"{document.get_absolute_url()}?tab=timeline"
