"""CT-05: how customers keep their contracts and pay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from core.clock import clock_set_to
from core.models import User
from core.parameters import confirm_parameter, propose_parameter
from credit.services.checking import check_order
from credit.services.reviews import approve_order, pass_manager, pass_rep
from orders.models import Order
from reports.exports_analysis import analysis_workbook
from reports.queries.customer_analysis import Period, customer_analysis, last_quarter_end, period_until
from tests.conftest import NOON, Cast, Company
from tests.credit.matters import fresh, matched, on_terms, slip_for, submitted
from tests.fulfillment.matters import deliver, gone
from tests.reports.matters import contract_in_force, ordered_under

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon"), pytest.mark.rule("CT-05")]
D = Decimal
SignIn = Callable[[User], Client]
AUTUMN = Period(date(2026, 10, 1), date(2026, 12, 31))
FIVE_DAYS_ON, LATER = NOON + timedelta(days=5), NOON + timedelta(days=20)


def staged_order(cast: Cast, company: Company) -> Order:
    """30% of 11,074.00 paid, approved today and promised for today; 7,751.80 fall due on delivery."""
    on_terms(company, "staged", prepaid_percent=D(30))
    order = submitted(cast, company)
    matched(cast, company, slip_for(cast, order, "3322.20"))
    check_order(order, version=fresh(order).version, actor=cast.assistant)
    pass_rep(order, version=fresh(order).version, actor=cast.rep)
    pass_manager(order, version=fresh(order).version, actor=cast.manager, note="可控")
    approve_order(order, version=fresh(order).version, actor=cast.finance)
    return fresh(order)


def test_late_delivery_and_late_payment_are_counted_in_days(cast: Cast, company: Company) -> None:
    order = staged_order(cast, company)
    with clock_set_to(FIVE_DAYS_ON):
        deliver(cast, gone(cast, company, order))
    with clock_set_to(LATER):
        matched(cast, company, slip_for(cast, order, "7000.00"))
        row = customer_analysis(cast.cfo, AUTUMN)[0]
    assert (row.customer, row.completed, row.late, row.late_days) == (company.customer, 1, 1, 5)
    assert (row.on_time_share, row.average_late_days) == (D("0.00"), D("5.0"))
    assert (row.due, row.paid_on_time, row.paid_late) == (D("11074.00"), D("3322.20"), D("7000.00"))
    assert row.paid_on_time_share == D("30.00")
    assert (row.average_delay, row.longest_delay) == (D("15.0"), 15)
    assert row.overdue == D("751.80")


def test_the_period_is_seen_from_its_last_day(cast: Cast, company: Company) -> None:
    order = staged_order(cast, company)
    deliver(cast, gone(cast, company, order))
    with clock_set_to(datetime(2026, 12, 10, 4, 0, tzinfo=UTC)):
        matched(cast, company, slip_for(cast, order, "7751.80"))
        november = customer_analysis(cast.cfo, Period(date(2026, 9, 1), date(2026, 11, 30)))[0]
        december = customer_analysis(cast.cfo, AUTUMN)[0]
    assert (november.overdue, november.paid_late) == (D("7751.80"), D("0.00"))
    assert (december.overdue, december.paid_late) == (D("0.00"), D("7751.80"))


@pytest.mark.rule("G-07")
def test_where_nothing_was_due_there_is_no_share(cast: Cast, company: Company) -> None:
    contract_in_force(cast, company)
    row = customer_analysis(cast.cfo, AUTUMN)[0]
    assert row.contracts == 1
    assert (row.on_time_share, row.paid_on_time_share, row.average_delay) == (None, None, None)


@pytest.mark.rule("RG-02")
def test_a_desk_sees_its_own_customers(cast: Cast, company: Company) -> None:
    contract_in_force(cast, company)
    contract_in_force(cast, company, "CT202611-0002", customer=company.northern_customer)
    assert [row.customer for row in customer_analysis(cast.assistant, AUTUMN)] == [company.customer]
    assert len(customer_analysis(cast.cfo, AUTUMN)) == 2


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2026, 11, 21), date(2026, 9, 1)),
        (date(2026, 1, 1), date(2025, 12, 1)),
        (date(2026, 4, 1), date(2026, 3, 1)),
    ],
)
def test_it_looks_at_the_last_finished_quarter(day: date, month: date) -> None:
    assert last_quarter_end(day) == month


def test_the_company_chooses_how_many_months_it_looks_at(cast: Cast) -> None:
    assert period_until(date(2026, 9, 1)) == Period(date(2026, 7, 1), date(2026, 9, 30))
    value = propose_parameter(
        "contract.analysis_months", "12", effective_from=date(2026, 11, 21), reason="年度", actor=cast.admin
    )
    confirm_parameter(value, actor=cast.cfo)
    assert period_until(date(2026, 2, 1)) == Period(date(2025, 3, 1), date(2026, 2, 28))


def test_it_costs_the_same_for_one_customer_and_for_many(cast: Cast, company: Company) -> None:
    assert cast.cfo.may("credit.view")
    costs = []
    for size in (1, 5):
        for serial in range(size):
            customer = company.customer if serial % 2 == 0 else company.northern_customer
            contract_in_force(cast, company, f"CT2026{size:02d}-{serial:04d}", customer=customer)
        deliver(
            cast,
            gone(cast, company, ordered_under(cast, company, contract_in_force(cast, company, f"CT{size}"))),
        )
        with CaptureQueriesContext(connection) as asked:
            customer_analysis(cast.cfo, AUTUMN)
        costs.append(len(asked))
    # contracts, deliveries, due, paid of it, late, paid of that, customers, limits
    assert costs == [8, 8]


def test_page_and_workbook_show_the_same(cast: Cast, company: Company, signed_in: SignIn) -> None:
    deliver(cast, gone(cast, company, staged_order(cast, company)))
    page = signed_in(cast.cfo).get("/reports/customer-analysis/?until=2026-12").content.decode()
    assert "杭州华信电子有限公司" in page
    assert "¥11,074.00" in page
    assert signed_in(cast.planner).get("/reports/customer-analysis/").status_code == 403
    assert signed_in(cast.cfo).get("/reports/customer-analysis/?until=2026").status_code == 404
    book = load_workbook(BytesIO(analysis_workbook(cast.cfo, AUTUMN, lambda done, total: None)))
    assert [cell.value for cell in book.active[4]][:7] == [
        "C2026001", "杭州华信电子有限公司", "C", "李敏", 0, 1, 1,
    ]  # fmt: skip
