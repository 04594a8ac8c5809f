"""A draft is complete, agrees with the customer's paper, and goes to the check (section 9 of the rule
book).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.attachments import attach_to
from core.clock import now, today
from core.errors import FieldProblem, InvalidInput, RuleRefused
from core.models import Attachment, User
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import compare_and_set, require_permission, require_version
from orders.contracts.ceiling import lock_contracts, require_room, require_unchanged_contract, require_usable
from orders.contracts.services.confirmations import file_confirmation_letter, stands_under_contract
from orders.models import CustomerConfirmation, Order
from orders.workflow import ORDER_WORKFLOW, UNDER_REVIEW, OrderStatus

CONFIRMED = Fact("confirmed", gettext_noop("Confirmed by the customer"), rule="IN-03", notify=("customer",))
CONFIRMABLE = (OrderStatus.DRAFT, OrderStatus.CHECKING, *UNDER_REVIEW)


@unit_of_work
def submit_order(order: Order, *, actor: User, version: int | None = None, note: str = "") -> Order:
    """Send a draft to the check and the customer the details to confirm (VA-01, VA-02, VA-04, RG-02, IN-03).

    A contract it comes under is in force and has room for it (CT-02, CT-07). Raises RuleRefused that lists
    everything missing, unclear or different; ContractExceeded; StaleVersion; TransitionNotAllowed when it is
    no draft any more. Then nothing is saved.
    """
    locked = lock_contracts([order.contract_id])
    order = Order.objects.locked().select_related("contract").get(pk=order.pk)
    require_unchanged_contract(order, locked)
    require_version(order, version)
    ORDER_WORKFLOW.require(order, "submit", actor=actor)
    lines = list(order.lines.values("line_no", "sku", "is_unclear"))
    obstacles = obstacles_to_submission(order, lines)
    if obstacles:
        first_rule = obstacles[0][0]
        raise RuleRefused(
            obstacles[0][1].detail
            if len(obstacles) == 1
            else _("%(number)s cannot be submitted yet.") % {"number": order.number},
            rule=first_rule,
            code="incomplete",
            problems=[problem for _rule, problem in obstacles],
        )
    if stands_under_contract(order):
        contract = locked[order.contract_id]  # type: ignore[index]
        require_usable(contract, order.customer_id)
        require_room(contract, total=order.total, number=order.number, apart_from=order)
    ORDER_WORKFLOW.move(
        order,
        "submit",
        actor=actor,
        version=version,
        note=note,
        data=order.snapshot(),
        changes={"submitted_at": now(), "holds": []},
    )
    return order


def obstacles_to_submission(
    order: Order, lines: Sequence[Mapping[str, Any]]
) -> list[tuple[str, FieldProblem]]:
    """Everything that keeps an order from being submitted, each with its rule; empty when nothing does."""
    found: list[tuple[str, FieldProblem]] = []

    def add(rule: str, pointer: str, code: str, detail: str) -> None:
        found.append((rule, FieldProblem(pointer, code, detail)))

    if order.region_id is None:
        add(
            "RG-02",
            "#/customer",
            "no_region",
            _("The customer belongs to no region desk. Have the customer file completed."),
        )
    for name, text in _required(order):
        add("VA-04", f"#/{name}", "required", text)
    if not lines:
        add(
            "VA-04",
            "#/lines",
            "no_lines",
            _("The order has no lines. Enter at least one product with a quantity."),
        )
    for index, line in enumerate(lines):
        if line["is_unclear"]:
            add(
                "VA-01",
                f"#/lines/{index}",
                "unclear_line",
                _(
                    "Line %(line)s (%(sku)s) is still to be clarified. Ask the customer, correct it and "
                    "take the mark away."
                )
                % {"line": line["line_no"], "sku": line["sku"]},
            )
    if order.stated_amount is None and not order.stated_amount_absent:
        add(
            "VA-02",
            "#/stated_amount",
            "stated_amount_missing",
            _('Enter the amount on the customer\'s order, or tick "customer stated no amount".'),
        )
    elif order.stated_difference:
        add("VA-02", "#/stated_amount", "amount_mismatch", _mismatch_text(order))
    return found


def _required(order: Order) -> list[tuple[str, str]]:
    wanted = {
        "contact_name": _("The contact is missing. Enter whom to ask at the customer's."),
        "delivery_address": _("The delivery address is missing."),
        "promised_on": _("The promised date is missing. Enter the day of delivery."),
        "terms": _("The payment terms are missing."),
    }
    return [(name, text) for name, text in wanted.items() if not getattr(order, name)]


def _mismatch_text(order: Order) -> str:
    return _(
        "The customer states %(stated)s, our total is %(total)s: a difference of %(difference)s. "
        "Correct the lines, or enter the amount the customer has confirmed."
    ) % {
        "stated": f"{order.stated_amount:,.2f}",
        "total": f"{order.total:,.2f}",
        "difference": f"{order.stated_difference:,.2f}",
    }


@unit_of_work
def confirm_by_customer(
    order: Order,
    *,
    confirmed_by: str,
    confirmed_on: date,
    actor: User,
    attachment: Attachment | None = None,
    version: int | None = None,
) -> CustomerConfirmation:
    """Record that the customer confirmed the order as it stands: its confirmation letter (CT-02, IN-02,
    IN-03).

    Bound to the present amount; with its paper it goes on the contract register. For an order taken by phone
    or visit this is the written confirmation, so it needs the paper attached (IN-02).
    """
    locked = lock_contracts([order.contract_id])
    order = Order.objects.locked().select_related("contract").get(pk=order.pk)
    require_unchanged_contract(order, locked)
    require_version(order, version)
    require_permission(actor, "orders.confirm_by_customer", rule="IN-03")
    _check_confirmation(order, confirmed_by.strip(), confirmed_on, attachment)
    confirmation = CustomerConfirmation(
        order=order,
        amount=order.total,
        confirmed_by=confirmed_by.strip(),
        confirmed_on=confirmed_on,
        attachment=attachment,
        recorded_by=actor,
    )
    letter = file_confirmation_letter(order, confirmation, actor=actor)
    compare_and_set(order, sources=CONFIRMABLE, changes={"contract": letter} if letter is not None else None)
    confirmation.save(force_insert=True)
    if attachment is not None:
        attach_to(attachment, order)
    data = {
        **order.snapshot(),
        "confirmed_by": confirmation.confirmed_by,
        "confirmed_on": confirmed_on.isoformat(),
    }
    record_event(order, CONFIRMED, actor=actor, data=data)
    return confirmation


def _check_confirmation(
    order: Order, confirmed_by: str, confirmed_on: date, attachment: Attachment | None
) -> None:
    problems = []
    if not confirmed_by or len(confirmed_by) > 60:
        problems.append(
            FieldProblem("#/confirmed_by", "required", _("Enter who confirmed, with at most 60 characters."))
        )
    if confirmed_on > today():
        problems.append(
            FieldProblem("#/confirmed_on", "in_the_future", _("The confirmation cannot lie in the future."))
        )
    if confirmed_on < order.ordered_on:
        problems.append(
            FieldProblem(
                "#/confirmed_on", "before_order", _("The confirmation cannot be older than the order.")
            )
        )
    if order.is_oral and attachment is None:
        problems.append(
            FieldProblem(
                "#/file",
                "required",
                _("The order came by word of mouth. Attach the customer's written confirmation (IN-02)."),
            )
        )
    if problems:
        raise InvalidInput(rule="IN-03", problems=problems)
