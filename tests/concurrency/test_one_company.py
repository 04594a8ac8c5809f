"""The same company put on file by several people at the same moment: one file, the others are told (CM-02)."""

from __future__ import annotations

from typing import Any

import pytest

from customers.models import Customer
from tests.concurrency.conftest import Race
from tests.conftest import Cast
from tests.factories import uscc_number

PEOPLE = 4
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.rule("CM-02")
@pytest.mark.parametrize("same", ["name", "uscc"])
def test_one_company_gets_one_file(race: Race, cast: Cast, same: str) -> None:
    facts: dict[str, Any] = {"region": cast.south.pk, "actor": cast.rep.pk}

    outcomes = race(
        [
            (
                "open_file",
                {
                    **facts,
                    "name": "宁波海天机械有限公司" if same == "name" else f"宁波海天机械有限公司{n}",
                    "uscc": uscc_number(700 if same == "uscc" else 700 + n),
                },
            )
            for n in range(PEOPLE)
        ]
    )

    assert sorted(outcomes) == ["done"] + ["refused Conflict"] * (PEOPLE - 1)
    assert Customer.objects.filter(name__startswith="宁波海天").count() == 1
