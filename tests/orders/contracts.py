"""Contracts at every stage, as the people of the cast bring them there."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.clock import today
from core.models import Event, User
from orders.contracts.drafts import ContractDraft
from orders.contracts.services import (
    apply_for_contract,
    approve_gm,
    approve_legal,
    approve_manager,
    countersign,
    register_contract,
    seal_contract,
    sign_special,
    submit_contract,
)
from orders.drafts import LineDraft
from orders.models import Contract, ContractSignature, Order
from tests.credit.matters import picture

D = Decimal


def contract_draft(*lines: tuple[str, str] | LineDraft, **facts: Any) -> ContractDraft:
    """A complete application; without lines one for ten motors: 11,074.00."""
    given: dict[str, Any] = {
        "kind": "individual",
        "title": "伺服电机年度采购",
        "order_intention": "十台伺服电机，年内交货",
        "policy_basis": "标准价目表 PL2026-01",
        **facts,
    }
    made = tuple(line if isinstance(line, LineDraft) else LineDraft(line[0], D(line[1])) for line in lines)
    if given["kind"] == "individual" and not made:
        made = (LineDraft("A1023", D(10)),)
    return ContractDraft(lines=made, **given)


def framework_draft(amount: str | None = "50000.00", **facts: Any) -> ContractDraft:
    """A year's framework with a ceiling, or without."""
    return contract_draft(
        kind="framework",
        amount=None if amount is None else D(amount),
        valid_from=facts.pop("valid_from", date(2026, 1, 1)),
        valid_until=facts.pop("valid_until", date(2026, 12, 31)),
        **facts,
    )


def supplement_draft(parent: Contract, amount: str, **facts: Any) -> ContractDraft:
    return contract_draft(kind="supplement", supplement_to=parent.number, amount=D(amount), **facts)


def fresh_contract(contract: Contract) -> Contract:
    return Contract.objects.for_display().get(pk=contract.pk)


def applied(
    cast: Any, company: Any, draft: ContractDraft | None = None, actor: User | None = None
) -> Contract:
    return apply_for_contract(
        company.customer, draft=draft or contract_draft(), actor=actor or cast.assistant
    )


def at_manager(cast: Any, company: Any, draft: ContractDraft | None = None) -> Contract:
    contract = applied(cast, company, draft)
    return submit_contract(contract, actor=cast.assistant, version=contract.version)


def signed_specially(cast: Any, contract: Contract) -> None:
    """All four departments of a special contract."""
    people = {"technical": cast.engineer, "qc": cast.qc, "production": cast.planner, "price": cast.finance}
    for part, person in people.items():
        day = today() + timedelta(days=20) if part == "production" else None
        sign_special(contract, part=part, actor=person, promised_on=day)


def at_countersigning(cast: Any, company: Any, draft: ContractDraft | None = None) -> Contract:
    contract = at_manager(cast, company, draft)
    approve_manager(contract, actor=cast.manager)
    if contract.is_special:
        signed_specially(cast, contract)
    approve_gm(contract, actor=cast.gm)
    if fresh_contract(contract).status == "legal_review":
        approve_legal(contract, actor=cast.legal)
    return fresh_contract(contract)


def sealed(cast: Any, company: Any, draft: ContractDraft | None = None) -> Contract:
    contract = at_countersigning(cast, company, draft)
    countersign(contract, side="sales", actor=cast.director)
    countersign(contract, side="finance", actor=cast.finance)
    seal_contract(contract, actor=cast.second_assistant)
    return fresh_contract(contract)


def in_force(cast: Any, company: Any, draft: ContractDraft | None = None) -> Contract:
    """Signed by everybody it needs, sealed, and on the register."""
    contract = sealed(cast, company, draft)
    register_contract(
        contract,
        signed_on=today(),
        signed_by_customer="王芳",
        scan=picture(cast.second_assistant, "signed_copy"),
        actor=cast.second_assistant,
    )
    return fresh_contract(contract)


def supplemented(cast: Any, company: Any, parent: Contract, amount: str) -> Contract:
    """A supplement in force."""
    return in_force(cast, company, supplement_draft(parent, amount))


def contract_traces() -> dict[str, object]:
    """Everything of contracts that a refusal must leave as it was."""
    return {
        "contracts": list(Contract.objects.order_by("pk").values()),
        "signatures": ContractSignature.objects.count(),
        "orders": list(Order.objects.order_by("pk").values("pk", "contract", "version", "status", "total")),
        "events": Event.objects.done().count(),
    }
