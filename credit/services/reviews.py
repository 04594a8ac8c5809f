"""The review chain: rep, manager, perhaps marketing, finance; rejection and cancellation (AP-01..AP-08)."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from core.clock import local_date, now, today
from core.errors import PermissionDenied, Problems, RuleRefused
from core.models import User
from core.money import ZERO
from core.parameters import Parameters, parameters_on
from core.transactions import unit_of_work
from core.workflow import require_permission, require_version
from credit.errors import ConfirmationMissing, CoverageMissing, SlipNotMatched
from credit.models import CreditDecision, CustomerAccount, Review
from credit.services.accounts import lock_account, lock_order
from credit.services.remittances import release_allocations
from customers.models import Customer
from orders.contracts.ceiling import lock_contracts, require_unchanged_contract
from orders.models import Order
from orders.price_authority import limits_from
from orders.services import placing
from orders.services.contracts import contract_gate
from orders.services.price_approvals import PricesNotAllowed, require_allowed_prices
from orders.services.progress import release_order
from orders.workflow import ORDER_WORKFLOW, OrderStatus

Level = Review.Level
LEVEL_OF = {
    OrderStatus.REP_REVIEW: Level.REP,
    OrderStatus.MANAGER_REVIEW: Level.MANAGER,
    OrderStatus.MARKETING_REVIEW: Level.MARKETING,
    OrderStatus.FINANCE_REVIEW: Level.FINANCE,
}
PERMISSION_AT = {
    OrderStatus.CHECKING: "credit.check",
    OrderStatus.REP_REVIEW: "credit.pass_rep",
    OrderStatus.MANAGER_REVIEW: "credit.pass_manager",
    OrderStatus.MARKETING_REVIEW: "credit.pass_marketing",
    OrderStatus.FINANCE_REVIEW: "credit.pass_finance",
}
"""Whose turn it is; the same person may reject there (AP-05)."""


@unit_of_work
def pass_rep(order: Order, *, version: int, actor: User, note: str = "") -> Review:
    """初审: customer data complete, lines as needed, amounts right (AP-02, VA-05)."""
    order = lock_order(order)
    ORDER_WORKFLOW.move(order, "pass_rep", actor=actor, version=version, note=note)
    return _keep(order, Level.REP, actor=actor, note=note)


@unit_of_work
def pass_manager(order: Order, *, version: int, actor: User, note: str = "") -> Review:
    """复审: grade against amount, date realistic (AP-03), prices within the manager's limit (QT-03).

    His pass allows prices up to his limit; beyond it somebody above him must have allowed them first, else it
    raises PricesNotAllowed. An order of a grade C customer above his credit limit needs a written
    justification; at the limit it does not.
    With the marketing level switched on the order goes there next (AP-01).
    """
    order = lock_order(order)
    require_version(order, version)
    require_permission(actor, "credit.pass_manager", rule="AP-03")
    settings = parameters_on()
    if order.status == OrderStatus.MANAGER_REVIEW:
        require_allowed_prices(order, limits_from(settings))
        if not note.strip():
            _require_no_justification(order, settings)
    has_marketing = "marketing" in settings.names("approval.chain")
    step = "pass_manager_to_marketing" if has_marketing else "pass_manager"
    ORDER_WORKFLOW.move(order, step, actor=actor, version=version, note=note)
    return _keep(order, Level.MANAGER, actor=actor, note=note)


@unit_of_work
def pass_marketing(order: Order, *, version: int, actor: User, note: str = "") -> Review:
    """市场审, between manager and finance where the company has switched it on (AP-01)."""
    order = lock_order(order)
    ORDER_WORKFLOW.move(order, "pass_marketing", actor=actor, version=version, note=note)
    return _keep(order, Level.MARKETING, actor=actor, note=note)


@unit_of_work
def approve_order(order: Order, *, version: int, actor: User, note: str = "") -> Review:
    """终审, the final approval (AP-04, AP-06, AP-07).

    Every slip counted must be matched to a bank line, and a signed contract in force chosen or the present
    amount confirmed by the customer (CT-02), in writing when the order came by word of mouth (IN-02); the
    orders under its contract stay within its amount (CT-07). Reserves stock (ST-01) and queues the notices.
    Locks the account, the contract, the order, then stock rows. Raises SlipNotMatched, CoverageMissing,
    PricesNotAllowed, ConfirmationMissing, ContractExceeded, StaleVersion, SameActor, TransitionNotAllowed,
    PermissionDenied; then nothing is saved. At most 21 statements, however many lines.
    """
    lock_account(order.customer_id)
    locked = lock_contracts([order.contract_id])
    order = lock_order(order)
    require_unchanged_contract(order, locked)
    if order.contract_id in locked:
        order.contract = locked[order.contract_id]
    require_version(order, version)
    require_permission(actor, "credit.pass_finance", rule="AP-04")
    if order.status == OrderStatus.FINANCE_REVIEW:
        settings = parameters_on()
        _require_money(order, settings)
        _require_prices(order, settings)
        _require_paper(order, settings)
    approval = {"approved_at": now(), "approved_on": today(), "approved_grade": order.customer.grade}
    data = {**order.snapshot(), "grade": order.customer.grade}
    ORDER_WORKFLOW.move(
        order, "pass_finance", actor=actor, version=version, note=note, data=data, changes=approval
    )
    review = _keep(order, Level.FINANCE, actor=actor, note=note)
    release_order(order, actor=actor)
    return review


@unit_of_work
def reject_order(order: Order, *, reason: str, actor: User, version: int | None = None) -> Review | None:
    """Send an order back with a reason; only the level whose turn it is may (AP-05).

    Slips keep their allocation, for the order comes back. None from the check, which is no review level.
    """
    order = lock_order(order)
    require_version(order, version)
    came_from = order.status
    if came_from in PERMISSION_AT and not actor.may(PERMISSION_AT[OrderStatus(came_from)]):
        raise PermissionDenied(
            _('%(number)s is at "%(status)s". Only the person who decides there may reject it.')
            % {"number": order.number, "status": order.status_label},
            rule="AP-05",
        )
    ORDER_WORKFLOW.move(order, "reject", actor=actor, version=version, note=reason, changes={"holds": []})
    level = LEVEL_OF.get(OrderStatus(came_from))
    if level is None:
        return None
    return _keep(order, level, actor=actor, note=reason, decision=Review.Decision.REJECTED)


@unit_of_work
def cancel_order(order: Order, *, reason: str, actor: User, version: int | None = None) -> Order:
    """Cancel an order before its approval; what was allocated to it becomes customer balance (CH-04)."""
    lock_account(order.customer_id)
    lock_contracts([order.contract_id])
    order = lock_order(order)
    require_version(order, version)
    ORDER_WORKFLOW.require(order, "cancel", actor=actor)
    release_allocations(order, actor=actor)
    return placing.cancel_order(order, reason=reason, actor=actor, version=version)


def _keep(
    order: Order, level: Level, *, actor: User, note: str, decision: Review.Decision = Review.Decision.PASSED
) -> Review:
    review = Review(
        order=order,
        order_version=order.version,
        round=order.round,
        level=level,
        decision=decision,
        note=note.strip(),
        reviewed_by=actor,
    )
    review.save(force_insert=True)
    return review


def _require_no_justification(order: Order, settings: Parameters) -> None:
    """AP-03: grade C and A > L needs a note; A = L does not."""
    if order.customer.grade != Customer.Grade.C:
        return
    account = CustomerAccount.objects.filter(customer=order.customer_id).only("limit").first()
    limit = (
        account.limit
        if account is not None and account.limit is not None
        else settings.amount("credit.default_limit")
    )
    if order.total <= limit:
        return
    problems = Problems()
    problems.add(
        "#/note",
        "justification_required",
        _(
            "The customer is grade C and %(total)s is above the credit limit of %(limit)s. "
            "Write down why this is justified."
        )
        % {"total": f"{order.total:,.2f}", "limit": f"{limit:,.2f}"},
    )
    raise RuleRefused(
        problems.found[0].detail, rule="AP-03", code="justification_required", problems=problems.found
    )


def _require_money(order: Order, settings: Parameters) -> None:
    """AP-04, RM-09: the check's pass still stands on slips that are there, and the bank has proved them."""
    decision = CreditDecision.objects.filter(order=order, round=order.round).order_by("-id").first()
    counted: list[tuple[Decimal, str, str]] = list(
        order.allocations.valid().values_list("amount", "remittance__number", "remittance__status")
    )
    paid = sum((amount for amount, _slip, _status in counted), ZERO)
    if decision is None or decision.result != CreditDecision.Result.PASS or paid < decision.paid:
        raise CoverageMissing(
            _("%(number)s has lost what its check counted on. Have it checked again.")
            % {"number": order.number}
        )
    unmatched = sorted(slip for _amount, slip, status in counted if status != "credited")
    if unmatched and settings.is_on("finance.require_matched"):
        raise SlipNotMatched(
            _("%(slips)s: no bank line proves it yet. Have the accountant match it, then approve %(number)s.")
            % {"slips": ", ".join(unmatched), "number": order.number},
            slips=unmatched,
        )


def _require_prices(order: Order, settings: Parameters) -> None:
    """QT-03 once more. A limit lowered since the manager passed the order changes nothing about his pass."""
    try:
        require_allowed_prices(order, limits_from(settings))
    except PricesNotAllowed:
        passed = Review.objects.filter(order=order, round=order.round, level=Level.MANAGER).last()
        if passed is None or local_date(passed.reviewed_at) == settings.day:
            raise
        require_allowed_prices(order, limits_from(parameters_on(local_date(passed.reviewed_at))))


def _require_paper(order: Order, settings: Parameters) -> None:
    """CT-02, CT-07 and IN-02: contract or confirmation letter, as the company asks for them."""
    missing = contract_gate(order, required=settings.choice("contract.required"))
    if missing is not None:
        raise ConfirmationMissing(missing.detail, rule=missing.rule)
