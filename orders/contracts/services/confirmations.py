"""The customer's confirmation letter on the contract register (CT-02, CT-04).

An order that stands under no contract may rest on its confirmation letter. The letter then has a row of
kind `confirmation` in the register, under which the order stands; it is no contract in the sense of CS-02
and has no ceiling of its own (CT-07): the order's amount is bound by the confirmation itself.
"""

from __future__ import annotations

from core.clock import now, today
from core.models import User
from core.numbering import next_number
from core.transactions import unit_of_work
from orders.contracts.services.applying import snapshot
from orders.contracts.workflow import CONTRACT_WORKFLOW, ContractStatus
from orders.models import Contract, CustomerConfirmation, Order

PREFIX = "CF"


@unit_of_work
def file_confirmation_letter(
    order: Order, confirmation: CustomerConfirmation, *, actor: User
) -> Contract | None:
    """Put a confirmation with its paper on the register; it takes the place of an earlier letter.

    None when the order stands under a contract or the confirmation has no paper. The caller has locked the
    order and writes `order.contract`. Four statements and the number, two more for an earlier letter.
    """
    if confirmation.attachment_id is None or stands_under_contract(order):
        return None
    retire_confirmation_letter(order, actor=actor)
    letter = Contract(
        number=next_number(PREFIX),
        kind=Contract.Kind.CONFIRMATION,
        created_by=actor,
        customer=order.customer,
        region=order.region,
        salesperson=order.salesperson,
        title=order.number,
        currency=order.currency,
        amount=confirmation.amount,
        freight=order.freight,
        net=order.net,
        tax=order.tax,
        terms=order.terms,
        prepaid_percent=order.prepaid_percent,
        scan=confirmation.attachment,
    )
    letter.save(force_insert=True)
    CONTRACT_WORKFLOW.move(
        letter,
        "file_confirmation",
        actor=actor,
        data={**snapshot(letter), "order": order.number},
        changes={
            "signed_on": confirmation.confirmed_on,
            "signed_by_customer": confirmation.confirmed_by,
            "registered_at": now(),
        },
    )
    return letter


@unit_of_work
def retire_confirmation_letter(order: Order, *, actor: User) -> None:
    """End the letter an order rests on: replaced, or the order is cancelled or comes under a contract."""
    letter = order.contract
    if (
        letter is None
        or letter.kind != Contract.Kind.CONFIRMATION
        or letter.status != ContractStatus.IN_FORCE
    ):
        return
    CONTRACT_WORKFLOW.move(letter, "retire", actor=actor, changes={"ended_on": today()})


def stands_under_contract(order: Order) -> bool:
    return order.contract is not None and order.contract.kind != Contract.Kind.CONFIRMATION
