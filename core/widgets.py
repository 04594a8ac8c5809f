"""Inputs for amounts, quantities, dates and searchable choices: plain controls that scripts only improve."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.templatetags.static import static
from django.utils.translation import gettext as _

from core.clock import today

FULL_WIDTH_POINTS = str.maketrans({"，": ",", "。": ".", "．": ".", "￥": "", "¥": ""})


def plain_number(text: str) -> str:
    """A typed or pasted number: full-width digits, thousands commas, blanks and ¥ are understood."""
    typed = unicodedata.normalize("NFKC", text.translate(FULL_WIDTH_POINTS)).strip()
    number = typed.replace(",", "").replace(" ", "")
    return number if re.fullmatch(r"[+-]?\d*\.?\d*", number) else typed


class _NumberInput(forms.TextInput):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return plain_number(value) if isinstance(value, str) else value


class AmountInput(_NumberInput):
    """An amount, right-aligned, shown as 1,234.50 and accepted in every way people write it."""

    def format_value(self, value: Any) -> str | None:
        if value in (None, ""):
            return None
        try:
            return f"{Decimal(value):,.2f}"
        except (InvalidOperation, TypeError, ValueError):
            return str(value)


class QuantityInput(_NumberInput):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "input-qty", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        if value in (None, ""):
            return None
        text = str(value)
        return text.rstrip("0").rstrip(".") if re.fullmatch(r"-?\d+\.\d+", text) else text


class DateInput(forms.DateInput):
    """A day as 2026-11-21, the same for every browser; scripts add a calendar. Also takes `+7` (days from
    today), `today`, 今天, 20261121 and 2026/11/21."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"placeholder": "YYYY-MM-DD", "autocomplete": "off", "data-date": "", **(attrs or {})},
            format="%Y-%m-%d",
        )

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-text-calendar"] = _("Open calendar")
        context["widget"]["attrs"]["data-icons"] = static("vendor/icons/icons.svg")
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        typed = unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value
        if typed in ("today", "今天", "0"):
            return today().isoformat()
        if isinstance(typed, str) and re.fullmatch(r"\+\d{1,4}", typed):
            return (today() + timedelta(days=int(typed))).isoformat()
        if isinstance(typed, str):
            found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", typed)
            if found:
                return "-".join(part.zfill(2) for part in found.groups())
        return typed


class Combobox(forms.Select):
    """A select with search on the server. `url` answers `?q=` with [{"value", "text", "note"}].

    Without script it is the select with the choices of the form, which limits a large queryset itself.
    """

    def __init__(self, url: Any = "", attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__(attrs, choices)
        self.url = url

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-combobox": "",
            "data-combobox-url": str(self.url),
            "data-combobox-library": static("vendor/tom-select/tom-select.base.min.js"),
            "data-text-none": _("Nothing found"),
            "data-placeholder": _("Code, name or pinyin initials"),
        }
        return context
