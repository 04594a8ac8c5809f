"""What a line and an order are worth. Pure; amounts are Decimal in one currency (G-02, G-03)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.money import ZERO, percentage, round_half_up

HUNDRED = Decimal(100)
TAX_RATES = (Decimal("0.13"), Decimal("0.09"), Decimal("0.06"), Decimal(0))


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """A line in money: net without tax, tax, and gross = net + tax."""

    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """Sums of rounded lines; `total` is the order amount A, freight included, tax included (G-03)."""

    net: Decimal
    tax: Decimal
    total: Decimal


def price_line(
    quantity: Decimal, unit_price: Decimal, discount_percent: Decimal, tax_rate: Decimal
) -> LineAmounts:
    """Round once per line: net from the unit price without tax, then tax from the rounded net (G-02)."""
    net = round_half_up(quantity * unit_price * (HUNDRED - discount_percent) / HUNDRED)
    tax = round_half_up(net * tax_rate)
    return LineAmounts(net, tax, net + tax)


def order_totals(lines: Iterable[LineAmounts], freight: Decimal = ZERO) -> OrderTotals:
    """Add up rounded lines; totals are never rounded again. `freight` is gross (G-03)."""
    amounts = list(lines)
    net = sum((line.net for line in amounts), ZERO)
    tax = sum((line.tax for line in amounts), ZERO)
    return OrderTotals(net, tax, net + tax + freight)


def price_after_discount(unit_price: Decimal, discount_percent: Decimal) -> Decimal:
    """The unit price the customer really pays, without tax, unrounded: compared with list and floor price."""
    return unit_price * (HUNDRED - discount_percent) / HUNDRED


def discount_from_list(unit_price: Decimal, discount_percent: Decimal, list_price: Decimal) -> Decimal | None:
    """How many percent below the list price a line is sold; None without a list price, 0 when not
    below (QT-03).
    """
    share = percentage(list_price - price_after_discount(unit_price, discount_percent), list_price)
    return None if share is None else max(share, ZERO)
