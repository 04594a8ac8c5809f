"""The typed quotation: the same grid as the order's, with what only a quotation has."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import today
from core.models import User
from core.widgets import AmountInput, DateInput
from customers.models import Customer
from orders.forms import EMPTY_ROWS, MOST_ROWS, SPARE_ROWS, TAX_CHOICES, CustomerChoice, GridEntry, LineForm
from orders.models import Enquiry, Order, Quote, QuoteLine, QuoteReview
from orders.quotes.drafts import QuoteDraft, QuoteLineDraft
from orders.quotes.queries import FOUND_PRICES

LONG = forms.Textarea({"rows": 2})
MADE_CHOICES = [("", gettext_lazy("by stock")), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]
MADE = {"": None, "yes": True, "no": False}


class QuoteHeaderForm(forms.Form):
    """What stands above the lines. Empty fields are filled from the customer file and the settings (QT-01)."""

    use_required_attribute = False  # a form not yet filled in is not wrong yet

    customer = CustomerChoice(options="quote_customer_options")
    title = forms.CharField(label=gettext_lazy("Subject"), max_length=120, required=False)
    valid_until = forms.DateField(
        label=gettext_lazy("Valid until"),
        widget=DateInput,
        required=False,
        help_text=gettext_lazy("Left empty, as many days as the setting says."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the paper"),
        choices=[("", gettext_lazy("as the customer file")), *Quote.PaperLanguage.choices],
        required=False,
    )
    terms = forms.ChoiceField(
        label=gettext_lazy("Payment terms"),
        choices=[("", gettext_lazy("as the customer file")), *Order.Terms.choices],
        required=False,
    )
    delivery_cycle = forms.CharField(label=gettext_lazy("Delivery cycle"), max_length=160, required=False)
    warranty = forms.CharField(label=gettext_lazy("Warranty"), max_length=300, required=False)
    preferential_policy = forms.CharField(
        label=gettext_lazy("Preferential policy"), max_length=300, required=False
    )
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
    remarks = forms.CharField(label=gettext_lazy("Remarks"), max_length=2000, required=False, widget=LONG)
    internal_note = forms.CharField(
        label=gettext_lazy("Internal note"),
        max_length=2000,
        required=False,
        widget=LONG,
        help_text=gettext_lazy("For the reviews; not on the paper."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    enquiry = forms.CharField(widget=forms.HiddenInput, required=False, max_length=24)

    def __init__(self, *args: Any, user: User, quote: Quote | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quote = quote
        self.fields["form_key"].initial = uuid.uuid4
        if quote is not None:
            del self.fields["customer"]
            return
        chosen = self["customer"].value()
        scope = Customer.objects.visible_to(user).with_defaults()
        self.fields["customer"].queryset = (  # type: ignore[attr-defined]
            scope.filter(number=str(chosen)[:12]) if chosen else scope.active().order_by("number")[:200]
        )

    def customer_chosen(self) -> Customer | None:
        return self.quote.customer if self.quote is not None else self.cleaned_data.get("customer")


class QuoteLineForm(LineForm):
    """One row; a row without code and quantity is no line."""

    is_alternative = forms.BooleanField(required=False)
    is_made_to_order = forms.ChoiceField(choices=MADE_CHOICES, required=False)
    lead_days = forms.IntegerField(required=False, min_value=0, max_value=3650)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "is_alternative": _("Alternative"),
            "is_made_to_order": _("Made to order"),
            "lead_days": _("Delivery (days)"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs.update({"aria-label": label, "autocomplete": "off"})
        self.fields["lead_days"].widget = forms.TextInput(
            {"class": "input input-qty", "inputmode": "numeric", "aria-label": labels["lead_days"],
             "autocomplete": "off"}
        )  # fmt: skip
        self.fields["is_made_to_order"].widget.attrs["class"] = "input"

    def quote_draft(self) -> QuoteLineDraft:
        data, line = self.cleaned_data, self.draft()
        return QuoteLineDraft(
            sku=line.sku,
            quantity=line.quantity,
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            tax_rate=line.tax_rate,
            is_alternative=data["is_alternative"],
            is_made_to_order=MADE[data["is_made_to_order"]],
            lead_days=data["lead_days"],
            remark=line.remark,
        )


QuoteLineFormSet = forms.formset_factory(
    QuoteLineForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
)


class QuoteEntry(GridEntry):
    """Header and lines together, and the draft they make. `quote` is the draft corrected."""

    def __init__(
        self,
        user: User,
        *,
        data: Any = None,
        quote: Quote | None = None,
        initial: Any = None,
        rows: Any = (),
    ) -> None:
        super().__init__()
        self.quote = quote
        self.header = QuoteHeaderForm(
            data, user=user, quote=quote, initial=initial if quote is None else header_of(quote)
        )
        known = rows_of(quote) if quote is not None else list(rows)
        spare = SPARE_ROWS if known else EMPTY_ROWS
        self.lines = QuoteLineFormSet(data, prefix="line", initial=[*known, *({} for _n in range(spare))])

    def draft(self) -> QuoteDraft:
        return self.draft_of([form for form in self.lines.forms if form in self.filled])

    def draft_of(self, lines: list[QuoteLineForm]) -> QuoteDraft:
        """Of some of the lines: what can be priced already, whatever the header still lacks."""
        data, kept = self.header.cleaned_data, self.quote
        texts = {name: data.get(name) or "" for name in HEADER_TEXTS}
        return QuoteDraft(
            lines=tuple(form.quote_draft() for form in lines),
            valid_until=data.get("valid_until"),
            freight=data.get("freight") or Decimal("0.00"),
            prepaid_percent=_kept_share(kept, texts["terms"]),
            external_ref=f"page:{data['form_key']}" if kept is None and data.get("form_key") else "",
            **texts,
        )


HEADER_TEXTS = (
    "title", "language", "terms", "delivery_cycle", "warranty", "preferential_policy", "contact_name",
    "contact_phone", "contact_email", "delivery_address", "remarks", "internal_note",
)  # fmt: skip


def _kept_share(quote: Quote | None, terms: str) -> Decimal | None:
    """The prepaid share stays while the terms do."""
    return quote.prepaid_percent if quote is not None and terms == quote.terms else None


def header_of(quote: Quote) -> dict[str, Any]:
    """A draft as its form shows it."""
    shown = {name: getattr(quote, name) for name in (*HEADER_TEXTS, "valid_until", "version")}
    return {**shown, "freight": quote.freight or None}


def header_like(quote: Quote) -> dict[str, Any]:
    """What a new quotation takes over from an earlier one; validity, contact and terms are today's."""
    names = ("title", "language", "delivery_cycle", "warranty", "preferential_policy", "remarks")
    return {**{name: getattr(quote, name) for name in names}, "freight": quote.freight or None}


