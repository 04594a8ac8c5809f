"""The cast, a person per role, and a small company for them to work in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from core.clock import clock_set_to
from core.models import User
from credit.models import BankAccount
from customers.models import Customer, Region
from fulfillment.models import Carrier
from inventory.models import PriceList, Product, Warehouse
from inventory.services.stock import ReceiptLine, receive_stock
from orders.models import OrderForm
from tests import factories
from tests.plugins.books import require_clean_books
from tests.plugins.flush import let_the_flush_through
from tests.workbooks import EXAMPLE_UID, EXAMPLE_WORKBOOK, write_example_anew

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
"""Saturday, 21 November 2026, noon in Shanghai: the day on which most tests play."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        let_the_flush_through(connection)


@pytest.fixture(autouse=True)
def quick_and_private(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.FILES_ROOT = tmp_path_factory.mktemp("files")


@pytest.fixture(autouse=True)
def books_stay_clean(request: pytest.FixtureRequest, quick_and_private: None) -> Iterator[None]:
    """Whatever a test did, the books must balance afterwards, unless it planted a fault."""
    uses_database = request.node.get_closest_marker("django_db") or {
        "db",
        "transactional_db",
        "live_server",
    } & set(request.fixturenames)
    if uses_database:
        request.getfixturevalue("_django_db_helper")
    yield
    if uses_database and not request.node.get_closest_marker("plants_faults"):
        require_clean_books()


@pytest.fixture
def noon() -> Iterator[datetime]:
    """The clock stands at noon of 21 November 2026 in Shanghai."""
    with clock_set_to(NOON):
        yield NOON


@dataclass(frozen=True)
class Cast:
    """One person per role; `north_assistant` and `other_rep` belong to the other region."""

    south: Region
    north: Region
    assistant: User
    second_assistant: User
    north_assistant: User
    rep: User
    other_rep: User
    manager: User
    second_manager: User
    director: User
    accountant: User
    finance: User
    cfo: User
    gm: User
    picker: User
    checker: User
    guard: User
    logistics: User
    service: User
    catalogue: User
    planner: User
    buyer: User
    qc: User
    legal: User
    engineer: User
    auditor: User
    admin: User
    erp: User


@pytest.fixture
def cast(db: None) -> Cast:
    south, north = factories.RegionFactory(code="S"), factories.RegionFactory(code="N")
    person = factories.person
    return Cast(
        south=south,
        north=north,
        assistant=person("chenli", "sales_assistant", desks=(south,), display_name="陈丽"),
        second_assistant=person("wuting", "sales_assistant", desks=(south,), display_name="吴婷"),
        north_assistant=person("liumei", "sales_assistant", desks=(north,), display_name="刘梅"),
        rep=person("limin", "salesperson", display_name="李敏"),
        other_rep=person("zhaogang", "salesperson", display_name="赵刚"),
        manager=person("wangqiang", "sales_manager", desks=(south, north), display_name="王强"),
        second_manager=person("hejun", "sales_manager", desks=(south, north), display_name="何军"),
        director=person("fangfang", "marketing_director", display_name="方芳"),
        accountant=person("sunyan", "sales_accountant", display_name="孙艳"),
        finance=person("zhoujie", "finance", display_name="周洁"),
        cfo=person("wuhao", "cfo", display_name="吴昊"),
        gm=person("zhengguo", "general_manager", display_name="郑国"),
        picker=person("malin", "picker", display_name="马林"),
        checker=person("gaoyuan", "checker", display_name="高原"),
        guard=person("tangshan", "guard", display_name="唐山"),
        logistics=person("dingyi", "logistics", display_name="丁一"),
        service=person("xujing", "service", display_name="许静"),
        catalogue=person("baili", "catalogue", display_name="白丽"),
        planner=person("jixiaoyun", "planning", display_name="计小芸"),
        buyer=person("caiyong", "purchasing", display_name="蔡勇"),
        qc=person("qinlan", "qc", display_name="秦岚"),
        legal=person("fazheng", "legal", display_name="法正"),
        engineer=person("jigong", "engineering", display_name="季工"),
        auditor=person("qianjin", "auditor", display_name="钱进"),
        admin=person("admin", "admin", display_name="系统管理员"),
        erp=person("erp", "erp_client", display_name="ERP", is_service=True),
    )


@dataclass(frozen=True)
class Company:
    """Two products in the main warehouse, 100 of each; a southern and a northern prepaid customer."""

    customer: Customer
    northern_customer: Customer
    motor: Product
    cable: Product
    warehouse: Warehouse
    price_list: PriceList
    bank_account: BankAccount
    carrier: Carrier


@pytest.fixture
def company(cast: Cast) -> Company:
    warehouse = factories.WarehouseFactory()
    motor = factories.ProductFactory(sku="A1023", name="伺服电机", spec="750W")
    cable = factories.ProductFactory(sku="B2040", name="控制电缆", spec="4×1.5", unit="米", unit_decimals=1)
    price_list = factories.price_list(
        {motor: "980.00", cable: "12.3456"}, maker=cast.catalogue, approver=cast.gm
    )
    receive_stock(
        warehouse,
        lines=[
            ReceiptLine(
                product_id=product.pk, quantity=Decimal(100), batch_number="B2026-01", certificate="QC-1"
            )
            for product in (motor, cable)
        ],
        document_number="GR202611-0001",
        actor=cast.checker,
    )
    return Company(
        customer=factories.CustomerFactory(
            number="C2026001",
            name="杭州华信电子有限公司",
            short_name="华信电子",
            region=cast.south,
            salesperson=cast.rep,
        ),
        northern_customer=factories.CustomerFactory(region=cast.north, salesperson=cast.other_rep),
        motor=motor,
        cable=cable,
        warehouse=warehouse,
        price_list=price_list,
        bank_account=factories.BankAccountFactory(),
        carrier=factories.CarrierFactory(),
    )


@pytest.fixture
def example_workbook(company: Company, cast: Cast) -> bytes:
    """The checked-in, filled-in order form: 10 motors and 7 m of cable, 11,171.65 stated.

    A form belongs to the row of the database that issued it, so that row is made first.
    """
    if not EXAMPLE_WORKBOOK.exists():
        write_example_anew(company.customer, actor=cast.assistant)
    OrderForm.objects.create(
        uid=EXAMPLE_UID, customer=company.customer, price_list=company.price_list, issued_by=cast.assistant
    )
    return EXAMPLE_WORKBOOK.read_bytes()


@pytest.fixture
def signed_in(client: Client):
    """`signed_in(person)` gives a browser client in which that person is signed in."""

    def sign_in(user: User) -> Client:
        client.force_login(user)
        return client

    return sign_in
