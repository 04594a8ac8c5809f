"""The typed order: a header, and a table of lines that works as plain HTML."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import today
from core.errors import BusinessError, FieldProblem
from core.models import User
from core.widgets import AmountInput, Combobox, DateInput, QuantityInput
from customers.models import Customer
from orders.contracts.ceiling import BINDING_KINDS
from orders.contracts.queries import contract_options
from orders.drafts import FOUND_SOURCES, LineDraft, OrderDraft
from orders.models import Contract, ContractLine, Order, OrderLine

MOST_ROWS = 1_000
EMPTY_ROWS = 8
SPARE_ROWS = 3
LINE_POINTER = re.compile(r"#/lines/(\d+)(?:/(\w+))?")
TAX_CHOICES = [("", gettext_lazy("as product")), ("0.13", "13%"), ("0.09", "9%"), ("0.06", "6%"), ("0", "0%")]
UPLOAD_HINT = gettext_lazy("The customer's order as PDF, JPEG, PNG or Excel, at most 10 MB.")


class CustomerChoice(forms.ModelChoiceField):
    """A customer of the person's desks, found by number, name or pinyin; the page holds only the
    chosen one.
    """

    def __init__(self, *, options: str = "order_customer_options", **kwargs: Any) -> None:
        super().__init__(
            queryset=Customer.objects.none(),
            to_field_name="number",
            label=gettext_lazy("Customer"),
            widget=Combobox(url=reverse_lazy(options)),
            **kwargs,
        )

    def label_from_instance(self, customer: Customer) -> str:
        return f"{customer.number} {customer.name}"


class HeaderForm(forms.Form):
    """What stands above the lines. Empty fields are filled from the customer file (IN-05)."""

    use_required_attribute = False  # a form not yet filled in is not wrong yet

    customer = CustomerChoice()
    channel = forms.ChoiceField(
        label=gettext_lazy("Came in by"), choices=Order.Channel.choices, initial=Order.Channel.EMAIL
    )
    customer_po = forms.CharField(label=gettext_lazy("Customer's order no."), max_length=40, required=False)
    ordered_on = forms.DateField(label=gettext_lazy("Order date"), widget=DateInput)
    promised_on = forms.DateField(label=gettext_lazy("Promised date"), widget=DateInput, required=False)
    stated_amount = forms.DecimalField(
        label=gettext_lazy("Amount on the customer's order"),
        widget=AmountInput,
        required=False,
        max_digits=14,
        decimal_places=2,
        min_value=Decimal(0),
        help_text=gettext_lazy("Including tax, as the customer wrote it."),
    )
    stated_amount_absent = forms.BooleanField(label=gettext_lazy("Customer stated no amount"), required=False)
    freight = forms.DecimalField(
        label=gettext_lazy("Freight charged, tax included"),
        widget=AmountInput,
        required=False,
        max_digits=14,
        decimal_places=2,
        min_value=Decimal(0),
    )
    contact_name = forms.CharField(label=gettext_lazy("Contact"), max_length=40, required=False)
    contact_phone = forms.CharField(label=gettext_lazy("Business phone"), max_length=30, required=False)
    contact_email = forms.EmailField(label=gettext_lazy("Business e-mail"), required=False, max_length=254)
    delivery_address = forms.CharField(label=gettext_lazy("Delivery address"), max_length=260, required=False)
    remarks = forms.CharField(
        label=gettext_lazy("Remarks"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )
    original = forms.FileField(label=gettext_lazy("Customer's order"), required=False, help_text=UPLOAD_HINT)
    contract = forms.CharField(
        label=gettext_lazy("Contract"),
        max_length=24,
        required=False,
        widget=forms.Select,
        help_text=gettext_lazy("One of the customer's contracts in force, or none."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, order: Order | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        self.fields["ordered_on"].initial = today
        self.fields["form_key"].initial = uuid.uuid4
        chosen = order.customer.number if order is not None else self["customer"].value()
        self._offer_contracts(user, str(chosen or "")[:12])
        if order is not None:
            del self.fields["customer"], self.fields["original"]
            return
        scope = Customer.objects.visible_to(user).with_defaults()
        self.fields["customer"].queryset = (  # type: ignore[attr-defined]
            scope.filter(number=str(chosen)[:12]) if chosen else scope.active().order_by("number")[:200]
        )

    def _offer_contracts(self, user: User, customer: str) -> None:
        """The contracts an order may come under; the customer's only framework is proposed (CT-02)."""
        known = contract_options(user, "", customer=customer, most=50)
        choices = [(row.number, f"{row.number} {row.title} · {row.customer}") for row in known]
        given = str((self.data if self.is_bound else self.initial).get("contract") or "")
        if given and given not in dict(choices):
            choices.append((given, given))
        self.fields["contract"].widget.choices = [("", _("no contract")), *choices]
        frameworks = [row.number for row in known if row.kind == Contract.Kind.FRAMEWORK]
        if customer and self.order is None and len(frameworks) == 1 and not self.initial.get("contract"):
            self.initial["contract"] = frameworks[0]

    def customer_chosen(self) -> Customer | None:
        return self.order.customer if self.order is not None else self.cleaned_data.get("customer")


