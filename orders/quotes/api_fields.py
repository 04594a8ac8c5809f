"""How quotations look on the API. Money and quantities are decimal strings; no cost goes out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import (
    AmountStringField,
    AvailableActionsField,
    LabelField,
    PercentStringField,
    PriceStringField,
    QuantityStringField,
    RateStringField,
    TextField,
    WholeNumberField,
)
from customers.phones import phone_for
from orders.drafts import MOST_LINES
from orders.models import Order, Quote, QuoteLine, QuoteReview
from orders.quotes.drafts import QuoteDraft, QuoteLineDraft
from orders.quotes.queries import FOUND_PRICES, departments_open_to
from orders.quotes.workflow import QuoteStatus

REVISE_LABEL = _("Revise the quotation")
APPROVE_LABEL = _("Agree to the quotation")
REFUSE_LABEL = _("Return the quotation")
LINE_FIELDS = (
    "sku",
    "quantity",
    "unit_price",
    "discount_percent",
    "tax_rate",
    "alternative",
    "made_to_order",
    "lead_days",
    "remark",
)
REVISABLE = (
    QuoteStatus.CLEARED,
    QuoteStatus.SENT,
    QuoteStatus.ACCEPTED,
    QuoteStatus.DECLINED,
    QuoteStatus.EXPIRED,
)


class QuoteLineIn(serializers.Serializer[Any]):
    """A line to quote; without `unit_price` the price that holds for customer and quantity is found.

    `made_to_order` null: a product of ours that stock does not cover is made.
    """

    sku = TextField(max_length=40)
    quantity = QuantityStringField()
    unit_price = PriceStringField(required=False, allow_null=True)
    discount_percent = PercentStringField(required=False)
    tax_rate = RateStringField(required=False, allow_null=True)
    alternative = serializers.BooleanField(required=False)
    made_to_order = serializers.BooleanField(required=False, allow_null=True)
    lead_days = WholeNumberField(required=False, allow_null=True, max_value=3650)
    remark = TextField(max_length=200, required=False, allow_blank=True)

    def to_internal_value(self, data: Any) -> QuoteLineDraft:
        if isinstance(data, Mapping):
            unknown = sorted(set(data) - set(LINE_FIELDS))
            if unknown:
                raise serializers.ValidationError(
                    {name: serializers.ErrorDetail("", code="unknown_field") for name in unknown}
                )
        value = super().to_internal_value(data)
        return QuoteLineDraft(
            sku=value["sku"],
            quantity=value["quantity"],
            unit_price=value.get("unit_price"),
            discount_percent=value.get("discount_percent", Decimal(0)),
            tax_rate=value.get("tax_rate"),
            is_alternative=value.get("alternative", False),
            is_made_to_order=value.get("made_to_order"),
            lead_days=value.get("lead_days"),
            remark=value.get("remark", ""),
        )


class QuoteHeaderIn(serializers.Serializer[Any]):
    """The header of a quotation; empty fields are filled from the customer file and the settings (QT-01)."""

    title = TextField(max_length=120, required=False, allow_blank=True)
    valid_until = serializers.DateField(required=False, allow_null=True)
    language = serializers.ChoiceField(Quote.PaperLanguage.choices, required=False)
    terms = serializers.ChoiceField(Order.Terms.choices, required=False)
    prepaid_percent = PercentStringField(required=False, allow_null=True)
    freight = AmountStringField(required=False)
    preferential_policy = TextField(max_length=300, required=False, allow_blank=True)
    delivery_cycle = TextField(max_length=160, required=False, allow_blank=True)
    warranty = TextField(max_length=300, required=False, allow_blank=True)
    contact_name = TextField(max_length=40, required=False, allow_blank=True)
    contact_phone = TextField(max_length=30, required=False, allow_blank=True)
    contact_email = TextField(max_length=254, required=False, allow_blank=True)
    address = TextField(max_length=260, required=False, allow_blank=True)
    remarks = TextField(max_length=2000, required=False, allow_blank=True)
    internal_note = TextField(max_length=2000, required=False, allow_blank=True)


class QuoteIn(QuoteHeaderIn):
    """POST: a quotation as a draft; `enquiry` is the number of the enquiry it answers."""

    customer = serializers.CharField(max_length=12, help_text="The customer's code")
    enquiry = TextField(max_length=24, required=False, allow_blank=True)
    external_ref = TextField(max_length=64, required=False, allow_blank=True)
    lines = QuoteLineIn(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]


class QuotePatchIn(QuoteHeaderIn):
    """PATCH: only what is sent changes; `lines` replaces all lines."""

    lines = QuoteLineIn(  # type: ignore[call-arg]
        many=True, required=False, allow_empty=False, max_length=MOST_LINES
    )


def quote_draft_from(data: Mapping[str, Any]) -> QuoteDraft:
    """The body of a POST as a draft."""
    apart = ("customer", "enquiry", "lines", "address")
    given = {name: value for name, value in data.items() if name not in apart and value is not None}
    return QuoteDraft(lines=tuple(data["lines"]), delivery_address=data.get("address", ""), **given)


PATCHED = (
    "title", "valid_until", "language", "terms", "prepaid_percent", "freight", "preferential_policy",
    "delivery_cycle", "warranty", "contact_name", "contact_phone", "contact_email", "remarks", "internal_note",
)  # fmt: skip


def quote_draft_after(quote: Quote, data: Mapping[str, Any]) -> QuoteDraft:
    """The draft's present contents with the body of a PATCH laid over them."""
    header = {name: getattr(quote, name) for name in PATCHED} | {"delivery_address": quote.delivery_address}
    header |= {
        ("delivery_address" if name == "address" else name): value
        for name, value in data.items()
        if name != "lines"
    }
    lines = data["lines"] if "lines" in data else [line_as_draft(line) for line in quote.lines.all()]
    return QuoteDraft(lines=tuple(lines), **header)


