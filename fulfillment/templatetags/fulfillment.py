"""Inputs inside a table of lines: `{% load fulfillment %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def line_input(bound: BoundField) -> SafeString:
    """The bare control of a cell, named for screen readers and linked to its error."""
    attributes: dict[str, Any] = {"aria-label": str(bound.label), "class": "input"}
    own = bound.field.widget.attrs.get("class", "")
    if own:
        attributes["class"] = f"input {own}"
    if bound.errors:
        attributes |= {"aria-invalid": "true", "aria-describedby": f"{bound.id_for_label}_error"}
    return bound.as_widget(attrs=attributes)
