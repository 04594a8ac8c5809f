"""The approval queue of contracts in the administration: the same services, a result per row."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from core.models import User
from orders.models import Contract
from tests.conftest import Cast, Company
from tests.orders.contracts import (
    applied,
    at_countersigning,
    at_manager,
    contract_draft,
    framework_draft,
    fresh_contract,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
QUEUE = "admin:orders_contractforapproval_changelist"


def act(client: Client, person: User, action: str, *contracts: Contract, **data: str) -> list[str]:
    client.force_login(person)
    chosen = [str(contract.pk) for contract in contracts]
    answer: Any = client.post(reverse(QUEUE), {"action": action, "_selected_action": chosen, **data})
    return [str(message) for message in get_messages(answer.wsgi_request)]


@pytest.mark.rule("CT-01", "CT-03")
def test_manager_general_manager_legal_and_finance_sign_in_the_queue(
    cast: Cast, company: Company, client: Client
) -> None:
    contract = at_manager(cast, company, framework_draft("100000.00"))
    for person in (cast.manager, cast.gm, cast.legal, cast.director, cast.finance):
        client.force_login(person)
        assert contract.number in client.get(reverse(QUEUE)).content.decode()
        act(client, person, "sign_contracts", contract, note="同意")

    assert fresh_contract(contract).status == "sealing"
    assert set(contract.signatures.values_list("note", flat=True)) == {"同意"}


@pytest.mark.rule("CT-01")
def test_the_queue_holds_only_what_waits_for_this_person(
    cast: Cast, company: Company, client: Client
) -> None:
    mine, other = at_countersigning(cast, company), applied(cast, company)
    client.force_login(cast.cfo)

    page = client.get(reverse(QUEUE)).content.decode()

    assert mine.number in page
    assert other.number not in page
    act(client, cast.cfo, "sign_contracts", other)
    assert fresh_contract(other).status == "draft"


@pytest.mark.rule("CT-01", "IC-01")
def test_a_rejection_needs_its_reason_row_by_row(cast: Cast, company: Company, client: Client) -> None:
    contracts = [at_manager(cast, company), at_manager(cast, company, contract_draft(is_over_capacity=True))]

    refusals = act(client, cast.manager, "reject_contracts", *contracts)
    assert len([text for text in refusals if "CT-01" in text]) == 2
    act(client, cast.manager, "reject_contracts", *contracts, note="价格有误")

    assert [fresh_contract(contract).status for contract in contracts] == ["rejected", "rejected"]
