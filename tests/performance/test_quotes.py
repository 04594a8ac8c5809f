"""A quotation costs the same statements for 10 and 500 lines, and its list for 5 and 60 quotations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import User
from inventory.models import Price, Product
from orders.models import Quote
from orders.quotes.services import (
    accept_quote,
    convert_quote_to_order,
    create_quote,
    edit_quote,
    revise_quote,
    send_quote,
    submit_quote,
)
from tests.conftest import Cast, Company
from tests.orders.quotes import agree_all, drafted, fresh, quote_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

# create: price lists · priced products · warehouse · settings · costs · stock · number · quotation · lines ·
# event; submit reads today's lists again; edit reads the draft and its lines
# and writes both anew; convert copies in one statement.
MOST = {
    "create": 13, "edit": 15, "submit": 11, "send": 22, "revise": 9, "convert": 15,
}  # fmt: skip


def statements(act: Callable[[], Any]) -> tuple[list[str], Any]:
    """The SQL of one use case; opening and closing a transaction is not counted."""
    with CaptureQueriesContext(connection) as captured:
        result = act()
    frame = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(frame)], result


@pytest.fixture
def catalogue(company: Company, cast: Cast) -> list[str]:
    Product.objects.bulk_create(
        Product(sku=f"P{n:04d}", barcode=f"77{n:011d}", name=f"接线端子 {n}", unit="只") for n in range(500)
    )
    products = list(Product.objects.filter(sku__startswith="P").order_by("sku"))
    Price.objects.bulk_create(
        Price(price_list=company.price_list, product=product, unit_price="9.8") for product in products
    )
    return [product.sku for product in products]


def life_of(cast: Cast, company: Company, skus: list[str]) -> dict[str, list[str]]:
    """The statements of every step on the way from nothing to the order."""
    draft = quote_of(*((sku, "2") for sku in skus))
    rep: User = cast.rep
    assert rep.role_slugs  # read once per request
    found: dict[str, list[str]] = {}
    found["create"], quote = statements(lambda: create_quote(company.customer, draft=draft, actor=rep))
    found["edit"], quote = statements(lambda: edit_quote(quote, draft=draft, actor=rep))
    found["submit"], quote = statements(lambda: submit_quote(quote, actor=rep))
    quote = agree_all(quote)
    found["send"], quote = statements(lambda: send_quote(quote, actor=rep))
    other = agree_all(submit_quote(create_quote(company.customer, draft=draft, actor=rep), actor=rep))
    found["revise"], _new = statements(lambda: revise_quote(other, actor=rep))
    accept_quote(quote, answered_by="王芳", actor=rep)
    found["convert"], _order = statements(lambda: convert_quote_to_order(fresh(quote), actor=rep))
    return found


@pytest.mark.rule("QT-01", "QT-02", "QT-04")
def test_every_step_costs_the_same_for_10_and_500_lines(cast, company, catalogue):
    few, many = life_of(cast, company, catalogue[:10]), life_of(cast, company, catalogue)

    counts = {step: (len(few[step]), len(many[step])) for step in few}
    assert {step: pair for step, pair in counts.items() if pair[0] != pair[1]} == {}, counts
    over = {step: pair[1] for step, pair in counts.items() if pair[1] > MOST[step]}
    print(counts)
    assert over == {}, "\n".join(sql[:160] for step in over for sql in many[step])


@pytest.mark.parametrize(
    ("address", "most"),
    [("/quotes/", 12), ("/quotes/?expiring=1&q=%E5%8D%8E%E4%BF%A1", 12), ("/quotes/?view=draft", 12)],
)
def test_the_list_costs_the_same_for_5_and_60_quotations(cast, company, signed_in, address, most):
    client = signed_in(cast.manager)
    counts = []
    for size in (5, 60):
        while Quote.objects.count() < size:
            drafted(cast, company, ("A1023", "1"))
        client.get(address)
        found, answer = statements(lambda: client.get(address))
        assert answer.status_code == 200
        counts.append(len(found))

    assert counts[0] == counts[1]
    assert counts[1] <= most, "\n".join(sql[:200] for sql in found)


def test_the_page_costs_the_same_for_2_and_200_lines(cast, company, signed_in, catalogue):
    client = signed_in(cast.manager)
    counts = []
    for size in (2, 200):
        quote = submit_quote(
            drafted(cast, company, *((sku, "1") for sku in catalogue[:size])), actor=cast.rep
        )
        client.get(quote.get_absolute_url())
        page = quote.get_absolute_url()
        found, answer = statements(lambda page=page: client.get(page))
        assert answer.status_code == 200
        counts.append(len(found))

    assert counts[0] == counts[1] <= 30


def test_the_queue_costs_the_same_for_3_and_30_quotations(cast, company, signed_in):
    client = signed_in(cast.finance)
    counts = []
    for size in (3, 30):
        while Quote.objects.count() < size:
            submit_quote(drafted(cast, company, ("A1023", "1")), actor=cast.rep)
        client.get("/quotes/reviews/")
        found, answer = statements(lambda: client.get("/quotes/reviews/"))
        assert answer.status_code == 200
        counts.append(len(found))

    assert counts[0] == counts[1] <= 18