def line_as_draft(line: QuoteLine) -> QuoteLineDraft:
    """Prices found in a list are found again, those typed in stay."""
    return QuoteLineDraft(
        sku=line.sku,
        quantity=line.quantity,
        unit_price=None if line.price_source in FOUND_PRICES else line.unit_price,
        discount_percent=line.discount_percent,
        tax_rate=line.tax_rate,
        is_alternative=line.is_alternative,
        is_made_to_order=line.is_made_to_order or None,
        lead_days=line.lead_days,
        remark=line.remark,
    )


class QuoteLineOut(serializers.Serializer[Any]):
    """A line as it stands; `price_source` says where the price comes from. Written out by hand."""

    line = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    spec = serializers.CharField()
    unit = serializers.CharField()
    quantity = QuantityStringField()
    unit_price = PriceStringField(help_text="Without tax")
    list_price = PriceStringField(allow_null=True)
    price_source = serializers.CharField()
    price_source_label = serializers.CharField()
    discount_percent = PercentStringField()
    tax_rate = RateStringField()
    net = AmountStringField()
    tax = AmountStringField()
    gross = AmountStringField()
    alternative = serializers.BooleanField(help_text="Stands on the paper and is not part of the total")
    supply = serializers.CharField()
    made_to_order = serializers.BooleanField()
    lead_days = serializers.IntegerField(allow_null=True)
    remark = serializers.CharField()

    def to_representation(self, line: QuoteLine) -> dict[str, Any]:
        texts = ("sku", "name", "spec", "unit", "price_source", "supply", "remark")
        figures = ("quantity", "unit_price", "discount_percent", "tax_rate", "net", "tax", "gross")
        return {
            "line": line.line_no,
            **{name: getattr(line, name) for name in texts},
            **{name: str(getattr(line, name)) for name in figures},
            "list_price": None if line.list_price is None else str(line.list_price),
            "price_source_label": line.source_label,
            "alternative": line.is_alternative,
            "made_to_order": line.is_made_to_order,
            "lead_days": line.lead_days,
        }


class QuoteReviewOut(serializers.ModelSerializer[QuoteReview]):
    """One department's verdict; `round` tells the submissions apart."""

    department_label = LabelField(source="get_department_display")
    verdict_label = LabelField(source="get_verdict_display")
    actor = serializers.CharField(source="actor.username")

    class Meta:
        model = QuoteReview
        fields = (
            "round",
            "department",
            "department_label",
            "verdict",
            "verdict_label",
            "note",
            "promised_on",
            "actor",
            "at",
        )


