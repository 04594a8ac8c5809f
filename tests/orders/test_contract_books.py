"""Each check of the contracts finds the fault it is there for, and nothing when all is well."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.books import run_checks
from orders.models import Contract, ContractLine, Order
from orders.services.placing import place_order
from tests.conftest import Cast, Company
from tests.orders.contracts import in_force, supplemented
from tests.orders.drafts import draft_of

D = Decimal
CODES = ("T1", "T2", "T3", "T4", "T5")
pytestmark = pytest.mark.django_db


def found() -> set[str]:
    return {finding.code for finding in run_checks(CODES)}


@pytest.fixture
def contract(cast: Cast, company: Company) -> Contract:
    made = in_force(cast, company)
    supplemented(cast, company, made, "100.00")
    draft = draft_of(("A1023", "10"), freight=D("100.00"), contract=made.number)
    place_order(company.customer, draft=draft, actor=cast.assistant)
    return made


@pytest.mark.rule("CT-07")
def test_a_full_contract_has_no_findings(contract: Contract) -> None:
    assert found() == set()


def more_ordered(contract: Contract) -> Any:
    Order.objects.update(freight=D("100.01"), total=D("11174.01"))


def less_supplemented(contract: Contract) -> Any:
    Contract.objects.filter(kind="supplement").update(amount=D("99.99"))


def moved_by_hand(contract: Contract) -> Any:
    Contract.objects.filter(pk=contract.pk).update(status="ended")


def line_gone(contract: Contract) -> Any:
    ContractLine.objects.filter(contract=contract).update(net=D("1.00"), tax=D("0.00"), gross=D("1.00"))


def became_special(contract: Contract) -> Any:
    Contract.objects.filter(pk=contract.pk).update(is_over_capacity=True)


@pytest.mark.rule("CT-07")
@pytest.mark.plants_faults
@pytest.mark.parametrize(
    ("code", "plant"),
    [
        ("T1", more_ordered),
        ("T2", less_supplemented),
        ("T3", moved_by_hand),
        ("T4", line_gone),
        ("T5", became_special),
    ],
)
def test_a_planted_fault_is_found(contract: Contract, code: str, plant: Any) -> None:
    plant(contract)

    assert code in found()
