"""DL-01..DL-03: what the customer signed for, and what it is worth."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.attachments import store_attachment
from core.clock import clock_set_to
from core.errors import InvalidInput, PermissionDenied, RuleRefused, StaleVersion, TransitionNotAllowed
from credit.models import LedgerEntry, Posting
from fulfillment.models import DeliveryProof
from fulfillment.services import Arrival
from inventory.models import Price
from tests.conftest import Cast, Company
from tests.credit.matters import fresh
from tests.files import xlsx_bytes
from tests.fulfillment.matters import approved, at, deliver, gone, goods_traces, ready

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

D = Decimal


@pytest.mark.rule("DL-01", "DL-02", "CS-01")
def test_a_delivery_signed_in_full_completes_and_settles_the_order(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    shipment = gone(cast, company, order)

    proof = deliver(cast, shipment)

    order = fresh(order)
    assert (order.status, order.delivery_status) == ("settled", "signed")
    assert (order.completed_on, order.posted) == (date(2026, 11, 21), D("11171.65"))
    assert (proof.number, proof.signer, proof.signed_on) == ("DP202611-0001", "王芳", date(2026, 11, 21))
    assert (proof.image.document_type, proof.image.document_number) == ("shipment", shipment.number)
    shipment.refresh_from_db()
    assert shipment.status == "delivered"


@pytest.mark.rule("DL-03", "G-04")
def test_the_posting_date_is_the_local_day_of_signing(cast: Cast, company: Company) -> None:
    shipment = gone(cast, company, approved(cast, company))

    with clock_set_to(datetime(2026, 11, 30, 4, 0, tzinfo=UTC)):
        proof = deliver(cast, shipment, signed_at=datetime(2026, 11, 22, 16, 1, tzinfo=UTC))

    assert proof.signed_on == date(2026, 11, 23)
    assert Posting.objects.get().posted_on == date(2026, 11, 23)


@pytest.mark.rule("G-06", "DL-03")
def test_parts_of_a_line_post_as_333_334_333(cast: Cast, company: Company) -> None:
    # 3 × 2.9499 = 8.85 net, 1.15 tax: 10.00 gross.
    Price.objects.filter(product=company.cable).update(unit_price=D("2.9499"))
    order = approved(cast, company, ("B2040", "3"))
    assert order.total == D("10.00")

    for _part in range(3):
        deliver(cast, gone(cast, company, order, {1: D(1)}))

    assert list(Posting.objects.values_list("gross", flat=True)) == [D("3.33"), D("3.34"), D("3.33")]
    assert fresh(order).status == "settled"


@pytest.mark.rule("DL-02", "DL-03")
def test_short_and_damaged_goods_keep_the_order_open_and_are_not_posted(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    shipment = gone(cast, company, order)

    deliver(cast, shipment, lines={1: Arrival(D(8), short=D(1), damaged=D(1)), 2: Arrival(D(7))})

    order = fresh(order)
    assert order.status == "shipped"
    assert list(order.lines.values_list("signed", "damaged")) == [(D(8), D(2)), (D(7), D(0))]
    # 11,074.00 × 8 / 10 + 97.65
    assert order.posted == D("8956.85")


@pytest.mark.rule("DL-01")
def test_every_line_that_does_not_add_up_is_listed_and_nothing_moves(cast: Cast, company: Company) -> None:
    shipment = gone(cast, company, approved(cast, company))
    before = goods_traces()

    with pytest.raises(InvalidInput) as refused:
        deliver(cast, shipment, lines={1: Arrival(D(9)), 2: Arrival(D(7), damaged=D(1))})

    assert refused.value.rule == "DL-01"
    assert [(p.pointer, p.code) for p in refused.value.problems] == [
        ("#/lines/0/good", "does_not_add_up"),
        ("#/lines/1/good", "does_not_add_up"),
    ]
    assert goods_traces() == before
    assert not DeliveryProof.objects.exists()


@pytest.mark.rule("DL-01")
@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ({1: Arrival(D(10))}, "missing_line"),
        ({1: Arrival(D(10)), 2: Arrival(D(7)), 3: Arrival(D(1))}, "unknown_line"),
        ({1: Arrival(D(11), short=D(-1)), 2: Arrival(D(7))}, "invalid_quantity"),
        ({1: Arrival(D("9.5"), short=D("0.5")), 2: Arrival(D(7))}, "invalid_quantity"),
    ],
)
def test_odd_lines_are_refused(cast: Cast, company: Company, lines: dict[int, Arrival], code: str) -> None:
    shipment = gone(cast, company, approved(cast, company))
    before = goods_traces()

    with pytest.raises(InvalidInput) as refused:
        deliver(cast, shipment, lines=lines)

    assert [p.code for p in refused.value.problems] == [code]
    assert goods_traces() == before


@pytest.mark.rule("DL-01")
@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"signer": "  "}, "#/signer"),
        ({"signer": "王" * 61}, "#/signer"),
        ({"signed_at": at("2026-11-21T12:01:00+08:00")}, "#/signed_at"),
        ({"signed_at": at("2026-11-21T11:59:00+08:00")}, "#/signed_at"),
    ],
)
def test_signer_and_time_have_to_be_right(
    cast: Cast, company: Company, facts: dict[str, object], pointer: str
) -> None:
    shipment = gone(cast, company, approved(cast, company))
    before = goods_traces()

    with pytest.raises(InvalidInput) as refused:
        deliver(cast, shipment, **facts)

    assert [p.pointer for p in refused.value.problems] == [pointer]
    assert goods_traces() == before


@pytest.mark.rule("DL-01")
def test_the_proof_is_a_picture_or_pdf(cast: Cast, company: Company) -> None:
    shipment = gone(cast, company, approved(cast, company))
    workbook = store_attachment(
        SimpleUploadedFile("签收.xlsx", xlsx_bytes()),
        kind="delivery_proof",
        actor=cast.assistant,
        allowed=("xlsx",),
    )
    before = goods_traces()

    with pytest.raises(InvalidInput) as refused:
        deliver(cast, shipment, image=workbook)

    assert [p.pointer for p in refused.value.problems] == ["#/file"]
    assert goods_traces() == before


@pytest.mark.rule("AU-03")
def test_one_picture_proves_one_delivery(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    first = gone(cast, company, order, {1: D(4)})
    second = gone(cast, company, order)
    proof = deliver(cast, first)
    before = goods_traces()

    with pytest.raises(RuleRefused):
        deliver(cast, second, image=proof.image)

    assert goods_traces() == before


@pytest.mark.rule("DL-01", "AP-07")
def test_a_delivery_is_recorded_once(cast: Cast, company: Company) -> None:
    shipment = gone(cast, company, approved(cast, company))
    deliver(cast, shipment)
    entries = LedgerEntry.objects.count()
    before = goods_traces()

    with pytest.raises(StaleVersion):
        deliver(cast, shipment)
    with pytest.raises(TransitionNotAllowed):
        deliver(cast, shipment, version=None)

    assert goods_traces() == before
    assert (DeliveryProof.objects.count(), LedgerEntry.objects.count()) == (1, entries)


@pytest.mark.rule("DL-01")
def test_goods_that_have_not_left_are_not_signed_for(cast: Cast, company: Company) -> None:
    shipment = ready(cast, approved(cast, company))

    with pytest.raises(TransitionNotAllowed):
        deliver(cast, shipment)


@pytest.mark.rule("IC-01", "IC-02")
def test_warehouse_and_finance_record_no_delivery(cast: Cast, company: Company) -> None:
    shipment = gone(cast, company, approved(cast, company))
    before = goods_traces()

    for person in (
        cast.picker,
        cast.checker,
        cast.guard,
        cast.finance,
        cast.accountant,
        cast.admin,
        cast.erp,
    ):
        with pytest.raises(PermissionDenied):
            deliver(cast, shipment, actor=person)

    assert goods_traces() == before


@pytest.mark.rule("DL-02", "DS-06")
def test_an_order_in_two_shipments_is_complete_when_both_are_signed(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    first = gone(cast, company, order, {1: D(4), 2: D(7)})
    second = gone(cast, company, order)

    deliver(cast, second)
    assert fresh(order).status == "shipped"
    deliver(cast, first)

    order = fresh(order)
    assert (order.status, order.posted) == ("settled", D("11171.65"))


@pytest.mark.rule("DL-02")
def test_goods_signed_for_before_the_rest_has_left_wait_for_the_rest(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    deliver(cast, gone(cast, company, order, {1: D(4)}))
    assert fresh(order).status == "partly_shipped"

    deliver(cast, gone(cast, company, order))

    assert fresh(order).status == "settled"
