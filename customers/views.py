"""Pages of the customer file: the list, one customer, and the forms that keep it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, JsonResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.components import Change, Facet, FacetValue, Moment
from core.errors import BusinessError
from core.keyset import KeysetPage, keyset_page
from core.models import Event
from core.pages import ServiceFormPage, StaffPage, visible_or_404
from core.panels import panels_of
from customers.forms import EditCustomerForm, NewAddressForm, NewContactForm, NewCustomerForm, TermsForm
from customers.models import Customer, Region
from customers.queries import customers_found
from customers.services import (
    AddressDraft,
    ContactDraft,
    add_address,
    add_contact,
    create_customer,
    set_terms,
    update_customer,
)
from customers.uscc import is_valid_uscc

EVENTS_SHOWN = 20
OPTIONS_SHOWN = 20
SORTS = ("number", "name")


class CustomersPage(StaffPage, TemplateView):
    """The customers in scope, by number or name, narrowed by facets and text. At most 6 statements."""

    template_name = "customers/customer_list.html"
    permission = "customers.view"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = self.request.GET
        facets = self._facets()
        return super().get_context_data(
            page=self._page(),
            q=given.get("q", ""),
            kept=[
                (name, given[name]) for name in ("region", "grade", "settlement", "sort") if given.get(name)
            ],
            facets=facets,
            is_narrowed=bool(given.get("q")) or any(facet.chosen for facet in facets),
            may_open=self.user.may("customers.maintain"),
            **kwargs,
        )

    def _page(self) -> KeysetPage:
        given = self.request.GET
        rows = customers_found(given.get("q", ""), self.user).select_related("region", "salesperson")
        for name, lookup in (("region", "region__code"), ("grade", "grade"), ("settlement", "settlement")):
            if value := given.get(name, "").replace("\x00", ""):
                rows = rows.filter(**{lookup: value})
        sort = given.get("sort", "")
        key = sort.removeprefix("-") if sort.removeprefix("-") in SORTS else "number"
        return keyset_page(rows, given.get("cursor", ""), key=key, is_descending=sort.startswith("-"))

    def _facets(self) -> list[Facet]:
        regions = [(region.code, str(region)) for region in Region.objects.all()]
        return [
            self._facet("region", _("Region"), regions),
            self._facet("grade", _("Grade"), Customer.Grade.choices),
            self._facet("settlement", _("Settlement"), Customer.Settlement.choices),
        ]

    def _facet(self, name: str, label: str, choices: Any) -> Facet:
        values = []
        for value, text in choices:
            query = self.request.GET.copy()
            query.pop("cursor", None)
            is_on = query.get(name) == value
            if is_on:
                del query[name]
            else:
                query[name] = value
            values.append(FacetValue(text, f"?{query.urlencode()}", is_on=is_on))
        return Facet(label, values)


class CustomerOptions(StaffPage):
    """`?q=` → the customers for a search box, by number, name or pinyin. One query beside the sign-in."""

    permission = "customers.view"

    def get(self, request: HttpRequest) -> JsonResponse:
        found = (
            customers_found(request.GET.get("q", ""), self.user).select_related("region").order_by("number")
        )
        options = [
            {
                "value": customer.number,
                "text": f"{customer.number} {customer}",
                "note": str(customer.region or ""),
            }
            for customer in found[:OPTIONS_SHOWN]
        ]
        return JsonResponse(options, safe=False)


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


class CustomerPage(CustomerScopeMixin, TemplateView):
    """One customer: master data, and what later stages show of it in their panels."""

    template_name = "customers/customer_detail.html"
    permission = "customers.view"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        customer = self.customer
        return super().get_context_data(
            uscc_is_valid=is_valid_uscc(customer.uscc),
            contacts=customer.contacts.order_by("pk"),
            addresses=customer.addresses.order_by("pk"),
            events=self._events(customer),
            panels=panels_of(self.request, customer),  # type: ignore[arg-type]
            may_maintain=self.user.may("customers.maintain"),
            may_set_terms=self.user.may("customers.set_terms"),
            may_order=self.user.may("orders.enter"),
            **kwargs,
        )

    def _events(self, customer: Customer) -> list[Moment]:
        events = (
            customer.events()
            .filter(outcome=Event.Outcome.DONE)
            .select_related("actor")
            .order_by("-id")[:EVENTS_SHOWN]
        )
        return [moment_of(event) for event in events]


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


def moment_of(event: Event) -> Moment:
    """An event of the customer file in the reader's language."""
    changes = [
        Change(
            capfirst(getattr(Customer._meta.get_field(name), "verbose_name", name)),
            *(_worded(name, value) for value in values),
        )
        for name, values in event.data.get("changed", {}).items()
    ]
    label = _(event.label)
    return Moment(
        event.at, label, event.actor or _("System"), event.note, channel=event.channel, changes=changes
    )


def _worded(name: str, value: str) -> str:
    choices = dict(Customer._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    return str(choices.get(value, value))


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
