"""Serializer fields of the contract: money, prices, quantities and rates as decimal strings, labels beside
slugs.

class LineIn(serializers.Serializer):
    sku = TextField(max_length=30)
    quantity = QuantityStringField(min_value=Decimal("0.001"))
    unit_price = PriceStringField(required=False)

class OrderOut(serializers.Serializer):
    total = AmountStringField(read_only=True)
    status = serializers.CharField()
    status_label = LabelField(source="get_status_display")
    available_actions = AvailableActionsField()
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.money import AmountField, PriceField, QuantityField, RateField, ScaledIntegerField, to_decimal

MOST_DIGITS = 15
MOMENT_FORM = "YYYY-MM-DDThh:mm:ss+HH:MM"


def decimal_text(example: str) -> dict[str, Any]:
    """What the schema says of a decimal: text, never a JSON number."""
    return {"type": "string", "format": "decimal", "examples": [example]}


class ExactStringField(serializers.Field):
    """A decimal as text. A JSON number is taken only if it is whole, for a fraction has already been
    rounded."""

    stored_as: type[ScaledIntegerField] = AmountField
    default_error_messages = {
        "invalid": _('Send a decimal as text, for example "12.50".'),
        "places": _("At most {places} decimal places."),
        "too_large": _("This figure is too large."),
        "too_small": _("The smallest figure is {least}."),
    }

    def __init__(self, *, min_value: Decimal | None = None, **kwargs: Any) -> None:
        self.min_value = min_value
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool | float) or not isinstance(data, str | int):
            self.fail("invalid")
        text = str(data).strip() if not isinstance(data, int) or abs(data) < 10**MOST_DIGITS else "x"
        if not text.isascii() or len(text) > 40:
            self.fail("invalid")
        try:
            value = to_decimal(text)
        except (ValueError, TypeError):
            self.fail("invalid")
        if value.adjusted() >= MOST_DIGITS:
            self.fail("too_large")
        places = self.stored_as.display_places
        if value != round(value, places):
            self.fail("places", places=places)
        if self.min_value is not None and value < self.min_value:
            self.fail("too_small", least=self.min_value)
        return value

    def to_representation(self, value: Any) -> str:
        return str(self.stored_as().from_stored(self.stored_as().to_stored(value)))


@extend_schema_field(decimal_text("1234.50"))
class AmountStringField(ExactStringField):
    """Money in the document's currency, 2 places."""

    stored_as = AmountField


@extend_schema_field(decimal_text("980.00"))
class PriceStringField(ExactStringField):
    """A unit price without tax, up to 4 places."""

    stored_as = PriceField


@extend_schema_field(decimal_text("12.5"))
class QuantityStringField(ExactStringField):
    """A quantity, up to 3 places."""

    stored_as = QuantityField


@extend_schema_field(decimal_text("0.13"))
class RateStringField(ExactStringField):
    """A rate: 0.13 is thirteen percent."""

    stored_as = RateField


@extend_schema_field(decimal_text("12.5"))
class PercentStringField(RateStringField):
    """A share in percent: 12.5 is twelve and a half in a hundred."""


class TextField(serializers.CharField):
    """Text of a bounded length; blank allowed unless required."""

    def __init__(self, *, max_length: int = 2000, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)


class WholeNumberField(serializers.IntegerField):
    """A whole number that fits every database column."""

    def __init__(self, *, min_value: int = 0, max_value: int = 2**31 - 1, **kwargs: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)


class MomentField(serializers.DateTimeField):
    """A time as ISO 8601, within the years that every zone and database can hold."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            moment = super().to_internal_value(value)
        except OverflowError:
            self.fail("invalid", format=MOMENT_FORM)
        if not 1900 < moment.year < 9999:
            self.fail("invalid", format=MOMENT_FORM)
        return moment


class LabelField(serializers.CharField):
    """The words for a slug, in the language of Accept-Language. `source` names the getter."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        return str(value)


class ActionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    needs_reason = serializers.BooleanField()


@extend_schema_field(ActionSerializer(many=True))
class AvailableActionsField(serializers.Field):
    """What the caller's role may do next with the document. No query."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, document: Any) -> list[dict[str, Any]]:
        user = self.context["request"].user
        return [
            {"name": move.name.replace("_", "-"), "label": str(move.label), "needs_reason": move.needs_reason}
            for move in document.workflow.available(document, user)
        ]
