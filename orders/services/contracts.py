"""An order comes under a contract, and what it needs of paper before its approval (CT-02, CT-07)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.errors import FieldProblem, InvalidInput
from core.models import User
from core.templatetags.figures import amount_text
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import compare_and_set, require_permission, require_version
from orders.contracts.ceiling import (
    is_usable,
    lock_contracts,
    require_room,
    require_unchanged_contract,
    require_usable,
    usable_contracts,
    why_unusable,
)
from orders.contracts.services.confirmations import file_confirmation_letter, retire_confirmation_letter
from orders.models import Contract, Order
from orders.workflow import UNDER_REVIEW, OrderStatus

LINKED = Fact("contract_linked", gettext_noop("Contract chosen"), rule="CT-02")
LINKABLE = (OrderStatus.DRAFT, OrderStatus.CHECKING, *UNDER_REVIEW)


@unit_of_work
def link_order(order: Order, contract: Contract | None, *, actor: User, version: int | None = None) -> Order:
    """Put an order that is not approved yet under a contract, or with None take it out again (CT-02, CT-07).

    The contract is the customer's own and in force today, and the orders under it, this one included, stay
    within its amount; else RuleRefused or ContractExceeded. Locks the contracts, then the order.
    """
    locked = lock_contracts([order.contract_id, contract.pk if contract else None])
    order = Order.objects.locked().select_related("contract").get(pk=order.pk)
    require_unchanged_contract(order, locked)
    require_version(order, version)
    require_permission(actor, "orders.edit", rule="CT-02")
    before, after = order.contract, locked[contract.pk] if contract else None
    if after is not None:
        require_usable(after, order.customer_id)
        require_room(after, total=order.total, number=order.number, apart_from=order)
    retire_confirmation_letter(order, actor=actor)
    if after is None:
        order.contract = None
        after = _letter_again(order, actor=actor)
    compare_and_set(order, sources=LINKABLE, changes={"contract": after})
    change = {
        "label": str(Order._meta.get_field("contract").verbose_name),
        "before": before.number if before else "",
        "after": after.number if after else "",
    }
    record_event(order, LINKED, actor=actor, data={**order.snapshot(), "changes": [change]})
    return order


def _letter_again(order: Order, *, actor: User) -> Contract | None:
    """Out of its contract the order rests on its confirmation letter again, if it has one."""
    letters = order.confirmations.filter(amount=order.total, attachment__isnull=False)
    letter = letters.select_related("attachment").order_by("-pk").first()
    return file_confirmation_letter(order, letter, actor=actor) if letter is not None else None


def proposed_contract(customer_id: int) -> Contract | None:
    """The customer's framework contract, when exactly one is valid today. One statement."""
    frameworks = usable_contracts(customer_id).filter(kind=Contract.Kind.FRAMEWORK)
    found = list(frameworks.order_by("pk")[:2])
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class PaperMissing:
    """What an order lacks before its approval, in words, with the rule."""

    rule: str
    detail: str


def contract_gate(order: Order, *, required: str = "contract_or_confirmation") -> PaperMissing | None:
    """What the final approval still lacks of contract or confirmation letter; None when nothing (CT-02, IN-02).

    `required` is the setting `contract.required`. A signed contract in force counts, a framework while it is
    valid; so does the customer's confirmation of the present amount, unless a contract is asked for. An order
    by word of mouth needs the confirmation in writing whatever else there is. Raises ContractExceeded when
    the orders under its contract come to too much (CT-07). At most three statements.
    """
    contract = order.contract
    if contract is not None:
        require_room(contract, total=order.total, number=order.number, apart_from=order)
    has_contract = contract is not None and is_usable(contract)
    words = {"number": order.number, "total": amount_text(order.total, order.currency)}
    if required == "contract" and not has_contract:
        nothing = _(
            "%(number)s stands under no signed contract. Register the contract and choose it on the order."
        )
        return PaperMissing("CT-02", _why_not(contract) or nothing % words)
    letters = order.confirmations.filter(amount=order.total)
    if order.is_oral:
        if letters.filter(attachment__isnull=False).exists():
            return None
        oral = _(
            "%(number)s came by word of mouth. Have the customer confirm %(total)s in writing and attach it."
        )
        return PaperMissing("IN-02", oral % words)
    if required == "none" or has_contract or letters.exists():
        return None
    nothing = _(
        "%(number)s: the customer has not confirmed %(total)s, and no signed contract is chosen. "
        "Record the confirmation, or choose the contract on the order."
    )
    return PaperMissing("CT-02", _why_not(contract) or nothing % words)


def _why_not(contract: Contract | None) -> str:
    """Why the contract chosen does not count; empty when none is chosen."""
    is_letter = contract is not None and contract.kind == Contract.Kind.CONFIRMATION
    return "" if contract is None or is_letter else why_unusable(contract)


# --- For placing and correcting an order ----------------------------------------------------------


def locked_contract_named(customer_id: int, number: str, *, total: Decimal) -> Contract | None:
    """The contract a new order names, locked, usable and with room for it; None for no name (CT-02, CT-07)."""
    if not number:
        return None
    contract = Contract.objects.locked().filter(customer=customer_id, number=number).first()
    if contract is None:
        raise _unknown(number)
    require_usable(contract, customer_id)
    require_room(contract, total=total, number="")
    return contract


def lock_contracts_for(order: Order, wanted: str | None) -> dict[int, Contract]:
    """The contract an order stands under and the one it is to stand under, locked before the order itself."""
    if not wanted:
        return lock_contracts([order.contract_id])
    key = (
        Contract.objects.filter(customer=order.customer_id, number=wanted)
        .values_list("pk", flat=True)
        .first()
    )
    if key is None:
        raise _unknown(wanted)
    return lock_contracts([order.contract_id, key])


def contract_after(
    order: Order, wanted: str | None, locked: dict[int, Contract], *, total: Decimal, actor: User
) -> Contract | None:
    """Under which contract a corrected draft stands; `wanted` None keeps it, empty takes the order out.

    `total` is the order's amount after the correction. Raises what linking raises (CT-02, CT-07).
    """
    require_unchanged_contract(order, locked)
    present = order.contract
    is_letter = present is not None and present.kind == Contract.Kind.CONFIRMATION
    if wanted is None or (wanted == "" and is_letter):
        chosen = present
    else:
        chosen = next((row for row in locked.values() if row.number == wanted), None)
    if chosen is None:
        return None
    if chosen != present:
        require_usable(chosen, order.customer_id)
        retire_confirmation_letter(order, actor=actor)
    require_room(locked.get(chosen.pk, chosen), total=total, number=order.number, apart_from=order)
    return chosen


def _unknown(number: str) -> InvalidInput:
    text = _("The customer has no contract %(number)s.") % {"number": number[:24]}
    return InvalidInput(text, rule="CT-02", problems=[FieldProblem("#/contract", "unknown_contract", text)])
