"""The enquiry as it is typed: a header, and rows that work as plain HTML."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import today
from core.errors import BusinessError
from core.models import User
from core.widgets import DateInput, QuantityInput
from customers.models import Customer, Region
from customers.queries import regions_open_to
from orders.enquiries.drafts import MOST_LINES, EnquiryDraft, EnquiryLineDraft
from orders.enquiries.queries import people_who_handle
from orders.forms import CustomerChoice
from orders.models import Enquiry, EnquiryLine

EMPTY_ROWS = 5
SPARE_ROWS = 2
LINE_POINTER = re.compile(r"#/lines/(\d+)(?:/(\w+))?")
HANDLE = "orders.handle_enquiries"
PAPER_HINT = gettext_lazy("PDF, JPEG or PNG, at most 10 MB.")


class RegionChoice(forms.ModelChoiceField):
    def label_from_instance(self, region: Region) -> str:
        return str(region)


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, person: User) -> str:
        return person.display_name


class EnquiryHeaderForm(forms.Form):
    """Who asks, by what way, until when. A customer on file, or a prospect by name and desk."""

    use_required_attribute = False

    customer = CustomerChoice(required=False)
    prospect_name = forms.CharField(
        label=gettext_lazy("Prospect"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Only for somebody without a customer file."),
    )
    region = RegionChoice(
        label=gettext_lazy("Region desk"),
        queryset=Region.objects.none(),
        to_field_name="code",
        required=False,
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), choices=Enquiry.Channel.choices, initial=Enquiry.Channel.PHONE
    )
    wanted_on = forms.DateField(label=gettext_lazy("Wanted by"), widget=DateInput, required=False)
    contact_name = forms.CharField(
        label=gettext_lazy("Contact"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Left empty, the contact comes from the customer file."),
    )
    contact_phone = forms.CharField(label=gettext_lazy("Business phone"), max_length=30, required=False)
    contact_email = forms.EmailField(label=gettext_lazy("Business e-mail"), required=False, max_length=254)
    owner = PersonChoice(
        label=gettext_lazy("Owner"),
        queryset=User.objects.none(),
        to_field_name="username",
        required=False,
        empty_label=gettext_lazy("The customer's salesperson, or me"),
    )
    received_at = forms.DateTimeField(
        label=gettext_lazy("Came in at"),
        required=False,
        help_text=gettext_lazy("Left empty: now. The response clock starts here."),
        widget=forms.DateTimeInput({"placeholder": "YYYY-MM-DD HH:MM"}, format="%Y-%m-%d %H:%M"),
    )
    special_needs = forms.CharField(
        label=gettext_lazy("Special needs"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, enquiry: Enquiry | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.enquiry = enquiry
        regions = regions_open_to(user)
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]
        if enquiry is not None:
            del self.fields["customer"], self.fields["owner"], self.fields["received_at"]
            if enquiry.customer_id is not None:
                del self.fields["prospect_name"], self.fields["region"]
            return
        self.fields["owner"].queryset = people_who_handle()  # type: ignore[attr-defined]
        chosen = self["customer"].value()
        scope = Customer.objects.visible_to(user).with_defaults()
        self.fields["customer"].queryset = (  # type: ignore[attr-defined]
            scope.filter(number=str(chosen)[:12]) if chosen else scope.active().order_by("number")[:200]
        )


class EnquiryLineForm(forms.Form):
    """One row; a row in which nothing is typed is no line."""

    sku = forms.CharField(max_length=40, required=False)
    description = forms.CharField(max_length=160, required=False)
    spec = forms.CharField(max_length=160, required=False)
    quantity = forms.DecimalField(widget=QuantityInput, required=False, max_digits=16, decimal_places=6)
    unit = forms.CharField(max_length=12, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "sku": _("Code"),
            "description": _("Product asked for"),
            "spec": _("Specification"),
            "quantity": _("Quantity"),
            "unit": _("Unit"),
        }
        for name, label in labels.items():
            field = self.fields[name]
            field.label = label
            field.widget.attrs["class"] = "input input-qty" if name == "quantity" else "input"
            field.widget.attrs |= {"aria-label": label, f"data-{name}": "", "autocomplete": "off"}

    def is_empty(self) -> bool:
        return not any(str(self[name].value() or "").strip() for name in self.fields)

    def draft(self) -> EnquiryLineDraft:
        return EnquiryLineDraft(**self.cleaned_data)


LineFormSet = forms.formset_factory(
    EnquiryLineForm, extra=0, max_num=MOST_LINES, absolute_max=MOST_LINES, validate_max=True
)


class EnquiryEntry:
    """Header and rows together, and the draft they make."""

    def __init__(
        self, user: User, *, data: Any = None, enquiry: Enquiry | None = None, initial: Any = None
    ) -> None:
        self.enquiry = enquiry
        self.header = EnquiryHeaderForm(
            data, user=user, enquiry=enquiry, initial=initial if enquiry is None else header_of(enquiry)
        )
        rows = [row_of(line) for line in enquiry.lines.all()] if enquiry is not None else []
        spare = EMPTY_ROWS if enquiry is None else SPARE_ROWS
        self.lines = LineFormSet(data, prefix="line", initial=[*rows, *({} for _n in range(spare))])
        self.filled: list[EnquiryLineForm] = []

    def is_readable(self) -> bool:
        """Whether every field holds a value of its kind; what the rules say comes from the service."""
        is_header_right = self.header.is_valid()
        self.lines.is_valid()
        self.filled = [form for form in self.lines.forms if not form.is_empty()]
        return is_header_right and not any(form.errors for form in self.filled)

    def draft(self) -> EnquiryDraft:
        data, kept = self.header.cleaned_data, self.enquiry
        received_at: datetime | None = data.get("received_at")
        return EnquiryDraft(
            channel=data["channel"],
            lines=tuple(form.draft() for form in self.filled),
            customer=kept.customer if kept is not None else data["customer"],
            prospect_name=data.get("prospect_name", ""),
            contact_name=data["contact_name"],
            contact_phone=data["contact_phone"],
            contact_email=data["contact_email"],
            region=data.get("region"),
            owner=data.get("owner"),
            received_at=received_at,
            wanted_on=data["wanted_on"],
            special_needs=data["special_needs"],
        )

    def put_error(self, error: BusinessError) -> None:
        """Show each problem at its cell, the rest above the form."""
        if not error.problems:
            self.header.add_error(None, str(error))
        for problem in error.problems:
            found = LINE_POINTER.fullmatch(problem.pointer)
            name = problem.pointer.removeprefix("#/")
            if found and int(found[1]) < len(self.filled):
                form = self.filled[int(found[1])]
                form.add_error(found[2] if found[2] in form.fields else None, problem.detail)
            else:
                self.header.add_error(name if name in self.header.fields else None, problem.detail)

    def line_errors(self) -> list[tuple[str, str, str]]:
        """(id of the cell, its words, the error) for the summary on top."""
        return [
            (
                form[name].id_for_label if name in form.fields else "",
                _("Line %(line)s") % {"line": number},
                str(text),
            )
            for number, form in enumerate(self.lines.forms, start=1)
            if form in self.filled
            for name, texts in form.errors.items()
            for text in texts
        ]


def header_of(enquiry: Enquiry) -> dict[str, Any]:
    names = (
        "prospect_name", "channel", "wanted_on", "contact_name", "contact_phone", "contact_email",
        "special_needs", "version",
    )  # fmt: skip
    region = enquiry.region.code if enquiry.region is not None else ""
    return {**{name: getattr(enquiry, name) for name in names}, "region": region}


def row_of(line: EnquiryLine) -> dict[str, Any]:
    return {
        "sku": line.product.sku if line.product is not None else "",
        "description": line.description,
        "spec": line.spec,
        "quantity": line.quantity,
        "unit": line.unit,
    }


class _VersionedForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class DemandForm(_VersionedForm):
    """The customer confirmed the demand note (EN-02)."""

    confirmed_by = forms.CharField(label=gettext_lazy("Confirmed by"), max_length=60)
    confirmed_on = forms.DateField(label=gettext_lazy("Confirmed on"), widget=DateInput, initial=today)
    file = forms.FileField(label=gettext_lazy("Written confirmation"), required=False, help_text=PAPER_HINT)


class ClosingForm(_VersionedForm):
    """Why it ends."""

    lost_reason = forms.ChoiceField(
        label=gettext_lazy("Lost because"), choices=[("", "—"), *Enquiry.LostReason.choices], required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=2000, required=False, widget=forms.Textarea({"rows": 3})
    )


class ReassignForm(_VersionedForm):
    """Who goes on with it."""

    owner = PersonChoice(
        label=gettext_lazy("New owner"), queryset=User.objects.none(), to_field_name="username"
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_who_handle()  # type: ignore[attr-defined]


class LinkForm(_VersionedForm):
    """Which customer file the prospect turned out to have."""

    use_required_attribute = False

    customer = CustomerChoice()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self["customer"].value()
        scope = Customer.objects.visible_to(user).with_defaults()
        self.fields["customer"].queryset = (  # type: ignore[attr-defined]
            scope.filter(number=str(chosen)[:12]) if chosen else scope.active().order_by("number")[:200]
        )


class FiguresForm(forms.Form):
    """The period and the grouping of the conversion figures."""

    since = forms.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", label=gettext_lazy("From month"), required=False)
    until = forms.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", label=gettext_lazy("Until month"), required=False)
