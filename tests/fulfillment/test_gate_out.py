"""DS-03, DS-04, DS-06: once through the gate, and stock falls."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.clock import clock_set_to
from core.errors import (
    Conflict,
    InvalidInput,
    PermissionDenied,
    RuleRefused,
    StaleVersion,
    TransitionNotAllowed,
)
from core.models import Event, Notice
from fulfillment.models import Carrier
from inventory.models import Batch, Reservation, StockMovement
from tests.conftest import Cast, Company
from tests.fulfillment.matters import approved, gone, goods_traces, let_out, levels, picked, ready

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

D = Decimal


@pytest.mark.rule("DS-03", "DS-06", "ST-01")
def test_stock_and_reservation_fall_when_the_goods_pass_the_gate(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    shipment = ready(cast, order)
    assert levels() == {"A1023": (100, 10), "B2040": (100, 7)}

    shipment = let_out(cast, company, shipment)

    assert levels() == {"A1023": (90, 0), "B2040": (93, 0)}
    assert not Reservation.objects.open().exists()
    movements = StockMovement.objects.filter(kind="issue").values_list(
        "document_number", "line_no", "quantity", "posted_on"
    )
    assert list(movements) == [
        (shipment.number, 1, D(-10), date(2026, 11, 21)),
        (shipment.number, 2, D(-7), date(2026, 11, 21)),
    ]
    order.refresh_from_db()
    assert (order.status, order.delivery_status) == ("shipped", "all")


@pytest.mark.rule("DS-03", "G-04")
def test_the_dispatch_date_is_the_local_day_of_leaving(cast: Cast, company: Company) -> None:
    shipment = ready(cast, approved(cast, company))

    with clock_set_to(datetime(2026, 11, 21, 16, 30, tzinfo=UTC)):  # half past midnight in Shanghai
        shipment = let_out(cast, company, shipment)

    shipment.refresh_from_db()
    assert shipment.gone_on == date(2026, 11, 22)
    assert shipment.gate_pass.used_at == datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
    assert shipment.gate_pass.used_by == cast.guard


@pytest.mark.rule("DS-03")
def test_a_used_pass_is_refused(cast: Cast, company: Company) -> None:
    shipment = gone(cast, company, approved(cast, company))
    before = goods_traces()

    with pytest.raises(Conflict) as refused:
        let_out(cast, company, shipment)

    assert (refused.value.rule, refused.value.code) == ("DS-03", "gate_pass_used")
    assert goods_traces() == before


@pytest.mark.rule("DS-03")
def test_the_pass_of_another_shipment_is_refused(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    first = ready(cast, order, {1: D(4)})
    second = ready(cast, order, {1: D(6)})
    before = goods_traces()

    with pytest.raises(RuleRefused) as refused:
        let_out(cast, company, first, gate_pass=second.gate_pass.number)

    assert (refused.value.rule, refused.value.code) == ("DS-03", "wrong_gate_pass")
    assert goods_traces() == before


@pytest.mark.rule("DS-03")
def test_unchecked_goods_do_not_leave(cast: Cast, company: Company) -> None:
    shipment = picked(cast, approved(cast, company))
    before = goods_traces()

    with pytest.raises(TransitionNotAllowed):
        let_out(cast, company, shipment, gate_pass="GP202611-0001")

    assert goods_traces() == before


@pytest.mark.rule("DS-04")
@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"carrier": None}, "#/carrier"),
        ({"tracking_number": " "}, "#/tracking_number"),
        ({"cost": D("-1")}, "#/cost"),
        ({"cost": D("1.001")}, "#/cost"),
        ({"tracking_number": "9" * 61}, "#/tracking_number"),
    ],
)
def test_carrier_and_tracking_number_are_needed(
    cast: Cast, company: Company, facts: dict[str, object], pointer: str
) -> None:
    shipment = ready(cast, approved(cast, company))
    before = goods_traces()

    with pytest.raises(InvalidInput) as refused:
        let_out(cast, company, shipment, **facts)

    assert [p.pointer for p in refused.value.problems] == [pointer]
    assert goods_traces() == before


@pytest.mark.rule("DS-04", "SY-05")
def test_our_own_vehicle_needs_its_plate_instead(cast: Cast, company: Company) -> None:
    own = Carrier.objects.create(code="OWN", name="自有车辆", mode=Carrier.Mode.OWN)
    shipment = ready(cast, approved(cast, company))

    with pytest.raises(InvalidInput):
        let_out(cast, company, shipment, carrier=own, tracking_number="")
    shipment = let_out(
        cast, company, shipment, carrier=own, tracking_number="", vehicle="浙A12345", cost=D("88.50")
    )

    shipment.refresh_from_db()
    assert (shipment.vehicle, shipment.cost) == ("浙A12345", D("88.50"))


@pytest.mark.rule("DS-04", "IN-08")
def test_the_customer_is_told_with_the_tracking_number(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    gone(cast, company, order)

    left = Event.objects.get(document_type="order", document_number=order.number, name="dispatch_rest")
    assert (left.data["carrier"], left.data["tracking_number"]) == ("顺风快运", "SF1234567890")
    assert Notice.objects.filter(event=left).exists()


@pytest.mark.rule("DS-06")
def test_an_order_is_partly_shipped_until_everything_has_left(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    gone(cast, company, order, {1: D(4)})
    order.refresh_from_db()
    assert (order.status, order.delivery_status) == ("partly_shipped", "part")
    assert levels()["A1023"] == (96, 6)

    gone(cast, company, order, {1: D(6)})
    order.refresh_from_db()
    assert order.status == "partly_shipped"

    gone(cast, company, order)
    order.refresh_from_db()
    assert (order.status, order.delivery_status) == ("shipped", "all")
    assert levels() == {"A1023": (90, 0), "B2040": (93, 0)}


@pytest.mark.rule("DS-02")
def test_a_batch_that_expired_since_the_check_does_not_leave(cast: Cast, company: Company) -> None:
    shipment = ready(cast, approved(cast, company))
    Batch.objects.filter(product=company.motor).update(expires_on=date(2026, 11, 20))
    before = goods_traces()

    with pytest.raises(RuleRefused) as refused:
        let_out(cast, company, shipment)

    assert refused.value.rule == "DS-02"
    assert goods_traces() == before


@pytest.mark.rule("IC-01", "IC-02")
def test_only_the_guard_lets_goods_out(cast: Cast, company: Company) -> None:
    shipment = ready(cast, approved(cast, company))
    before = goods_traces()

    for person in (cast.assistant, cast.manager, cast.checker, cast.admin, cast.erp):
        with pytest.raises(PermissionDenied):
            let_out(cast, company, shipment, actor=person)

    assert goods_traces() == before


@pytest.mark.rule("AP-07")
def test_a_stale_gate_page_lets_nothing_out(cast: Cast, company: Company) -> None:
    shipment = ready(cast, approved(cast, company))
    before = goods_traces()

    with pytest.raises(StaleVersion):
        let_out(cast, company, shipment, version=shipment.version - 1)

    assert goods_traces() == before
