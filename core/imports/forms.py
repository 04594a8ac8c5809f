"""Forms of the import centre: which file, and which column holds what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.cells import letters_of
from core.imports.registry import ImportColumn, ImportKind, kind_named, kinds_for
from core.models import ImportBatch, User

FIXED = "="
LONGEST_FIXED = 200


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What the file holds"))
    file = forms.FileField(label=gettext_lazy("File"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.slug, kind.title) for kind in kinds_for(user)]  # type: ignore[attr-defined]


class MappingForm(forms.Form):
    """Per entry of the kind a column of the file, one value for all rows, or nothing."""

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind: ImportKind = kind_named(batch.kind)
        found = [
            (str(index), _("%(letter)s: %(title)s") % {"letter": letters_of(index), "title": title})
            for index, title in batch.sheet["columns"]
        ]
        for column in self.kind.columns:
            source = batch.mapping.get(column.name, {})
            nothing = _("Choose a column") if column.is_required else _("Not in the file")
            named = {"aria-label": _("%(column)s, column of the file") % {"column": column.label}}
            self.fields[column.name] = forms.ChoiceField(
                label=column.label,
                widget=forms.Select(attrs={**named, "class": "input"}),
                required=False,
                choices=[("", nothing), *found, (FIXED, _("One value for all rows"))],
                initial=str(source["column"]) if "column" in source else FIXED if "value" in source else "",
            )
            said = _("%(column)s, the same in all rows") % {"column": column.label}
            self.fields[f"{column.name}_value"] = forms.CharField(
                label=said,
                widget=forms.TextInput(attrs={"aria-label": said, "class": "input", "autocomplete": "off"}),
                required=False,
                max_length=LONGEST_FIXED,
                initial=source.get("value", ""),
            )

    def add_error(self, field: str | None, error: Any) -> None:
        """An error also marks its control and says where the words stand."""
        super().add_error(field, error)
        if field in self.fields:
            self.fields[field].widget.attrs |= {
                "aria-invalid": "true",
                "aria-describedby": f"id_{field}_error",
            }

    def pairs(self) -> Iterator[tuple[ImportColumn, BoundField, BoundField]]:
        for column in self.kind.columns:
            yield column, self[column.name], self[f"{column.name}_value"]

    def mapping(self) -> dict[str, dict[str, Any]]:
        """As `start_check` takes it. A value typed without choosing it counts too."""
        chosen: dict[str, dict[str, Any]] = {}
        for column in self.kind.columns:
            place = self.cleaned_data[column.name]
            value = self.cleaned_data[f"{column.name}_value"].replace("\x00", "").strip()
            if place not in ("", FIXED):
                chosen[column.name] = {"column": int(place)}
            elif value:
                chosen[column.name] = {"value": value}
        return chosen
