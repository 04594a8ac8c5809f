"""What all pages of one customer share."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property

from core.pages import StaffPage, visible_or_404
from customers.models import Customer


class CustomerScopeMixin(StaffPage):
    """The customer of the address, if the person may see it."""

    @cached_property
    def customer(self) -> Customer:
        return visible_or_404(self.customers(), number=self.kwargs["number"])

    def customers(self) -> QuerySet[Customer]:
        return Customer.objects.visible_to(self.user).with_defaults()

    def get_success_url(self) -> str:
        return self.customer.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(customer=self.customer, **kwargs)  # type: ignore[misc]