class LineForm(forms.Form):
    """One row; a row without code and quantity is no line."""

    sku = forms.CharField(max_length=40, required=False)
    quantity = forms.DecimalField(widget=QuantityInput, required=False, max_digits=16, decimal_places=6)
    unit_price = forms.DecimalField(widget=AmountInput, required=False, max_digits=16, decimal_places=6)
    discount_percent = forms.DecimalField(
        widget=QuantityInput, required=False, max_digits=8, decimal_places=4
    )
    tax_rate = forms.ChoiceField(choices=TAX_CHOICES, required=False)
    special_request = forms.CharField(max_length=200, required=False)
    remark = forms.CharField(max_length=200, required=False)
    is_unclear = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown: dict[str, Any] = {}
        labels = {
            "sku": _("Code"),
            "quantity": _("Quantity"),
            "unit_price": _("Unit price, tax excluded"),
            "discount_percent": _("Discount"),
            "tax_rate": _("Tax rate"),
            "special_request": _("Special request"),
            "remark": _("Remark"),
            "is_unclear": _("To be clarified"),
        }
        for name, label in labels.items():
            field = self.fields[name]
            field.label = label
            css = {
                "quantity": "input input-qty",
                "discount_percent": "input input-qty",
                "unit_price": "input input-amount",
            }
            if name != "is_unclear":
                field.widget.attrs["class"] = css.get(name, "input")
            field.widget.attrs.update(
                {"aria-label": label, f"data-{name.replace('_', '-')}": "", "autocomplete": "off"}
            )
        # A price keeps its four decimals, which the amount box would cut.
        self.fields["unit_price"].widget.format_value = _plain_price

    def is_empty(self) -> bool:
        return not any(str(self[name].value() or "").strip() for name in ("sku", "quantity"))

    def draft(self) -> LineDraft:
        data = self.cleaned_data
        return LineDraft(
            sku=data["sku"].strip(),
            quantity=data["quantity"] if data["quantity"] is not None else Decimal(0),
            unit_price=data["unit_price"],
            discount_percent=data["discount_percent"] or Decimal(0),
            tax_rate=Decimal(data["tax_rate"]) if data["tax_rate"] else None,
            is_unclear=data["is_unclear"],
            special_request=data["special_request"],
            remark=data["remark"],
        )


def _plain_price(value: Any) -> str | None:
    return None if value in (None, "") else f"{value:f}" if isinstance(value, Decimal) else str(value)


LineFormSet = forms.formset_factory(
    LineForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
)


class GridEntry:
    """A header over a table of lines: what a typed order and a typed quotation have in common."""

    header: Any
    lines: Any

    def __init__(self) -> None:
        self.filled: list[Any] = []

    def is_readable(self) -> bool:
        """Whether every field holds a value of its kind; what the rules say comes from the service."""
        is_header_right = self.header.is_valid()
        self.lines.is_valid()
        self.filled = [form for form in self.lines.forms if not form.is_empty()]
        return is_header_right and not any(form.errors for form in self.filled)

    def put_error(self, error: BusinessError) -> None:
        """Show each problem at its cell, the rest above the form."""
        if not error.problems:
            self.header.add_error(None, str(error))
        self.put_problems(error.problems)

    def put_problems(self, problems: Sequence[FieldProblem]) -> None:
        for problem in problems:
            found = LINE_POINTER.fullmatch(problem.pointer)
            name = problem.pointer.removeprefix("#/")
            if found and int(found[1]) < len(self.filled):
                form = self.filled[int(found[1])]
                form.add_error(found[2] if found[2] in form.fields else None, problem.detail)
            else:
                self.header.add_error(name if name in self.header.fields else None, problem.detail)

    def line_errors(self) -> list[tuple[str, str, str]]:
        """(id of the cell, its words, the error) for the summary on top."""
        return [
            (
                form[name].id_for_label if name in form.fields else "",
                _("Line %(line)s") % {"line": number},
                str(text),
            )
            for number, form in enumerate(self.lines.forms, start=1)
            if form in self.filled
            for name, texts in form.errors.items()
            for text in texts
        ]


