"""Which orders come when, and what becomes of them; then everybody plays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction

from core.calendar import work_calendar
from core.clock import BUSINESS_ZONE, now
from core.money import round_half_up
from core.workdays import WorkCalendar
from customers.models import Customer
from inventory.models import StockLevel
from reports.demo.company import Company, found_company
from reports.demo.contracts import all_contracts
from reports.demo.deals import all_deals
from reports.demo.fates import Fate, Wish
from reports.demo.keeping import all_keeping
from reports.demo.lives import bank_life, order_life
from reports.demo.stage import Life, Stage

ORDERS_PER_DAY = (2, 3, 3, 4)
CHANNELS = ("email", "email", "fax", "phone", "phone", "excel", "online", "visit")
SCARCE = ("A1004", "B1016", "G1007", "J1015")
"""Not replenished, so that a large order finds too little of them."""

QUANTITIES = {"米": (40, 400), "只": (5, 60), "台": (1, 6), "根": (2, 12), "件": (1, 8)}
DISCOUNTS = (*[0] * 18, 2, 3)
TENTH = Decimal("0.1")

# Where the orders of the last weeks stand today: the ending, and how many working days ago they came in.
STANDING = (
    ("draft", 0), ("draft", 0), ("draft", 1), ("unconfirmed", 0), ("unconfirmed", 1),
    ("checking", 1), ("checking", 1), ("checking", 2), ("rep_review", 3), ("rep_review", 3),
    ("rep_review", 4), ("manager_review", 4), ("manager_review", 5), ("manager_review", 5),
    ("manager_review", 6), ("finance_review", 6), ("finance_review", 7), ("finance_review", 7),
    ("to_dispatch", 8), ("to_dispatch", 9), ("to_dispatch", 9), ("to_sign", 9), ("to_sign", 10),
    ("to_pick", 10), ("to_pick", 11), ("to_pack", 11), ("to_pack", 12), ("at_the_gate", 12),
    ("at_the_gate", 13), ("on_the_way", 13), ("on_the_way", 14), ("on_the_way", 15),
    ("unasked", 16), ("unasked", 17), ("unasked", 18), ("unasked", 19), ("unasked", 20),
)  # fmt: skip


STANDING_DAYS = 6
"""On the last working days only orders come in whose present state is planned."""


def make_demo_company(
    *,
    ends: datetime,
    months: int,
    seed: int,
    opened: Callable[[], None] = lambda: None,
    breather: float = 0.0,
) -> Company:
    """Found the firm `months` before `ends` and let it trade; `opened` is told when its people exist."""
    chance = Random(seed)  # noqa: S311  # nosec B311 - a story that can be told again, not a secret
    calendar = work_calendar()
    last_day = ends.astimezone(BUSINESS_ZONE).date()
    first_day = calendar.after(last_day - timedelta(days=30 * months + 2), 1)
    opens = datetime.combine(first_day, time(8), BUSINESS_ZONE)
    with transaction.atomic():
        company = found_company(opens, ends, chance)
    opened()
    stage = Stage(until=ends)
    stage.enter(bank_life(company, company.hours.morning(calendar.after(first_day, 1), 25)))
    stage.enter(_storekeeper(company, company.hours.morning(calendar.after(first_day, 5), 10)))
    days = _working_days(calendar, first_day, last_day)
    for life in _all_orders(company, days, chance):
        stage.enter(life)
    for beside_orders in (all_deals, all_contracts, all_keeping):
        for life in beside_orders(company, days):
            stage.enter(life)
    stage.play(breather=breather)
    return company


def _working_days(calendar: WorkCalendar, first: date, last: date) -> list[date]:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [day for day in days if calendar.is_working(day)]


def _all_orders(company: Company, days: list[date], chance: Random) -> Iterator[Life]:
    for day in days[:-STANDING_DAYS]:
        for _order in range(chance.choice(ORDERS_PER_DAY)):
            yield _one(company, day, _common_fate(chance), chance)
    for ending, days_ago in STANDING:
        yield _one(company, days[-1 - min(days_ago, len(days) - 1)], _standing_fate(ending, chance), chance)
    for place, share in enumerate((None, None, Decimal("0.6"), Decimal("0.93"), Decimal("0.985"))):
        yield _one(company, days[-3 - place], Fate(paid_share=share), chance)
    for rejected_at in ("rep_review", "manager_review", "finance_review"):
        yield _one(company, days[-9], Fate(ends="rejected", rejected_at=rejected_at), chance)
    for days_ago in (14, 17):
        yield _one(company, days[-days_ago], Fate(ends="unasked", in_two_parts=True), chance)
        yield _one(company, days[-days_ago], Fate(), chance, scarce=True)


def _common_fate(chance: Random) -> Fate:
    """What becomes of most orders, and of the few that go another way."""
    luck = chance.random()
    if luck < 0.03:
        return Fate(cancelled=True)
    if luck < 0.07:
        return Fate(rejected_at=chance.choice(("rep_review", "manager_review", "finance_review")))
    if luck < 0.13:
        return Fate(in_two_parts=True)
    if luck < 0.14:
        return Fate(damaged=True)
    if luck < 0.145:
        return Fate(paid_share=None, cancelled=True)
    return Fate()


def _standing_fate(ending: str, chance: Random) -> Fate:
    return Fate(ends=ending, in_two_parts=ending in ("to_sign", "on_the_way") and chance.random() < 0.4)


def _one(company: Company, day: date, fate: Fate, chance: Random, *, scarce: bool = False) -> Life:
    customer = company.customers[min(int(chance.expovariate(1 / 18)), len(company.customers) - 1)]
    starts = datetime.combine(day, time(8, 35), BUSINESS_ZONE) + timedelta(minutes=chance.randint(0, 490))
    wish = _wish(company, customer, chance, scarce=scarce)
    return order_life(
        company, wish, fate, min(starts, company.ends - timedelta(minutes=chance.randint(20, 300))), chance
    )


def _wish(company: Company, customer: Customer, chance: Random, *, scarce: bool) -> Wish:
    skus = chance.sample(
        [sku for sku in company.articles if sku not in SCARCE], chance.choice((1, 2, 3, 3, 4, 5, 6, 9))
    )
    lines = [(sku, _quantity(company, sku, chance), Decimal(chance.choice(DISCOUNTS))) for sku in skus]
    if scarce:
        sku = chance.choice(SCARCE)
        lines.append((sku, company.articles[sku].opening + 20, Decimal(0)))
    return Wish(
        customer=customer, channel=chance.choice(CHANNELS), lines=lines, states_amount=chance.random() < 0.6,
        remarks=chance.choice(("", "", "", "送货前请电话联系收货人", "请随货附合格证", "送至二号门仓库")),
    )  # fmt: skip


def _quantity(company: Company, sku: str, chance: Random) -> Decimal:
    article = company.articles[sku]
    least, most = QUANTITIES[article.row.unit]
    quantity = Decimal(chance.randint(least, most))
    if article.row.unit_decimals:
        quantity = round_half_up(quantity + chance.randint(0, 9) * TENTH, 1)
    return quantity


def _storekeeper(company: Company, starts: datetime) -> Life:
    """Every week what has fallen below half of its opening stock is filled up again."""
    yield starts
    while True:
        low = {
            sku: company.articles[sku].opening
            for sku, on_hand in StockLevel.objects.values_list("product__sku", "on_hand")
            if sku not in SCARCE and on_hand < company.articles[sku].opening * 2 / 3
        }
        if low:
            company.receive(low)
        yield company.hours.next_morning(now() + timedelta(days=6))
