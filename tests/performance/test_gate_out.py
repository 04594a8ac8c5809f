"""Letting goods out and recording their delivery cost the same statements for 10, 100 and 1,000 lines."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.clock import now
from core.models import User
from credit.queries import due_now_on
from credit.services.checking import check_order
from credit.services.reviews import approve_order, pass_manager, pass_rep
from fulfillment.models import GatePass, Shipment
from fulfillment.services import Arrival, record_delivery
from inventory.models import Price
from inventory.services.stock import ReceiptLine, receive_stock
from orders.models import Order
from tests import factories
from tests.conftest import Cast, Company
from tests.credit.matters import fresh, matched, on_terms, slip_for, submitted
from tests.fulfillment.matters import approved, gone, let_out, proof_picture, ready

SIZES = (10, 100, 1000)
BUDGETS = {"gate_out": 17, "sign_off": 20}
PRICE = Decimal("12.3456")
NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT", "SET CONSTRAINTS")


def statements(captured: CaptureQueriesContext) -> list[str]:
    return [
        query["sql"]
        for query in captured.captured_queries
        if not query["sql"].lstrip().startswith(NOT_COUNTED)
    ]


def stocked_order(cast: Cast, company: Company, size: int) -> Order:
    """An approved order of `size` products, one of each."""
    products = [factories.ProductFactory(sku=f"L{size}-{n}") for n in range(size)]
    prices = [Price(price_list=company.price_list, product=product, unit_price=PRICE) for product in products]
    Price.objects.bulk_create(prices)
    receive_stock(
        company.warehouse,
        lines=[
            ReceiptLine(
                product_id=product.pk, quantity=Decimal(5), batch_number="B2026-01", certificate="QC-9"
            )
            for product in products
        ],
        document_number=f"GR-{size}",
        actor=cast.checker,
    )
    return approved(cast, company, *((product.sku, "1") for product in products))


def as_on_a_new_request(person: User) -> User:
    """The person as a request reads it: roles not yet known."""
    return User.objects.get(pk=person.pk)


@pytest.mark.django_db
@pytest.mark.usefixtures("noon")
def test_a_sign_off_of_goods_paid_in_part_costs_no_more(cast: Cast, company: Company) -> None:
    on_terms(company, "staged", prepaid_percent=Decimal(30))
    order = submitted(cast, company, ("A1023", "1"), ("B2040", "7"))
    matched(cast, company, slip_for(cast, order, due_now_on(order)))
    check_order(order, version=fresh(order).version, actor=cast.assistant)
    pass_rep(order, version=fresh(order).version, actor=cast.rep)
    pass_manager(order, version=fresh(order).version, actor=cast.manager, note="可控")
    approve_order(order, version=fresh(order).version, actor=cast.finance)
    shipment = gone(cast, company, fresh(order))
    arrivals = {line.line_no: Arrival(line.checked) for line in shipment.lines.all()}
    actor = as_on_a_new_request(cast.assistant)
    facts = {"image": proof_picture(cast.assistant), "lines": arrivals, "actor": actor}

    with CaptureQueriesContext(connection) as sign_off:
        record_delivery(shipment, signer="王芳", signed_at=now(), **facts)

    assert fresh(order).status == "completed"
    assert len(statements(sign_off)) <= BUDGETS["sign_off"], [sql[:140] for sql in statements(sign_off)]


@pytest.mark.django_db
@pytest.mark.usefixtures("noon")
def test_gate_out_and_sign_off_cost_the_same_for_every_size(cast: Cast, company: Company) -> None:
    counts: dict[str, list[int]] = {"gate_out": [], "sign_off": []}
    for size in SIZES:
        order = stocked_order(cast, company, size)
        shipment = Shipment.objects.get(pk=ready(cast, order).pk)
        guard, assistant = as_on_a_new_request(cast.guard), as_on_a_new_request(cast.assistant)
        exit_facts = {"gate_pass": GatePass.objects.get(shipment=shipment).number, "actor": guard}
        with CaptureQueriesContext(connection) as gate:
            shipment = let_out(cast, company, shipment, **exit_facts)
        arrivals = {line.line_no: Arrival(line.checked) for line in shipment.lines.all()}
        facts = {"image": proof_picture(cast.assistant), "lines": arrivals, "actor": assistant}
        with CaptureQueriesContext(connection) as sign_off:
            record_delivery(shipment, signer="王芳", signed_at=now(), version=shipment.version, **facts)
        assert fresh(order).status == "settled"
        counts["gate_out"].append(len(statements(gate)))
        counts["sign_off"].append(len(statements(sign_off)))
        shown = {"gate_out": statements(gate), "sign_off": statements(sign_off)}

    for name, found in counts.items():
        assert len(set(found)) == 1, (name, found)
        assert found[0] <= BUDGETS[name], (name, found, [sql[:140] for sql in shown[name]])
