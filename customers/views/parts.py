"""Contacts and delivery addresses on pages: add, correct, erase, use for new orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.forms import Form
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from core.errors import BusinessError
from core.pages import ServiceFormPage, TransitionPage, visible_or_404
from customers.forms import (
    EditAddressForm,
    EditContactForm,
    ErasureForm,
    NewAddressForm,
    NewContactForm,
)
from customers.models import Address, Contact
from customers.phones import phone_for
from customers.services import (
    AddressDraft,
    ContactDraft,
    add_address,
    add_contact,
    edit_address,
    edit_contact,
    remove_address,
    remove_contact,
    set_default_address,
    set_default_contact,
)
from customers.views.base import CustomerScopeMixin
from customers.views.keeping import PasteMixin, parted

CONTACT_NAMES = ("name", "title", "phone", "email")
ADDRESS_NAMES = ("province", "city", "district", "detail")


class PartMixin(CustomerScopeMixin):
    """Back to the tab on which contacts and addresses stand."""

    permission = "customers.maintain"
    template_name: str | None = "customers/part_form.html"

    @property
    def tab(self) -> str:
        return f"{self.customer.get_absolute_url()}?tab=contacts"

    @cached_property
    def contact(self) -> Contact:
        found: Contact = visible_or_404(self.customer.contacts.all(), pk=self.kwargs["pk"])
        found.customer = self.customer
        return found

    @cached_property
    def address(self) -> Address:
        found: Address = visible_or_404(self.customer.addresses.all(), pk=self.kwargs["pk"])
        found.customer = self.customer
        return found


class NewContactPage(PartMixin, PasteMixin):
    form_class = NewContactForm
    extra_context = {"title": gettext_lazy("New contact"), "button": gettext_lazy("Add contact")}

    def act(self, form: Form) -> str:
        _rest, contact, _address = parted(form.cleaned_data)
        at_fields(
            "contact",
            lambda: add_contact(
                self.customer,
                contact=ContactDraft(**contact),
                is_default=form.cleaned_data["is_default"],
                actor=self.user,
            ),
        )
        return self.tab


class NewAddressPage(PartMixin, PasteMixin):
    form_class = NewAddressForm
    extra_context = {"title": gettext_lazy("New address"), "button": gettext_lazy("Add address")}

    def act(self, form: Form) -> str:
        _rest, _contact, address = parted(form.cleaned_data)
        at_fields(
            "address",
            lambda: add_address(
                self.customer,
                address=AddressDraft(**address),
                is_default=form.cleaned_data["is_default"],
                actor=self.user,
            ),
        )
        return self.tab


class EditContactPage(PartMixin, PasteMixin):
    form_class = EditContactForm
    extra_context = {"title": gettext_lazy("Correct contact"), "button": gettext_lazy("Save contact")}

    def get_initial(self) -> dict[str, Any]:
        contact = self.contact
        given = {f"contact_{name}": getattr(contact, name) for name in CONTACT_NAMES}
        phone = {"contact_phone": phone_for(self.user, contact.phone)}
        return {**given, **phone, "is_default": contact.pk == self.customer.default_contact_id}

    def act(self, form: Form) -> str:
        _rest, contact, _address = parted(form.cleaned_data)
        draft = ContactDraft(**contact)
        if draft.phone == phone_for(self.user, self.contact.phone):
            draft = replace(draft, phone=self.contact.phone)
        is_default = form.cleaned_data["is_default"]
        at_fields(
            "contact",
            lambda: edit_contact(self.contact, draft=draft, is_default=is_default, actor=self.user),
        )
        return self.tab


class EditAddressPage(PartMixin, PasteMixin):
    form_class = EditAddressForm
    extra_context = {"title": gettext_lazy("Correct address"), "button": gettext_lazy("Save address")}

    def get_initial(self) -> dict[str, Any]:
        address = self.address
        given = {f"address_{name}": getattr(address, name) for name in ADDRESS_NAMES}
        return {**given, "is_default": address.pk == self.customer.default_address_id}

    def act(self, form: Form) -> str:
        _rest, _contact, address = parted(form.cleaned_data)
        is_default = form.cleaned_data["is_default"]
        at_fields(
            "address",
            lambda: edit_address(
                self.address, draft=AddressDraft(**address), is_default=is_default, actor=self.user
            ),
        )
        return self.tab


class RemoveContactPage(PartMixin, ServiceFormPage):
    form_class = ErasureForm
    extra_context = {
        "title": gettext_lazy("Erase contact"),
        "button": gettext_lazy("Erase contact"),
        "is_danger": True,
        "advice": gettext_lazy(
            "Name, phone and e-mail are erased for good; orders already placed keep what they copied."
        ),
    }
    done_message = gettext_lazy("The contact was erased.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(what=self.contact, **kwargs)

    def act(self, form: Form) -> str:
        remove_contact(self.contact, reason=form.cleaned_data["reason"], actor=self.user)
        return self.tab


class RemoveAddressPage(PartMixin, ServiceFormPage):
    form_class = ErasureForm
    extra_context = {
        "title": gettext_lazy("Erase address"),
        "button": gettext_lazy("Erase address"),
        "is_danger": True,
        "advice": gettext_lazy("Orders already placed keep the address they copied."),
    }
    done_message = gettext_lazy("The address was erased.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(what=self.address, **kwargs)

    def act(self, form: Form) -> str:
        remove_address(self.address, reason=form.cleaned_data["reason"], actor=self.user)
        return self.tab


class DefaultContactPage(PartMixin, TransitionPage):
    done_message = gettext_lazy("New orders name this contact.")

    def documents(self) -> Any:
        return self.customers()

    def act(self, document: Any, *, version: int | None, note: str) -> Any:
        return set_default_contact(self.contact, actor=self.user)


class DefaultAddressPage(PartMixin, TransitionPage):
    done_message = gettext_lazy("New orders go to this address.")

    def documents(self) -> Any:
        return self.customers()

    def act(self, document: Any, *, version: int | None, note: str) -> Any:
        return set_default_address(self.address, actor=self.user)


def at_fields(part: str, service: Callable[[], Any]) -> Any:
    """`#/phone` stands in the form as contact_phone."""
    try:
        return service()
    except BusinessError as error:
        error.problems = tuple(
            replace(problem, pointer=f"#/{part}_{problem.pointer.removeprefix('#/')}")
            for problem in error.problems
        )
        raise
