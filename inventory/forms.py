"""Goods received, as typed: rows left empty are left out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.widgets import DateInput, QuantityInput
from inventory.models import Product, Warehouse

ROWS = 8
MOST_ROWS = 200


class ReceiptForm(forms.Form):
    warehouse = forms.ModelChoiceField(
        label=gettext_lazy("Warehouse"), queryset=Warehouse.objects.all(), empty_label=None
    )
    reference = forms.CharField(
        label=gettext_lazy("Paper of the supplier or the workshop"), max_length=200, required=False
    )


class ReceiptRowForm(forms.Form):
    sku = forms.CharField(label=gettext_lazy("Code or barcode"), max_length=32)
    quantity = forms.DecimalField(
        label=gettext_lazy("Quantity"),
        max_digits=12,
        decimal_places=3,
        widget=QuantityInput(),
        localize=False,
    )
    batch = forms.CharField(label=gettext_lazy("Batch"), max_length=40)
    certificate = forms.CharField(label=gettext_lazy("Certificate no."), max_length=60)
    expires_on = forms.DateField(label=gettext_lazy("Expires on"), required=False, widget=DateInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = f"input {field.widget.attrs.get('class', '')}".strip()


class BaseReceiptRows(forms.BaseFormSet):
    """Finds the products of all rows in one query."""

    products: dict[str, Product]

    def clean(self) -> None:
        codes = {form.cleaned_data["sku"] for form in self.filled if form.cleaned_data.get("sku")}
        self.products = {product.sku: product for product in Product.objects.filter(sku__in=codes)}
        by_barcode = Product.objects.exclude(barcode="").filter(barcode__in=codes - set(self.products))
        self.products |= {product.barcode: product for product in by_barcode}
        for form in self.filled:
            sku = form.cleaned_data.get("sku")
            if sku and sku not in self.products:
                form.add_error("sku", _("There is no such product. Check the code."))
        if not self.filled:
            raise forms.ValidationError(_("Enter at least one line."))

    @property
    def filled(self) -> list[Any]:
        return [form for form in self.forms if form.has_changed() and hasattr(form, "cleaned_data")]


ReceiptRows = forms.formset_factory(ReceiptRowForm, formset=BaseReceiptRows, extra=ROWS, max_num=MOST_ROWS)
