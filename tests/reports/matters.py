"""Contracts in force with orders, goods and money under them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from core.clock import now
from orders.contracts.workflow import CONTRACT_WORKFLOW, ContractStatus
from orders.models import Contract, ContractSignature, Order
from tests.conftest import Cast, Company
from tests.fulfillment.matters import approved


def contract_in_force(cast: Cast, company: Company, number: str = "CT202611-0001", **facts: Any) -> Contract:
    """A framework contract of the southern customer, signed and sealed, 50,000.00 by default."""
    customer = facts.pop("customer", company.customer)
    signed_on = facts.pop("signed_on", date(2026, 11, 2))
    values: dict[str, Any] = {
        "kind": Contract.Kind.FRAMEWORK,
        "title": "年度框架合同",
        "customer": customer,
        "region": customer.region,
        "salesperson": customer.salesperson,
        "amount": Decimal("50000.00"),
        "terms": Order.Terms.PREPAID,
        "status": ContractStatus.SEALED,
        "created_by": cast.rep,
        **facts,
    }
    contract = Contract.objects.create(number=number, **values)
    signed = {"manager": cast.manager, "gm": cast.gm, "sales": cast.director, "finance": cast.finance}
    ContractSignature.objects.bulk_create(
        ContractSignature(contract=contract, round=1, part=part, actor=actor)
        for part, actor in {**signed, "seal": cast.assistant}.items()
    )
    CONTRACT_WORKFLOW.move(
        contract,
        "register",
        actor=cast.assistant,
        changes={"signed_on": signed_on, "registered_at": now()},
    )
    if contract.supplement_to is not None:
        Contract.objects.filter(pk=contract.supplement_to_id).update(supplemented=contract.amount)
    return Contract.objects.get(pk=contract.pk)


def end(contract: Contract, cast: Cast, day: date) -> None:
    CONTRACT_WORKFLOW.move(
        Contract.objects.get(pk=contract.pk),
        "end",
        actor=cast.manager,
        note="合同期满",
        changes={"ended_on": day},
    )


def ordered_under(cast: Cast, company: Company, contract: Contract, *lines: tuple[str, str]) -> Order:
    """An approved and paid order under the contract; by default ten motors."""
    return approved(cast, company, *(lines or (("A1023", "10"),)), contract=contract.number)
