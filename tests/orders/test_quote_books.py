"""The books notice what a quotation must never be (QT-01, QT-02, QT-04)."""

from decimal import Decimal

import pytest
from django.db import connection

from core.books import run_checks
from orders.models import Order, Quote, QuoteLine
from orders.quotes.services import convert_quote_to_order, revise_quote
from tests.orders.quotes import accepted, cleared, drafted, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def found() -> set[str]:
    return {finding.code for finding in run_checks()}


@pytest.mark.rule("QT-01", "QT-04")
def test_clean_quotations_have_clean_books(cast, company):
    convert_quote_to_order(accepted(cast, company), actor=cast.rep)
    revise_quote(sent(cast, company), actor=cast.rep)

    assert found() == set()


@pytest.mark.plants_faults
@pytest.mark.rule("QT-01", "G-03")
def test_a_total_that_is_not_its_lines_is_found(cast, company):
    quote = drafted(cast, company)
    Quote.objects.filter(pk=quote.pk).update(total=quote.total + Decimal("0.01"))

    assert found() == {"Q1"}


@pytest.mark.plants_faults
@pytest.mark.rule("QT-01", "G-02")
def test_a_line_of_another_worth_is_found(cast, company):
    quote = drafted(cast, company)
    QuoteLine.objects.filter(quote=quote, line_no=1).update(unit_price=Decimal("979"))

    assert found() == {"Q2"}


@pytest.mark.plants_faults
@pytest.mark.rule("QT-02")
def test_a_status_the_trail_does_not_know_is_found(cast, company):
    quote = drafted(cast, company)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_quote SET status = 'cleared' WHERE id = %s", [quote.pk])

    assert found() == {"Q3", "Q6"}


@pytest.mark.plants_faults
@pytest.mark.rule("QT-04")
def test_an_order_with_other_lines_than_its_quotation_is_found(cast, company):
    order = convert_quote_to_order(accepted(cast, company), actor=cast.rep)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_orderline SET tax_rate = 0 WHERE order_id = %s", [order.pk])

    assert "Q4" in found()


@pytest.mark.plants_faults
@pytest.mark.rule("QT-04")
def test_a_conversion_without_a_target_is_found(cast, company):
    order = convert_quote_to_order(accepted(cast, company), actor=cast.rep)
    Order.objects.filter(pk=order.pk).update(quote=None)

    assert "Q5" in found()


@pytest.mark.plants_faults
@pytest.mark.rule("QT-02")
def test_a_quotation_that_went_out_without_an_agreement_is_found(cast, company):
    quote = cleared(cast, company)
    Quote.objects.filter(pk=quote.pk).update(reviews_needed=["finance", "price"])

    assert found() == {"Q6"}


@pytest.mark.plants_faults
@pytest.mark.rule("QT-04")
def test_two_living_versions_are_found(cast, company):
    old = sent(cast, company)
    revise_quote(old, actor=cast.rep)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_quote SET status = 'sent' WHERE id = %s", [old.pk])

    assert found() == {"Q3", "Q7"}
