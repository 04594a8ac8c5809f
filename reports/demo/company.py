"""Founding the company: people, desks, catalogue, prices, stock, customers, bank account, carriers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from core.calendar import work_calendar
from core.clock import clock_set_to, today
from core.models import User
from core.money import ZERO
from core.workdays import WorkCalendar
from credit.models import BankAccount, Remittance
from credit.services.bank_accounts import open_bank_account
from customers.models import Customer, Region
from customers.services import (
    AddressDraft,
    ContactDraft,
    assign_desk,
    create_customer,
    create_region,
    set_terms,
)
from fulfillment.drafts import PickedLine
from fulfillment.models import Carrier
from fulfillment.services.carriers import create_carrier
from inventory.models import Product, Warehouse
from inventory.services.catalogue import create_products, create_warehouse
from inventory.services.price_lists import approve_price_list, create_price_list
from inventory.services.stock import ReceiptLine, receive_stock
from orders.pricing import price_line
from reports.demo.catalogue import Article, articles
from reports.demo.firms import Firm, firms
from reports.demo.letterhead import print_letterhead
from reports.demo.people import CAST, hire_cast
from reports.demo.stage import OfficeHours

REGIONS = (("S", "南区", "South"), ("N", "北区", "North"))
REPS = {"S": "limin", "N": "zhaogang"}
ASSISTANTS = {"S": "chenli", "N": "liumei"}
CARRIERS = (("SF", "顺捷快运", "express"), ("DB", "大宝物流", "truck"), ("ZY", "自有车辆", "own"))
INSTALMENTS = {3: Decimal(30), 8: Decimal(50), 14: Decimal(30)}
"""Customers by place in the list who pay only so many percent before delivery."""

KEYS_HIMSELF = 0.2
"""Share of orders that the salesperson types himself."""


@dataclass
class Lot:
    """A batch on the shelf and how much of it nobody has picked yet."""

    number: str
    left: Decimal


@dataclass
class Company:
    """What the lives need to know of the firm they work in. `slips` wait for tomorrow's bank lines."""

    people: dict[str, User]
    regions: dict[str, Region]
    warehouse: Warehouse
    articles: dict[str, Article]
    products: dict[str, Product]
    customers: list[Customer]
    bank_account: BankAccount
    carriers: list[Carrier]
    calendar: WorkCalendar
    hours: OfficeHours
    ends: datetime
    slips: list[Remittance] = field(default_factory=list)
    batches: dict[str, list[Lot]] = field(default_factory=dict)
    receipts: int = 0

    def assistant_for(self, customer: Customer) -> User:
        return self.people[ASSISTANTS[self._region_of(customer)]]

    def rep_for(self, customer: Customer) -> User:
        return self.people[REPS[self._region_of(customer)]]

    def typist_for(self, customer: Customer, chance: Random) -> User:
        return self.rep_for(customer) if chance.random() < KEYS_HIMSELF else self.assistant_for(customer)

    def take(self, sku: str, quantity: Decimal) -> PickedLine:
        """What the picker finds: the oldest batch that has enough, else all of the fullest one."""
        lots = self.batches[sku]
        lot = next((lot for lot in lots if lot.left >= quantity), None) or max(lots, key=lambda one: one.left)
        found = min(quantity, lot.left)
        lot.left -= found
        return PickedLine(found, lot.number)

    def worth_of(self, lines: Sequence[tuple[str, Decimal, Decimal]]) -> Decimal:
        """What the customer writes as his total: the order amount at list prices, tax included."""
        return sum((self._gross(*line) for line in lines), ZERO)

    def _gross(self, sku: str, quantity: Decimal, discount: Decimal) -> Decimal:
        article = self.articles[sku]
        return price_line(quantity, article.price.unit_price, discount, article.row.tax_rate).gross

    def _region_of(self, customer: Customer) -> str:
        return next(code for code, region in self.regions.items() if region.pk == customer.region_id)

    def receive(self, quantities: dict[str, Decimal]) -> None:
        """Goods come in with a batch of the day, taken in by the checker."""
        self.receipts += 1
        day = today()
        lines = [
            ReceiptLine(
                product_id=self.products[sku].pk, quantity=quantity, batch_number=f"{day:%y%m%d}-{sku}",
                certificate=f"HG{day:%Y%m%d}{sku}",
            )
            for sku, quantity in quantities.items()
        ]  # fmt: skip
        number = f"GR{day:%Y%m}-{self.receipts:04d}"
        receive_stock(self.warehouse, lines=lines, document_number=number, actor=self.people["gaoyuan"])
        for sku, quantity in quantities.items():
            self.batches.setdefault(sku, []).append(Lot(f"{day:%y%m%d}-{sku}", quantity))


