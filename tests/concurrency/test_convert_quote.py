"""Eight people convert the same accepted quotation at the same moment: one order, everybody else is told."""

from __future__ import annotations

import pytest

from core.models import Event
from orders.models import Order
from tests.concurrency.conftest import Race
from tests.concurrency.test_same_act import ONE_DID, together, went_ahead
from tests.conftest import Cast, Company
from tests.orders.quotes import accepted, fresh

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.rule("QT-04")
def test_one_quotation_becomes_one_order(race: Race, cast: Cast, company: Company) -> None:
    quote = accepted(cast, company)

    found = together(race, "convert_quote", quote=quote.pk, version=quote.version, actor=cast.rep.pk)

    assert found == ONE_DID
    assert Order.objects.filter(quote=quote).count() == 1
    assert fresh(quote).status == "converted"
    assert Event.objects.done().filter(document_number=quote.number, name="convert").count() == 1


@pytest.mark.rule("QT-04")
def test_one_version_is_revised_once(race: Race, cast: Cast, company: Company) -> None:
    quote = accepted(cast, company)

    found = together(race, "revise_quote_at_once", quote=quote.pk, version=quote.version, actor=cast.rep.pk)

    assert found == ONE_DID
    assert type(quote).objects.filter(series=quote.series).count() == 2


@pytest.mark.plants_faults
def test_control_without_lock_and_compare_several_convert_it(
    race: Race, cast: Cast, company: Company
) -> None:
    quote = accepted(cast, company)

    found = together(
        race, "unprotected convert_quote", quote=quote.pk, version=quote.version, actor=cast.rep.pk
    )

    assert went_ahead(found) > 1, "the race did not happen, so the test above proves nothing"
