"""Forms of the customer file. What is allowed is decided by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.widgets import DateInput
from customers.currencies import CURRENCIES
from customers.models import Customer
from customers.queries import people_who_sell, regions_open_to


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.display_name


class CustomerForm(forms.Form):
    """Master data that sales keeps (CM-02)."""

    name = forms.CharField(label=_("Full name"), max_length=120)
    short_name = forms.CharField(label=_("Short name"), max_length=40, required=False)
    uscc = forms.CharField(label=_("Unified social credit code"), max_length=18, required=False)
    industry = forms.CharField(label=_("Industry"), max_length=60)
    kind = forms.ChoiceField(label=_("Customer type"), choices=Customer.Kind.choices)
    region: forms.ModelChoiceField = forms.ModelChoiceField(label=_("Region desk"), queryset=None)
    salesperson = PersonField(label=_("Responsible salesperson"), queryset=None)
    source = forms.CharField(label=_("Source"), max_length=60, required=False)
    invoice_title = forms.CharField(label=_("Invoice title"), max_length=120, required=False)
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[(code, code) for code in CURRENCIES],
        initial=CURRENCIES[0],
        help_text=_("Stands from the first order on."),
    )
    language = forms.ChoiceField(label=_("Language of documents"), choices=settings.LANGUAGES)
    core_needs = forms.CharField(
        label=_("Core needs"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What this customer cares about. No private data."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions_open_to(user)  # type: ignore[attr-defined]
        self.fields["salesperson"].queryset = people_who_sell()  # type: ignore[attr-defined]


class ContactForm(forms.Form):
    contact_name = forms.CharField(label=_("Contact"), max_length=40)
    contact_title = forms.CharField(label=_("Position"), max_length=40)
    contact_phone = forms.CharField(
        label=_("Business phone"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    contact_email = forms.EmailField(label=_("Business e-mail"), required=False)


class AddressForm(forms.Form):
    address_province = forms.CharField(label=_("Province"), max_length=30)
    address_city = forms.CharField(label=_("City"), max_length=30)
    address_district = forms.CharField(label=_("District"), max_length=30, required=False)
    address_detail = forms.CharField(label=_("Street and number"), max_length=160)


class PasteMixin(forms.Form):
    """A line from a chat or a slip; one press fills the fields with what is found in it."""

    pasted = forms.CharField(
        label=_("Name, phone and address in one"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("As it came in a chat or on a slip; the fields below are filled with what is found."),
    )


class DefaultMixin(forms.Form):
    is_default = forms.BooleanField(label=_("Use for new orders"), required=False, initial=True)


class NewContactForm(PasteMixin, DefaultMixin, ContactForm):
    field_order = ("contact_name", "contact_title", "contact_phone", "contact_email", "is_default")


class NewAddressForm(PasteMixin, DefaultMixin, AddressForm):
    field_order = ("address_province", "address_city", "address_district", "address_detail", "is_default")


class EditContactForm(NewContactForm):
    """Corrects one contact."""


class EditAddressForm(NewAddressForm):
    """Corrects one address."""


class ErasureForm(forms.Form):
    """Why an entry about a person or a place is erased (LG-01)."""

    reason = forms.CharField(label=_("Reason for erasing"), max_length=200)


class ConsentForm(forms.Form):
    """For what the contact data are kept, and since when with consent (LG-01)."""

    purpose = forms.CharField(
        label=_("Purpose of keeping contact data"),
        max_length=120,
        help_text=_("Such as: orders, deliveries and invoices of this company."),
    )
    consented_on = forms.DateField(label=_("Consent given on"), required=False, widget=DateInput())
    version = forms.IntegerField(widget=forms.HiddenInput)


class ExportForm(forms.Form):
    """For what the customer list leaves the house (LG-01)."""

    purpose = forms.CharField(
        label=_("Purpose of the export"),
        max_length=200,
        help_text=_("Kept with your name, the day and the number of customers."),
    )


class MergeForm(forms.Form):
    """Confirms a merging as it was shown (CM-12)."""

    into = forms.CharField(widget=forms.HiddenInput, max_length=12)
    version = forms.IntegerField(widget=forms.HiddenInput)
    target_version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why these two files are one company"), max_length=200)


class NewCustomerForm(PasteMixin, AddressForm, ContactForm, CustomerForm):
    """Everything that is mandatory when a file is opened (CM-02)."""


class VersionMixin(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)


class EditCustomerForm(VersionMixin, CustomerForm):
    note = forms.CharField(label=_("Why it changes"), max_length=200, required=False)


class TermsForm(VersionMixin):
    """How a customer pays; finance only (CM-10)."""

    settlement = forms.ChoiceField(label=_("Settlement"), choices=Customer.Settlement.choices)
    prepaid_percent = forms.DecimalField(
        label=_("Prepaid share in percent"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text=_("For instalments only, such as 30."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    settlement_day = forms.IntegerField(
        label=_("Settlement day"),
        required=False,
        min_value=1,
        max_value=31,
        help_text=_("For monthly settlement only; may stay empty."),
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[(code, code) for code in CURRENCIES],
        help_text=_("Stands from the first order on."),
    )
    note = forms.CharField(label=_("Reason"), max_length=200)
