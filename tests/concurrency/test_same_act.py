"""Eight processes do the same thing at the same moment: one effect, and everybody else is told."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from core.models import Event
from credit.models import Application, CustomerAccount, LedgerEntry, Posting
from fulfillment.models import DeliveryProof
from inventory.models import Reservation, StockLevel, StockMovement
from orders.models import Order
from tests.concurrency.conftest import Race
from tests.conftest import Cast, Company
from tests.credit.matters import at_finance, fresh, line_for, slip_for, submitted
from tests.fulfillment.matters import approved, gone, proof_picture, ready

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES = 8
D = Decimal


def together(race: Race, act: str, **arguments: Any) -> Counter[str]:
    """What came of the same act in every process: how many did it, how many were refused, what broke."""
    outcomes = race([(act, arguments)] * PROCESSES)
    return Counter(
        str(outcome) if "failed" in str(outcome) else str(outcome).split()[0] for outcome in outcomes
    )


ONE_DID = {"done": 1, "refused": PROCESSES - 1}


def went_ahead(found: Counter[str]) -> int:
    """How many were not refused: they did it, or broke against the database's own last constraint."""
    return sum(count for outcome, count in found.items() if outcome != "refused")


def approvals(order: Order) -> int:
    return Event.objects.done().filter(document_number=order.number, name="pass_finance").count()


def held(order: Order) -> Decimal:
    return sum(Reservation.objects.of(order.number).values_list("quantity", flat=True), D(0))


@pytest.mark.rule("AP-04", "AP-07", "ST-01")
def test_one_order_is_approved_once(race: Race, cast: Cast, company: Company) -> None:
    order = at_finance(cast, company)

    found = together(race, "approve", order=order.pk, version=order.version, actor=cast.finance.pk)

    assert found == ONE_DID
    assert (approvals(order), fresh(order).status, held(order)) == (1, "fulfilling", D(10))
    assert StockLevel.objects.get(product=company.motor).reserved == D(10)
    assert order.reviews.filter(level="finance").count() == 1


@pytest.mark.plants_faults
def test_control_without_lock_and_compare_several_go_ahead_with_an_approval(
    race: Race, cast: Cast, company: Company
) -> None:
    order = at_finance(cast, company)

    found = together(
        race, "unprotected approve", order=order.pk, version=order.version, actor=cast.finance.pk
    )

    assert went_ahead(found) > 1, "the race did not happen, so the test above proves nothing"


@pytest.mark.rule("ST-01", "ST-02")
def test_two_orders_approved_together_share_what_is_there(race: Race, cast: Cast, company: Company) -> None:
    orders = [at_finance(cast, company, submitted(cast, company, ("A1023", "60"))) for _n in range(2)]

    outcomes = race(
        [
            ("approve", {"order": order.pk, "version": order.version, "actor": cast.finance.pk})
            for order in orders
        ]
    )

    assert outcomes == ["done", "done"]
    level = StockLevel.objects.get(product=company.motor)
    assert (level.on_hand, level.reserved) == (D(100), D(100))
    assert sorted(held(order) for order in orders) == [D(40), D(60)]
    assert sorted(fresh(order).has_shortage for order in orders) == [False, True]


@pytest.mark.rule("PM-03")
def test_one_bank_line_proves_a_slip_once(race: Race, cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip = slip_for(cast, order)
    line = line_for(cast, company, slip)

    found = together(race, "match", slip=slip.pk, line=line.pk, actor=cast.accountant.pk)

    assert found == ONE_DID
    assert LedgerEntry.objects.filter(kind="receipt").values("journal").distinct().count() == 1
    assert (fresh(order).paid, CustomerAccount.objects.get().received) == (order.total, order.total)


@pytest.mark.plants_faults
def test_control_without_lock_and_guard_several_go_ahead_with_a_match(
    race: Race, cast: Cast, company: Company
) -> None:
    slip = slip_for(cast, submitted(cast, company))
    line = line_for(cast, company, slip)

    found = together(race, "unprotected match", slip=slip.pk, line=line.pk, actor=cast.accountant.pk)

    assert went_ahead(found) > 1, "the race did not happen, so the test above proves nothing"


@pytest.mark.rule("DS-03")
def test_goods_leave_the_gate_once(race: Race, cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    shipment = ready(cast, order)

    found = together(
        race, "gate_out", shipment=shipment.pk, gate_pass=shipment.gate_pass.number,
        carrier=company.carrier.pk, actor=cast.guard.pk,
    )  # fmt: skip

    assert found == ONE_DID
    issued = StockMovement.objects.filter(kind=StockMovement.Kind.ISSUE).order_by("line_no")
    assert list(issued.values_list("quantity", flat=True)) == [D(-10), D(-7)]
    assert fresh(order).status == "shipped"


@pytest.mark.rule("DL-01", "DL-03", "CS-01")
def test_a_delivery_is_posted_once(race: Race, cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    shipment = gone(cast, company, order)
    image = proof_picture(cast.assistant)

    found = together(race, "sign_off", shipment=shipment.pk, image=image.pk, actor=cast.assistant.pk)

    assert found == ONE_DID
    assert (DeliveryProof.objects.count(), Posting.objects.count(), Application.objects.count()) == (1, 1, 1)
    assert Posting.objects.get().gross == order.total
    assert (fresh(order).status, fresh(order).posted) == ("settled", order.total)
