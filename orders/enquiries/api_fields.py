"""How enquiries look on the API: what comes in, and what goes out. Quantities are decimal strings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from core.api.fields import (
    AvailableActionsField,
    LabelField,
    MomentField,
    QuantityStringField,
    TextField,
)
from customers.phones import phone_for
from orders.enquiries.drafts import MOST_LINES, EnquiryDraft, EnquiryLineDraft
from orders.models import Enquiry, EnquiryLine

LINE_FIELDS = ("sku", "description", "spec", "quantity", "unit")


class EnquiryLineIn(serializers.Serializer[Any]):
    """A product by code, barcode or the customer's part number, or words for it."""

    sku = TextField(max_length=40, required=False, allow_blank=True)
    description = TextField(max_length=160, required=False, allow_blank=True)
    spec = TextField(max_length=160, required=False, allow_blank=True)
    quantity = QuantityStringField(required=False, allow_null=True)
    unit = TextField(max_length=12, required=False, allow_blank=True)

    def to_internal_value(self, data: Any) -> EnquiryLineDraft:
        if isinstance(data, Mapping):
            unknown = sorted(set(data) - set(LINE_FIELDS))
            if unknown:
                raise serializers.ValidationError(
                    {name: serializers.ErrorDetail("", code="unknown_field") for name in unknown}
                )
        return EnquiryLineDraft(**super().to_internal_value(data))


class EnquiryHeaderIn(serializers.Serializer[Any]):
    """What stands above the lines."""

    channel = serializers.ChoiceField(choices=Enquiry.Channel.choices, required=False)
    prospect_name = TextField(max_length=120, required=False, allow_blank=True)
    contact_name = TextField(max_length=40, required=False, allow_blank=True)
    contact_phone = TextField(max_length=30, required=False, allow_blank=True)
    contact_email = TextField(max_length=254, required=False, allow_blank=True)
    region = TextField(max_length=8, required=False, allow_blank=True, help_text="Desk of a prospect")
    wanted_on = serializers.DateField(required=False, allow_null=True)
    special_needs = TextField(max_length=2000, required=False, allow_blank=True)


class EnquiryIn(EnquiryHeaderIn):
    """POST: of a customer by code, or of a prospect by name and region."""

    customer = TextField(max_length=12, required=False, allow_blank=True)
    owner = TextField(
        max_length=150,
        required=False,
        allow_blank=True,
        help_text="Username; a client names one for a prospect",
    )
    received_at = MomentField(required=False, allow_null=True)
    external_ref = TextField(max_length=64, required=False, allow_blank=True)
    lines = EnquiryLineIn(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]


class EnquiryPatchIn(EnquiryHeaderIn):
    """PATCH: only what is sent changes; `lines` replaces all lines."""

    lines = EnquiryLineIn(  # type: ignore[call-arg]
        many=True, required=False, allow_empty=False, max_length=MOST_LINES
    )


KEPT_HEADER = ("channel", "contact_name", "contact_phone", "contact_email", "wanted_on", "special_needs")


def draft_after(enquiry: Enquiry, data: Mapping[str, Any], region: Any) -> EnquiryDraft:
    """The enquiry's present contents with the body of a PATCH laid over them."""
    header = {name: getattr(enquiry, name) for name in KEPT_HEADER}
    header |= {name: value for name, value in data.items() if name in KEPT_HEADER}
    lines = data["lines"] if "lines" in data else [line_as_draft(line) for line in enquiry.lines.all()]
    kept_name = "" if enquiry.customer is not None else enquiry.prospect_name
    return EnquiryDraft(
        lines=tuple(lines),
        customer=enquiry.customer,
        prospect_name=data.get("prospect_name", kept_name),
        region=region if "region" in data else enquiry.region,
        **header,
    )


def line_as_draft(line: EnquiryLine) -> EnquiryLineDraft:
    return EnquiryLineDraft(
        sku=line.product.sku if line.product is not None else "",
        description=line.description,
        spec=line.spec,
        quantity=line.quantity,
        unit=line.unit,
    )


class EnquiryLineOut(serializers.Serializer[Any]):
    line = serializers.IntegerField(source="line_no")
    sku = serializers.CharField(source="product.sku", allow_null=True, default=None)
    description = serializers.CharField()
    spec = serializers.CharField()
    quantity = QuantityStringField(allow_null=True)
    unit = serializers.CharField()


class EnquiryOut(serializers.ModelSerializer[Enquiry]):
    """An enquiry with its response clock; `on_time` is null while nobody has answered."""

    status_label = LabelField(source="get_status_display")
    channel_label = LabelField(source="get_channel_display")
    lost_reason_label = LabelField(source="get_lost_reason_display")
    customer = serializers.CharField(source="customer.number", allow_null=True, default=None)
    customer_label = serializers.CharField(source="asked_by")
    region = serializers.CharField(source="region.code", allow_null=True, default=None)
    owner = serializers.CharField(source="owner.username")
    owner_label = LabelField(source="owner.display_name")
    contact_phone = serializers.SerializerMethodField()
    on_time = serializers.BooleanField(source="clock.is_on_time", allow_null=True)
    overdue = serializers.BooleanField(source="clock.is_overdue")
    demand_confirmed = serializers.BooleanField(source="is_demand_confirmed")
    available_actions = AvailableActionsField()
    lines = EnquiryLineOut(many=True)

    class Meta:
        model = Enquiry
        fields = (
            "number",
            "status",
            "status_label",
            "channel",
            "channel_label",
            "customer",
            "customer_label",
            "prospect_name",
            "contact_name",
            "contact_phone",
            "contact_email",
            "region",
            "owner",
            "owner_label",
            "received_at",
            "response_due_on",
            "responded_at",
            "on_time",
            "overdue",
            "wanted_on",
            "special_needs",
            "demand_confirmed",
            "demand_confirmed_by",
            "demand_confirmed_on",
            "lost_reason",
            "lost_reason_label",
            "closed_at",
            "external_ref",
            "created_at",
            "updated_at",
            "version",
            "available_actions",
            "lines",
        )

    def get_contact_phone(self, enquiry: Enquiry) -> str:
        """Masked for roles that do not see phones (CM-03)."""
        return phone_for(self.context["request"].user, enquiry.contact_phone)


class DemandIn(serializers.Serializer[Any]):
    """The customer's confirmation of the demand note as it stands; `file` is the paper (EN-02)."""

    confirmed_by = TextField(max_length=60)
    confirmed_on = serializers.DateField()
    file = serializers.FileField(required=False)


class ClosingIn(serializers.Serializer[Any]):
    """Why it ends; `lost_reason` is needed unless it was quoted."""

    lost_reason = serializers.ChoiceField(
        choices=Enquiry.LostReason.choices, required=False, allow_blank=True
    )
    note = TextField(required=False, allow_blank=True)


class ReassignIn(serializers.Serializer[Any]):
    owner = TextField(max_length=150, help_text="Username")
    note = TextField(max_length=200, required=False, allow_blank=True)


class LinkIn(serializers.Serializer[Any]):
    customer = TextField(max_length=12, help_text="The customer's code")
