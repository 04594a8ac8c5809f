"""Each check of the books finds the fault planted for it, and nothing in clean books."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from core.books import run_checks
from core.sql import insert_rows
from fulfillment.models import DeliveryLine, DeliveryProof, GatePass, Shipment, ShipmentLine
from inventory.models import Reservation, StockMovement
from orders.models import Order, OrderLine
from tests.conftest import Cast, Company
from tests.credit.matters import submitted
from tests.fulfillment.matters import approved, deliver, gone, ready

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon"), pytest.mark.plants_faults]

D = Decimal


def codes() -> set[str]:
    return {finding.code for finding in run_checks(("S5", "S6", "S7", "D6", "D8"))}


def test_clean_books_have_no_findings(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    deliver(cast, gone(cast, company, order, {1: D(4)}))
    gone(cast, company, order, {1: D(2)})
    ready(cast, order, {1: D(1)})

    assert codes() == set()


def test_a_dispatched_quantity_without_shipment_is_found(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    gone(cast, company, order, {1: D(4)})
    OrderLine.objects.filter(order=order, line_no=1).update(shipped=D(5))

    findings = run_checks(("S5",))

    assert [finding.detail for finding in findings] == [f"{order.number}/1: 5 ≠ 4"]


def test_a_reservation_of_an_order_that_is_not_approved_is_found(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    Reservation.objects.create(
        document_number=order.number,
        line_no=1,
        product=company.motor,
        warehouse=company.warehouse,
        quantity=D(3),
    )

    assert codes() == {"S6"}


def test_a_missing_movement_is_found(cast: Cast, company: Company) -> None:
    shipment = gone(cast, company, approved(cast, company), {1: D(4)})
    ShipmentLine.objects.filter(shipment=shipment).update(line_no=9)

    assert "S7" in codes()


def test_a_movement_of_another_quantity_is_found(cast: Cast, company: Company) -> None:
    shipment = gone(cast, company, approved(cast, company), {1: D(4)})
    ShipmentLine.objects.filter(shipment=shipment).update(checked=D(3))

    assert {"S5", "S7"} <= codes()


def test_an_issue_without_a_shipment_is_found(cast: Cast, company: Company) -> None:
    gone(cast, company, approved(cast, company), {1: D(4)})
    template = StockMovement.objects.filter(kind="issue").values().get()
    insert_rows(StockMovement, [{**template, "id": template["id"] + 1000, "document_number": "SH-NONE"}])

    assert [f.detail for f in run_checks(("S7",))] == ["SH-NONE/1: issued without a shipment"]


def without_proof(shipment: Shipment) -> None:
    Shipment.objects.filter(pk=shipment.pk).update(status="delivered")


def with_a_wrong_sum(shipment: Shipment) -> None:
    DeliveryLine.objects.filter(proof__shipment=shipment).update(good=D(3))


def with_a_lost_signature(shipment: Shipment) -> None:
    OrderLine.objects.filter(order=shipment.order, line_no=1).update(signed=D(1))


def with_a_hidden_damage(shipment: Shipment) -> None:
    DeliveryLine.objects.filter(proof__shipment=shipment).update(good=D(3), damaged=D(1))
    OrderLine.objects.filter(order=shipment.order, line_no=1).update(signed=D(3))


def taken_back(shipment: Shipment) -> None:
    Shipment.objects.filter(pk=shipment.pk).update(status="gone")


@pytest.mark.rule("DL-01")
@pytest.mark.parametrize("plant", [with_a_wrong_sum, with_a_lost_signature, with_a_hidden_damage, taken_back])
def test_a_delivery_that_its_proof_does_not_bear_out_is_found(
    cast: Cast, company: Company, plant: Callable[[Shipment], None]
) -> None:
    shipment = gone(cast, company, approved(cast, company), {1: D(4)})
    deliver(cast, shipment)
    assert codes() == set()

    plant(shipment)

    assert codes() == {"D6"}


@pytest.mark.rule("DL-01")
def test_a_delivery_without_proof_is_found(cast: Cast, company: Company) -> None:
    shipment = gone(cast, company, approved(cast, company), {1: D(4)})
    without_proof(shipment)

    assert codes() == {"D6"}
    assert not DeliveryProof.objects.exists()


@pytest.mark.rule("DS-03")
def test_goods_that_left_without_a_used_pass_are_found(cast: Cast, company: Company) -> None:
    shipment = gone(cast, company, approved(cast, company), {1: D(4)})
    GatePass.objects.filter(shipment=shipment).update(used_at=None)

    assert codes() == {"D8"}


@pytest.mark.rule("DS-03")
def test_a_pass_used_for_goods_that_stayed_is_found(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    shipment = ready(cast, order, {1: D(4)})
    GatePass.objects.filter(shipment=shipment).update(used_at=shipment.created_at)

    assert codes() == {"D8"}
    assert Order.objects.get(pk=order.pk).status == "fulfilling"
