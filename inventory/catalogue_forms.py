"""Forms of the catalogue: a product, a customer's part number, a version of the price list."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.models import User
from core.widgets import Combobox, DateInput, QuantityInput
from customers.currencies import CURRENCIES
from customers.models import Customer
from inventory.models import PriceList, Product
from inventory.price_text import TypedPrice, read_price_lines

TAX_CHOICES = [("0.13", "13%"), ("0.09", "9%"), ("0.06", "6%"), ("0", "0%")]
HIGHEST: dict[str, Any] = {"max_digits": 16, "decimal_places": 6, "min_value": Decimal(0)}


class CustomerField(forms.ModelChoiceField):
    """A customer in the person's scope, found by number, name or pinyin; the page holds only the chosen one."""

    def __init__(self, **kwargs: Any) -> None:
        widget = Combobox(url=reverse_lazy("customer-options"))
        super().__init__(queryset=Customer.objects.none(), to_field_name="number", widget=widget, **kwargs)

    def label_from_instance(self, customer: Customer) -> str:
        return f"{customer.number} {customer.name}"


def offer_customers(form: forms.Form, user: User) -> None:
    """The one chosen, else the first few for those without scripts."""
    field: Any = form.fields["customer"]
    chosen = form["customer"].value()
    number = chosen.number if isinstance(chosen, Customer) else str(chosen or "").replace("\x00", "")[:12]
    scope = Customer.objects.visible_to(user)
    field.queryset = scope.filter(number=number) if number else scope.active().order_by("number")[:200]


class ProductForm(forms.Form):
    """Code and unit are set once: documents quote them."""

    sku = forms.CharField(label=_("Code"), max_length=24)
    name = forms.CharField(label=_("Product"), max_length=120)
    spec = forms.CharField(label=_("Specification"), max_length=120, required=False)
    category = forms.CharField(label=_("Category"), max_length=60, required=False)
    barcode = forms.CharField(label=_("Barcode"), max_length=32, required=False)
    unit = forms.CharField(label=_("Unit"), max_length=12)
    unit_decimals = forms.IntegerField(
        label=_("Decimals of the unit"),
        min_value=0,
        max_value=3,
        initial=0,
        help_text=_("0 for whole units, up to 3."),
    )
    tax_rate = forms.ChoiceField(label=_("Tax rate"), choices=TAX_CHOICES, initial="0.13")
    supply = forms.ChoiceField(label=_("Supply"), choices=Product.Supply.choices, initial=Product.Supply.MAKE)
    minimum_stock = forms.DecimalField(
        label=_("Minimum stock"), widget=QuantityInput, initial=Decimal(0), required=False, **HIGHEST
    )
    standard_cost = forms.DecimalField(
        label=_("Standard cost, tax excluded"), widget=QuantityInput, required=False, **HIGHEST
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, product: Product | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if product is not None:
            for name in ("sku", "unit", "unit_decimals"):
                del self.fields[name]
        if not user.may("inventory.view_cost"):
            del self.fields["standard_cost"]

    def values(self) -> dict[str, Any]:
        """What was entered, as the services take it."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        given["tax_rate"] = Decimal(given["tax_rate"])
        given["minimum_stock"] = given["minimum_stock"] or Decimal(0)
        return given


class PartNumberForm(forms.Form):
    """What a customer calls the product."""

    customer = CustomerField(label=_("Customer"))
    part_number = forms.CharField(label=_("Customer part no."), max_length=40)
    name = forms.CharField(label=_("Customer's name for it"), max_length=120, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_customers(self, user)


class VersionForm(forms.Form):
    """What every version of a price list says of itself."""

    code = forms.CharField(label=_("Version"), max_length=24, help_text=_("Such as PL2027-01."))
    name = forms.CharField(label=_("Name"), max_length=60)
    valid_from = forms.DateField(label=_("Valid from"), widget=DateInput, initial=today)
    valid_until = forms.DateField(
        label=_("Valid until"),
        widget=DateInput,
        required=False,
        help_text=_("Left empty, until the next version begins."),
    )


class PriceListForm(VersionForm):
    """A new version with its prices."""

    customer = CustomerField(
        label=_("Agreed with"), required=False, help_text=_("Left empty, the prices hold for every customer.")
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES])
    rows = forms.CharField(
        label=_("Prices"),
        widget=forms.Textarea({"rows": 14, "data-long": "", "spellcheck": "false"}),
        help_text=_(
            "One price a line, as in a spreadsheet: code, price without tax, floor price. A quantity price names "
            "its quantity: A1023 900 100+ means 900 from 100 on."
        ),
    )
    typed: list[TypedPrice]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_customers(self, user)

    def clean_rows(self) -> str:
        self.typed = read_price_lines(self.cleaned_data["rows"])
        return str(self.cleaned_data["rows"])


class CopyForm(VersionForm):
    """A new version from another, every price changed by a percentage."""

    percent = forms.DecimalField(
        label=_("Change of the prices (percent)"),
        widget=QuantityInput,
        max_digits=8,
        decimal_places=2,
        initial=Decimal(0),
        help_text=_("3 raises every price by three percent, −2.5 lowers it. Prices keep four decimals."),
    )

    def __init__(self, *args: Any, source: PriceList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
