"""Who may allow a price: the limits of the roles on a discount, and the floor below which only the GM sells.

Pure (QT-03). A line's discount is what it is sold below its list price, the discount percent included, so a
lower price typed in counts as well. A price from an approved list or break, taken as it is, counts as none:
the general manager has approved it with the list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from core.money import ZERO
from orders.pricing import discount_from_list, price_after_discount

REP, MANAGER, DIRECTOR, GM = LEVELS = ("rep", "manager", "director", "gm")
LEVEL_OF_ROLE = {
    "sales_assistant": REP,
    "salesperson": REP,
    "sales_manager": MANAGER,
    "marketing_director": DIRECTOR,
    "general_manager": GM,
}
ROLE_OF_LEVEL = {MANAGER: "sales_manager", DIRECTOR: "marketing_director", GM: "general_manager"}
FOUND_IN_A_LIST = ("list", "break", "customer", "customer_break")


@dataclass(frozen=True, slots=True)
class DiscountLimits:
    """Up to how many percent below the list price each role may allow; equal is within (G-08)."""

    rep: Decimal
    manager: Decimal
    director: Decimal


class LineToJudge(Protocol):
    """What a line of an order, a quotation or a draft must tell; prices without tax."""

    @property
    def line_no(self) -> int: ...
    @property
    def sku(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit_price(self) -> Decimal: ...
    @property
    def discount_percent(self) -> Decimal: ...
    @property
    def list_price(self) -> Decimal | None: ...
    @property
    def floor_price(self) -> Decimal | None: ...
    @property
    def price_source(self) -> str: ...


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """What one line is sold for, how far below list and floor, and which level may allow it."""

    line_no: int
    sku: str
    paid: Decimal
    list_price: Decimal | None
    floor_price: Decimal | None
    discount: Decimal
    is_below_floor: bool
    level: str


@dataclass(frozen=True, slots=True)
class PriceVerdict:
    """The prices of a document together: the level that may allow the worst of its lines."""

    level: str
    largest_discount: Decimal
    is_below_floor: bool
    lines: tuple[LineVerdict, ...]

    def above(self, level: str) -> tuple[LineVerdict, ...]:
        """The lines that a level may not allow."""
        return tuple(line for line in self.lines if is_above(line.level, level))


def limits_from(settings: Mapping[str, object]) -> DiscountLimits:
    """The limits among the settings in force (discount.rep, discount.manager, discount.director)."""
    rep, manager, director = (Decimal(str(settings[f"discount.{name}"])) for name in LEVELS[:3])
    return DiscountLimits(rep, manager, director)


def level_for(discount_percent: Decimal, below_floor: bool, limits: DiscountLimits) -> str:
    """The lowest level that may allow a discount; below the floor only the GM, whatever the discount."""
    if below_floor:
        return GM
    if discount_percent <= limits.rep:
        return REP
    if discount_percent <= limits.manager:
        return MANAGER
    return DIRECTOR if discount_percent <= limits.director else GM


def is_above(level: str, other: str) -> bool:
    return LEVELS.index(level) > LEVELS.index(other)


def level_of(roles: Collection[str]) -> str:
    """The highest level a person's roles carry; "" when none of them may give or allow any discount."""
    held = [LEVEL_OF_ROLE[role] for role in roles if role in LEVEL_OF_ROLE]
    return max(held, key=LEVELS.index, default="")


def may_allow(level: str, roles: Collection[str]) -> bool:
    """Whether one of the roles reaches the level."""
    held = level_of(roles)
    return bool(held) and not is_above(level, held)


def roles_that_allow(level: str) -> tuple[str, ...]:
    """The posts that may allow a level, the lowest first."""
    return tuple(role for held, role in ROLE_OF_LEVEL.items() if not is_above(level, held))


def discount_of(line: LineToJudge) -> Decimal:
    """How many percent below its list price a line is sold, 2 decimals; 0 for a price taken from a list as it
    is. Without a list price the discount percent alone counts.
    """
    if line.price_source in FOUND_IN_A_LIST and not line.discount_percent:
        return ZERO
    if line.list_price is None:
        return line.discount_percent
    share = discount_from_list(line.unit_price, line.discount_percent, line.list_price)
    return line.discount_percent if share is None else share


def is_below_floor(line: LineToJudge) -> bool:
    """Sold below the floor price; equal is not below."""
    paid = price_after_discount(line.unit_price, line.discount_percent)
    return line.floor_price is not None and paid < line.floor_price


def largest_discount(lines: Iterable[LineToJudge]) -> Decimal:
    return max((discount_of(line) for line in lines), default=ZERO)


def judge_line(line: LineToJudge, limits: DiscountLimits) -> LineVerdict:
    """How far below list and floor a line is sold, and who may allow it."""
    discount, is_below = discount_of(line), is_below_floor(line)
    return LineVerdict(
        line_no=line.line_no,
        sku=line.sku,
        paid=price_after_discount(line.unit_price, line.discount_percent),
        list_price=line.list_price,
        floor_price=line.floor_price,
        discount=discount,
        is_below_floor=is_below,
        level=level_for(discount, is_below, limits),
    )


def judge_prices(lines: Iterable[LineToJudge], limits: DiscountLimits) -> PriceVerdict:
    """The verdict on all lines; without lines the lowest level."""
    judged = tuple(judge_line(line, limits) for line in lines)
    return PriceVerdict(
        max((line.level for line in judged), key=LEVELS.index, default=REP),
        max((line.discount for line in judged), default=ZERO),
        any(line.is_below_floor for line in judged),
        judged,
    )


def digest_of_prices(lines: Iterable[LineToJudge]) -> str:
    """Stands for codes, quantities, prices and discounts: what an approval is bound to (AP-07)."""
    rows: Sequence[tuple[str, ...]] = sorted(
        (
            line.sku,
            *(f"{v.normalize():f}" for v in (line.quantity, line.unit_price, line.discount_percent)),
        )
        for line in lines
    )
    return hashlib.sha256(repr(rows).encode()).hexdigest()
