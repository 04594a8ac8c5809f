"""DS-01: what may go on a dispatch notice, who makes it and who signs it."""

from __future__ import annotations

from dataclasses import replace
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
from fulfillment.services import make_dispatch_notice, sign_dispatch_notice, void_dispatch_notice
from inventory.services.stock import release_stock
from tests import factories
from tests.conftest import Cast, Company
from tests.credit.matters import at_finance, submitted
from tests.fulfillment.matters import approved, gone, goods_traces, noticed, ready, signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

D = Decimal


@pytest.mark.rule("DS-01")
def test_a_notice_takes_everything_that_is_reserved(cast: Cast, company: Company) -> None:
    order = approved(cast, company)

    notice = make_dispatch_notice(order, lines=None, actor=cast.assistant, remarks=" 请先电话联系 ")

    assert (notice.status, notice.number, notice.remarks) == ("draft", "DN202611-0001", "请先电话联系")
    lines = list(notice.lines.values_list("order_line__line_no", "quantity"))
    assert lines == [(1, D(10)), (2, D(7))]
    made = Event.objects.get(document_number=notice.number)
    assert (made.name, made.duty, made.root_number) == ("make_notice", "dispatch_make", order.number)


@pytest.mark.rule("DS-01")
def test_only_reserved_goods_go_on_a_notice(cast: Cast, company: Company) -> None:
    # 110 motors ordered, 100 in stock.
    order = approved(cast, company, ("A1023", "110"))
    before = goods_traces()

    with pytest.raises(RuleRefused) as refused:
        make_dispatch_notice(order, lines={1: D(101)}, actor=cast.assistant)

    assert (refused.value.rule, refused.value.code) == ("DS-01", "not_reserved")
    assert refused.value.problems[0].pointer == "#/lines/0/quantity"
    assert goods_traces() == before
    notice = make_dispatch_notice(order, lines={1: D(100)}, actor=cast.assistant)
    assert notice.lines.get().quantity == D(100)


