"""`make bench`: placing a priced order beside the same work in plain SQL, interleaved in one run.

The floor does what the service must do and nothing else: take the number, read customer and prices, write
header, lines, event and notice, one transaction. Absolute times move with the machine; the ratio to the
floor is what is watched. Nothing here fails on a time.
"""

from __future__ import annotations

import json
import random
import statistics
import time
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection, transaction

from core.api.auth import hash_token
from core.clock import now, today
from core.models import ApiToken
from customers.models import Customer
from orders.drafts import LineDraft, OrderDraft
from orders.models import Order
from orders.services.placing import place_order
from tests import factories
from tests.conftest import Cast

ROUNDS = 9
SIZES = (10, 100, 1000)
TOKEN = "bench-token"


@pytest.mark.bench
@pytest.mark.postgres
@pytest.mark.plants_faults
@pytest.mark.django_db(transaction=True)
def test_placing_an_order_beside_the_floor(
    cast: Cast, client: object, capsys: pytest.CaptureFixture[str]
) -> None:
    customer = factories.CustomerFactory(region=cast.south, salesperson=cast.rep)
    factories.WarehouseFactory()
    products = [factories.ProductFactory() for _ in range(max(SIZES))]
    factories.price_list(dict.fromkeys(products, "12.3456"), maker=cast.catalogue, approver=cast.gm)
    ApiToken.objects.create(
        user=cast.erp,
        name="bench",
        prefix="bench",
        token_hash=hash_token(TOKEN),
        scopes=["orders:write"],
        created_by=cast.admin,
        expires_at=now().replace(year=2099),
    )
    skus = [product.sku for product in products]
    contestants: dict[str, Callable[[int], None]] = {
        "floor, plain SQL": lambda size: place_in_plain_sql(customer, skus[:size], cast.assistant.pk),
        "service": lambda size: place_by_service(customer, skus[:size], cast),
        "API": lambda size: place_by_api(client, customer, skus[:size]),
    }
    table = {(name, size): [] for name in contestants for size in SIZES}
    for size in SIZES:
        for _warm_up in range(2):
            for place in contestants.values():
                place(size)
    for _round in range(ROUNDS):
        runs = [(name, size) for name in contestants for size in SIZES]
        random.shuffle(runs)
        for name, size in runs:
            started = time.perf_counter()
            contestants[name](size)
            table[name, size].append((time.perf_counter() - started) * 1000)
    with capsys.disabled():
        print_table(table)
    assert Order.objects.count() == len(SIZES) * len(contestants) * (ROUNDS + 2)


def print_table(table: dict[tuple[str, int], list[float]]) -> None:
    print(f"\nplace a priced order, {ROUNDS} rounds, milliseconds: median (min–max), ratio to the floor")
    for size in SIZES:
        floor = statistics.median(table["floor, plain SQL", size])
        for (name, lines), times in table.items():
            if lines == size:
                middle = statistics.median(times)
                spread = f"({min(times):.1f}–{max(times):.1f})"
                print(f"  {size:>5} lines  {name:<17} {middle:8.1f} {spread:<16} {middle / floor:5.1f}")


def place_by_service(customer: Customer, skus: list[str], cast: Cast) -> None:
    draft = OrderDraft(
        channel="phone",
        stated_amount_absent=True,
        lines=tuple(LineDraft(sku=sku, quantity=Decimal(2)) for sku in skus),
    )
    place_order(customer, draft=draft, actor=cast.assistant)


def place_by_api(client: object, customer: Customer, skus: list[str]) -> None:
    answer = client.post(  # type: ignore[attr-defined]
        "/api/v1/orders/",
        json.dumps(
            {
                "customer": customer.number,
                "channel": "online",
                "stated_amount_absent": True,
                "lines": [{"sku": sku, "quantity": "2"} for sku in skus],
            }
        ),
        content_type="application/json",
        headers={"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": str(uuid.uuid4())},
    )
    assert answer.status_code == 201, answer.content


