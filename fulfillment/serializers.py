"""The goods' papers as the API shows and takes them."""

from __future__ import annotations

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from core.api.fields import (
    AmountStringField,
    AvailableActionsField,
    LabelField,
    MomentField,
    QuantityStringField,
    TextField,
    WholeNumberField,
)
from fulfillment.models import (
    DeliveryLine,
    DeliveryProof,
    DispatchLine,
    DispatchNotice,
    GatePass,
    Shipment,
    ShipmentLine,
)

MOST_LINES = 5_000


class DispatchLineOut(serializers.ModelSerializer[DispatchLine]):
    line = serializers.IntegerField(source="order_line.line_no", help_text="Line of the order")
    sku = serializers.CharField(source="order_line.sku")
    name = serializers.CharField(source="order_line.name")
    unit = serializers.CharField(source="order_line.unit")
    quantity = QuantityStringField()

    class Meta:
        model = DispatchLine
        fields = ("line", "sku", "name", "unit", "quantity")


class DispatchNoticeOut(serializers.ModelSerializer[DispatchNotice]):
    status_label = LabelField(source="get_status_display")
    order = serializers.CharField(source="order.number")
    customer = serializers.CharField(source="order.customer.number")
    warehouse = serializers.CharField(source="warehouse.code")
    created_by = serializers.CharField(source="created_by.username")
    shipment = serializers.SerializerMethodField()
    lines = DispatchLineOut(many=True)
    available_actions = AvailableActionsField()

    class Meta:
        model = DispatchNotice
        fields = (
            "number", "status", "status_label", "order", "customer", "warehouse", "remarks", "created_at",
            "created_by", "version", "shipment", "lines", "available_actions",
        )  # fmt: skip

    def get_shipment(self, notice: DispatchNotice) -> str | None:
        shipment = getattr(notice, "shipment", None)
        return shipment.number if shipment else None


class ShipmentLineOut(serializers.ModelSerializer[ShipmentLine]):
    line = serializers.IntegerField(source="line_no", help_text="Line of the shipment")
    order_line = serializers.IntegerField(source="order_line.line_no")
    sku = serializers.CharField(source="order_line.sku")
    name = serializers.CharField(source="order_line.name")
    unit = serializers.CharField(source="order_line.unit")
    quantity = QuantityStringField()
    picked = QuantityStringField()
    checked = QuantityStringField()
    batch = serializers.SerializerMethodField()

    class Meta:
        model = ShipmentLine
        fields = ("line", "order_line", "sku", "name", "unit", "quantity", "picked", "checked", "batch")

    def get_batch(self, line: ShipmentLine) -> str | None:
        return line.batch.number if line.batch else None


class ShipmentOut(serializers.ModelSerializer[Shipment]):
    status_label = LabelField(source="get_status_display")
    order = serializers.CharField(source="order.number")
    customer = serializers.CharField(source="order.customer.number")
    notice = serializers.CharField(source="notice.number")
    carrier = serializers.SerializerMethodField()
    cost = AmountStringField(allow_null=True)
    currency = serializers.SerializerMethodField(help_text="Of the freight cost")
    gate_pass = serializers.SerializerMethodField()
    proof = serializers.SerializerMethodField()
    lines = ShipmentLineOut(many=True)
    available_actions = AvailableActionsField()

    class Meta:
        model = Shipment
        fields = (
            "number", "status", "status_label", "order", "customer", "notice", "carrier", "tracking_number",
            "vehicle", "cost", "currency", "gone_at", "gone_on", "gate_pass", "proof", "created_at",
            "version", "lines", "available_actions",
        )  # fmt: skip

    def get_carrier(self, shipment: Shipment) -> str | None:
        return shipment.carrier.code if shipment.carrier else None

    def get_currency(self, shipment: Shipment) -> str:
        return "CNY"

    def get_gate_pass(self, shipment: Shipment) -> str | None:
        gate_pass = getattr(shipment, "gate_pass", None)
        return gate_pass.number if gate_pass else None

    def get_proof(self, shipment: Shipment) -> str | None:
        proof = getattr(shipment, "proof", None)
        return proof.number if proof else None