def rows_of(quote: Quote, *, is_new: bool = False) -> list[dict[str, Any]]:
    """The lines as the grid shows them; in a new quotation prices are found again."""
    return [_row_of(line, keeps_price=not is_new) for line in quote.lines.all()]


def _row_of(line: QuoteLine, *, keeps_price: bool) -> dict[str, Any]:
    rate = next((value for value, _label in TAX_CHOICES if value and Decimal(value) == line.tax_rate), "")
    is_typed = keeps_price and line.price_source not in FOUND_PRICES
    return {
        "sku": line.sku,
        "quantity": line.quantity,
        "unit_price": line.unit_price if is_typed else None,
        "discount_percent": line.discount_percent or None,
        "tax_rate": rate,
        "remark": line.remark,
        "is_alternative": line.is_alternative,
        "is_made_to_order": "yes" if line.is_made_to_order else "",
        "lead_days": line.lead_days,
    }


def rows_from_enquiry(enquiry: Enquiry) -> list[dict[str, Any]]:
    """What was asked for: products of ours by code, other things by the words of the demand note."""
    return [
        {
            "sku": line.product.sku if line.product else line.description[:40],
            "quantity": line.quantity,
            "remark": line.spec if line.product is None else "",
        }
        for line in enquiry.lines.all()
    ]


class ReviewForm(forms.Form):
    """One department's verdict."""

    department = forms.ChoiceField(choices=QuoteReview.Department.choices, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=QuoteReview.Verdict.choices, widget=forms.HiddenInput)
    promised_on = forms.DateField(label=gettext_lazy("Can deliver on"), widget=DateInput, required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False, widget=LONG)


class AnswerForm(forms.Form):
    """What the customer answered, with the paper if there is one."""

    answered_by = forms.CharField(label=gettext_lazy("Answered by"), max_length=60)
    answered_on = forms.DateField(label=gettext_lazy("Answered on"), widget=DateInput, initial=today)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=2000, required=False, widget=LONG)
    file = forms.FileField(
        label=gettext_lazy("Written answer"),
        required=False,
        help_text=gettext_lazy("PDF, JPEG or PNG, at most 10 MB."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class DeclineForm(AnswerForm):
    """The customer does not want it: why is what we learn from."""

    answered_by = forms.CharField(label=gettext_lazy("Answered by"), max_length=60, required=False)
    note = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=LONG)


class SendForm(forms.Form):
    """Where the paper goes; the address of the quotation unless another is typed."""

    to = forms.EmailField(
        label=gettext_lazy("Send to"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("Left empty, nothing is mailed: hand the paper over yourself."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=2000, required=False, widget=LONG)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