def found_company(opens: datetime, ends: datetime, chance: Random) -> Company:
    """Everything a firm has before its first order, dated on its opening morning."""
    with clock_set_to(opens):
        people = hire_cast()
        print_letterhead(people)
        regions = _open_regions(people)
        stocked = {article.row.sku: article for article in articles()}
        products = create_products([article.row for article in stocked.values()], actor=people["baili"])
        _set_prices(stocked, people, opens.date())
        warehouse = create_warehouse(
            code="MAIN", name="主仓", name_en="Main warehouse", is_default=True, actor=people["baili"]
        )
        calendar = work_calendar()
        company = Company(
            people=people, regions=regions, warehouse=warehouse, articles=stocked,
            products={product.sku: product for product in products},
            customers=_open_files(regions, people),
            bank_account=_bank_account(people), carriers=_carriers(people), calendar=calendar,
            hours=OfficeHours(calendar, chance), ends=ends,
        )  # fmt: skip
        company.receive({sku: article.opening for sku, article in stocked.items()})
    return company


def _open_regions(people: dict[str, User]) -> dict[str, Region]:
    regions = {
        code: create_region(code=code, name=name, name_en=name_en, actor=people["admin"])
        for code, name, name_en in REGIONS
    }
    for part in CAST:
        for code in part.desks:
            assign_desk(people[part.username], region=regions[code], actor=people["admin"])
    return regions


def _set_prices(stocked: dict[str, Article], people: dict[str, User], day: date) -> None:
    price_list = create_price_list(
        code=f"PL{day:%Y%m}", name="标准价目表", valid_from=day - timedelta(days=day.day - 1),
        prices=[article.price for article in stocked.values()], actor=people["baili"],
    )  # fmt: skip
    approve_price_list(price_list, actor=people["zhengguo"])


def _open_files(regions: dict[str, Region], people: dict[str, User]) -> list[Customer]:
    customers = [_open_file(firm, regions, people) for firm in firms()]
    for place, share in INSTALMENTS.items():
        set_terms(
            customers[place], settlement=Customer.Settlement.STAGED, prepaid_percent=share,
            actor=people["zhoujie"], note="合作稳定，分期付款",
        )  # fmt: skip
    return list(Customer.objects.with_defaults().order_by("number"))


def _open_file(firm: Firm, regions: dict[str, Region], people: dict[str, User]) -> Customer:
    return create_customer(
        name=firm.name, short_name=firm.short_name, uscc=firm.uscc, industry=firm.industry,
        region=regions[firm.town.region], salesperson=people[REPS[firm.town.region]],
        contact=ContactDraft(firm.contact, firm.position, firm.phone, firm.email),
        address=AddressDraft(firm.town.province, firm.town.city, firm.street, firm.district),
        source=firm.source, core_needs=firm.needs, actor=people[ASSISTANTS[firm.town.region]],
    )  # fmt: skip


def _bank_account(people: dict[str, User]) -> BankAccount:
    return open_bank_account(
        code="ICBC", bank="中国工商银行", account_number="1202020919900012345", actor=people["wuhao"]
    )


def _carriers(people: dict[str, User]) -> list[Carrier]:
    return [
        create_carrier(code=code, name=name, mode=mode, actor=people["dingyi"])
        for code, name, mode in CARRIERS
    ]
