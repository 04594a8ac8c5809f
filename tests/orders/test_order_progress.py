"""What the later stages tell the order."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from core.errors import RuleRefused, TransitionNotAllowed
from core.models import User
from inventory.models import StockLevel
from orders.models import Order
from orders.services.progress import (
    add_posted,
    record_delivery,
    record_dispatch,
    record_payment,
    release_order,
    settle_order,
)
from orders.workflow import ORDER_WORKFLOW
from tests.orders.drafts import submitted

D = Decimal
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.plants_faults,
]  # these orders are led past the other apps' papers
SIGNED_ON = date(2026, 11, 25)


def approved(company, cast, *lines: tuple[str, str]) -> Order:
    order = submitted(company, cast.assistant, *lines)
    for name, person in (
        ("pass_check", cast.assistant),
        ("pass_rep", cast.rep),
        ("pass_manager", cast.manager),
        ("pass_finance", cast.finance),
    ):
        ORDER_WORKFLOW.move(order, name, actor=person)
    return order


def released(company, cast, *lines: tuple[str, str]) -> Order:
    order = approved(company, cast, *lines)
    release_order(order, actor=cast.finance)
    return order


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


@pytest.mark.rule("ST-01")
def test_releasing_reserves_what_is_there(company, cast):
    order = released(company, cast, ("A1023", "2"), ("B2040", "7.5"))

    assert fresh(order).status == "fulfilling"
    assert not fresh(order).has_shortage
    assert list(order.lines.values_list("reserved", flat=True)) == [D(2), D("7.5")]
    assert StockLevel.objects.get(product=company.motor).reserved == D(2)


@pytest.mark.rule("ST-01", "ST-02", "IN-08")
def test_a_shortage_is_shown_and_told_never_oversold(company, cast):
    order = released(company, cast, ("A1023", "101"))

    assert fresh(order).has_shortage
    assert order.lines.get().reserved == D(100)
    event = order.events().get(name="shortage")
    assert event.data["lines"] == [{"line": "1", "sku": "A1023", "short": "1"}]
    assert event.notices.filter(recipient=order.contact_email).exists()


@pytest.mark.rule("AP-07")
def test_an_order_is_released_once(company, cast):
    order = released(company, cast, ("A1023", "2"))

    with pytest.raises(TransitionNotAllowed), transaction.atomic():
        release_order(fresh(order), actor=cast.finance)

    assert StockLevel.objects.get(product=company.motor).reserved == D(2)


@pytest.mark.parametrize(
    ("paid", "state"),
    [
        ("0.00", "unpaid"),
        ("0.01", "part_paid"),
        ("2312.44", "part_paid"),
        ("2312.45", "paid"),
        ("2312.46", "overpaid"),
    ],
)
def test_the_payment_state_follows_the_money(company, cast, paid, state):
    order = approved(company, cast)
    version = order.version

    record_payment(order, paid=D(paid))

    assert (fresh(order).payment_status, fresh(order).paid) == (state, D(paid))
    assert fresh(order).version == version


@pytest.mark.rule("DS-06")
def test_parts_leave_and_then_the_rest(company, cast):
    order = released(company, cast, ("A1023", "2"), ("B2040", "7"))

    record_dispatch(order, quantities={1: D(2)}, actor=cast.guard)
    assert (fresh(order).status, fresh(order).delivery_status) == ("partly_shipped", "part")

    record_dispatch(order, quantities={2: D(7)}, actor=cast.guard, data={"tracking_number": "SF1"})
    assert (fresh(order).status, fresh(order).delivery_status) == ("shipped", "all")
    assert order.events().get(name="dispatch_rest").data["tracking_number"] == "SF1"


@pytest.mark.rule("DS-06")
@pytest.mark.parametrize("quantities", [{1: D(3)}, {9: D(1)}, {1: D(-1)}, {1: D(1), 2: D("7.5")}])
def test_more_than_was_ordered_does_not_leave(company, cast, quantities):
    order = released(company, cast, ("A1023", "2"), ("B2040", "7"))

    with pytest.raises(RuleRefused), transaction.atomic():
        record_dispatch(order, quantities=quantities, actor=cast.guard)

    assert set(order.lines.values_list("shipped", flat=True)) == {D(0)}
    assert fresh(order).status == "fulfilling"


@pytest.mark.rule("DL-02", "CM-09")
def test_the_order_is_complete_when_every_line_is_signed_for(company, cast):
    order = released(company, cast, ("A1023", "2"), ("B2040", "7"))
    record_dispatch(order, quantities={1: D(2), 2: D(7)}, actor=cast.guard)

    assert not record_delivery(
        order, signed={1: D(2), 2: D(6)}, damaged={}, signed_on=SIGNED_ON, actor=cast.assistant
    )
    assert fresh(order).status == "shipped"
    assert record_delivery(order, signed={2: D(1)}, damaged={}, signed_on=SIGNED_ON, actor=cast.assistant)

    assert (fresh(order).status, fresh(order).delivery_status) == ("completed", "signed")
    assert fresh(order).completed_on == SIGNED_ON
    company.customer.refresh_from_db()
    assert company.customer.last_cooperation_on == SIGNED_ON


@pytest.mark.rule("DL-02")
def test_damaged_goods_keep_the_order_open(company, cast):
    order = released(company, cast, ("A1023", "2"))
    record_dispatch(order, quantities={1: D(2)}, actor=cast.guard)

    assert not record_delivery(
        order, signed={1: D(1)}, damaged={1: D(1)}, signed_on=SIGNED_ON, actor=cast.assistant
    )

    assert fresh(order).status == "shipped"
    line = order.lines.get()
    assert (line.signed, line.damaged) == (D(1), D(1))


@pytest.mark.rule("DL-02")
@pytest.mark.parametrize(("signed", "damaged"), [({1: D(3)}, {}), ({1: D(1)}, {1: D(2)}), ({2: D(1)}, {})])
def test_more_than_was_dispatched_is_not_signed_for(company, cast, signed, damaged):
    order = released(company, cast, ("A1023", "2"))
    record_dispatch(order, quantities={1: D(2)}, actor=cast.guard)

    with pytest.raises(RuleRefused), transaction.atomic():
        record_delivery(order, signed=signed, damaged=damaged, signed_on=SIGNED_ON, actor=cast.assistant)

    line = order.lines.get()
    assert (line.signed, line.damaged) == (D(0), D(0))


@pytest.mark.rule("CS-01")
def test_only_a_completed_order_is_settled(company, cast):
    order = released(company, cast, ("A1023", "2"))
    with pytest.raises(TransitionNotAllowed), transaction.atomic():
        settle_order(order, actor=None)
    record_dispatch(order, quantities={1: D(2)}, actor=cast.guard)
    record_delivery(order, signed={1: D(2)}, damaged={}, signed_on=SIGNED_ON, actor=cast.assistant)

    add_posted(order, gross=order.total)
    record_payment(order, paid=order.total)
    settle_order(order, actor=None)

    assert (fresh(order).status, fresh(order).posted) == ("settled", order.total)


def test_the_actor_of_a_cause_may_be_the_system(company, cast):
    order = released(company, cast, ("A1023", "1"))
    nobody: User | None = None

    record_dispatch(order, quantities={1: D(1)}, actor=nobody)

    assert order.events().get(name="dispatch_rest").actor is None
