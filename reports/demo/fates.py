"""What a customer wants, and what becomes of his order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from customers.models import Customer


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an order. `paid_share` None: no slip ever comes; `ends` names where it stays."""

    ends: str = "surveyed"
    paid_share: Decimal | None = Decimal(1)
    rejected_at: str = ""
    cancelled: bool = False
    in_two_parts: bool = False
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What the customer wants: lines of code, quantity and discount; through which channel."""

    customer: Customer
    channel: str
    lines: Sequence[tuple[str, Decimal, Decimal]]
    states_amount: bool
    remarks: str = ""
