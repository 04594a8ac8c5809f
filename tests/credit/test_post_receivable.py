"""What signed goods are worth, who pays for them, and when the order is settled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from core.clock import today
from credit.models import Application, CustomerAccount, LedgerEntry, Posting
from credit.services.accounts import lock_account, lock_order
from credit.services.bank import match_bank_line
from credit.services.receivables import SignedLine, post_delivery
from credit.services.reviews import approve_order, pass_manager, pass_rep
from inventory.models import Price
from orders.models import Order
from orders.services.progress import record_dispatch
from tests.conftest import Cast, Company
from tests.credit.matters import at_finance, check_order, fresh, line_for, on_terms, slip_for, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon"), pytest.mark.plants_faults]
"""Goods are dispatched here without a shipment, which the books of fulfillment would find."""

D = Decimal


def sign(
    order: Order, source: str, quantities: dict[int, tuple[str, str]], on: date | None = None
) -> Posting | None:
    """The customer signs for lines from one cumulative quantity to the next."""
    signed_on = on or today()
    with transaction.atomic():
        account = lock_account(order.customer)
        order = lock_order(order)
        lines = [
            SignedLine(line, good=D(after) - D(before))
            for line in order.lines.order_by("line_no")
            for before, after in [quantities.get(line.line_no, ("0", "0"))]
            if after != before
        ]
        assert [str(each.line.signed.normalize()) for each in lines] == [b for b, _a in quantities.values()]
        moved = {no: D(after) - D(before) for no, (before, after) in quantities.items()}
        record_dispatch(order, quantities=moved, actor=None)
        return post_delivery(
            order, number=f"PT-{source}", source_number=source, lines=lines, signed_on=signed_on,
            actor=None, account=account,
        )  # fmt: skip


def approved(cast: Cast, company: Company, *lines: tuple[str, str], **header: object) -> Order:
    order = at_finance(cast, company, submitted(cast, company, *lines, **header))
    approve_order(order, version=order.version, actor=cast.finance)
    return fresh(order)


def balances() -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for entry in LedgerEntry.objects.all():
        found[entry.account] = found.get(entry.account, D(0)) + entry.amount
    return found


@pytest.mark.rule("G-06", "DL-03")
def test_ten_yuan_over_three_units_post_as_333_334_333(cast: Cast, company: Company) -> None:
    # 3 × 2.9499 = 8.85 net, 1.15 tax: 10.00 gross.
    Price.objects.filter(product=company.cable).update(unit_price=D("2.9499"))
    order = approved(cast, company, ("B2040", "3"))
    assert order.total == D("10.00")

    sign(order, "DP-1", {1: ("0", "1")})
    sign(order, "DP-2", {1: ("1", "2")})
    sign(order, "DP-3", {1: ("2", "3")})

    assert list(Posting.objects.values_list("gross", flat=True)) == [D("3.33"), D("3.34"), D("3.33")]
    assert sum(Posting.objects.values_list("tax", flat=True)) == D("1.15")
    assert fresh(order).status == "settled"


@pytest.mark.rule("CS-01", "DL-03")
def test_a_paid_order_is_settled_when_everything_is_signed_for(cast: Cast, company: Company) -> None:
    order = approved(cast, company)

    posting = sign(order, "DP-1", {1: ("0", "10")}, on=date(2026, 11, 20))

    order, account = fresh(order), CustomerAccount.objects.get()
    assert posting is not None
    assert (posting.posted_on, posting.due_on, posting.applied) == (
        date(2026, 11, 20),
        date(2026, 11, 20),
        D("11074.00"),
    )
    assert (posting.net, posting.tax, posting.gross) == (D("9800.00"), D("1274.00"), D("11074.00"))
    assert (order.status, order.posted) == ("settled", D("11074.00"))
    assert (account.received, account.receivable) == (D("11074.00"), D("0.00"))
    assert balances() == {
        "bank": D("11074.00"),
        "advance": D("0.00"),
        "receivable": D("0.00"),
        "revenue": D("-9800.00"),
        "output_tax": D("-1274.00"),
    }


@pytest.mark.rule("DL-03")
def test_freight_goes_with_the_first_posting(cast: Cast, company: Company) -> None:
    order = approved(cast, company, ("A1023", "2"), freight=D("100.00"))

    first = sign(order, "DP-1", {1: ("0", "1")})
    second = sign(order, "DP-2", {1: ("1", "2")})

    assert first is not None
    assert second is not None
    assert (first.freight, first.gross, first.net) == (D("100.00"), D("1207.40"), D("1080.00"))
    assert (second.freight, second.gross) == (D("0.00"), D("1107.40"))
    assert fresh(order).status == "settled"


@pytest.mark.rule("CS-01")
def test_an_order_in_instalments_is_settled_by_the_last_payment(cast: Cast, company: Company) -> None:
    on_terms(company, "staged", prepaid_percent=D(30))
    order = submitted(cast, company)
    first = slip_for(cast, order, "3322.20")
    match_bank_line(first, line_for(cast, company, first), actor=cast.accountant)
    check_order(order, version=fresh(order).version, actor=cast.assistant)
    order = fresh(order)
    pass_rep(order, version=order.version, actor=cast.rep)
    pass_manager(order, version=fresh(order).version, actor=cast.manager, note="可控")
    approve_order(order, version=fresh(order).version, actor=cast.finance)
    sign(order, "DP-1", {1: ("0", "10")})
    assert (fresh(order).status, CustomerAccount.objects.get().receivable) == ("completed", D("7751.80"))

    rest = slip_for(cast, order, "7751.79")
    match_bank_line(rest, line_for(cast, company, rest), actor=cast.accountant)
    assert (fresh(order).status, CustomerAccount.objects.get().receivable) == ("completed", D("0.01"))
    cent = slip_for(cast, order, "0.01")
    match_bank_line(cent, line_for(cast, company, cent), actor=cast.accountant)

    order = fresh(order)
    assert (order.status, order.payment_status) == ("settled", "paid")
    assert CustomerAccount.objects.get().receivable == 0
    assert [a.amount for a in Application.objects.order_by("id")] == [D("3322.20"), D("7751.79"), D("0.01")]


@pytest.mark.rule("DL-03")
def test_nothing_signed_for_posts_nothing(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    entries = LedgerEntry.objects.count()

    with transaction.atomic():
        account = lock_account(order.customer)
        posting = post_delivery(
            lock_order(order), number="PT-1", source_number="DP-1",
            lines=[SignedLine(order.lines.get(), good=D(0))],
            signed_on=today(), actor=None, account=account,
        )  # fmt: skip

    assert posting is None
    assert LedgerEntry.objects.count() == entries
