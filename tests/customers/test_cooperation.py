"""What a customer has bought so far follows completed orders and returns (CM-09, CM-12)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.books import run_checks
from core.errors import RuleRefused
from customers.models import Customer
from customers.services import add_purchases, move_cooperation, record_cooperation
from tests.conftest import Cast, Company
from tests.credit.matters import fresh
from tests.factories import CustomerFactory
from tests.fulfillment.matters import approved, deliver, gone

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.mark.rule("CM-09")
@pytest.mark.plants_faults
def test_a_completed_order_moves_dates_count_and_sum_in_one_statement(cast: Cast) -> None:
    customer = CustomerFactory(region=cast.south, salesperson=cast.rep)
    for day in (date(2026, 11, 3), date(2026, 10, 1), date(2026, 11, 20)):
        with CaptureQueriesContext(connection) as captured:
            record_cooperation(customer, completed_on=day, gross=D("100.01"))
        assert len([q for q in captured if q["sql"].startswith("UPDATE")]) == 1

    customer.refresh_from_db()
    dates = (customer.first_cooperation_on, customer.last_cooperation_on)
    assert dates == (date(2026, 10, 1), date(2026, 11, 20))
    assert (customer.order_count, customer.cumulative_amount) == (3, D("300.03"))
    assert (customer.kind, customer.version) == ("existing", 1)


@pytest.mark.rule("CM-09")
@pytest.mark.usefixtures("noon")
def test_partial_deliveries_count_once_with_all_that_was_posted(cast: Cast, company: Company) -> None:
    order = approved(cast, company, ("A1023", "3"))
    deliver(cast, gone(cast, company, order, {1: D(1)}))
    company.customer.refresh_from_db()
    assert fresh(order).posted == D("1107.40")
    assert (company.customer.order_count, company.customer.cumulative_amount) == (0, D("0.00"))

    deliver(cast, gone(cast, company, fresh(order)))
    company.customer.refresh_from_db()
    assert (company.customer.order_count, company.customer.cumulative_amount) == (1, D("3322.20"))
    assert company.customer.last_cooperation_on == date(2026, 11, 21)


@pytest.mark.rule("CM-09")
@pytest.mark.usefixtures("noon")
@pytest.mark.plants_faults
def test_a_return_reduces_the_sum_and_never_below_nought(cast: Cast, company: Company) -> None:
    deliver(cast, gone(cast, company, approved(cast, company, ("A1023", "3"))))
    add_purchases(company.customer, gross=D("-1107.40"))
    company.customer.refresh_from_db()
    assert (company.customer.order_count, company.customer.cumulative_amount) == (1, D("2214.80"))

    with pytest.raises(RuleRefused):
        add_purchases(company.customer, gross=D("-2214.81"))
    company.customer.refresh_from_db()
    assert company.customer.cumulative_amount == D("2214.80")


@pytest.mark.rule("CM-09", "CM-12")
@pytest.mark.plants_faults
def test_the_figures_of_a_merged_file_go_on_in_the_other(cast: Cast, company: Company) -> None:
    source, target = company.customer, company.northern_customer
    record_cooperation(source, completed_on=date(2025, 3, 1), gross=D("10.00"))
    record_cooperation(target, completed_on=date(2026, 3, 1), gross=D("5.00"))

    assert move_cooperation(source, target, cast.manager) == 1
    for customer in (source, target):
        customer.refresh_from_db()
    assert (source.order_count, source.cumulative_amount) == (0, D("0.00"))
    assert (target.order_count, target.cumulative_amount) == (2, D("15.00"))
    assert target.first_cooperation_on == date(2025, 3, 1)


@pytest.mark.rule("CM-09")
@pytest.mark.usefixtures("noon")
@pytest.mark.plants_faults
def test_a_count_or_sum_that_no_order_explains_is_found(cast: Cast, company: Company) -> None:
    deliver(cast, gone(cast, company, approved(cast, company, ("A1023", "3"))))
    assert run_checks(["CM9"]) == []
    Customer.objects.filter(pk=company.customer.pk).update(cumulative_amount=D("3322.21"))
    Customer.objects.filter(pk=company.northern_customer.pk).update(order_count=1)
    assert len(run_checks(["CM9"])) == 2
