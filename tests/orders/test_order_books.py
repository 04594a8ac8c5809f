"""Each check of the orders finds the fault it is there for, and nothing when all is well."""

from decimal import Decimal

import pytest
from django.db.models import F

from core.books import run_checks
from inventory.models import Price
from orders.models import Order, OrderLine
from orders.workflow import ORDER_WORKFLOW
from tests.orders.drafts import placed

D = Decimal
CODES = ("M3", "M4", "S4", "D1", "D3", "O1", "O2")
pytestmark = pytest.mark.django_db


def found(*codes: str) -> set[str]:
    return {finding.code for finding in run_checks(codes or CODES)}


@pytest.fixture
def order(company, cast) -> Order:
    return placed(company, cast.assistant)


def test_a_right_order_has_no_findings(order):
    assert found() == set()


@pytest.mark.plants_faults
@pytest.mark.parametrize(
    ("code", "plant"),
    [
        ("M3", lambda order: Order.objects.filter(pk=order.pk).update(total=order.total + D("0.01"))),
        ("M3", lambda order: OrderLine.objects.filter(order=order, line_no=1).delete()),
        (
            "M4",
            lambda order: OrderLine.objects.filter(order=order, line_no=1).update(
                net=D("1960.01"), gross=D("2214.81")
            ),
        ),
        ("S4", lambda order: OrderLine.objects.filter(order=order, line_no=1).update(reserved=D(3))),
        ("D1", lambda order: Order.objects.filter(pk=order.pk).update(status="approved")),
        ("D3", lambda order: Price.objects.filter(product__sku="A1023").update(unit_price=D(1))),
        ("O1", lambda order: Order.objects.filter(pk=order.pk).update(payment_status="paid")),
        ("O2", lambda order: OrderLine.objects.filter(order=order).update(shipped=F("quantity"))),
    ],
)
def test_a_planted_fault_is_found(order, code, plant):
    plant(order)

    assert code in found()


def test_the_status_after_a_move_is_what_the_trail_says(order, cast):
    ORDER_WORKFLOW.move(order, "submit", actor=cast.assistant)

    assert found("D1") == set()