@pytest.mark.rule("DS-01")
def test_what_is_on_an_open_notice_is_not_given_twice(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    noticed(cast, order, {1: D(6)})
    before = goods_traces()

    with pytest.raises(RuleRefused):
        make_dispatch_notice(order, lines={1: D(5)}, actor=cast.assistant)

    assert goods_traces() == before
    second = make_dispatch_notice(order, lines=None, actor=cast.assistant)
    assert list(second.lines.values_list("order_line__line_no", "quantity")) == [(1, D(4)), (2, D(7))]
    with pytest.raises(RuleRefused) as nothing:
        make_dispatch_notice(order, lines=None, actor=cast.assistant)
    assert nothing.value.code == "nothing_to_dispatch"


@pytest.mark.rule("DS-01", "AU-02")
def test_a_void_notice_frees_its_goods_and_keeps_its_number(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    notice = noticed(cast, order)

    void_dispatch_notice(notice, reason="客户要求分两批", actor=cast.assistant, version=notice.version)

    notice.refresh_from_db()
    assert notice.status == "void"
    again = noticed(cast, order)
    assert again.number == "DN202611-0002"
    assert again.lines.count() == 2


@pytest.mark.rule("DS-01")
def test_a_notice_is_voided_only_with_a_reason(cast: Cast, company: Company) -> None:
    notice = noticed(cast, approved(cast, company))
    before = goods_traces()

    with pytest.raises(InvalidInput):
        void_dispatch_notice(notice, reason="  ", actor=cast.assistant, version=notice.version)

    assert goods_traces() == before


@pytest.mark.rule("DS-01")
@pytest.mark.parametrize(
    ("lines", "code"),
    [({9: D(1)}, "unknown_line"), ({1: D(-1)}, "invalid_quantity"), ({1: D("0.5")}, "invalid_quantity")],
)
def test_odd_quantities_are_refused_at_their_place(
    cast: Cast, company: Company, lines: dict[int, Decimal], code: str
) -> None:
    order = approved(cast, company)
    before = goods_traces()

    with pytest.raises(InvalidInput) as refused:
        make_dispatch_notice(order, lines=lines, actor=cast.assistant)

    assert refused.value.problems[0].code == code
    assert goods_traces() == before


@pytest.mark.rule("DS-01")
def test_a_unit_with_decimals_may_be_split(cast: Cast, company: Company) -> None:
    order = approved(cast, company)

    notice = noticed(cast, order, {2: D("3.5")})

    assert notice.lines.get().quantity == D("3.5")


@pytest.mark.rule("DS-01")
def test_an_order_that_is_not_approved_gets_no_notice(cast: Cast, company: Company) -> None:
    order = at_finance(cast, company, submitted(cast, company))
    before = goods_traces()

    with pytest.raises(TransitionNotAllowed) as refused:
        make_dispatch_notice(order, lines=None, actor=cast.assistant)

    assert refused.value.rule == "DS-01"
    assert goods_traces() == before


@pytest.mark.rule("DS-01")
def test_an_order_that_has_left_completely_gets_no_notice(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    gone(cast, company, order)

    with pytest.raises(TransitionNotAllowed):
        make_dispatch_notice(order, lines=None, actor=cast.assistant)


@pytest.mark.rule("AP-07")
def test_a_double_click_makes_one_notice(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    make_dispatch_notice(order, lines=None, actor=cast.assistant, version=order.version)

    with pytest.raises(RuleRefused):
        make_dispatch_notice(order, lines=None, actor=cast.assistant, version=order.version)
    with pytest.raises(StaleVersion):
        make_dispatch_notice(order, lines=None, actor=cast.assistant, version=order.version - 1)
    assert order.dispatch_notices.count() == 1


@pytest.mark.rule("IC-01", "DS-01")
def test_the_maker_does_not_sign(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    twice = factories.person("twice", "sales_assistant", "sales_manager", desks=(cast.south,))
    notice = make_dispatch_notice(order, lines=None, actor=twice)
    before = goods_traces()

    with pytest.raises(SameActor) as refused:
        sign_dispatch_notice(notice, actor=twice, version=notice.version)

    assert refused.value.rule == "IC-01"
    assert goods_traces() == before


@pytest.mark.rule("IC-01")
def test_whoever_approved_the_order_makes_no_notice_even_with_the_post(cast: Cast, company: Company) -> None:
    manager = factories.person("zhou", "sales_manager", "salesperson", desks=(cast.south, cast.north))
    order = approved(replace(cast, manager=manager), company)
    before = goods_traces()

    with pytest.raises(SameActor):
        make_dispatch_notice(order, lines=None, actor=manager)

    assert goods_traces() == before


@pytest.mark.rule("DS-01", "IC-01")
def test_a_role_without_the_act_neither_makes_nor_signs(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    notice = noticed(cast, order, {1: D(1)})
    before = goods_traces()

    for person in (cast.finance, cast.picker, cast.admin, cast.erp, cast.auditor):
        with pytest.raises(PermissionDenied):
            make_dispatch_notice(order, lines=None, actor=person)
        with pytest.raises(PermissionDenied):
            sign_dispatch_notice(notice, actor=person, version=notice.version)

    assert goods_traces() == before


@pytest.mark.rule("DS-01")
def test_signing_hands_the_lines_to_the_warehouse(cast: Cast, company: Company) -> None:
    order = approved(cast, company)

    shipment = signed(cast, order)

    assert (shipment.status, shipment.number) == ("picking", "SH202611-0001")
    assert list(shipment.lines.values_list("line_no", "order_line__line_no", "quantity", "picked")) == [
        (1, 1, D(10), D(0)),
        (2, 2, D(7), D(0)),
    ]


@pytest.mark.rule("AP-07")
def test_a_notice_is_signed_once(cast: Cast, company: Company) -> None:
    notice = noticed(cast, approved(cast, company))
    seen = notice.version
    sign_dispatch_notice(notice, actor=cast.second_manager, version=seen)
    before = goods_traces()

    with pytest.raises(StaleVersion):
        sign_dispatch_notice(notice, actor=cast.second_manager, version=seen)
    with pytest.raises(TransitionNotAllowed):
        sign_dispatch_notice(notice, actor=cast.second_manager)

    assert goods_traces() == before


@pytest.mark.rule("AU-01")
def test_what_was_refused_stays_in_the_trail(cast: Cast, company: Company) -> None:
    order = approved(cast, company)

    with pytest.raises(PermissionDenied):
        make_dispatch_notice(order, lines=None, actor=cast.finance)

    refusal = Event.objects.filter(outcome="refused", actor=cast.finance).latest("pk")
    assert (refusal.root_number, refusal.rule) == (order.number, "DS-01")


@pytest.mark.rule("DS-01")
def test_goods_on_a_checked_shipment_are_spoken_for(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    ready(cast, order, {1: D(6)})

    rest = noticed(cast, order)

    assert list(rest.lines.values_list("order_line__line_no", "quantity")) == [(1, D(4)), (2, D(7))]


@pytest.mark.rule("DS-01")
def test_goods_that_are_no_longer_reserved_cannot_be_noticed(cast: Cast, company: Company) -> None:
    order = approved(cast, company, ("A1023", "10"))
    release_stock(order.number, lines={1: D(8)})

    notice = noticed(cast, order)

    assert notice.lines.get().quantity == D(2)
