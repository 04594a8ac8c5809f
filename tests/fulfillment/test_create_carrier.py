"""Logistics keeps the carriers; nobody else, and no code twice."""

import pytest

from core.errors import InvalidInput, PermissionDenied
from fulfillment.models import Carrier
from fulfillment.services.carriers import create_carrier
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.rule("DS-04")
def test_logistics_enters_a_carrier(cast: Cast) -> None:
    carrier = create_carrier(code="DB", name="大宝物流", mode="truck", actor=cast.logistics)
    assert (carrier.name, carrier.get_mode_display()) == ("大宝物流", Carrier.Mode.TRUCK.label)


@pytest.mark.rule("DS-04")
def test_a_carriers_code_is_not_given_twice(cast: Cast) -> None:
    create_carrier(code="DB", name="大宝物流", mode="truck", actor=cast.logistics)
    with pytest.raises(InvalidInput):
        create_carrier(code="DB", name="大北快递", mode="express", actor=cast.logistics)
    assert Carrier.objects.count() == 1


def test_the_warehouse_enters_no_carrier(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        create_carrier(code="DB", name="大宝物流", mode="truck", actor=cast.picker)
    assert not Carrier.objects.exists()
