"""What people report about goods, line by line: picked, found at the check, arrived."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PickedLine:
    """Taken from the shelf for one line; the batch may be empty only when nothing was."""

    quantity: Decimal
    batch: str = ""


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """What the second person reads off the goods: code or barcode, count, batch (DS-02)."""

    sku: str
    quantity: Decimal
    batch: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the customer signed for on one line; the three add up to what was shipped (DL-01)."""

    good: Decimal
    short: Decimal = Decimal(0)
    damaged: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        return self.good + self.short + self.damaged

    @property
    def missing(self) -> Decimal:
        return self.short + self.damaged


@dataclass(frozen=True, slots=True)
class Dispatchable:
    """One order line as the maker of a dispatch notice sees it (DS-01)."""

    line_no: int
    order_line_id: int
    sku: str
    name: str
    spec: str
    unit: str
    unit_decimals: int
    special_request: str
    ordered: Decimal
    shipped: Decimal
    held: Decimal
    on_notices: Decimal

    @property
    def free(self) -> Decimal:
        """Reserved and unshipped, less what other open notices already claim; never below zero."""
        return max(min(self.held, self.ordered - self.shipped) - self.on_notices, Decimal(0))
