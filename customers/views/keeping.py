"""The forms that keep the customer file: open, edit, terms, contacts, addresses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.forms import Form
from django.utils.translation import gettext_lazy

from core.errors import BusinessError
from core.pages import ServiceFormPage
from customers.forms import EditCustomerForm, NewAddressForm, NewContactForm, NewCustomerForm, TermsForm
from customers.models import Customer
from customers.services import (
    AddressDraft,
    ContactDraft,
    add_address,
    add_contact,
    create_customer,
    set_terms,
    update_customer,
)
from customers.views.base import CustomerScopeMixin


class NewCustomerPage(ServiceFormPage):
    template_name = "customers/customer_form.html"
    permission = "customers.maintain"
    form_class = NewCustomerForm
    done_message = gettext_lazy("Customer %(number)s was opened.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial(self) -> dict[str, Any]:
        return {
            "language": "zh-hans",
            "salesperson": self.user.pk if self.user.has_role("salesperson") else None,
        }

    def act(self, form: Form) -> Customer:
        given, contact, address = parted(form.cleaned_data)
        try:
            return create_customer(
                **given, contact=ContactDraft(**contact), address=AddressDraft(**address), actor=self.user
            )
        except BusinessError as error:
            raise at_form_fields(error) from error


class EditCustomerPage(CustomerScopeMixin, ServiceFormPage):
    template_name = "customers/customer_form.html"
    permission = "customers.maintain"
    form_class = EditCustomerForm
    done_message = gettext_lazy("Customer %(number)s was changed.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial(self) -> dict[str, Any]:
        names = [name for name in EditCustomerForm.base_fields if name != "note"]
        return {name: getattr(self.customer, name) for name in names}

    def act(self, form: Form) -> Customer:
        given = dict(form.cleaned_data)
        version, note = given.pop("version"), given.pop("note")
        changes = {name: value for name, value in given.items() if value != getattr(self.customer, name)}
        return update_customer(self.customer, changes=changes, version=version, note=note, actor=self.user)


class TermsPage(CustomerScopeMixin, ServiceFormPage):
    template_name = "customers/terms_form.html"
    permission = "customers.set_terms"
    form_class = TermsForm
    done_message = gettext_lazy("The payment terms of %(number)s were set.")

    def get_initial(self) -> dict[str, Any]:
        return {
            "settlement": self.customer.settlement,
            "prepaid_percent": self.customer.prepaid_percent,
            "settlement_day": self.customer.settlement_day,
            "version": self.customer.version,
        }

    def act(self, form: Form) -> Customer:
        return set_terms(self.customer, **form.cleaned_data, actor=self.user)


class NewContactPage(CustomerScopeMixin, ServiceFormPage):
    template_name = "customers/part_form.html"
    permission = "customers.maintain"
    form_class = NewContactForm
    extra_context = {"title": gettext_lazy("New contact"), "button": gettext_lazy("Add contact")}

    def act(self, form: Form) -> str:
        _rest, contact, _address = parted(form.cleaned_data)
        is_default = form.cleaned_data["is_default"]
        with_pointers(
            add_contact,
            self.customer,
            "contact",
            contact=ContactDraft(**contact),
            is_default=is_default,
            actor=self.user,
        )
        return self.customer.get_absolute_url()


class NewAddressPage(CustomerScopeMixin, ServiceFormPage):
    template_name = "customers/part_form.html"
    permission = "customers.maintain"
    form_class = NewAddressForm
    extra_context = {"title": gettext_lazy("New address"), "button": gettext_lazy("Add address")}

    def act(self, form: Form) -> str:
        _rest, _contact, address = parted(form.cleaned_data)
        is_default = form.cleaned_data["is_default"]
        with_pointers(
            add_address,
            self.customer,
            "address",
            address=AddressDraft(**address),
            is_default=is_default,
            actor=self.user,
        )
        return self.customer.get_absolute_url()


def parted(cleaned: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The customer's own entries, the contact's and the address's."""
    contact = {name.removeprefix("contact_"): v for name, v in cleaned.items() if name.startswith("contact_")}
    address = {name.removeprefix("address_"): v for name, v in cleaned.items() if name.startswith("address_")}
    own = {name: v for name, v in cleaned.items() if not name.startswith(("contact_", "address_"))}
    return own, contact, address


def at_form_fields(error: BusinessError) -> BusinessError:
    """`#/contact/phone` stands in the form as contact_phone."""
    error.problems = tuple(
        replace(problem, pointer="#/" + problem.pointer.removeprefix("#/").replace("/", "_"))
        for problem in error.problems
    )
    return error


def with_pointers(service: Any, customer: Customer, part: str, **given: Any) -> None:
    try:
        service(customer, **given)
    except BusinessError as error:
        error.problems = tuple(
            replace(problem, pointer=f"#/{part}_{problem.pointer.removeprefix('#/')}")
            for problem in error.problems
        )
        raise
