"""How orders look on the API: what comes in, and what goes out. Money and quantities are decimal strings."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

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
)
from orders.drafts import FOUND_SOURCES, MOST_LINES, LineDraft, OrderDraft
from orders.models import Order, OrderLine

LINE_FIELDS = (
    "sku",
    "quantity",
    "unit_price",
    "discount_percent",
    "tax_rate",
    "unclear",
    "special_request",
    "remark",
)


class LineIn(serializers.Serializer[Any]):
    """A line asked for; without `unit_price` the price found holds (`/prices/`), without `tax_rate` the product's.

    `sku` may also be a barcode, the customer's part number, or a name or its initials that fit one product.
    """

    sku = TextField(max_length=40)
    quantity = QuantityStringField()
    unit_price = PriceStringField(required=False, allow_null=True)
    discount_percent = PercentStringField(required=False)
    tax_rate = RateStringField(required=False, allow_null=True)
    unclear = serializers.BooleanField(required=False)
    special_request = TextField(max_length=200, required=False, allow_blank=True)
    remark = TextField(max_length=200, required=False, allow_blank=True)

    def to_internal_value(self, data: Any) -> LineDraft:
        if isinstance(data, Mapping):
            unknown = sorted(set(data) - set(LINE_FIELDS))
            if unknown:
                raise serializers.ValidationError(
                    {name: serializers.ErrorDetail("", code="unknown_field") for name in unknown}
                )
        value = super().to_internal_value(data)
        return LineDraft(
            sku=value["sku"],
            quantity=value["quantity"],
            unit_price=value.get("unit_price"),
            discount_percent=value.get("discount_percent", Decimal(0)),
            tax_rate=value.get("tax_rate"),
            is_unclear=value.get("unclear", False),
            special_request=value.get("special_request", ""),
            remark=value.get("remark", ""),
        )


class OrderHeaderIn(serializers.Serializer[Any]):
    """The header fields of an order; empty ones are filled from the customer file (IN-05)."""

    channel = serializers.ChoiceField(Order.Channel.choices, required=False)
    customer_po = TextField(max_length=40, required=False, allow_blank=True)
    ordered_on = serializers.DateField(required=False, allow_null=True)
    promised_on = serializers.DateField(required=False, allow_null=True)
    terms = serializers.ChoiceField(Order.Terms.choices, required=False)
    prepaid_percent = PercentStringField(required=False, allow_null=True)
    stated_amount = AmountStringField(required=False, allow_null=True)
    stated_amount_absent = serializers.BooleanField(required=False)
    freight = AmountStringField(required=False)
    contact_name = TextField(max_length=40, required=False, allow_blank=True)
    contact_phone = TextField(max_length=30, required=False, allow_blank=True)
    contact_email = TextField(max_length=254, required=False, allow_blank=True)
    address = TextField(max_length=260, required=False, allow_blank=True)
    source = TextField(max_length=60, required=False, allow_blank=True)  # type: ignore[assignment]
    remarks = TextField(max_length=2000, required=False, allow_blank=True)
    contract = TextField(
        max_length=24,
        required=False,
        allow_blank=True,
        help_text="A contract of the customer in force (CT-02)",
    )


class OrderIn(OrderHeaderIn):
    """POST: an order as a draft."""

    customer = serializers.CharField(max_length=12, help_text="The customer's code")
    external_ref = TextField(max_length=64, required=False, allow_blank=True)
    lines = LineIn(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]


class OrderPatchIn(OrderHeaderIn):
    """PATCH: only what is sent changes; `lines` replaces all lines."""

    lines = LineIn(  # type: ignore[call-arg]
        many=True, required=False, allow_empty=False, max_length=MOST_LINES
    )


def draft_from(data: Mapping[str, Any]) -> OrderDraft:
    """The body of a POST as a draft."""
    given = {name: value for name, value in data.items() if name not in ("customer", "lines", "address")}
    given.setdefault("channel", Order.Channel.ONLINE)
    return OrderDraft(
        lines=tuple(data["lines"]),
        delivery_address=data.get("address", ""),
        **{name: value for name, value in given.items() if value is not None},
    )


def draft_after(order: Order, data: Mapping[str, Any]) -> OrderDraft:
    """The order's present contents with the body of a PATCH laid over them."""
    names = (
        "channel",
        "customer_po",
        "ordered_on",
        "promised_on",
        "terms",
        "prepaid_percent",
        "stated_amount",
        "stated_amount_absent",
        "freight",
        "contact_name",
        "contact_phone",
        "contact_email",
        "source",
        "remarks",
    )
    header = {name: getattr(order, name) for name in names} | {"delivery_address": order.delivery_address}
    header |= {
        ("delivery_address" if n == "address" else n): value for n, value in data.items() if n != "lines"
    }
    if "stated_amount" in data and data["stated_amount"] is not None and "stated_amount_absent" not in data:
        header["stated_amount_absent"] = False
    lines = data["lines"] if "lines" in data else [line_as_draft(line) for line in order.lines.all()]
    return OrderDraft(lines=tuple(lines), **header)