class GatePassOut(serializers.ModelSerializer[GatePass]):
    shipment = serializers.CharField(source="shipment.number")
    order = serializers.CharField(source="shipment.order.number")
    issued_by = serializers.CharField(source="issued_by.username")
    used_by = serializers.SerializerMethodField()

    class Meta:
        model = GatePass
        fields = ("number", "shipment", "order", "issued_at", "issued_by", "used_at", "used_by")

    def get_used_by(self, gate_pass: GatePass) -> str | None:
        return gate_pass.used_by.username if gate_pass.used_by else None


class DeliveryLineOut(serializers.ModelSerializer[DeliveryLine]):
    line = serializers.IntegerField(source="shipment_line.line_no", help_text="Line of the shipment")
    good = QuantityStringField()
    short = QuantityStringField()
    damaged = QuantityStringField()

    class Meta:
        model = DeliveryLine
        fields = ("line", "good", "short", "damaged")


class DeliveryProofOut(serializers.ModelSerializer[DeliveryProof]):
    shipment = serializers.CharField(source="shipment.number")
    order = serializers.CharField(source="shipment.order.number")
    file_name = serializers.CharField(source="image.name")
    file_sha256 = serializers.CharField(source="image.sha256")
    recorded_by = serializers.CharField(source="recorded_by.username")
    lines = DeliveryLineOut(many=True)

    class Meta:
        model = DeliveryProof
        fields = (
            "number", "shipment", "order", "signer", "signed_at", "signed_on", "note", "file_name",
            "file_sha256", "recorded_at", "recorded_by", "lines",
        )  # fmt: skip


class DispatchLineIn(serializers.Serializer[Any]):
    line = WholeNumberField(min_value=1, help_text="Line of the order")
    quantity = QuantityStringField()


class DispatchNoticeIn(serializers.Serializer[Any]):
    order = TextField(max_length=24)
    lines = serializers.ListField(
        child=DispatchLineIn(), required=False, allow_null=True, max_length=MOST_LINES,
        help_text="Left out: everything that is reserved and free",
    )  # fmt: skip
    remarks = TextField(max_length=500, required=False, allow_blank=True, default="")


class PickLineIn(serializers.Serializer[Any]):
    line = WholeNumberField(min_value=1, help_text="Line of the shipment")
    quantity = QuantityStringField()
    batch = TextField(max_length=40, required=False, allow_blank=True, default="")


class PickIn(serializers.Serializer[Any]):
    lines = serializers.ListField(child=PickLineIn(), max_length=MOST_LINES)


class CheckLineIn(serializers.Serializer[Any]):
    line = WholeNumberField(min_value=1, help_text="Line of the shipment")
    sku = TextField(max_length=40, help_text="Code or barcode read off the goods")
    quantity = QuantityStringField()
    batch = TextField(max_length=40, required=False, allow_blank=True, default="")


class CheckIn(serializers.Serializer[Any]):
    lines = serializers.ListField(child=CheckLineIn(), max_length=MOST_LINES)


class GateOutIn(serializers.Serializer[Any]):
    gate_pass = TextField(max_length=24)
    carrier = TextField(max_length=12, help_text="Code of the carrier")
    tracking_number = TextField(max_length=60, required=False, allow_blank=True, default="")
    vehicle = TextField(max_length=20, required=False, allow_blank=True, default="")
    cost = AmountStringField(required=False, allow_null=True, default=None)


class ArrivalIn(serializers.Serializer[Any]):
    line = WholeNumberField(min_value=1, help_text="Line of the shipment")
    good = QuantityStringField()
    short = QuantityStringField(required=False, default=0)
    damaged = QuantityStringField(required=False, default=0)


@extend_schema_field(ArrivalIn(many=True))
class JsonLinesField(serializers.ListField):
    """Lines in a multipart body: one part that holds the JSON array."""

    def get_value(self, dictionary: Any) -> Any:
        return dictionary.get(self.field_name, empty)

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, str):
            try:
                data = json.loads(data)
            except (ValueError, RecursionError):
                self.fail("not_a_list", input_type="text")
        return list(super().to_internal_value(data))


class DeliveryProofIn(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="JPG, PNG or PDF, at most 10 MB")
    signer = TextField(max_length=60)
    signed_at = MomentField()
    lines = JsonLinesField(child=ArrivalIn(), max_length=MOST_LINES)
    note = TextField(max_length=500, required=False, allow_blank=True, default="")