class OrderEntry(GridEntry):
    """Header and lines together, and the draft they make."""

    def __init__(
        self,
        user: User,
        *,
        data: Any = None,
        files: Any = None,
        order: Order | None = None,
        initial: Any = None,
        rows: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__()
        self.order = order
        self.header = HeaderForm(
            data, files, user=user, order=order, initial=initial if order is None else header_of(order)
        )
        rows = lines_of(order) if order is not None else list(rows)
        self.lines = LineFormSet(
            data,
            prefix="line",
            initial=[*rows, *({} for _n in range(EMPTY_ROWS if order is None else SPARE_ROWS))],
        )

    def draft(self) -> OrderDraft:
        data = self.header.cleaned_data
        kept = self.order
        return OrderDraft(
            channel=data["channel"],
            lines=tuple(form.draft() for form in self.filled),
            customer_po=data["customer_po"],
            external_ref=f"page:{data['form_key']}" if kept is None and data.get("form_key") else "",
            ordered_on=data["ordered_on"],
            promised_on=data["promised_on"],
            terms=kept.terms if kept is not None else "",
            prepaid_percent=kept.prepaid_percent if kept is not None else None,
            stated_amount=data["stated_amount"],
            stated_amount_absent=data["stated_amount_absent"],
            freight=data["freight"] or Decimal("0.00"),
            contact_name=data["contact_name"],
            contact_phone=data["contact_phone"],
            contact_email=data["contact_email"],
            delivery_address=data["delivery_address"],
            source=kept.source if kept is not None else "",
            remarks=data["remarks"],
            contract=data["contract"].strip() if "contract" in self.header.data else None,
        )


def header_of(order: Order) -> dict[str, Any]:
    names = (
        "channel",
        "customer_po",
        "ordered_on",
        "promised_on",
        "stated_amount",
        "stated_amount_absent",
        "contact_name",
        "contact_phone",
        "contact_email",
        "delivery_address",
        "remarks",
        "version",
    )
    contract = order.contract if order.contract is not None and order.contract.kind in BINDING_KINDS else None
    return {
        **{name: getattr(order, name) for name in names},
        "freight": order.freight or None,
        "contract": contract.number if contract is not None else "",
    }


def lines_of(order: Order) -> list[dict[str, Any]]:
    return [_row_of(line) for line in order.lines.all()]


def _row_of(line: OrderLine) -> dict[str, Any]:
    rate = next((value for value, _label in TAX_CHOICES if value and Decimal(value) == line.tax_rate), "")
    return {
        "sku": line.sku,
        "quantity": line.quantity,
        "unit_price": None if line.price_source in FOUND_SOURCES else line.unit_price,
        "discount_percent": line.discount_percent or None,
        "tax_rate": rate,
        "special_request": line.special_request,
        "remark": line.remark,
        "is_unclear": line.is_unclear,
    }


def lines_under(contract: Contract) -> list[dict[str, Any]]:
    """What an individual contract sells, as the lines of an order under it, at the contract's prices."""
    return [_row_sold(line) for line in contract.lines.all()]


def _row_sold(line: ContractLine) -> dict[str, Any]:
    rate = next((value for value, _label in TAX_CHOICES if value and Decimal(value) == line.tax_rate), "")
    return {
        "sku": line.sku,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "discount_percent": line.discount_percent or None,
        "tax_rate": rate,
        "remark": line.remark,
    }


class UploadForm(forms.Form):
    """The filled-in standard form."""

    file = forms.FileField(label=gettext_lazy("Order form (xlsx)"))


class FormRequestForm(forms.Form):
    """Whose order form to download."""

    use_required_attribute = False

    customer = CustomerChoice()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self["customer"].value()
        scope = Customer.objects.visible_to(user).with_defaults()
        self.fields["customer"].queryset = (  # type: ignore[attr-defined]
            scope.filter(number=str(chosen)[:12]) if chosen else scope.active().order_by("number")[:200]
        )


class ConfirmationForm(forms.Form):
    """The customer confirmed the order as it stands."""

    confirmed_by = forms.CharField(label=gettext_lazy("Confirmed by"), max_length=60)
    confirmed_on = forms.DateField(label=gettext_lazy("Confirmed on"), widget=DateInput, initial=today)
    file = forms.FileField(
        label=gettext_lazy("Written confirmation"),
        required=False,
        help_text=gettext_lazy("PDF, JPEG or PNG, at most 10 MB."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
