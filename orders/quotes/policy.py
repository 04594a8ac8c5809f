"""Pure decisions of the quotation: who has to agree, and what differs between two versions (QT-02, QT-03)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from orders.price_authority import REP, may_allow

FINANCE, PRODUCTION, PURCHASING, PRICE = "finance", "production", "purchasing", "price"
DEPARTMENTS = (FINANCE, PRODUCTION, PURCHASING, PRICE)


class LineToReview(Protocol):
    """What decides on the departments; an alternative counts, for the customer may choose it."""

    supply: str
    is_made_to_order: bool


def departments_needed(
    lines: Iterable[LineToReview], *, level: str, maker_roles: Collection[str]
) -> tuple[str, ...]:
    """Who has to agree before the quotation goes out (QT-02).

    Finance always; production for a line made to order; purchasing for one bought in; and where the prices
    are beyond what the maker's own post allows, the post that may allow them (QT-03).
    """
    lines = list(lines)
    needed = {FINANCE}
    if any(line.is_made_to_order for line in lines):
        needed.add(PRODUCTION)
    if any(line.supply == "buy" for line in lines):
        needed.add(PURCHASING)
    if level != REP and not may_allow(level, maker_roles):
        needed.add(PRICE)
    return tuple(department for department in DEPARTMENTS if department in needed)


def is_made_to_order(*, asked: bool | None, supply: str, wanted: Decimal, available: Decimal) -> bool:
    """What the line says; else a product of ours of which more is offered than lies free in the warehouse."""
    if asked is not None:
        return asked
    return supply == "make" and wanted > available


def is_past(valid_until: date, day: date) -> bool:
    """A quotation holds to the end of its last day (G-04)."""
    return day > valid_until


@dataclass(frozen=True, slots=True)
class LineShown:
    """What of a line the customer reads; two versions are compared by it."""

    line_no: int
    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    tax_rate: Decimal
    gross: Decimal
    is_alternative: bool = False
    lead_days: int | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class LineDifference:
    """A line of one version beside its fellow of the other; `changed` names the fields that differ."""

    kind: str
    before: LineShown | None
    after: LineShown | None
    changed: frozenset[str] = frozenset()

    @property
    def gross_change(self) -> Decimal:
        """How much the total moves by this line, tax included; alternatives move nothing."""
        return _counted(self.after) - _counted(self.before)


COMPARED = (
    "quantity", "unit_price", "discount_percent", "tax_rate", "gross", "is_alternative", "lead_days", "remark"
)  # fmt: skip


def compare_lines(before: Iterable[LineShown], after: Iterable[LineShown]) -> list[LineDifference]:
    """Line by line: added, removed, changed or the same, in the order of the later version.

    Lines of the same product are paired in their order; what was removed follows at its old place's end.
    """
    waiting: dict[str, list[LineShown]] = {}
    for line in before:
        waiting.setdefault(line.sku, []).append(line)
    found = []
    for line in after:
        fellows = waiting.get(line.sku)
        found.append(_pair(fellows.pop(0), line) if fellows else LineDifference("added", None, line))
    removed = sorted(
        (line for fellows in waiting.values() for line in fellows), key=lambda line: line.line_no
    )
    return found + [LineDifference("removed", line, None) for line in removed]


def _pair(before: LineShown, after: LineShown) -> LineDifference:
    changed = frozenset(name for name in COMPARED if getattr(before, name) != getattr(after, name))
    return LineDifference("changed" if changed else "same", before, after, changed)


def _counted(line: LineShown | None) -> Decimal:
    return Decimal("0.00") if line is None or line.is_alternative else line.gross
