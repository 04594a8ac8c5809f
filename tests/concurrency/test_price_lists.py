"""Versions of one series approved at the same moment: one holds, the others are told whose days they meet (QT-03)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.clock import today
from inventory.models import PriceList
from tests.concurrency.conftest import Race
from tests.conftest import Cast, Company

VERSIONS = 4
pytestmark = pytest.mark.django_db(transaction=True)


def approve_together(race: Race, act: str, cast: Cast) -> list[Any]:
    """Versions for the same days, as several clerks enter them who did not see each other's."""
    begins = today() + timedelta(days=5)
    entered = [
        PriceList.objects.create(
            code=f"PL-{n}", name="并行录入", valid_from=begins, created_by=cast.catalogue
        )
        for n in range(VERSIONS)
    ]
    return race([(act, {"price_list": each.pk, "actor": cast.gm.pk}) for each in entered])


@pytest.mark.rule("QT-03")
def test_of_versions_for_the_same_days_one_is_approved(race: Race, cast: Cast, company: Company) -> None:
    outcomes = approve_together(race, "approve_prices", cast)

    assert sorted(outcomes) == ["done"] + ["refused PriceListsOverlap"] * (VERSIONS - 1)
    held = PriceList.objects.get(code__startswith="PL-", approved_at__isnull=False)
    company.price_list.refresh_from_db()
    assert company.price_list.valid_until == held.valid_from - timedelta(days=1)
    assert company.price_list.ended_by == held


@pytest.mark.plants_faults
def test_control_without_the_lock_several_are_approved(race: Race, cast: Cast, company: Company) -> None:
    approve_together(race, "unprotected approve_prices", cast)

    held = PriceList.objects.filter(code__startswith="PL-", approved_at__isnull=False)
    assert held.count() > 1, "the race did not happen, so the test above proves nothing"
