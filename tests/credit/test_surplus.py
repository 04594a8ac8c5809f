"""RM-08: an order edited down after money was allocated keeps what it costs; the rest is the customer's again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.models import Event
from credit.models import Allocation, Remittance
from credit.queries import balance_of
from credit.services.checking import check_order
from credit.services.remittances import allocate_remittance
from credit.services.reviews import reject_order
from orders.models import Order
from orders.services.placing import edit_order, reopen_order
from orders.services.submitting import submit_order
from tests.conftest import Cast, Company
from tests.credit.matters import checked, draft_of, fresh, matched, slip_for, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

D = Decimal


def edited_down(cast: Cast, order: Order, quantity: str) -> Order:
    """Rejected, reworked to so many motors of 1,107.40 each, submitted and checked again."""
    reject_order(order, reason="数量有误", version=order.version, actor=cast.assistant)
    reopen_order(fresh(order), actor=cast.assistant)
    edit_order(fresh(order), draft=draft_of(("A1023", quantity)), actor=cast.assistant)
    submit_order(fresh(order), actor=cast.assistant)
    check_order(order, version=fresh(order).version, actor=cast.assistant)
    return fresh(order)


def parts(order: Order) -> dict[str, Decimal]:
    """What each slip still gives to the order."""
    return dict(order.allocations.valid().values_list("remittance__number", "amount"))


@pytest.mark.rule("RM-08")
def test_the_check_gives_the_surplus_back(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip = matched(cast, company, slip_for(cast, order))
    assert (order.total, balance_of(company.customer)) == (D("11074.00"), D(0))

    order = edited_down(cast, order, "9")

    assert (order.status, order.total) == ("rep_review", D("9966.60"))
    assert (order.paid, order.payment_status) == (D("9966.60"), "paid")
    assert parts(order) == {slip.number: D("9966.60")}
    assert Remittance.objects.get().allocated == D("9966.60")
    assert balance_of(company.customer) == D("1107.40")
    told = Event.objects.get(document_number=order.number, name="surplus_returned")
    assert (told.rule, told.actor) == ("RM-08", cast.assistant)
    assert told.data == {"amount": "1107.40", "slips": [{"slip": slip.number, "amount": "1107.40"}]}
    assert order.credit_decisions.latest("id").paid == D("9966.60")


@pytest.mark.rule("RM-08")
def test_the_newest_allocation_gives_first(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    first = matched(cast, company, slip_for(cast, order, "10000.00"))
    second = slip_for(cast, order, "1074.00")

    order = edited_down(cast, order, "1")

    # 11,074.00 − 1,107.40 = 9,966.60: all of the second slip, 8,892.60 of the first.
    assert parts(order) == {first.number: D("1107.40")}
    assert dict(Remittance.objects.values_list("number", "allocated")) == {
        first.number: D("1107.40"),
        second.number: D("0.00"),
    }
    assert (order.paid, order.payment_status) == (D("1107.40"), "paid")
    assert Allocation.objects.get(remittance=second).released_at is not None
    assert Event.objects.get(name="surplus_returned").data == {
        "amount": "9966.60",
        "slips": [
            {"slip": second.number, "amount": "1074.00"},
            {"slip": first.number, "amount": "8892.60"},
        ],
    }


@pytest.mark.rule("RM-08")
def test_what_came_back_pays_another_order(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip = matched(cast, company, slip_for(cast, order))
    edited_down(cast, order, "9")
    other = submitted(cast, company, ("A1023", "1"))

    slip = Remittance.objects.get(pk=slip.pk)
    allocate_remittance(slip, allocations=[(other, D("1107.40"))], actor=cast.assistant)

    assert (fresh(other).paid, balance_of(company.customer)) == (D("1107.40"), D(0))


@pytest.mark.rule("RM-08")
def test_a_slip_the_bank_has_not_proved_gives_back_what_nobody_has_received(
    cast: Cast, company: Company
) -> None:
    order = submitted(cast, company)
    slip_for(cast, order)

    order = edited_down(cast, order, "9")

    assert (order.paid, order.payment_status) == (D("0.00"), "unpaid")
    assert Remittance.objects.get().allocated == D("9966.60")


@pytest.mark.rule("RM-08")
def test_an_order_paid_exactly_gives_nothing_back(cast: Cast, company: Company) -> None:
    order = checked(cast, company)

    assert not order.events().filter(name="surplus_returned").exists()
    assert list(parts(order).values()) == [order.total]
