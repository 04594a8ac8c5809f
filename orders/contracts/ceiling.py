"""What a contract still lets its orders come to (CT-07), and which contract an order may stand under (CT-02).

Lock order: customer account → contract rows by key → order. Whoever changes what orders under a contract
add up to holds the contract's row first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from core.clock import today
from core.errors import FieldProblem, RuleRefused, TransitionNotAllowed
from core.money import ZERO
from core.templatetags.figures import amount_text
from customers.models import Customer
from orders.contracts.workflow import ContractStatus
from orders.models import Contract, Order
from orders.models.contract import ContractQuerySet
from orders.workflow import OrderStatus

BINDING_KINDS = (Contract.Kind.INDIVIDUAL, Contract.Kind.FRAMEWORK)
"""Contracts in the sense of CT-02 and CS-02; a confirmation letter is on the register but is none of them."""


class ContractExceeded(RuleRefused):
    """The orders under a contract would come to more than it allows."""

    code, rule = "contract_exceeded", "CT-07"


@dataclass(frozen=True, slots=True)
class Room:
    """Amounts tax included: `ceiling` of the contract with its supplements, None without one; `ordered`
    under it so far."""

    ceiling: Decimal | None
    ordered: Decimal

    @property
    def left(self) -> Decimal | None:
        return None if self.ceiling is None else self.ceiling - self.ordered


def ordered_under(contract: Contract, *, apart_from: Order | None = None) -> Decimal:
    """What the orders under a contract come to, tax included; cancelled ones do not count. One statement."""
    orders = Order.objects.filter(contract=contract).exclude(status=OrderStatus.CANCELLED)
    if apart_from is not None:
        orders = orders.exclude(pk=apart_from.pk)
    return orders.aggregate(sum=Sum("total"))["sum"] or ZERO


def room_of(contract: Contract, *, apart_from: Order | None = None) -> Room:
    return Room(contract.ceiling, ordered_under(contract, apart_from=apart_from))


def lock_contracts(keys: Iterable[int | None]) -> dict[int, Contract]:
    """Lock contract rows in key order. One statement, none for no keys."""
    wanted = sorted({key for key in keys if key is not None})
    if not wanted:
        return {}
    return {row.pk: row for row in Contract.objects.locked().filter(pk__in=wanted).order_by("pk")}


def require_unchanged_contract(order: Order, locked: Iterable[int]) -> None:
    """The order, now locked, must still stand under a contract that was locked before it.

    A confirmation letter has no ceiling that could be exceeded, so it need not be held.
    """
    if order.contract_id is None or order.contract_id in set(locked):
        return
    if order.contract is not None and order.contract.kind in BINDING_KINDS:
        raise TransitionNotAllowed(
            _("Somebody else has just acted on %(number)s. Nothing was changed; reload the page.")
            % {"number": order.number}
        )


def usable_contracts(customer: Customer | int | None = None) -> ContractQuerySet:
    """The contracts under which orders may stand today; of one customer, or of all."""
    found = Contract.objects.in_force(today()).filter(kind__in=BINDING_KINDS)
    return found if customer is None else found.filter(customer=customer)


def is_usable(contract: Contract, day: date | None = None) -> bool:
    """Signed, in force, and within its validity: it covers an order of this day (CT-02)."""
    day = day or today()
    return (
        contract.kind in BINDING_KINDS
        and contract.status == ContractStatus.IN_FORCE
        and (contract.valid_from is None or contract.valid_from <= day)
        and (contract.valid_until is None or contract.valid_until >= day)
    )


def require_usable(contract: Contract, customer: Customer | int) -> None:
    """Raise RuleRefused unless the customer may order under this contract today (CT-02). No statement."""
    customer_id = customer if isinstance(customer, int) else customer.pk
    words = {"contract": contract.number}
    if contract.customer_id != customer_id:
        text = _("%(contract)s is another customer's contract. Choose one of this customer's.") % words
        raise _unusable(text, "other_customers_contract")
    if contract.kind not in BINDING_KINDS:
        text = _("%(contract)s is a %(kind)s. Choose an individual or framework contract.") % {
            **words,
            "kind": contract.get_kind_display(),
        }
        raise _unusable(text, "not_a_contract")
    if not is_usable(contract):
        raise _unusable(why_unusable(contract), "contract_not_in_force")


def _unusable(text: str, code: str) -> RuleRefused:
    return RuleRefused(text, rule="CT-02", code=code, problems=[FieldProblem("#/contract", code, text)])


def why_unusable(contract: Contract) -> str:
    """In words: not signed yet, ended, or outside its dates."""
    words = {
        "contract": contract.number,
        "status": contract.status_label,
        "from": contract.valid_from.isoformat() if contract.valid_from else "—",
        "until": contract.valid_until.isoformat() if contract.valid_until else "—",
    }
    if contract.status != ContractStatus.IN_FORCE:
        return (
            _('%(contract)s is "%(status)s", not in force. Have it signed and registered, or choose another.')
            % words
        )
    return (
        _(
            "%(contract)s is valid from %(from)s until %(until)s, not today. Choose another contract or "
            "have a new one made."
        )
        % words
    )


def require_room(contract: Contract, *, total: Decimal, number: str, apart_from: Order | None = None) -> None:
    """Raise ContractExceeded when `total` on top of the other orders is above the ceiling (CT-07).

    The contract is locked by the caller. Equal is within. One statement, none without a ceiling.
    """
    if contract.kind not in BINDING_KINDS or contract.ceiling is None:
        return
    ordered = ordered_under(contract, apart_from=apart_from)
    excess = ordered + total - contract.ceiling
    if excess <= ZERO:
        return
    currency = contract.currency
    text = _(
        "%(contract)s allows %(ceiling)s. Its orders come to %(ordered)s already, %(number)s adds %(total)s: "
        "%(excess)s too much. Reduce the order, or have a supplement of at least %(excess)s approved and "
        "registered."
    ) % {
        "contract": contract.number,
        "ceiling": amount_text(contract.ceiling, currency),
        "ordered": amount_text(ordered, currency),
        "number": number or _("this order"),
        "total": amount_text(total, currency),
        "excess": amount_text(excess, currency),
    }
    raise ContractExceeded(
        text,
        problems=[FieldProblem("#/contract", ContractExceeded.code, text)],
        contract=contract.number,
        ceiling=str(contract.ceiling),
        ordered=str(ordered),
        total=str(total),
        excess=str(excess),
    )
