"""Money, prices and quantities: exact in Python, integers in the database (G-01, G-02).

Amounts are stored in minor units (fen), unit prices and quantities in millionths, so that sums,
comparisons and conditional updates are exact on every database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import total_ordering
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Combinable, register_combinable_fields
from django.utils.translation import gettext_lazy as _

BASE_CURRENCY = "CNY"
ZERO = Decimal("0.00")
CENT = Decimal("0.01")
BIGGEST_STORED = 2**63 - 1
MOST_DIGITS = 20


class CurrencyMismatch(TypeError):
    """Two currencies were added, subtracted or compared: money never converts by itself (SY-02)."""


def to_decimal(value: Decimal | int | str) -> Decimal:
    """Return an exact, finite Decimal. A float raises, for it has already lost the figure."""
    if isinstance(value, bool | float):
        raise TypeError(f"{type(value).__name__} is not exact enough for money or quantities: {value!r}")
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise ValueError(f"not a number: {value!r}") from error
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        raise ValueError(f"not a number of ordinary size: {value!r}")
    return number


def round_half_up(value: Decimal, places: int = 2) -> Decimal:
    """Round commercially, away from zero at the half (G-01)."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def percentage(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return part ÷ whole in percent with 2 decimals; None, never 0, when there is no base (G-07)."""
    if whole == 0:
        return None
    return round_half_up(part * 100 / whole)


def value_up_to(line_gross: Decimal, quantity: Decimal, line_quantity: Decimal) -> Decimal:
    """Value of the first `quantity` units of a line, by cumulative rounding (G-06).

    A delivery, return or invoice is worth the difference of two such values, so that the parts
    always add up to the line, whatever their order.
    """
    if line_quantity == 0:
        return ZERO
    return round_half_up(line_gross * quantity / line_quantity)


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its currency, 2 places. Adding or comparing two currencies raises."""

    amount: Decimal
    currency: str = BASE_CURRENCY

    def __post_init__(self) -> None:
        exact = to_decimal(self.amount)
        if exact != round_half_up(exact):
            raise ValueError(f"money has 2 places, round it first: {exact}")
        object.__setattr__(self, "amount", round_half_up(exact))

    def _same(self, other: Money) -> Decimal:
        if not isinstance(other, Money):
            raise TypeError(f"money and {type(other).__name__} do not mix")
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not mix")
        return other.amount

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def total_of(amounts: Iterable[Money], currency: str = BASE_CURRENCY) -> Money:
    """Add up amounts of one currency; an empty list is zero of `currency`."""
    return sum(amounts, Money(ZERO, currency))


class ScaledIntegerField(models.Field):
    """A Decimal in Python, an integer of 10^-scale units in the database.

    Refuses floats, and refuses to round: what does not fit the scale is an error of the caller.
    `display_places` are the places a person may type, `least_places` those always shown.
    Deliberately no IntegerField: F() arithmetic would then come back unscaled.
    """

    scale = 2
    display_places = 2
    least_places = 2
    empty_strings_allowed = False

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def to_stored(self, value: Decimal | int | str) -> int:
        scaled = to_decimal(value).scaleb(self.scale)
        stored = int(scaled)
        if stored != scaled:
            raise ValueError(f"{self.name or type(self).__name__} keeps {self.scale} places: {value}")
        if abs(stored) > BIGGEST_STORED:
            raise ValueError(f"{self.name or type(self).__name__} is too large: {value}")
        return stored

    def from_stored(self, stored: int | Decimal) -> Decimal:
        """The value with the places it needs, at least `least_places`: 12.3456, 980.00, 7."""
        units, places = int(stored), self.scale
        while places > self.least_places and units % 10 == 0:
            units, places = units // 10, places - 1
        return Decimal(units).scaleb(-places)

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None or isinstance(value, Combinable):
            return value
        return self.to_stored(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else self.from_stored(value)

    def to_python(self, value: Any) -> Decimal | None:
        if value in (None, ""):
            return None
        try:
            number = to_decimal(value)
            self.to_stored(number)
        except (ValueError, TypeError) as error:
            raise ValidationError(_("Enter a number."), code="invalid") from error
        return number

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        defaults = {"form_class": forms.DecimalField, "max_digits": 15, "decimal_places": self.display_places}
        return super().formfield(**{**defaults, **kwargs})


class AmountField(ScaledIntegerField):
    """An amount in the currency of its document, minor units in the database."""


class PriceField(ScaledIntegerField):
    """A unit price without tax: up to 4 places, stored in millionths (G-01, G-02)."""

    scale, display_places, least_places = 6, 4, 2


class QuantityField(ScaledIntegerField):
    """A quantity of the product's unit: up to 3 places, stored in millionths (G-01)."""

    scale, display_places, least_places = 6, 3, 0


class RateField(ScaledIntegerField):
    """A rate or percentage, stored in millionths: 0.13 is thirteen percent."""

    scale, display_places, least_places = 6, 4, 2


for _field in (AmountField, PriceField, QuantityField, RateField):
    register_combinable_fields(_field, Combinable.ADD, _field, _field)
    register_combinable_fields(_field, Combinable.SUB, _field, _field)