class QuoteActionsField(AvailableActionsField):
    """The moves of the table, and those that follow from another act: revise, approve, refuse."""

    def to_representation(self, document: Quote) -> list[dict[str, Any]]:
        user = self.context["request"].user
        found = super().to_representation(document)
        if document.status in REVISABLE and user.may("orders.make_quotes"):
            found.append({"name": "revise", "label": str(REVISE_LABEL), "needs_reason": False})
        if not user.is_service and departments_open_to(document, user):
            found.append({"name": "approve", "label": str(APPROVE_LABEL), "needs_reason": False})
            found.append({"name": "refuse", "label": str(REFUSE_LABEL), "needs_reason": True})
        return found


class QuoteOut(serializers.ModelSerializer[Quote]):
    """One version of a quotation; `revision` counts the versions of a `series`."""

    status_label = LabelField(source="get_status_display")
    customer = serializers.CharField(source="customer.number")
    customer_label = LabelField(source="customer.name")
    enquiry = serializers.CharField(source="enquiry.number", allow_null=True, default=None)
    region = serializers.CharField(source="region.code", allow_null=True, default=None)
    salesperson = serializers.CharField(source="salesperson.username")
    salesperson_label = LabelField(source="salesperson.display_name")
    language_label = LabelField(source="get_language_display")
    terms_label = LabelField(source="get_terms_display")
    prepaid_percent = PercentStringField(allow_null=True)
    contact_phone = serializers.SerializerMethodField()
    address = serializers.CharField(source="delivery_address")
    freight = AmountStringField()
    net = AmountStringField()
    tax = AmountStringField()
    total = AmountStringField(help_text="Lines and freight, tax included, alternatives apart (G-03)")
    largest_discount = PercentStringField(help_text="The largest share below a list price among the lines")
    available_actions = QuoteActionsField()
    reviews = QuoteReviewOut(many=True)
    lines = QuoteLineOut(many=True)

    class Meta:
        model = Quote
        fields = (
            "number",
            "series",
            "revision",
            "status",
            "status_label",
            "customer",
            "customer_label",
            "enquiry",
            "region",
            "salesperson",
            "salesperson_label",
            "title",
            "currency",
            "language",
            "language_label",
            "quoted_on",
            "valid_until",
            "terms",
            "terms_label",
            "prepaid_percent",
            "preferential_policy",
            "delivery_cycle",
            "warranty",
            "contact_name",
            "contact_phone",
            "contact_email",
            "address",
            "remarks",
            "internal_note",
            "freight",
            "net",
            "tax",
            "total",
            "largest_discount",
            "is_below_floor",
            "price_level",
            "reviews_needed",
            "reviews",
            "external_ref",
            "created_at",
            "submitted_at",
            "sent_at",
            "sent_to",
            "answered_on",
            "answered_by",
            "updated_at",
            "version",
            "available_actions",
            "lines",
        )

    def get_contact_phone(self, quote: Quote) -> str:
        """Masked for roles that do not see phones (CM-03)."""
        return phone_for(self.context["request"].user, quote.contact_phone)

    def to_representation(self, quote: Quote) -> dict[str, Any]:
        shown = super().to_representation(quote)
        if str(shown.get("external_ref", "")).startswith("page:"):
            shown["external_ref"] = ""  # our own guard against a form sent twice
        return shown


class ReviewIn(serializers.Serializer[Any]):
    """The verdict of one department, given by one of its people."""

    department = serializers.ChoiceField(QuoteReview.Department.choices)
    note = TextField(max_length=500, required=False, allow_blank=True)
    reason = TextField(max_length=500, required=False, allow_blank=True)
    promised_on = serializers.DateField(required=False, allow_null=True)


class SendIn(serializers.Serializer[Any]):
    """`to`: another address than the quotation's own business e-mail."""

    to = TextField(max_length=254, required=False, allow_blank=True)
    note = TextField(max_length=2000, required=False, allow_blank=True)


class AnswerIn(serializers.Serializer[Any]):
    """What the customer answered; `file` is the paper, if there is one."""

    answered_by = TextField(max_length=60, required=False, allow_blank=True)
    answered_on = serializers.DateField(required=False, allow_null=True)
    note = TextField(max_length=2000, required=False, allow_blank=True)
    reason = TextField(max_length=2000, required=False, allow_blank=True)
    file = serializers.FileField(required=False)
