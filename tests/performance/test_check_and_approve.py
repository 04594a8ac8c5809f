"""The check, the match and the final approval cost the same statements for 10, 100 and 1,000 lines."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import User
from credit.services.bank import match_bank_line
from credit.services.checking import check_order
from credit.services.reviews import approve_order, pass_manager, pass_rep
from inventory.models import Price, Product
from inventory.services.stock import ReceiptLine, receive_stock
from tests.conftest import Cast, Company
from tests.credit.matters import fresh, line_for, slip_for, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon"), pytest.mark.plants_faults]

SIZES = (10, 100, 1_000)
MOST = {
    "check": 12,
    "match": 16,
    "approve": 21,
}  # the contract, or the letter on the register, is locked first


def statements(act: Callable[[], object]) -> list[str]:
    """The SQL of one use case; opening and closing a transaction is not counted."""
    with CaptureQueriesContext(connection) as captured:
        act()
    frame = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(frame)]


def stocked(company: Company, cast: Cast, count: int) -> list[str]:
    """So many products with a price, 100 of each in the warehouse."""
    Product.objects.bulk_create(
        Product(
            sku=f"P{n:05d}", barcode=f"88{n:011d}", name=f"电机 {n}", spec="750W", category="电机", unit="台"
        )
        for n in range(count)
    )
    products = list(Product.objects.filter(sku__startswith="P").order_by("sku")[:count])
    Price.objects.bulk_create(
        Price(price_list=company.price_list, product=product, unit_price=Decimal("9.80"))
        for product in products
    )
    receive_stock(
        company.warehouse,
        lines=[
            ReceiptLine(product_id=product.pk, quantity=Decimal(100), batch_number="B-P", certificate="QC-P")
            for product in products
        ],
        document_number="GR202611-0009",
        actor=cast.checker,
    )
    return [product.sku for product in products]


def as_in_a_new_request(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.rule("AP-01", "AP-04", "CR-10")
def test_check_match_and_approve_cost_the_same_for_every_size(cast: Cast, company: Company) -> None:
    skus = stocked(company, cast, max(SIZES))
    found: dict[str, list[list[str]]] = {name: [] for name in MOST}

    for size in SIZES:
        for name, run in run_through(cast, company, skus[:size]).items():
            found[name].append(run)

    for name, runs in found.items():
        counts = [len(run) for run in runs]
        assert len(set(counts)) == 1, (name, counts)
        assert counts[0] <= MOST[name], (name, counts[0], "\n".join(sql[:110] for sql in runs[0]))


def run_through(cast: Cast, company: Company, skus: list[str]) -> dict[str, list[str]]:
    """One order of these products from the check to the approval: the statements of each step."""
    order = submitted(cast, company, *[(sku, "1") for sku in skus])
    slip = slip_for(cast, order)
    line = line_for(cast, company, slip)
    checker, finance = as_in_a_new_request(cast.assistant), as_in_a_new_request(cast.finance)
    accountant, seen = as_in_a_new_request(cast.accountant), fresh(order).version
    found = {
        "check": statements(lambda: check_order(order, version=seen, actor=checker)),
        "match": statements(lambda: match_bank_line(slip, line, actor=accountant)),
    }
    pass_rep(order, version=fresh(order).version, actor=cast.rep)
    pass_manager(order, version=fresh(order).version, actor=cast.manager, note="可控")
    seen_by_finance = fresh(order)
    found["approve"] = statements(
        lambda: approve_order(seen_by_finance, version=seen_by_finance.version, actor=finance)
    )
    approved = fresh(order)
    assert not approved.has_shortage
    return found


@pytest.mark.rule("CR-10")
def test_a_check_costs_the_same_for_a_customer_with_a_history(cast: Cast, company: Company) -> None:
    first = submitted(cast, company, ("A1023", "1"))
    slip_for(cast, first)
    seen = fresh(first).version
    without = statements(lambda: check_order(first, version=seen, actor=as_in_a_new_request(cast.assistant)))
    for _n in range(12):
        slip_for(cast, submitted(cast, company, ("B2040", "1")))
    last = submitted(cast, company, ("A1023", "1"))
    slip_for(cast, last)
    seen = fresh(last).version

    with_history = statements(
        lambda: check_order(last, version=seen, actor=as_in_a_new_request(cast.assistant))
    )

    assert len(with_history) == len(without)
