"""Who allowed the prices of an order that go below list or floor, and whether anybody still must (QT-03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from core.errors import Conflict, PermissionDenied, RuleRefused
from core.models import User
from core.parameters import parameters_on
from core.roles import roles
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import compare_and_set, require_in_scope, require_permission, require_version
from orders.contracts.workflow import ContractStatus
from orders.models import Contract, ContractLine, Order, OrderLine, PriceApproval, QuoteLine
from orders.price_authority import (
    GM,
    LEVELS,
    MANAGER,
    REP,
    DiscountLimits,
    LineVerdict,
    PriceVerdict,
    digest_of_prices,
    is_above,
    judge_prices,
    level_for,
    level_of,
    limits_from,
    may_allow,
    roles_that_allow,
)
from orders.pricing import price_after_discount
from orders.workflow import ORDER_WORKFLOW, UNDER_REVIEW, OrderStatus

PRICES_ALLOWED = Fact(
    "prices_allowed",
    gettext_noop("Prices allowed"),
    duty="price_approval",
    rule="QT-03",
    notify=("salesperson",),
)
DECIDABLE = (OrderStatus.DRAFT, OrderStatus.CHECKING, *UNDER_REVIEW)
MOST_LINES_NAMED = 3


class PricesNotAllowed(RuleRefused):
    """Prices below what the roles that have passed the order may allow (QT-03)."""

    code, rule = "prices_not_allowed", "QT-03"


@dataclass(frozen=True, slots=True)
class PriceStanding:
    """What an order's prices need, and who has allowed them, if anybody has."""

    verdict: PriceVerdict
    approval: PriceApproval | None
    is_agreed: bool

    @property
    def is_allowed(self) -> bool:
        """Somebody has allowed exactly these prices, or they come unchanged from what was agreed before."""
        return self.verdict.level == REP or self.approval is not None or self.is_agreed


@unit_of_work
def approve_prices(order: Order, *, actor: User, version: int | None = None, note: str = "") -> PriceApproval:
    """Allow the prices of an order: a post whose limit reaches them, never whoever keyed it (QT-03, IC-01).

    Bound to the prices as they are: any later change of quantity, price or discount undoes it (AP-07). Raises
    PermissionDenied naming the worst line and who may allow it, Conflict when these prices are allowed
    already, RuleRefused when nothing needs allowing, StaleVersion, SameActor, TransitionNotAllowed.
    """
    order = Order.objects.locked().get(pk=order.pk)
    require_version(order, version)
    require_permission(actor, "orders.approve_prices", rule="QT-03")
    require_in_scope(order, "orders.approve_prices", actor=actor)
    ORDER_WORKFLOW.require_duty(order, "price_approval", actor=actor)
    limits = limits_from(parameters_on())
    verdict = judge_prices(order.lines.order_by("line_no"), limits)
    _require_something_to_allow(order, verdict)
    if not may_allow(verdict.level, actor.role_slugs):
        own = level_of(actor.role_slugs)
        raise PermissionDenied(
            say_what_is_over(verdict.above(own), own, limits),
            rule="QT-03",
            permission="orders.approve_prices",
        )
    compare_and_set(order, sources=DECIDABLE)
    approval = PriceApproval(
        order=order,
        digest=order.prices_digest,
        level=verdict.level,
        largest_discount=verdict.largest_discount,
        is_below_floor=verdict.is_below_floor,
        note=note.strip()[:500],
        actor=actor,
    )
    approval.save(force_insert=True)
    over = [
        {
            "line": line.line_no,
            "sku": line.sku,
            "discount": str(line.discount),
            "below_floor": line.is_below_floor,
        }
        for line in verdict.above(REP)[:60]
    ]
    data = {**order.snapshot(), "level": verdict.level, "digest": order.prices_digest, "lines": over}
    record_event(order, PRICES_ALLOWED, actor=actor, note=note.strip(), data=data)
    return approval


def _require_something_to_allow(order: Order, verdict: PriceVerdict) -> None:
    if verdict.level == REP:
        raise RuleRefused(
            _("No price of %(number)s needs to be allowed.") % {"number": order.number},
            rule="QT-03",
            code="nothing_to_allow",
        )
    earlier = approval_of(order)
    if earlier is not None:
        raise Conflict(
            _("%(person)s has allowed these prices of %(number)s already.")
            % {"person": earlier.actor.display_name, "number": order.number},
            rule="QT-03",
            code="prices_allowed_already",
        )


