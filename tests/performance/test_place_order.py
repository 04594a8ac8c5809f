"""Placing an order costs the same number of statements, whatever its lines and whatever the customer
has open.
"""

import json
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.api.auth import hash_token
from core.clock import now
from core.models import ApiToken
from inventory.models import Product
from orders.drafts import LineDraft
from orders.models import Order
from orders.services.placing import place_order
from orders.services.submitting import submit_order
from tests import factories
from tests.orders.drafts import draft_of

TOKEN = "statements"
# token · roles · claim of the key · customer · price list · products · warehouse · number ·
# the same order again? · order · lines · event · notice · lines for the answer · answer kept with the key
MOST_STATEMENTS = 15
TRANSACTION_CONTROL = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


def counted(queries: CaptureQueriesContext) -> list[str]:
    return [q["sql"] for q in queries.captured_queries if not q["sql"].startswith(TRANSACTION_CONTROL)]


@pytest.fixture
def catalogue(company, cast):
    Product.objects.bulk_create(
        Product(sku=f"P{n:04d}", barcode=f"77{n:011d}", name=f"接线端子 {n}", unit="只") for n in range(1000)
    )
    products = list(Product.objects.filter(sku__startswith="P").order_by("sku"))
    factories.price_list(
        dict.fromkeys(products, "12.3456"), maker=cast.catalogue, approver=cast.gm, code="PL2026-09"
    )
    ApiToken.objects.create(
        user=cast.erp,
        name="t",
        prefix="t",
        token_hash=hash_token(TOKEN),
        scopes=["orders:write"],
        created_by=cast.admin,
        expires_at=now().replace(year=2099),
    )
    return [product.sku for product in products]


def post(customer, skus) -> tuple[list[str], str]:
    body = {
        "customer": customer.number,
        "customer_po": f"PO-{uuid.uuid4()}",
        "external_ref": str(uuid.uuid4()),
        "lines": [{"sku": sku, "quantity": "2"} for sku in skus],
    }
    with CaptureQueriesContext(connection) as queries:
        answer = Client().post(
            "/api/v1/orders/",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": str(uuid.uuid4())},
        )
    assert answer.status_code == 201, answer.content
    return counted(queries), answer.json()["number"]


@pytest.mark.django_db
def test_placing_by_api_costs_the_same_for_10_100_and_1000_lines(company, catalogue):
    counts = {}
    for size in (10, 100, 1000):
        statements, number = post(company.customer, catalogue[:size])
        counts[size] = len(statements)
        assert Order.objects.get(number=number).lines.count() == size

    assert len(set(counts.values())) == 1, counts
    assert counts[1000] <= MOST_STATEMENTS, "\n".join(statements)


@pytest.mark.django_db
def test_a_customer_with_many_open_orders_costs_no_more(company, cast, catalogue):
    before, _number = post(company.customer, catalogue[:10])
    for n in range(60):
        place_order(
            company.customer, draft=draft_of(LineDraft(catalogue[n], Decimal(1))), actor=cast.assistant
        )

    after, _number = post(company.customer, catalogue[:10])

    assert len(after) == len(before)


@pytest.mark.django_db
def test_submitting_costs_the_same_for_10_and_1000_lines(company, cast, catalogue):
    counts = []
    for size in (10, 1000):
        order = place_order(
            company.customer, draft=draft_of(*((sku, "1") for sku in catalogue[:size])), actor=cast.assistant
        )
        with CaptureQueriesContext(connection) as queries:
            submit_order(order, actor=cast.assistant)
        counts.append(len(counted(queries)))

    assert counts[0] == counts[1] <= 6