def line_as_draft(line: OrderLine) -> LineDraft:
    return LineDraft(
        sku=line.sku,
        quantity=line.quantity,
        unit_price=None if line.price_source in FOUND_SOURCES else line.unit_price,
        discount_percent=line.discount_percent,
        tax_rate=line.tax_rate,
        is_unclear=line.is_unclear,
        special_request=line.special_request,
        remark=line.remark,
    )


class LineOut(serializers.Serializer[Any]):
    """A line as it stands. Written out by hand: an order may have thousands."""

    line = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    spec = serializers.CharField()
    unit = serializers.CharField()
    quantity = QuantityStringField()
    unit_price = PriceStringField(help_text="Without tax")
    list_price = PriceStringField(allow_null=True)
    price_source = serializers.CharField(help_text="Where the unit price comes from")
    price_source_label = serializers.CharField()
    discount_percent = PercentStringField()
    tax_rate = RateStringField()
    net = AmountStringField()
    tax = AmountStringField()
    gross = AmountStringField()
    unclear = serializers.BooleanField()
    special_request = serializers.CharField()
    remark = serializers.CharField()
    reserved = QuantityStringField()
    shipped = QuantityStringField()
    signed = QuantityStringField()
    damaged = QuantityStringField()

    def to_representation(self, line: OrderLine) -> dict[str, Any]:
        return {
            "line": line.line_no,
            "sku": line.sku,
            "name": line.name,
            "spec": line.spec,
            "unit": line.unit,
            "quantity": str(line.quantity),
            "unit_price": str(line.unit_price),
            "list_price": None if line.list_price is None else str(line.list_price),
            "price_source": line.price_source,
            "price_source_label": line.source_label,
            "discount_percent": str(line.discount_percent),
            "tax_rate": str(line.tax_rate),
            "net": str(line.net),
            "tax": str(line.tax),
            "gross": str(line.gross),
            "unclear": line.is_unclear,
            "special_request": line.special_request,
            "remark": line.remark,
            "reserved": str(line.reserved),
            "shipped": str(line.shipped),
            "signed": str(line.signed),
            "damaged": str(line.damaged),
        }


class OrderOut(serializers.ModelSerializer[Order]):
    """An order with its three states: review, money, goods."""

    status_label = LabelField(source="get_status_display")
    payment_status_label = LabelField(source="get_payment_status_display")
    delivery_status_label = LabelField(source="get_delivery_status_display")
    channel_label = LabelField(source="get_channel_display")
    terms_label = LabelField(source="get_terms_display")
    customer = serializers.CharField(source="customer.number")
    customer_label = LabelField(source="customer.name")
    region = serializers.CharField(source="region.code", allow_null=True, default=None)
    salesperson = serializers.CharField(source="salesperson.username")
    salesperson_label = LabelField(source="salesperson.display_name")
    address = serializers.CharField(source="delivery_address")
    contract = serializers.CharField(source="contract.number", allow_null=True, default=None)
    prepaid_percent = PercentStringField(allow_null=True)
    stated_amount = AmountStringField(allow_null=True)
    stated_difference = AmountStringField(
        allow_null=True, help_text="Customer's stated amount less ours (VA-02)"
    )
    freight = AmountStringField()
    net = AmountStringField()
    tax = AmountStringField()
    total = AmountStringField(help_text="Order amount A: lines and freight, tax included (G-03)")
    paid = AmountStringField()
    unpaid = AmountStringField()
    posted = AmountStringField()
    available_actions = AvailableActionsField()
    lines = LineOut(many=True)

    class Meta:
        model = Order
        fields = (
            "number",
            "status",
            "status_label",
            "payment_status",
            "payment_status_label",
            "delivery_status",
            "delivery_status_label",
            "holds",
            "has_shortage",
            "customer",
            "customer_label",
            "region",
            "salesperson",
            "salesperson_label",
            "channel",
            "channel_label",
            "customer_po",
            "contract",
            "external_ref",
            "ordered_on",
            "promised_on",
            "terms",
            "terms_label",
            "prepaid_percent",
            "currency",
            "stated_amount",
            "stated_amount_absent",
            "stated_difference",
            "freight",
            "net",
            "tax",
            "total",
            "paid",
            "unpaid",
            "posted",
            "contact_name",
            "contact_phone",
            "contact_email",
            "address",
            "source",
            "remarks",
            "created_at",
            "submitted_at",
            "approved_at",
            "completed_on",
            "updated_at",
            "version",
            "available_actions",
            "lines",
        )

    def to_representation(self, order: Order) -> dict[str, Any]:
        shown = super().to_representation(order)
        if str(shown.get("external_ref", "")).startswith("page:"):
            shown["external_ref"] = ""  # our own guard against a form sent twice
        return shown


class ConfirmationIn(serializers.Serializer[Any]):
    """The customer's confirmation of the order as it stands; `file` is the paper, needed for oral
    orders (IN-02).
    """

    confirmed_by = TextField(max_length=60)
    confirmed_on = serializers.DateField()
    file = serializers.FileField(required=False)


class UploadIn(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="The filled-in standard order form, xlsx")
