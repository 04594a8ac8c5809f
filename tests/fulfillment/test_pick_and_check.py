"""DS-02: picking, and the check by another person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.errors import (
    InvalidInput,
    PermissionDenied,
    RuleRefused,
    SameActor,
    StaleVersion,
    TransitionNotAllowed,
)
from core.models import Event
from fulfillment.models import GatePass
from fulfillment.services import CheckedLine, PickedLine, check_shipment, record_pick, send_back
from inventory.models import Batch
from tests import factories
from tests.conftest import Cast, Company
from tests.fulfillment.matters import (
    BATCH,
    approved,
    found_all,
    goods_traces,
    let_out,
    noticed,
    pick_all,
    picked,
    ready,
    signed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

D = Decimal


@pytest.mark.rule("DS-02")
def test_the_picker_records_quantity_and_batch(cast: Cast, company: Company) -> None:
    shipment = picked(cast, approved(cast, company))

    assert shipment.status == "picked"
    assert list(shipment.lines.values_list("line_no", "quantity", "picked", "batch__number")) == [
        (1, D(10), D(10), BATCH),
        (2, D(7), D(7), BATCH),
    ]


@pytest.mark.rule("DS-02")
@pytest.mark.parametrize(
    ("batch", "code"),
    [
        ("", "batch_missing"),
        ("NOPE", "batch_unknown"),
        ("QC-WAIT", "batch_not_released"),
        ("OLD", "batch_expired"),
    ],
)
def test_only_a_released_and_unexpired_batch_of_the_product_may_be_picked(
    cast: Cast, company: Company, batch: str, code: str
) -> None:
    factories.BatchFactory(product=company.motor, number="QC-WAIT", released_on=None)
    factories.BatchFactory(product=company.motor, number="OLD", expires_on=date(2026, 11, 20))
    factories.BatchFactory(product=company.cable, number="NOPE")
    shipment = signed(cast, approved(cast, company))
    wrong = {**pick_all(shipment), 1: PickedLine(D(10), batch)}
    before = goods_traces()

    with pytest.raises(RuleRefused) as refused:
        record_pick(shipment, picked=wrong, actor=cast.picker, version=shipment.version)

    assert [(p.pointer, p.code) for p in refused.value.problems] == [("#/lines/0/batch", code)]
    assert refused.value.rule == "DS-02"
    assert goods_traces() == before


@pytest.mark.rule("DS-02")
def test_a_batch_may_leave_on_its_last_day(cast: Cast, company: Company) -> None:
    factories.BatchFactory(product=company.motor, number="LAST", expires_on=date(2026, 11, 21))
    shipment = signed(cast, approved(cast, company))

    record_pick(shipment, picked={**pick_all(shipment), 1: PickedLine(D(10), "LAST")}, actor=cast.picker)

    assert shipment.lines.get(line_no=1).batch.number == "LAST"


@pytest.mark.rule("DS-02")
def test_every_wrong_line_of_a_pick_is_listed(cast: Cast, company: Company) -> None:
    shipment = signed(cast, approved(cast, company))
    wrong = {1: PickedLine(D(11), BATCH), 7: PickedLine(D(1), BATCH)}
    before = goods_traces()

    with pytest.raises(InvalidInput) as refused:
        record_pick(shipment, picked=wrong, actor=cast.picker, version=shipment.version)

    assert {(p.pointer, p.code) for p in refused.value.problems} == {
        ("#/lines/0/quantity", "invalid_quantity"),
        ("#/lines/1/line", "unknown_line"),
        ("#/lines", "missing_line"),
    }
    assert goods_traces() == before


@pytest.mark.rule("DS-02")
def test_a_pick_of_nothing_is_refused(cast: Cast, company: Company) -> None:
    shipment = signed(cast, approved(cast, company))

    with pytest.raises(RuleRefused) as refused:
        record_pick(
            shipment,
            picked=pick_all(shipment, line_1="0", line_2="0"),
            actor=cast.picker,
            version=shipment.version,
        )

    assert refused.value.problems[0].code == "nothing_picked"


@pytest.mark.rule("DS-02")
def test_what_was_picked_short_goes_back_to_the_order_at_the_check(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    shipment = ready(cast, order, line_1="6", line_2="0")

    assert list(shipment.lines.values_list("line_no", "quantity", "checked")) == [(1, D(6), D(6))]
    checked = Event.objects.get(document_number=shipment.number, name="check")
    assert checked.data["short"] == [
        {"line": 1, "asked": "10", "picked": "6"},
        {"line": 2, "asked": "7", "picked": "0"},
    ]
    rest = noticed(cast, order)
    assert list(rest.lines.values_list("order_line__line_no", "quantity")) == [(1, D(4)), (2, D(7))]


@pytest.mark.rule("DS-02", "DS-03")
def test_the_check_issues_a_gate_pass(cast: Cast, company: Company) -> None:
    shipment = ready(cast, approved(cast, company))

    assert (shipment.status, shipment.gate_pass.number) == ("checked", "GP202611-0001")
    assert (shipment.gate_pass.issued_by, shipment.gate_pass.used_at) == (cast.checker, None)


@pytest.mark.rule("DS-02")
def test_the_barcode_counts_as_the_code(cast: Cast, company: Company) -> None:
    shipment = picked(cast, approved(cast, company))
    found = {**found_all(shipment), 1: CheckedLine(company.motor.barcode, D(10), BATCH)}

    assert check_shipment(shipment, checked=found, actor=cast.checker).status == "checked"


@pytest.mark.rule("DS-02")
def test_every_difference_at_the_check_is_listed_and_nothing_moves(cast: Cast, company: Company) -> None:
    shipment = picked(cast, approved(cast, company))
    found = {1: CheckedLine("A9999", D(9), "B2026-02"), 2: CheckedLine("B2040", D(7), BATCH)}
    before = goods_traces()

    with pytest.raises(RuleRefused) as refused:
        check_shipment(shipment, checked=found, actor=cast.checker, version=shipment.version)

    assert (refused.value.rule, refused.value.code) == ("DS-02", "check_differs")
    assert [(p.pointer, p.code) for p in refused.value.problems] == [
        ("#/lines/0/quantity", "quantity_differs"),
        ("#/lines/0/sku", "sku_differs"),
        ("#/lines/0/batch", "batch_differs"),
    ]
    assert goods_traces() == before
    assert not GatePass.objects.exists()


@pytest.mark.rule("DS-02")
def test_a_batch_blocked_after_the_pick_is_found_at_the_check(cast: Cast, company: Company) -> None:
    shipment = picked(cast, approved(cast, company))
    Batch.objects.filter(product=company.motor).update(expires_on=date(2026, 11, 20))

    with pytest.raises(RuleRefused) as refused:
        check_shipment(shipment, checked=found_all(shipment), actor=cast.checker, version=shipment.version)

    assert [p.code for p in refused.value.problems] == ["batch_expired"]


@pytest.mark.rule("DS-02")
def test_every_line_has_to_be_checked(cast: Cast, company: Company) -> None:
    shipment = picked(cast, approved(cast, company))
    found = found_all(shipment)
    del found[2]

    with pytest.raises(InvalidInput) as refused:
        check_shipment(shipment, checked=found, actor=cast.checker, version=shipment.version)

    assert [p.code for p in refused.value.problems] == ["missing_line"]


@pytest.mark.rule("DS-02")
def test_wrong_goods_go_back_to_the_picker_and_are_picked_again(cast: Cast, company: Company) -> None:
    shipment = picked(cast, approved(cast, company), line_1="7")

    shipment = send_back(shipment, reason="型号不符", actor=cast.checker, version=shipment.version)

    assert shipment.status == "picking"
    shipment = record_pick(shipment, picked=pick_all(shipment), actor=cast.picker, version=shipment.version)
    assert shipment.lines.get(line_no=1).picked == D(10)


@pytest.mark.rule("DS-02")
def test_sending_back_needs_a_reason(cast: Cast, company: Company) -> None:
    shipment = picked(cast, approved(cast, company))

    with pytest.raises(InvalidInput):
        send_back(shipment, reason="", actor=cast.checker, version=shipment.version)


@pytest.mark.rule("IC-01", "DS-02")
def test_the_picker_does_not_check(cast: Cast, company: Company) -> None:
    both = factories.person("both", "picker", "checker")
    shipment = signed(cast, approved(cast, company))
    shipment = record_pick(shipment, picked=pick_all(shipment), actor=both, version=shipment.version)
    before = goods_traces()

    with pytest.raises(SameActor):
        check_shipment(shipment, checked=found_all(shipment), actor=both, version=shipment.version)
    with pytest.raises(SameActor):
        send_back(shipment, reason="x", actor=both, version=shipment.version)

    assert goods_traces() == before


@pytest.mark.rule("IC-01")
def test_the_checker_of_one_shipment_does_not_pick_another_of_the_same_order(
    cast: Cast, company: Company
) -> None:
    both = factories.person("both", "picker", "checker")
    order = approved(cast, company)
    first = picked(cast, order, {1: D(4)})
    check_shipment(first, checked=found_all(first), actor=both, version=first.version)
    second = signed(cast, order)

    with pytest.raises(SameActor):
        record_pick(second, picked=pick_all(second), actor=both, version=second.version)


@pytest.mark.rule("IC-01")
def test_sales_neither_picks_nor_checks(cast: Cast, company: Company) -> None:
    shipment = signed(cast, approved(cast, company))
    before = goods_traces()

    for person in (cast.assistant, cast.manager, cast.admin, cast.guard):
        with pytest.raises(PermissionDenied):
            record_pick(shipment, picked=pick_all(shipment), actor=person, version=shipment.version)

    assert goods_traces() == before


@pytest.mark.rule("AP-07")
def test_a_second_click_on_pick_or_check_changes_nothing(cast: Cast, company: Company) -> None:
    shipment = signed(cast, approved(cast, company))
    seen = shipment.version
    record_pick(shipment, picked=pick_all(shipment), actor=cast.picker, version=seen)
    with pytest.raises(StaleVersion):
        record_pick(shipment, picked=pick_all(shipment), actor=cast.picker, version=seen)
    shipment.refresh_from_db()
    found = found_all(shipment)
    check_shipment(shipment, checked=found, actor=cast.checker)
    before = goods_traces()

    with pytest.raises(TransitionNotAllowed):
        check_shipment(shipment, checked=found, actor=cast.checker)

    assert goods_traces() == before
    assert GatePass.objects.count() == 1


@pytest.mark.rule("DS-02")
def test_a_corrected_short_pick_leaves_as_it_is(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    shipment = let_out(cast, company, ready(cast, order, line_2="3.5"))

    order.refresh_from_db()
    assert (order.status, order.delivery_status) == ("partly_shipped", "part")
    assert list(order.lines.values_list("shipped", flat=True)) == [D(10), D("3.5")]
    assert shipment.status == "gone"
