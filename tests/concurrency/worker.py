"""The crew of a race: one process that has loaded the application and forks a real process per racer.

It reads one race a line, `[[act, {arguments}], …]` in JSON, lets a racer per entry start at the same
moment, each on its own connection to the test's database, and answers with what came of each.

An act named `unprotected …` first takes the protection away: no transaction, no lock, no guarded update,
and a pause between reading and writing. Such a race must go wrong, or the test that uses it proves nothing.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import django

START_SECONDS, PAUSE = 60, 0.005


def outcome_of(act: Callable[[], object]) -> str:
    """`done`, `refused` with the kind of refusal, or `failed` with what broke: a race hides nothing."""
    from core.errors import BusinessError

    try:
        act()
    except BusinessError as error:
        return f"refused {type(error).__name__}"
    except Exception as error:
        return f"failed {type(error).__name__}: {error}"
    return "done"


def approve(*, order: int, version: int, actor: int) -> str:
    from core.models import User
    from credit.services.reviews import approve_order
    from orders.models import Order

    seen, person = Order.objects.get(pk=order), User.objects.get(pk=actor)
    return outcome_of(lambda: approve_order(seen, version=version, actor=person))


def match(*, slip: int, line: int, actor: int) -> str:
    from core.models import User
    from credit.models import BankLine, Remittance
    from credit.services.bank import match_bank_line

    paper, money = Remittance.objects.get(pk=slip), BankLine.objects.get(pk=line)
    person = User.objects.get(pk=actor)
    return outcome_of(lambda: match_bank_line(paper, money, actor=person))


def gate_out(*, shipment: int, gate_pass: str, carrier: int, actor: int) -> str:
    from core.models import User
    from fulfillment.models import Carrier, Shipment
    from fulfillment.services import gate_out as let_out

    goods, person = Shipment.objects.get(pk=shipment), User.objects.get(pk=actor)
    with_whom = Carrier.objects.get(pk=carrier)
    return outcome_of(
        lambda: let_out(goods, gate_pass=gate_pass, carrier=with_whom, tracking_number="SF1", actor=person)
    )


def sign_off(*, shipment: int, image: int, actor: int) -> str:
    from core.clock import now
    from core.models import Attachment, User
    from fulfillment.models import Shipment
    from fulfillment.services import Arrival, record_delivery

    goods, person = Shipment.objects.get(pk=shipment), User.objects.get(pk=actor)
    arrived = {line.line_no: Arrival(line.checked) for line in goods.lines.all()}
    paper = Attachment.objects.get(pk=image)
    return outcome_of(
        lambda: record_delivery(
            goods, image=paper, signer="王芳", signed_at=now(), lines=arrived, actor=person
        )
    )


def link(*, order: int, contract: int, actor: int) -> str:
    from core.models import User
    from orders.models import Contract, Order
    from orders.services.contracts import link_order

    seen, paper = Order.objects.get(pk=order), Contract.objects.get(pk=contract)
    person = User.objects.get(pk=actor)
    return outcome_of(lambda: link_order(seen, paper, actor=person))


def convert_quote(*, quote: int, version: int, actor: int) -> str:
    from core.models import User
    from orders.models import Quote
    from orders.quotes.services import convert_quote_to_order

    seen, person = Quote.objects.get(pk=quote), User.objects.get(pk=actor)
    return outcome_of(lambda: convert_quote_to_order(seen, version=version, actor=person))


def revise_quote_at_once(*, quote: int, version: int, actor: int) -> str:
    from core.models import User
    from orders.models import Quote
    from orders.quotes.services import revise_quote

    seen, person = Quote.objects.get(pk=quote), User.objects.get(pk=actor)
    return outcome_of(lambda: revise_quote(seen, version=version, actor=person))


def approve_prices(*, price_list: int, actor: int) -> str:
    from core.models import User
    from inventory.models import PriceList
    from inventory.services.price_lists import approve_price_list

    entered, person = PriceList.objects.get(pk=price_list), User.objects.get(pk=actor)
    return outcome_of(lambda: approve_price_list(entered, actor=person))


def open_file(*, name: str, uscc: str, region: int, actor: int) -> str:
    from core.models import User
    from customers.models import Region
    from customers.services import AddressDraft, ContactDraft, create_customer

    desk, person = Region.objects.get(pk=region), User.objects.get(pk=actor)
    return outcome_of(
        lambda: create_customer(
            name=name, uscc=uscc, industry="机械", region=desk, salesperson=person, actor=person,
            contact=ContactDraft("王芳", "采购", "0571-55500123"),
            address=AddressDraft("浙江省", "杭州市", "文一路 1 号"),
        )
    )  # fmt: skip


def merge(*, source: int, target: int, actor: int) -> str:
    from core.models import User
    from customers.models import Customer
    from customers.services.merging import merge_customers

    given_up, goes_on = Customer.objects.get(pk=source), Customer.objects.get(pk=target)
    person = User.objects.get(pk=actor)
    return outcome_of(lambda: merge_customers(given_up, target=goes_on, reason="同一家公司", actor=person))


def place(*, customer: int, actor: int) -> str:
    from core.models import User
    from customers.models import Customer
    from orders.services.placing import place_order
    from tests.orders.drafts import draft_of

    buyer = Customer.objects.with_defaults().get(pk=customer)
    person = User.objects.get(pk=actor)
    return outcome_of(lambda: place_order(buyer, draft=draft_of(), actor=person))


def reserve(*, racer: int, attempts: int, products: Sequence[int]) -> dict[str, int]:
    """One piece of each product, in the order given, again and again for a new number."""
    from inventory.models import Warehouse
    from inventory.services.stock import ReservationLine, reserve_stock

    warehouse = Warehouse.objects.get()
    tally = {"reserved": 0, "refused": 0, "failed": 0}
    for attempt in range(attempts):
        lines = [ReservationLine(no, product, Decimal(1)) for no, product in enumerate(products, start=1)]
        got: list[Any] = []
        number = f"SO{racer:02d}-{attempt:04d}"

        def hold(number: str = number, lines: Any = lines, got: Any = got) -> None:
            got += reserve_stock(number, warehouse=warehouse, lines=lines)

        outcome = outcome_of(hold)
        has_all = bool(got) and not any(line.short for line in got)
        name = "failed" if outcome.startswith("failed") else "reserved" if has_all else "refused"
        tally[name] += 1
    return tally


@contextmanager
def no_transaction(*_args: object, **_kwargs: object) -> Iterator[None]:
    yield


def take_the_protection_away() -> None:
    """What code does that forgot the lock: read, pause, and write back what follows from what was read."""
    from django.db import models

    from core import clock, transactions, workflow
    from credit.services import bank
    from inventory.models import StockLevel
    from inventory.services import price_lists, stock

    seen: dict[int, stock.LevelFigures] = {}

    def read_without_a_lock(warehouse: object, product_ids: Iterable[int]) -> dict[int, stock.LevelFigures]:
        levels = StockLevel.objects.filter(warehouse=warehouse, product__in=product_ids)
        seen.update({level.product_id: stock.LevelFigures(level.on_hand, level.reserved) for level in levels})
        time.sleep(PAUSE)
        return dict(seen)

    def write_without_a_guard(
        model: object, key: object, changes: object, rows: Sequence[Mapping[str, Any]], **_sql: object
    ) -> int:
        for row in rows:
            reserved = seen[row["product"]].reserved + row["reserved"]
            StockLevel.objects.filter(product=row["product"]).update(reserved=reserved)
        return len(rows)

    def now_after_a_pause() -> Any:
        time.sleep(20 * PAUSE)
        return clock.now()

    def set_whatever_happened(document: Any, *_condition: object, **change: Any) -> bool:
        time.sleep(20 * PAUSE)
        values = {**(change.get("changes") or {})}
        if change["status"] is not None:
            values["status"] = change["status"]
        type(document).objects.filter(pk=document.pk).update(**values)
        for name, value in values.items():
            setattr(document, name, value)
        return True

    transactions.transaction = SimpleNamespace(atomic=no_transaction)  # type: ignore[assignment]
    models.QuerySet.select_for_update = lambda queryset, **_options: queryset.all()  # type: ignore[method-assign]
    price_lists.now = now_after_a_pause
    stock.lock_levels = read_without_a_lock
    stock.update_rows = write_without_a_guard
    workflow._set_where = set_whatever_happened  # type: ignore[assignment]
    bank._take_line = lambda _line: None


def lock_in_the_order_of_the_lines() -> None:
    """Lock one level after the other as the lines come: two orders in opposite order wait for each other."""
    from inventory.models import StockLevel
    from inventory.services import stock

    def lock_levels(warehouse: object, product_ids: Iterable[int]) -> dict[int, stock.LevelFigures]:
        found = {}
        for product in product_ids:
            level = StockLevel.objects.select_for_update().get(warehouse=warehouse, product=product)
            found[product] = stock.LevelFigures(level.on_hand, level.reserved)
            time.sleep(PAUSE)
        return found

    stock.lock_levels = lock_levels


FAULTS = {"unprotected": take_the_protection_away, "unordered": lock_in_the_order_of_the_lines}
ACTS: dict[str, Callable[..., Any]] = {
    act.__name__: act
    for act in (
        approve,
        match,
        gate_out,
        sign_off,
        link,
        approve_prices,
        open_file,
        merge,
        place,
        reserve,
        convert_quote,
        revise_quote_at_once,
    )
}


def play(start: Any, answer: Any, act: str, arguments: dict[str, Any]) -> None:
    from django.db import connection

    fault, _space, name = act.rpartition(" ")
    if fault:
        FAULTS[fault]()
    connection.ensure_connection()
    start.wait(START_SECONDS)
    answer.send(ACTS[name](**arguments))
    connection.close()


def race(entries: Sequence[tuple[str, dict[str, Any]]]) -> list[Any]:
    fork = multiprocessing.get_context("fork")
    start, racers = fork.Barrier(len(entries)), []
    for act, arguments in entries:
        listener, answer = fork.Pipe(duplex=False)
        racer = fork.Process(target=play, args=(start, answer, act, arguments))
        racer.start()
        answer.close()
        racers.append((racer, listener))
    outcomes = []
    for racer, listener in racers:
        try:
            outcomes.append(listener.recv())
        except EOFError:
            outcomes.append("failed: the process ended without an answer")
        racer.join()
    return outcomes


def main() -> None:
    django.setup()
    from django.db import connections

    for name in (
        "credit.services.reviews",
        "credit.services.bank",
        "fulfillment.services",
        "orders.services.contracts",
    ):
        import_module(name)  # once, before the racers are forked
    for line in sys.stdin:
        connections.close_all()
        print(json.dumps(race(json.loads(line))), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
