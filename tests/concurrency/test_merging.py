"""Two mergings at once, and orders placed while a file is being merged: nobody is left behind."""

from __future__ import annotations

from typing import Any

import pytest

from core.jobs import run_next_job
from core.models import Event
from customers.models import Customer
from orders.models import Order
from tests import factories
from tests.concurrency.conftest import Race
from tests.conftest import Cast, Company

pytestmark = pytest.mark.django_db(transaction=True)


def double_of(cast: Cast) -> Any:
    return factories.CustomerFactory(uscc="", region=cast.south, salesperson=cast.rep)


@pytest.mark.rule("CM-12")
def test_two_files_merged_into_each_other_at_once_become_one(
    race: Race, cast: Cast, company: Company
) -> None:
    one, other = company.customer, double_of(cast)
    there = {"source": one.pk, "target": other.pk, "actor": cast.manager.pk}
    back = {"source": other.pk, "target": one.pk, "actor": cast.second_manager.pk}

    outcomes = race([("merge", there), ("merge", back)] * 3)

    assert sorted(outcome.split()[0] for outcome in outcomes) == ["done"] + ["refused"] * 5
    merged = Customer.objects.get(status="merged")
    assert merged.merged_into is not None
    assert merged.merged_into.status == "active"
    assert Event.objects.done().filter(name="merge").count() == 1


@pytest.mark.rule("CM-12")
def test_an_order_placed_while_its_file_is_merged_follows_it(
    race: Race, cast: Cast, company: Company
) -> None:
    double = double_of(cast)
    merge = {"source": double.pk, "target": company.customer.pk, "actor": cast.manager.pk}
    place = {"customer": double.pk, "actor": cast.assistant.pk}

    outcomes = race([("merge", merge), *[("place", place)] * 5])

    assert run_next_job()  # collects what was being written meanwhile

    assert outcomes[0] == "done"
    assert not [outcome for outcome in outcomes if "failed" in outcome]
    placed = sum(outcome == "done" for outcome in outcomes[1:])
    assert Order.objects.filter(customer=company.customer).count() == placed
    assert not Order.objects.filter(customer=double.pk).exists()
