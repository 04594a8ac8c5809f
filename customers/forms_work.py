"""Forms for reported changes, care plans and cover of desks. What is allowed is decided by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.widgets import DateInput
from customers.forms import CustomerForm, PersonField
from customers.models import ChangeReport, Region
from customers.queries_desks import desk_people, own_regions


class ChangeReportForm(forms.Form):
    """What somebody learned about a customer (CM-04)."""

    kind = forms.ChoiceField(label=_("Kind of change"), choices=ChangeReport.Kind.choices)
    reported_on = forms.DateField(label=_("Reported on"), widget=DateInput())
    description = forms.CharField(
        label=_("What has changed"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ApplyChangeForm(CustomerForm):
    """The customer file as it will be; what was put right elsewhere needs no entry here."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class CarePlanForm(forms.Form):
    """How a grade A customer is looked after (CM-08)."""

    visit_every_days = forms.IntegerField(
        label=_("Visit every (days)"),
        min_value=1,
        max_value=366,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    has_priority_supply = forms.BooleanField(label=_("Supplied first when goods are short"), required=False)
    measures = forms.CharField(
        label=_("Measures"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Who visits whom, what is agreed, what is watched."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class DelegationForm(forms.Form):
    """Dated cover of a desk (RG-02)."""

    region: forms.ModelChoiceField[Region] = forms.ModelChoiceField(label=_("Desk"), queryset=None)
    user = PersonField(label=_("Covered by"), queryset=None)
    starts_on = forms.DateField(label=_("From"), widget=DateInput())
    ends_on = forms.DateField(label=_("Until"), widget=DateInput())
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = own_regions(actor)  # type: ignore[attr-defined]
        self.fields["user"].queryset = desk_people().exclude(pk=actor.pk)  # type: ignore[attr-defined]