def place_in_plain_sql(customer: Customer, skus: list[str], actor: int) -> None:
    """Eight statements: the least that leaves the same rows behind."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TAKE_NUMBER, ["FL"])
        number = f"FL{cursor.fetchone()[0]:08d}"
        cursor.execute(READ_CUSTOMER, [customer.pk])
        region, salesperson, warehouse = cursor.fetchone()
        cursor.execute(READ_PRICES, [skus])
        rows = []
        for line_no, (product, sku, name, spec, unit, rate, price) in enumerate(cursor.fetchall(), start=1):
            net = (2 * price + 5000) // 10000
            tax = (net * rate + 500000) // 1000000
            rows.append((line_no, product, sku, name, spec, unit, price, rate, net, tax, net + tax))
        net, tax = sum(row[8] for row in rows), sum(row[9] for row in rows)
        header = [
            number,
            now(),
            actor,
            customer.pk,
            region,
            salesperson,
            today(),
            warehouse,
            net,
            tax,
            net + tax,
        ]
        cursor.execute(WRITE_HEADER, header)
        cursor.execute(
            WRITE_LINES, [cursor.fetchone()[0], *(list(column) for column in zip(*rows, strict=True))]
        )
        cursor.execute(WRITE_EVENT, [uuid.uuid4(), now(), today(), number, number, actor])
        cursor.execute(WRITE_NOTICE, [cursor.fetchone()[0], now(), now()])


TAKE_NUMBER = """
INSERT INTO core_numberseries (series, last) VALUES (%s, 1)
ON CONFLICT (series) DO UPDATE SET last = core_numberseries.last + 1 RETURNING last"""
READ_CUSTOMER = """
SELECT c.region_id, c.salesperson_id, w.id FROM customers_customer c, inventory_warehouse w
WHERE c.id = %s AND w.is_default"""
READ_PRICES = """
SELECT p.id, p.sku, p.name, p.spec, p.unit, p.tax_rate, pr.unit_price
FROM inventory_product p JOIN inventory_price pr ON pr.product_id = p.id WHERE p.sku = ANY(%s)"""
WRITE_HEADER = """
INSERT INTO orders_order (number, status, version, round, created_at, created_by_id, customer_id, region_id,
  salesperson_id, channel, customer_po, external_ref, ordered_on, terms, currency, warehouse_id, contact_name,
  contact_phone, contact_email, delivery_address, source, remarks, stated_amount_absent, freight, net, tax,
  total, paid, posted, payment_status, delivery_status, has_shortage, holds, approved_grade, lines_digest,
  prices_digest, largest_discount, is_below_floor)
VALUES (%s,'draft',1,1,%s,%s,%s,%s,%s,'phone','','',%s,'prepaid','CNY',%s,'','','','','','',true,0,%s,%s,%s,
  0,0,'unpaid','none',false,'[]','','','',0,false) RETURNING id"""
WRITE_LINES = """
INSERT INTO orders_orderline (order_id, line_no, product_id, sku, name, spec, unit, quantity, unit_price,
  list_price, price_source, discount_percent, tax_rate, net, tax, gross, is_unclear, special_request, remark,
  reserved, shipped, signed, damaged)
SELECT %s, l, p, s, n, sp, u, 2000000, pr, pr, 'list', 0, r, ne, t, g, false, '', '', 0, 0, 0, 0
FROM unnest(%s::int[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[],
  %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS x(l, p, s, n, sp, u, pr, r, ne, t, g)"""
WRITE_EVENT = """
INSERT INTO core_event (uid, at, business_date, document_type, document_number, root_number, sequence, name, label,
  outcome, from_status, to_status, duty, round, rule, actor_id, roles, channel, source_address, request_id, note, data)
VALUES (%s,%s,%s,'order',%s,%s,1,'received','','done','','','enter',1,'',%s,'','system','','','','{}') RETURNING id"""
WRITE_NOTICE = """
INSERT INTO core_notice (event_id, channel, recipient, language, state, attempts, queued_at, next_attempt_at,
  leased_by, last_error)
VALUES (%s,'email','buyer@example.com','zh-hans','pending',0,%s,%s,'','')"""
