"""The prices of an order that somebody must allow, on the order's page (QT-03). Imported by `orders.panels`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.errors import SameActor
from core.models import User
from core.panels import register_action, register_panel
from core.parameters import parameters_on
from orders.models import Order
from orders.price_authority import MANAGER, REP, DiscountLimits, is_above, level_of, limits_from, may_allow
from orders.services.price_approvals import (
    DECIDABLE,
    PriceStanding,
    posts_that_allow,
    price_standing,
    say_what_is_over,
)
from orders.workflow import ORDER_WORKFLOW, OrderStatus


@dataclass(frozen=True, slots=True)
class ShownStanding:
    """What the page shows, read once per page."""

    limits: DiscountLimits
    standing: PriceStanding


def standing_of(order: Order) -> ShownStanding | None:
    """None, without a query, when no line goes below list or floor. The order's lines are read already."""
    if not order.largest_discount and not order.is_below_floor:
        return None
    kept: ShownStanding | None = order.__dict__.get("_price_standing")
    if kept is None:
        limits = limits_from(parameters_on())
        lines = sorted(order.lines.all(), key=lambda line: line.line_no)
        kept = ShownStanding(limits, price_standing(order, limits, lines))
        order.__dict__["_price_standing"] = kept
    return kept


def price_context(request: HttpRequest, order: Order) -> Mapping[str, Any] | None:
    shown = standing_of(order)
    if shown is None:
        return None
    verdict = shown.standing.verdict
    rows = [
        {"line": line, "roles": posts_that_allow(line.level), "is_over": is_above(line.level, REP)}
        for line in verdict.lines
        if line.discount or line.is_below_floor
    ]
    return {
        "standing": shown.standing,
        "rows": rows,
        "roles": posts_that_allow(verdict.level),
        "may_see_floor": request.user.may("inventory.view_floor"),  # type: ignore[union-attr]
    }


def needs_allowing(order: Order, user: User) -> bool:
    """Nobody has allowed the prices yet, and the manager's own review will not do it by itself."""
    shown = standing_of(order)
    if shown is None or shown.standing.is_allowed:
        return False
    level = shown.standing.verdict.level
    return is_above(level, MANAGER) or order.status != OrderStatus.MANAGER_REVIEW


def why_not_allow(order: Order, user: User) -> str:
    """Whoever reaches too low, or keyed the order, is told who may."""
    shown = standing_of(order)
    if shown is None:
        return ""
    level = shown.standing.verdict.level
    if not may_allow(level, user.role_slugs):
        own = level_of(user.role_slugs)
        return say_what_is_over(shown.standing.verdict.above(own), own, shown.limits)
    try:
        ORDER_WORKFLOW.require_duty(order, "price_approval", actor=user)
    except SameActor as error:
        return str(error)
    return ""


def why_not_pass(order: Order, user: User) -> str:
    """Why the sales manager cannot pass the order yet: its prices go beyond his limit (QT-03)."""
    shown = standing_of(order)
    if shown is None or shown.standing.is_allowed:
        return ""
    over = shown.standing.verdict.above(MANAGER)
    return say_what_is_over(over, MANAGER, shown.limits) if over else ""


register_panel("order", "money", "orders/_price_panel.html", price_context, rank=5)
register_action(
    "order",
    "approve_prices",
    "order_approve_prices",
    label=_("Allow the prices"),
    icon="tag",
    permission="orders.approve_prices",
    statuses=DECIDABLE,
    rank=39,
    applies=needs_allowing,
    refusal=why_not_allow,
)
