"""Forms of the credit file. What is allowed is decided by the services."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.widgets import AmountInput
from credit.models import CreditNote


class LimitForm(forms.Form):
    """A limit as sales proposes it (CM-11)."""

    new_limit = forms.DecimalField(
        label=_("Proposed limit"),
        min_value=0,
        max_digits=14,
        decimal_places=2,
        widget=AmountInput(),
        help_text=_("0.00 takes the customer's credit away."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)
    assessment = forms.CharField(
        label=_("Credit assessment"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Capital, payment record, guarantees, what others say."),
    )


class CreditNoteForm(forms.Form):
    """A word in the credit file."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CreditNote.Kind.choices)
    text = forms.CharField(label=_("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
