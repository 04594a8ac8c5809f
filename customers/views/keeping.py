"""The forms that keep the customer file: open, edit, terms; and what they share with contacts and addresses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext_lazy

from core.errors import BusinessError
from core.money import BASE_CURRENCY
from core.pages import ServiceFormPage
from customers.address_text import address_from_text
from customers.forms import EditCustomerForm, NewCustomerForm, TermsForm
from customers.models import Customer
from customers.services import (
    AddressDraft,
    ContactDraft,
    create_customer,
    set_terms,
    update_customer,
)
from customers.views.base import CustomerScopeMixin


class PasteMixin(ServiceFormPage):
    """The button "Fill in" takes the pasted text apart and shows the form again; nothing is saved by it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "fill" not in request.POST:
            return super().post(request, *args, **kwargs)
        self._filled = filled_from(request.POST)
        return self.render_to_response(self.get_context_data())

    def get_form(self, form_class: Any = None) -> Any:
        filled = getattr(self, "_filled", None)
        if filled is None:
            return super().get_form(form_class)
        given = {**super().get_form_kwargs(), **self.get_form_kwargs(), "initial": filled}
        return (form_class or self.get_form_class())(
            **{name: value for name, value in given.items() if name not in ("data", "files")}
        )


class NewCustomerPage(PasteMixin):
    template_name = "customers/customer_form.html"
    permission = "customers.maintain"
    form_class = NewCustomerForm
    done_message = gettext_lazy("Customer %(number)s was opened.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial(self) -> dict[str, Any]:
        return {
            "language": "zh-hans",
            "currency": BASE_CURRENCY,
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
            "currency": self.customer.currency,
            "version": self.customer.version,
        }

    def act(self, form: Form) -> Customer:
        return set_terms(self.customer, **form.cleaned_data, actor=self.user)


def filled_from(posted: QueryDict) -> dict[str, Any]:
    """What the form holds after a paste: what was typed, and over it what the text gave."""
    found = address_from_text(posted.get("pasted", "").replace("\x00", "")[:600])
    given = {name: posted.get(name) for name in posted if name not in ("csrfmiddlewaretoken", "fill")}
    parts = {
        "contact_name": found.contact,
        "contact_phone": found.phone,
        "address_province": found.province,
        "address_city": found.city,
        "address_district": found.district,
        "address_detail": found.detail,
    }
    return {**given, **{name: value for name, value in parts.items() if value}, "pasted": found.rest}


def parted(cleaned: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The customer's own entries, the contact's and the address's."""
    contact = {name.removeprefix("contact_"): v for name, v in cleaned.items() if name.startswith("contact_")}
    address = {name.removeprefix("address_"): v for name, v in cleaned.items() if name.startswith("address_")}
    own = {
        name: value
        for name, value in cleaned.items()
        if not name.startswith(("contact_", "address_")) and name != "pasted"
    }
    return own, contact, address


def at_form_fields(error: BusinessError) -> BusinessError:
    """`#/contact/phone` stands in the form as contact_phone."""
    error.problems = tuple(
        replace(problem, pointer="#/" + problem.pointer.removeprefix("#/").replace("/", "_"))
        for problem in error.problems
    )
    return error