def require_allowed_prices(order: Order, limits: DiscountLimits, *, up_to: str = MANAGER) -> None:
    """Raise PricesNotAllowed when a line goes beyond the level `up_to` and nobody has allowed it.

    No query when the order's own figures say that none does; four at most otherwise.
    """
    if not is_above(level_of_order(order, limits), up_to):
        return
    standing = price_standing(order, limits)
    over = standing.verdict.above(up_to)
    if not over or standing.is_allowed:
        return
    raise PricesNotAllowed(
        say_what_is_over(over, up_to, limits),
        lines=[
            {
                "line": line.line_no,
                "sku": line.sku,
                "discount_percent": str(line.discount),
                "is_below_floor": line.is_below_floor,
                "may_allow": list(roles_that_allow(line.level)),
            }
            for line in over
        ],
    )


def level_of_order(order: Order, limits: DiscountLimits) -> str:
    """The level of the order's worst line, from the figures the order keeps; no query."""
    return level_for(order.largest_discount, order.is_below_floor, limits)


def price_standing(
    order: Order, limits: DiscountLimits, lines: Sequence[OrderLine] | None = None
) -> PriceStanding:
    """What its prices need and who has allowed them. Two queries, one or two more for an order from a quotation
    or a contract; `lines` spares the first.
    """
    found = list(order.lines.order_by("line_no")) if lines is None else list(lines)
    verdict = judge_prices(found, limits)
    approval = approval_of(order) if verdict.level != REP else None
    is_agreed = approval is None and verdict.level != REP and _were_agreed(order, found)
    return PriceStanding(verdict, approval, is_agreed)


def approval_of(order: Order) -> PriceApproval | None:
    """Who allowed exactly the present prices; None when nobody has. One query."""
    allowed = PriceApproval.objects.filter(order=order, digest=order.prices_digest)
    return allowed.select_related("actor").order_by("-id").first()


def _were_agreed(order: Order, lines: Sequence[OrderLine]) -> bool:
    """The lines are those of the accepted quotation (QT-04), or no price goes below the contract's (CT-01)."""
    if order.quote_id is not None:
        quoted = QuoteLine.objects.filter(quote=order.quote_id, is_alternative=False)
        if digest_of_prices(quoted) == order.prices_digest:
            return True
    if order.contract_id is None:
        return False
    rows = ContractLine.objects.filter(
        contract=order.contract_id, contract__status=ContractStatus.IN_FORCE
    ).exclude(contract__kind=Contract.Kind.CONFIRMATION)
    agreed: dict[str, Decimal] = {}
    for sku, unit_price, discount in rows.values_list("sku", "unit_price", "discount_percent"):
        paid = price_after_discount(unit_price, discount)
        agreed[sku] = min(paid, agreed.get(sku, paid))
    return bool(agreed) and all(
        line.sku in agreed
        and price_after_discount(line.unit_price, line.discount_percent) >= agreed[line.sku]
        for line in lines
    )


# --- In words -------------------------------------------------------------------------------------


def say_what_is_over(lines: Sequence[LineVerdict], level: str, limits: DiscountLimits) -> str:
    """Line, discount, limit and who may allow it, the worst line first, as many as can be read."""
    worst = sorted(lines, key=lambda line: (-LEVELS.index(line.level), -line.discount, line.line_no))
    said = [_say_line(line, level, limits) for line in worst[:MOST_LINES_NAMED]]
    more = len(worst) - MOST_LINES_NAMED
    if more > 0:
        said.append(
            ngettext(
                "%(count)s more line goes beyond the limit.",
                "%(count)s more lines go beyond the limit.",
                more,
            )
            % {"count": more}
        )
    return " ".join(said)


def _say_line(line: LineVerdict, level: str, limits: DiscountLimits) -> str:
    words = {
        "line": line.line_no,
        "sku": line.sku,
        "discount": f"{line.discount:.2f}",
        "limit": f"{limit_of(level, limits).normalize():f}",
        "roles": posts_that_allow(line.level),
    }
    if line.is_below_floor:
        return (
            _(
                "Line %(line)s (%(sku)s) is below the floor price. Raise the price, or have it allowed by: %(roles)s."
            )
            % words
        )
    return (
        _(
            "Line %(line)s (%(sku)s) is %(discount)s%% below the list price, the limit is %(limit)s%%. "
            "Raise the price, or have it allowed by: %(roles)s."
        )
        % words
    )


def limit_of(level: str, limits: DiscountLimits) -> Decimal:
    """Up to how many percent a level may go; the GM without limit."""
    by_level: Mapping[str, Decimal] = {
        REP: limits.rep,
        MANAGER: limits.manager,
        "director": limits.director,
        GM: Decimal(100),
    }
    return by_level.get(level, limits.rep)


def posts_that_allow(level: str) -> str:
    """The posts that may allow a level, in words."""
    known = roles()
    names = [str(known[role].label) for role in roles_that_allow(level) if role in known]
    return pgettext("between names of a list", ", ").join(names)
