"""The assistant's remittance check: the tables of sections 11 and 12 applied to one order (AP-01)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.models import User
from core.money import ZERO
from core.parameters import Parameters, parameters_on
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import compare_and_set, require_version
from credit.errors import PaymentGate
from credit.gate import explain, figures_of, needs_as_data, way_in_words, ways_as_data
from credit.models import CreditDecision
from credit.policy import (
    HOLD_REMITTANCE,
    Decision,
    Need,
    Needed,
    PrepaidFigures,
    Result,
    decide,
)
from credit.queries import figures_for
from credit.services.accounts import lock_account, lock_order
from credit.services.remittances import give_back_surplus
from orders.models import Order
from orders.workflow import ORDER_WORKFLOW, OrderStatus

CHECK_HELD = Fact("check_held", gettext_noop("Check: on hold"), rule="AP-01")
SETTINGS_READ = (
    "credit.default_limit",
    "credit.equal_passes",
    "guarantee.default_quota",
    "guarantee.topup",
    "no_slip.use_credit",
    "deferral.with_partial_slip",
)


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What the check decided. A hold is an outcome, not an error: the decision is kept either way.

    `needs` and `ways_out` are lists of `{kind, amount}`; each way clears the order by itself.
    """

    order: Order
    decision: CreditDecision
    holds: tuple[str, ...]
    ways_out: Sequence[Sequence[dict[str, str | None]]]
    minimum_top_up: Decimal
    message: str

    @property
    def row(self) -> str:
        return self.decision.row

    @property
    def passed(self) -> bool:
        return self.decision.result == CreditDecision.Result.PASS

    @property
    def needs(self) -> list[dict[str, str | None]]:
        return self.decision.needs

    @property
    def figures(self) -> dict[str, str]:
        return self.decision.figures

    def require_pass(self) -> None:
        """Raise PaymentGate on a hold, with everything a client needs to act; call it after the commit."""
        if not self.passed:
            facts: dict[str, Any] = {
                "row": self.row,
                "holds": list(self.holds),
                "needs": self.needs,
                "ways_out": self.ways_out,
                "minimum_top_up": f"{self.minimum_top_up:.2f}",
                **self.figures,
            }
            raise PaymentGate(self.message, rule="AP-01", **facts)


@unit_of_work
def check_order(order: Order, *, version: int, actor: User) -> CheckOutcome:
    """Apply R1..R5 or M1..M4 and keep the decision with its figures and settings (RM-09, AP-07).

    A pass moves the order on to the rep; otherwise it stays, with its holds. Only what needs no credit, no
    guarantee and no agreement can pass yet: the credit desk that takes letters is not open. What is
    allocated beyond the order's amount goes back to the customer's balance first (RM-08). Locks the
    account, then the order (CR-10). At most 12 statements, 6 more when a surplus goes back.
    """
    account = lock_account(order.customer_id)
    order = lock_order(order)
    require_version(order, version)
    ORDER_WORKFLOW.require(order, "pass_check", actor=actor)
    settings = parameters_on()
    figures = figures_for(order, account, settings)
    if figures.paid > order.total:
        figures = replace(figures, paid=figures.paid - give_back_surplus(order, actor=actor))
    policy = decide(figures)
    decided = _within_what_is_open(policy, figures)
    decision = _keep(order, figures, decided, settings, actor=actor)
    message = _told(order, decision, decided)
    if decided.is_passed:
        data = {"row": decided.row, **decision.figures}
        ORDER_WORKFLOW.move(order, "pass_check", actor=actor, data=data, changes={"holds": []})
    else:
        _hold(order, decision, decided, message, actor=actor)
    return CheckOutcome(
        order=order,
        decision=decision,
        holds=decided.holds,
        ways_out=ways_as_data(decided.ways_out),
        minimum_top_up=decided.minimum_top_up,
        message=message,
    )


def _within_what_is_open(decided: Decision, figures: PrepaidFigures) -> Decision:
    """A pass that takes credit or letters becomes a hold until the credit desk can keep account of them."""
    if not decided.is_passed or decided.coverage == ZERO:
        return decided
    slip = (Need(Needed.SLIP, figures.shortfall),)
    return replace(
        decided,
        result=Result.HOLD,
        credit=ZERO,
        guarantee=ZERO,
        deferral=ZERO,
        holds=(HOLD_REMITTANCE,),
        ways_out=(slip,),
        minimum_top_up=figures.shortfall,
    )


def _keep(
    order: Order, figures: PrepaidFigures, decided: Decision, settings: Parameters, *, actor: User
) -> CreditDecision:
    kept = figures_of(figures)
    if decided.continues:
        kept["continues"] = decided.continues
    decision = CreditDecision(
        order=order,
        order_version=order.version,
        round=order.round,
        row=decided.row,
        result=decided.result.value,
        due_now=figures.due_now,
        paid=figures.paid,
        credit=decided.credit,
        guarantee=decided.guarantee,
        deferral=decided.deferral,
        figures=kept,
        needs=needs_as_data(decided.needs),
        parameters=settings.snapshot(*SETTINGS_READ),
        decided_by=actor,
    )
    decision.save(force_insert=True)
    return decision


def _hold(order: Order, decision: CreditDecision, decided: Decision, message: str, *, actor: User) -> None:
    if order.holds != list(decided.holds):
        compare_and_set(order, sources=(OrderStatus.CHECKING,), changes={"holds": list(decided.holds)})
    data = {"row": decided.row, "holds": list(decided.holds), "needs": decision.needs, **decision.figures}
    record_event(order, CHECK_HELD, actor=actor, note=message, data=data)


def _told(order: Order, decision: CreditDecision, decided: Decision) -> str:
    """What the person reads: the row and its figures, and the only way out that is open yet."""
    if decided.is_passed:
        return _("%(number)s passes the check by row %(row)s.") % {"number": order.number, "row": decided.row}
    reason = explain(order.number, decided.deciding_row, decision.figures)
    money = [
        way
        for way in decided.ways_out
        if all(need.kind in (Needed.SLIP, Needed.ARREARS_PAYMENT) for need in way)
    ]
    way_out = _("Bring: %(needs)s.") % {
        "needs": way_in_words(needs_as_data(money[-1] if money else decided.needs))
    }
    closed = _(
        "Letters, guarantees and credit are taken by the credit desk, which is not open yet; "
        "this row cannot be passed."
    )
    return " ".join((reason, way_out, closed))
