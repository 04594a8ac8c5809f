"""What people type about slips and bank lines, as values for the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.widgets import AmountInput, DateInput
from credit.models import BankAccount


def amount_field(label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=15, decimal_places=2, widget=AmountInput(), **options)


class RemittanceForm(forms.Form):
    """A slip for one order; what the order does not need stays the customer's balance (RM-08)."""

    file = forms.FileField(
        label=_("Slip (picture or PDF)"),
        error_messages={"required": _("Choose the picture or PDF of the slip.")},
    )
    kept_file = forms.UUIDField(required=False, widget=forms.HiddenInput())
    amount = amount_field(_("Amount on the slip"))
    part = amount_field(_("Of it for this order"), help_text=_("The rest stays the customer's balance."))
    paid_on = forms.DateField(label=_("Paid on"), widget=DateInput(), initial=today)
    reference = forms.CharField(label=_("Reference no."), max_length=64, required=False)
    bank = forms.CharField(label=_("Paying bank"), max_length=60)
    payer = forms.CharField(label=_("Payer"), max_length=120)
    third_party_note = forms.CharField(
        label=_("If the payer is not the customer: who and why"), max_length=200, required=False
    )
    duplicate_reason = forms.CharField(
        label=_("If a slip with the same payer, date and amount exists: why this is another"),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not self.data.get("kept_file")


class BankLineForm(forms.Form):
    """One incoming line of a bank statement (PM-03)."""

    account = forms.ModelChoiceField(
        label=_("Account"), queryset=BankAccount.objects.order_by("code"), empty_label=None
    )
    booked_on = forms.DateField(label=_("Date"), widget=DateInput(), initial=today)
    amount = amount_field(_("Amount"))
    payer = forms.CharField(label=_("Payer"), max_length=120)
    reference = forms.CharField(label=_("Reference no."), max_length=64)
    remark = forms.CharField(label=_("Remark"), max_length=200, required=False)
