"""Eight orders come under one contract at the same moment: as many as it allows, not one more (CT-07).

The control runs the same race without lock and guard and must go beyond the contract.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from orders.contracts.ceiling import ordered_under
from orders.models import Contract
from orders.services.placing import place_order
from tests.concurrency.conftest import Race
from tests.conftest import Cast, Company
from tests.orders.contracts import framework_draft, in_force
from tests.orders.drafts import draft_of

ORDERS, EACH, ALLOWED = 8, Decimal("1107.40"), 3
pytestmark = pytest.mark.django_db(transaction=True)


def link_together(race: Race, act: str, cast: Cast, company: Company) -> tuple[Contract, list[Any]]:
    """A framework for three of eight orders of one motor each, all of them linked at once."""
    contract = in_force(cast, company, framework_draft(str(EACH * ALLOWED)))
    orders = [
        place_order(company.customer, draft=draft_of(("A1023", "1")), actor=cast.assistant)
        for _n in range(ORDERS)
    ]
    facts = {"contract": contract.pk, "actor": cast.assistant.pk}
    return contract, race([(act, {"order": order.pk, **facts}) for order in orders])


@pytest.mark.rule("CT-07")
def test_a_contract_is_not_exceeded_by_orders_that_come_together(
    race: Race, cast: Cast, company: Company
) -> None:
    contract, outcomes = link_together(race, "link", cast, company)

    assert sorted(outcomes) == ["done"] * ALLOWED + ["refused ContractExceeded"] * (ORDERS - ALLOWED)
    assert ordered_under(contract) == EACH * ALLOWED


@pytest.mark.plants_faults
def test_control_without_the_lock_the_contract_is_exceeded(race: Race, cast: Cast, company: Company) -> None:
    contract, _outcomes = link_together(race, "unprotected link", cast, company)

    assert ordered_under(contract) > EACH * ALLOWED, (
        "the race did not happen, so the test above proves nothing"
    )
