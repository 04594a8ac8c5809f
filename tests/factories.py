"""Valid objects, so that a test says only what matters to it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import factory
from factory.django import DjangoModelFactory
from PIL import Image

from core.clock import now, today
from core.models import RoleGrant, User
from credit.models import BankAccount
from customers.models import Address, Contact, Customer, DeskAssignment, Region
from customers.uscc import check_digit
from fulfillment.models import Carrier
from inventory.models import Batch, Price, PriceList, Product, Warehouse

PASSWORD = "a long test password"


def uscc_number(serial: int) -> str:
    """A credit code that is valid by its check digit."""
    body = f"91330100MA{serial:07d}"
    return body + check_digit(body)


def person(username: str, *roles: str, desks: tuple[Region, ...] = (), **fields: Any) -> User:
    """A member of staff with roles, on the desks of some regions."""
    user = User(
        username=username, display_name=fields.pop("display_name", username.title()), is_staff=True, **fields
    )
    user.set_password(PASSWORD)
    user.save()
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role) for role in roles)
    DeskAssignment.objects.bulk_create(
        DeskAssignment(user=user, region=region, starts_on=date(2020, 1, 1)) for region in desks
    )
    return user


class RegionFactory(DjangoModelFactory[Region]):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "S"
    name = factory.LazyAttribute(lambda region: {"S": "南区", "N": "北区"}.get(region.code, region.code))
    name_en = factory.LazyAttribute(lambda region: {"S": "South", "N": "North"}.get(region.code, region.code))


class CustomerFactory(DjangoModelFactory[Customer]):
    """A prepaid customer with contact and address; `salesperson` must be given."""

    class Meta:
        model = Customer
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: f"C2026{n + 101:03d}")
    name = factory.Sequence(lambda n: f"杭州华信电子第{n + 1}有限公司")
    short_name = factory.Sequence(lambda n: f"华信电子{n + 1}")
    uscc = factory.Sequence(lambda n: uscc_number(n + 1))
    industry = "电子"
    region = factory.SubFactory(RegionFactory)

    @factory.post_generation
    def contact_and_address(self: Customer, create: bool, extracted: Any, **kwargs: Any) -> None:
        self.default_contact = Contact.objects.create(
            customer=self,
            name="王芳",
            title="采购经理",
            phone="0571-55500123",
            email=f"{self.number.lower()}@example.com",
        )
        self.default_address = Address.objects.create(
            customer=self, province="浙江省", city="杭州市", district="余杭区", detail="文一西路 1 号"
        )
        self.save()


class ProductFactory(DjangoModelFactory[Product]):
    class Meta:
        model = Product

    sku = factory.Sequence(lambda n: f"A{n + 1:04d}")
    barcode = factory.Sequence(lambda n: f"690000{n + 1:07d}")
    name = factory.Sequence(lambda n: f"伺服电机 {n + 1} 型")
    spec = "750W"
    category = "电机"
    unit = "台"


class WarehouseFactory(DjangoModelFactory[Warehouse]):
    class Meta:
        model = Warehouse
        django_get_or_create = ("code",)

    code = "MAIN"
    name = "主仓"
    name_en = "Main warehouse"
    is_default = True


class CarrierFactory(DjangoModelFactory[Carrier]):
    class Meta:
        model = Carrier
        django_get_or_create = ("code",)

    code = "SF"
    name = "顺风快运"
    mode = Carrier.Mode.EXPRESS


class BankAccountFactory(DjangoModelFactory[BankAccount]):
    class Meta:
        model = BankAccount
        django_get_or_create = ("code",)

    code = "ICBC"
    bank = "中国工商银行"
    account_number = "1202020919900012345"


class BatchFactory(DjangoModelFactory[Batch]):
    class Meta:
        model = Batch
        django_get_or_create = ("product", "number")

    number = "B2026-01"
    certificate = "QC-2026-01"
    released_on = date(2026, 1, 5)


def price_list(
    prices: dict[Product, str], *, maker: User, approver: User, code: str = "PL2026-01", **fields: Any
) -> PriceList:
    """An approved price list, in force since the start of last year."""
    made = PriceList.objects.create(
        code=code,
        name="标准价目表",
        valid_from=fields.pop("valid_from", today() - timedelta(days=400)),
        created_by=maker,
        approved_by=approver,
        approved_at=now(),
        **fields,
    )
    Price.objects.bulk_create(
        Price(price_list=made, product=product, unit_price=Decimal(price))
        for product, price in prices.items()
    )
    return made


_shade = iter(range(1, 2**24))


def png(colour: int | None = None, size: tuple[int, int] = (40, 24)) -> bytes:
    """A small picture, each one different unless a colour is given: slips are told apart by their bytes."""
    shade = next(_shade) if colour is None else colour
    picture = Image.new("RGB", size, (shade >> 16 & 255, shade >> 8 & 255, shade & 255))
    content = BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()
