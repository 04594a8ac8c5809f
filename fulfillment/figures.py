"""Quantities as people read them."""

from __future__ import annotations

from decimal import Decimal


def figure(quantity: Decimal) -> str:
    """A quantity without superfluous zeros: 7, 2.5."""
    plain = format(quantity.normalize(), "f")
    return "0" if plain == "-0" else plain


def has_more_places(quantity: Decimal, places: int) -> bool:
    """Does the quantity need more decimals than its unit allows (G-01)?"""
    return quantity != round(quantity, places)
