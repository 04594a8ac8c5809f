"""Forms of the warehouse: a header and some fields per line, whose problems come back to their own cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BusinessError
from core.widgets import AmountInput, QuantityInput
from fulfillment.drafts import Arrival, CheckedLine, Dispatchable, PickedLine
from fulfillment.models import Carrier, ShipmentLine

POINTER = re.compile(r"#/lines/(\d+)/(\w+)")


@dataclass(frozen=True, slots=True)
class FormRow:
    """One line and its fields, for the template."""

    line: Any
    fields: Mapping[str, forms.BoundField]

    @property
    def has_errors(self) -> bool:
        return any(bound.errors for bound in self.fields.values())


class LinesForm(forms.Form):
    """Base: `line_fields` are the fields of each line; the version seen refuses stale pages (AP-07)."""

    line_fields: ClassVar[tuple[str, ...]] = ()

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, lines: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            for name in self.line_fields:
                self.fields[f"{name}_{line.line_no}"] = self.field_for(name, line)

    def field_for(self, name: str, line: Any) -> forms.Field:
        raise NotImplementedError

    def rows(self) -> Iterator[FormRow]:
        for line in self.lines:
            yield FormRow(line, {name: self[f"{name}_{line.line_no}"] for name in self.line_fields})

    def of_line(self, name: str, line: Any) -> Any:
        return self.cleaned_data[f"{name}_{line.line_no}"]

    def add_problems(self, error: BusinessError) -> None:
        """Show what a service refused: each problem at its cell, the rest on top."""
        self.add_error(None, str(error))
        for problem in error.problems:
            name = self._field_named(problem.pointer)
            self.add_error(name, problem.detail)

    def _field_named(self, pointer: str) -> str | None:
        found = POINTER.fullmatch(pointer)
        if found and int(found[1]) < len(self.lines):
            name = f"{found[2]}_{self.lines[int(found[1])].line_no}"
        else:
            name = pointer.removeprefix("#/")
        return name if name in self.fields else None


def quantity_field(label: str, initial: Decimal | None, unit_decimals: int) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        initial=initial,
        min_value=0,
        max_digits=15,
        decimal_places=unit_decimals,
        widget=QuantityInput(),
    )


class DispatchNoticeForm(LinesForm):
    """Which reserved quantities go on the notice (DS-01). Lines without free goods are left out."""

    line_fields = ("quantity",)

    remarks = forms.CharField(
        label=gettext_lazy("Remarks"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )

    def field_for(self, name: str, line: Dispatchable) -> forms.Field:
        field = quantity_field(
            _("Quantity, line %(line)s") % {"line": line.line_no}, line.free, line.unit_decimals
        )
        field.required = False
        return field

    def quantities(self) -> dict[int, Decimal]:
        return {line.line_no: self.of_line("quantity", line) or Decimal(0) for line in self.lines}


class PickForm(LinesForm):
    """What was taken from the shelf (DS-02)."""

    line_fields = ("quantity", "batch")

    def __init__(self, *args: Any, batches: Mapping[int, Sequence[tuple[str, str]]], **kwargs: Any) -> None:
        self.batches = batches
        super().__init__(*args, **kwargs)

    def field_for(self, name: str, line: ShipmentLine) -> forms.Field:
        facts = {"line": line.line_no}
        if name == "quantity":
            initial = line.picked or line.quantity
            return quantity_field(
                _("Picked, line %(line)s") % facts, initial, line.order_line.product.unit_decimals
            )
        choices = [*self.batches.get(line.order_line.product_id, ()), ("", "—")]
        initial = line.batch.number if line.batch else choices[0][0]
        return forms.ChoiceField(
            label=_("Batch, line %(line)s") % facts, choices=choices, required=False, initial=initial
        )

    def picked(self) -> dict[int, PickedLine]:
        return {
            line.line_no: PickedLine(self.of_line("quantity", line), self.of_line("batch", line))
            for line in self.lines
        }


class CheckForm(LinesForm):
    """What the second person reads off the goods: nothing is filled in beforehand (DS-02)."""

    line_fields = ("sku", "quantity", "batch")

    def field_for(self, name: str, line: ShipmentLine) -> forms.Field:
        facts = {"line": line.line_no}
        if name == "quantity":
            return quantity_field(
                _("Counted, line %(line)s") % facts, None, line.order_line.product.unit_decimals
            )
        label = _("Code read, line %(line)s") if name == "sku" else _("Batch read, line %(line)s")
        return forms.CharField(
            label=label % facts,
            max_length=40,
            required=False,
            widget=forms.TextInput({"autocomplete": "off"}),
        )

    def checked(self) -> dict[int, CheckedLine]:
        return {
            line.line_no: CheckedLine(
                self.of_line("sku", line), self.of_line("quantity", line), self.of_line("batch", line)
            )
            for line in self.lines
        }


class GateForm(LinesForm):
    """The guard's entry: which pass, with whom, under which number (DS-03, DS-04)."""

    gate_pass = forms.CharField(
        label=gettext_lazy("Gate pass no."),
        max_length=24,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    carrier = forms.ModelChoiceField(
        label=gettext_lazy("Carrier"), queryset=Carrier.objects.all(), empty_label="—"
    )
    tracking_number = forms.CharField(
        label=gettext_lazy("Tracking no."),
        max_length=60,
        required=False,
        help_text=gettext_lazy("For carriers."),
    )
    vehicle = forms.CharField(
        label=gettext_lazy("Number plate"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("For our own vehicle."),
    )
    cost = forms.DecimalField(
        label=gettext_lazy("Freight cost"), required=False, min_value=0, max_digits=13, decimal_places=2,
        widget=AmountInput(),
    )  # fmt: skip


class DeliveryProofForm(LinesForm):
    """The signed paper: who, when, and per line how much arrived well, short or damaged (DL-01)."""

    line_fields = ("good", "short", "damaged")

    file = forms.FileField(label=gettext_lazy("Signed delivery note"))
    signer = forms.CharField(label=gettext_lazy("Signed by"), max_length=60)
    signed_at = forms.DateTimeField(
        label=gettext_lazy("Signed at"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )

    def field_for(self, name: str, line: ShipmentLine) -> forms.Field:
        labels = {
            "good": _("Good, line %(line)s"),
            "short": _("Short, line %(line)s"),
            "damaged": _("Damaged, line %(line)s"),
        }
        initial = line.checked if name == "good" else None
        field = quantity_field(
            labels[name] % {"line": line.line_no}, initial, line.order_line.product.unit_decimals
        )
        field.required = name == "good"
        return field

    def arrivals(self) -> dict[int, Arrival]:
        nothing = Decimal(0)
        return {
            line.line_no: Arrival(*(self.of_line(name, line) or nothing for name in self.line_fields))
            for line in self.lines
        }
