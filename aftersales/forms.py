from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ScoreField(forms.IntegerField):
    """One score, 1 to 5, typed with one key (SV-01)."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label, min_value=1, max_value=5,
            error_messages={
                "required": _("Give a score from 1 to 5."),
                "invalid": _("Give a whole number from 1 to 5."),
                "min_value": _("Give a whole number from 1 to 5."),
                "max_value": _("Give a whole number from 1 to 5."),
            },
        )  # fmt: skip


class SurveyForm(forms.Form):
    order = forms.CharField(widget=forms.HiddenInput, max_length=24)
    quality = ScoreField(_("Quality"))
    timeliness = ScoreField(_("Timeliness"))
    attitude = ScoreField(_("Attitude"))
    note = forms.CharField(label=_("Note"), required=False, max_length=2000)
