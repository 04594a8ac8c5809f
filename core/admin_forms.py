"""Forms of core's admin: they collect, the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDateWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from core.models import ApiToken, CompanyBank, CompanyProfile, ParameterValue, User
from core.parameters import PARAMETERS, parameters_on, shown_value
from core.people import conflicts_among
from core.roles import role_choices, roles
from core.tokens import MOST_DAYS, SCOPES


class PersonForm(forms.ModelForm):
    """Account data and the roles held; `new_password` only where one is to be set."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), required=False, choices=role_choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    new_password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("Leave empty to keep the present one. A new account without one cannot sign in."),
    )

    class Meta:
        model = User
        fields = ("username", "display_name", "email", "language", "is_service")
        labels = {"display_name": _("person's name")}
        widgets = {
            "username": UnfoldAdminTextInputWidget,
            "display_name": UnfoldAdminTextInputWidget,
            "email": UnfoldAdminTextInputWidget,
            "language": UnfoldAdminSelectWidget,
            "is_service": UnfoldBooleanSwitchWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "display_name" in self.fields:  # not where the page is only looked at
            self.fields["display_name"].required = True
        if self.instance.pk:
            self.initial["roles"] = sorted(self.instance.role_slugs)

    def clean_roles(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["roles"]
        for one, other in conflicts_among(chosen):
            text = gettext("%(one)s and %(other)s must be two different people (IC-01).")
            raise forms.ValidationError(text % {"one": roles()[one].label, "other": roles()[other].label})
        return chosen


def _setting_choices() -> list[tuple[str, str]]:
    values = parameters_on()
    return [
        (key, f"{parameter.label} · {key} = {shown_value(values[key]) or '—'}")
        for key, parameter in PARAMETERS.items()
    ]


class ProposalForm(forms.ModelForm):
    """A proposed value of a setting; the list shows what is in force today."""

    key = forms.ChoiceField(label=_("setting"), choices=_setting_choices, widget=UnfoldAdminSelectWidget)
    new_value = forms.CharField(
        label=_("new value"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Amounts as 1000.00, rates as 0.13, yes or no, lists with commas."),
    )

    class Meta:
        model = ParameterValue
        fields = ("key", "new_value", "effective_from", "reason")
        widgets = {"effective_from": UnfoldAdminDateWidget, "reason": UnfoldAdminTextareaWidget}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        parameter = PARAMETERS.get(str(cleaned.get("key")))
        if parameter is not None:
            try:
                parameter.parse(cleaned.get("new_value"))
            except (ValueError, TypeError):
                choices = ", ".join(parameter.choices)
                text = gettext("This is not a valid value of the setting. %(choices)s") % {"choices": choices}
                self.add_error("new_value", text.strip())
        return cleaned


class CompanyProfileForm(forms.ModelForm):
    """The letterhead; the service saves it."""

    class Meta:
        model = CompanyProfile
        fields = ("name", "name_en", "uscc", "address", "address_en", "phone", "email", "website")
        widgets = dict.fromkeys(fields, UnfoldAdminTextInputWidget)


class CompanyBankForm(forms.ModelForm):
    """Bank details to be confirmed by somebody else."""

    class Meta:
        model = CompanyBank
        fields = ("currency", "bank", "bank_en", "account_number", "swift", "reason")
        widgets = dict.fromkeys(fields, UnfoldAdminTextInputWidget)


class TokenForm(forms.ModelForm):
    """A token for an API client. People make their own."""

    user = forms.ModelChoiceField(
        label=_("API client"), queryset=User.objects.filter(is_service=True), widget=UnfoldAdminSelectWidget
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=[(scope, scope) for scope in SCOPES],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    days = forms.IntegerField(
        label=_("Valid for (days)"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=MOST_DAYS,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    class Meta:
        model = ApiToken
        fields = ("user", "name", "scopes", "days")
        widgets = {"name": UnfoldAdminTextInputWidget}
