"""Goods come in with their certificate and leave only as reserved (PP-02, DS-01..DS-03)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.clock import today
from core.errors import Conflict, InvalidInput, PermissionDenied, RuleRefused
from core.models import Event
from inventory.models import Batch, Product, Reservation, StockLevel, StockMovement
from inventory.services.stock import (
    IssueLine,
    ReceiptLine,
    ReservationLine,
    issue_stock,
    receive_stock,
    reserve_stock,
)
from tests.conftest import Cast, Company

pytestmark = pytest.mark.django_db

ORDER, SHIPMENT = "SO202611-0001", "SH202611-0001"


def level_of(product: Product) -> tuple[Decimal, Decimal]:
    level = StockLevel.objects.get(product=product)
    return level.on_hand, level.reserved


@pytest.fixture
def reserved(company: Company) -> Company:
    """The order holds 10 motors on line 1 and 20 metres of cable on line 2."""
    reserve_stock(
        ORDER,
        warehouse=company.warehouse,
        lines=[
            ReservationLine(1, company.motor.pk, Decimal(10)),
            ReservationLine(2, company.cable.pk, Decimal(20)),
        ],
    )
    return company


def batch_of(product: Product) -> Batch:
    return Batch.objects.get(product=product)


def issue(
    company: Company, cast: Cast, *lines: IssueLine, shipment: str = SHIPMENT, day: date | None = None
) -> None:
    issue_stock(
        ORDER,
        warehouse=company.warehouse,
        lines=lines,
        shipment_number=shipment,
        posted_on=day or today(),
        actor=cast.guard,
    )


def assert_nothing_moved(company: Company) -> None:
    assert level_of(company.motor) == (Decimal(100), Decimal(10))
    assert level_of(company.cable) == (Decimal(100), Decimal(20))
    assert dict(Reservation.objects.values_list("line_no", "quantity")) == {1: Decimal(10), 2: Decimal(20)}
    assert not StockMovement.objects.filter(kind=StockMovement.Kind.ISSUE).exists()


@pytest.mark.rule("DS-03")
def test_goods_that_leave_lower_stock_and_reservation(reserved: Company, cast: Cast) -> None:
    motors, cables = batch_of(reserved.motor), batch_of(reserved.cable)

    issue(
        reserved,
        cast,
        IssueLine(1, 1, reserved.motor.pk, Decimal(4), motors.pk),
        IssueLine(2, 2, reserved.cable.pk, Decimal("12.5"), cables.pk),
    )

    assert level_of(reserved.motor) == (Decimal(96), Decimal(6))
    assert level_of(reserved.cable) == (Decimal("87.5"), Decimal("7.5"))
    assert dict(Reservation.objects.values_list("line_no", "quantity")) == {1: Decimal(6), 2: Decimal("7.5")}
    issued = StockMovement.objects.filter(kind=StockMovement.Kind.ISSUE).values_list(
        "line_no", "quantity", "batch"
    )
    assert list(issued) == [(1, Decimal(-4), motors.pk), (2, Decimal("-12.5"), cables.pk)]


@pytest.mark.rule("DS-02")
def test_one_order_line_may_leave_from_two_batches(reserved: Company, cast: Cast) -> None:
    receive_stock(
        reserved.warehouse,
        document_number="GR202611-0002",
        actor=cast.checker,
        lines=[ReceiptLine(reserved.motor.pk, Decimal(5), "B2026-02", "QC-2")],
    )
    old, new = Batch.objects.filter(product=reserved.motor).order_by("number")

    issue(
        reserved,
        cast,
        IssueLine(1, 1, reserved.motor.pk, Decimal(6), old.pk),
        IssueLine(1, 2, reserved.motor.pk, Decimal(4), new.pk),
    )

    assert level_of(reserved.motor) == (Decimal(95), Decimal(0))
    assert Reservation.objects.get(line_no=1).quantity == 0


@pytest.mark.rule("DS-01")
def test_more_than_the_order_holds_does_not_leave(reserved: Company, cast: Cast) -> None:
    motors, cables = batch_of(reserved.motor), batch_of(reserved.cable)

    with pytest.raises(RuleRefused) as refused:
        issue(
            reserved,
            cast,
            IssueLine(2, 1, reserved.cable.pk, Decimal(1), cables.pk),
            IssueLine(1, 2, reserved.motor.pk, Decimal(11), motors.pk),
        )

    assert (refused.value.rule, refused.value.code) == ("DS-01", "not_reserved")
    assert_nothing_moved(reserved)


@pytest.mark.rule("DS-01")
def test_goods_of_another_product_do_not_leave_on_a_line(reserved: Company, cast: Cast) -> None:
    with pytest.raises(RuleRefused) as refused:
        issue(reserved, cast, IssueLine(2, 1, reserved.motor.pk, Decimal(1), batch_of(reserved.motor).pk))

    assert refused.value.code == "not_reserved"
    assert_nothing_moved(reserved)


def unreleased(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).update(released_on=None)


def expired_yesterday(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).update(expires_on=today() - timedelta(days=1))


@pytest.mark.rule("DS-02")
@pytest.mark.parametrize("spoil", [unreleased, expired_yesterday])
def test_a_batch_not_released_or_expired_does_not_leave(
    reserved: Company, cast: Cast, spoil: Callable[[Batch], None]
) -> None:
    batch = batch_of(reserved.motor)
    spoil(batch)

    with pytest.raises(RuleRefused) as refused:
        issue(reserved, cast, IssueLine(1, 1, reserved.motor.pk, Decimal(1), batch.pk))

    assert (refused.value.rule, refused.value.code) == ("DS-02", "batch_not_released")
    assert_nothing_moved(reserved)


@pytest.mark.rule("DS-02")
def test_a_batch_may_leave_on_its_last_day(reserved: Company, cast: Cast) -> None:
    batch = batch_of(reserved.motor)
    Batch.objects.filter(pk=batch.pk).update(expires_on=today())

    issue(reserved, cast, IssueLine(1, 1, reserved.motor.pk, Decimal(1), batch.pk))

    assert level_of(reserved.motor) == (Decimal(99), Decimal(9))


@pytest.mark.rule("DS-02")
def test_a_batch_gives_out_no_more_than_came_in(reserved: Company, cast: Cast) -> None:
    receive_stock(
        reserved.warehouse,
        document_number="GR202611-0002",
        actor=cast.checker,
        lines=[ReceiptLine(reserved.motor.pk, Decimal(2), "B2026-02", "QC-2")],
    )
    small = Batch.objects.get(number="B2026-02")

    with pytest.raises(RuleRefused) as refused:
        issue(reserved, cast, IssueLine(1, 1, reserved.motor.pk, Decimal(3), small.pk))

    assert refused.value.code == "batch_used_up"
    assert level_of(reserved.motor) == (Decimal(102), Decimal(10))


@pytest.mark.rule("DS-02")
def test_the_batch_of_another_product_is_refused(reserved: Company, cast: Cast) -> None:
    with pytest.raises(RuleRefused) as refused:
        issue(reserved, cast, IssueLine(1, 1, reserved.motor.pk, Decimal(1), batch_of(reserved.cable).pk))

    assert refused.value.code == "wrong_batch"
    assert_nothing_moved(reserved)


@pytest.mark.rule("PP-02", "SY-04")
def test_received_goods_are_in_stock_at_once_and_released_by_their_certificate(
    company: Company, cast: Cast
) -> None:
    receive_stock(
        company.warehouse,
        document_number="GR202611-0002",
        actor=cast.picker,
        reference="送货单 7788",
        lines=[
            ReceiptLine(company.motor.pk, Decimal(5), "B2026-02", "QC-2", today() + timedelta(days=365)),
            ReceiptLine(company.cable.pk, Decimal("30.5"), "C7", "QC-3"),
            ReceiptLine(company.motor.pk, Decimal(1), "B2026-02", "QC-2", today() + timedelta(days=365)),
        ],
    )

    assert level_of(company.motor) == (Decimal(106), Decimal(0))
    assert level_of(company.cable) == (Decimal("130.5"), Decimal(0))
    batch = Batch.objects.get(number="B2026-02")
    assert (batch.certificate, batch.released_on) == ("QC-2", today())
    event = Event.objects.get(name="goods_received", root_number="GR202611-0002")
    assert (event.actor, event.note) == (cast.picker, "送货单 7788")


@pytest.mark.rule("PP-02")
@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"certificate": " "}, "#/lines/1/certificate", "required"),
        ({"batch_number": ""}, "#/lines/1/batch", "required"),
        ({"quantity": Decimal(0)}, "#/lines/1/quantity", "not_positive"),
        ({"quantity": Decimal(-3)}, "#/lines/1/quantity", "not_positive"),
        ({"quantity": Decimal("1.5")}, "#/lines/1/quantity", "too_many_places"),
        ({"product_id": 987654}, "#/lines/1/sku", "unknown_product"),
        ({"expires_on": date(2020, 1, 1)}, "#/lines/1/expires_on", "expired"),
        ({"certificate": "QC-OTHER"}, "#/lines/1/certificate", "batch_differs"),
    ],
)
def test_a_faulty_line_keeps_the_whole_receipt_out(
    company: Company, cast: Cast, changes: dict[str, object], pointer: str, code: str
) -> None:
    line = {
        "product_id": company.motor.pk,
        "quantity": Decimal(5),
        "batch_number": "B2026-01",
        "certificate": "QC-1",
    }

    with pytest.raises(InvalidInput) as refused:
        receive_stock(
            company.warehouse,
            document_number="GR202611-0002",
            actor=cast.checker,
            lines=[
                ReceiptLine(company.cable.pk, Decimal(1), "C7", "QC-3"),
                ReceiptLine(**{**line, **changes}),
            ],
        )

    assert [(problem.pointer, problem.code) for problem in refused.value.problems] == [(pointer, code)]
    assert level_of(company.motor) == (Decimal(100), Decimal(0))
    assert level_of(company.cable) == (Decimal(100), Decimal(0))
    assert not Batch.objects.filter(number="C7").exists()


@pytest.mark.rule("PP-02")
def test_the_same_receipt_is_posted_once(company: Company, cast: Cast) -> None:
    with pytest.raises(Conflict) as refused:
        receive_stock(
            company.warehouse,
            document_number="GR202611-0001",
            actor=cast.checker,
            lines=[ReceiptLine(company.motor.pk, Decimal(5), "B2026-01", "QC-1")],
        )

    assert refused.value.code == "receipt_posted"
    assert level_of(company.motor) == (Decimal(100), Decimal(0))


@pytest.mark.rule("IC-02")
def test_only_the_warehouse_receives(company: Company, cast: Cast) -> None:
    for person in (cast.assistant, cast.finance, cast.guard, cast.admin):
        with pytest.raises(PermissionDenied):
            receive_stock(
                company.warehouse,
                document_number="GR202611-0002",
                actor=person,
                lines=[ReceiptLine(company.motor.pk, Decimal(5), "B2026-01", "QC-1")],
            )

    assert level_of(company.motor) == (Decimal(100), Decimal(0))
    refusals = Event.objects.filter(outcome=Event.Outcome.REFUSED, name="receive_stock")
    assert refusals.count() == 4


@pytest.mark.rule("AU-01")
def test_a_movement_is_never_changed(company: Company) -> None:
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        StockMovement.objects.update(quantity=Decimal(1))
