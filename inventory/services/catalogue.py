"""Products, price lists and warehouses: kept by the catalogue clerk, prices approved by the GM (QT-03)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.clock import now, today
from core.errors import InvalidInput, Problems, RuleRefused, SameActor, TransitionNotAllowed
from core.models import User
from core.money import BASE_CURRENCY
from core.pinyin import pinyin_key
from core.sql import insert_rows
from core.trail import Fact, record_act, record_event
from core.transactions import unit_of_work
from core.workflow import require_permission
from inventory.models import Price, PriceList, Product, Warehouse
from inventory.rows import PriceRow, ProductRow, price_problems, product_problems

if TYPE_CHECKING:
    from core.models import Document

CHANGEABLE = (
    "name",
    "spec",
    "category",
    "barcode",
    "tax_rate",
    "supply",
    "minimum_stock",
    "standard_cost",
    "discontinued_on",
)


@unit_of_work
def create_products(rows: Sequence[ProductRow], actor: User) -> list[Product]:
    """Add products to the catalogue, all or none, in the order given. Raises InvalidInput (G-01, G-02)."""
    require_permission(actor, "inventory.maintain_catalogue")
    _require_sound_products(rows)
    insert_rows(
        Product,
        [
            {
                "sku": row.sku,
                "barcode": row.barcode,
                "name": row.name,
                "pinyin": pinyin_key(row.name),
                "spec": row.spec,
                "category": row.category,
                "unit": row.unit,
                "unit_decimals": row.unit_decimals,
                "tax_rate": row.tax_rate,
                "supply": row.supply,
                "minimum_stock": row.minimum_stock,
                "standard_cost": row.standard_cost,
            }
            for row in rows
        ],
    )
    made = {product.sku: product for product in Product.objects.filter(sku__in=[row.sku for row in rows])}
    record_act("products_created", actor=actor, data={"skus": [row.sku for row in rows]})
    return [made[row.sku] for row in rows]


@unit_of_work
def update_product(product: Product, *, changes: Mapping[str, Any], actor: User) -> Product:
    """Change master data of a product; code and unit never change, for documents quote them."""
    require_permission(actor, "inventory.maintain_catalogue")
    product = Product.objects.select_for_update().get(pk=product.pk)
    unknown = sorted(set(changes) - set(CHANGEABLE))
    if unknown:
        raise InvalidInput(
            _("These entries of a product cannot be changed: %(names)s.") % {"names": ", ".join(unknown)}
        )
    before = {name: str(getattr(product, name)) for name in changes}
    for name, value in changes.items():
        setattr(product, name, value)
    problems = Problems()
    for field, code, detail in product_problems(product):
        problems.add(f"#/{field}", code, detail)
    if product.barcode and Product.objects.filter(barcode=product.barcode).exclude(pk=product.pk).exists():
        problems.add("#/barcode", "duplicate", _("Another product carries this barcode."))
    problems.raise_if_any()
    product.pinyin, product.updated_at = pinyin_key(product.name), now()
    product.save()
    record_act(
        "product_changed",
        actor=actor,
        subject=product.sku,
        data={
            "changes": [
                {"label": name, "before": before[name], "after": str(changes[name])} for name in changes
            ]
        },
    )
    return product


@unit_of_work
def create_warehouse(
    *, code: str, name: str, actor: User, name_en: str = "", is_default: bool = False
) -> Warehouse:
    """Open a warehouse; the default one is where orders reserve unless they say otherwise."""
    require_permission(actor, "inventory.maintain_catalogue")
    if Warehouse.objects.filter(code=code).exists():
        raise InvalidInput(
            _("There is a warehouse %(code)s already. Choose another code.") % {"code": code},
            code="duplicate",
        )
    if is_default:
        Warehouse.objects.filter(is_default=True).update(is_default=False)
    warehouse = Warehouse.objects.create(code=code, name=name, name_en=name_en or name, is_default=is_default)
    record_act("warehouse_opened", actor=actor, subject=code)
    return warehouse


@unit_of_work
def create_price_list(
    *,
    code: str,
    name: str,
    valid_from: date,
    prices: Sequence[PriceRow],
    actor: User,
    valid_until: date | None = None,
    currency: str = BASE_CURRENCY,
) -> PriceList:
    """Enter a price list version; it is in force only once the GM has approved it (QT-03)."""
    require_permission(actor, "inventory.maintain_catalogue", rule="QT-03")
    products = dict(Product.objects.filter(sku__in=[row.sku for row in prices]).values_list("sku", "pk"))
    _require_sound_prices(code, valid_from, valid_until, currency, prices, products)
    price_list = PriceList.objects.create(
        code=code,
        name=name,
        currency=currency,
        valid_from=valid_from,
        valid_until=valid_until,
        created_by=actor,
    )
    insert_rows(
        Price,
        [
            {
                "price_list": price_list.pk,
                "product": products[row.sku],
                "unit_price": row.unit_price,
                "floor_price": row.floor_price,
            }
            for row in prices
        ],
    )
    fact = Fact("price_list_entered", gettext_noop("Price list entered"), duty="price_maker", rule="QT-03")
    record_event(cast("Document", price_list), fact, actor=actor, data={"prices": len(prices)})
    return price_list


@unit_of_work
def approve_price_list(price_list: PriceList, *, actor: User) -> PriceList:
    """Put a price list in force from its first day: the GM, never the maker (QT-03, IC-01)."""
    require_permission(actor, "inventory.approve_price_list", rule="QT-03")
    price_list = PriceList.objects.select_for_update().get(pk=price_list.pk)
    if price_list.created_by_id == actor.pk:
        raise SameActor(_("You entered this price list. Another person must approve it."))
    if price_list.approved_at is not None:
        raise TransitionNotAllowed(
            _("Price list %(code)s is approved already.") % {"code": price_list.code}, rule="QT-03"
        )
    if price_list.valid_until is not None and price_list.valid_until < today():
        raise RuleRefused(
            _("Price list %(code)s ended on %(day)s. Enter a version that is still valid.")
            % {"code": price_list.code, "day": price_list.valid_until},
            rule="QT-03",
        )
    price_list.approved_at, price_list.approved_by = now(), actor
    price_list.save(update_fields=["approved_at", "approved_by"])
    fact = Fact(
        "price_list_approved", gettext_noop("Price list approved"), duty="price_approver", rule="QT-03"
    )
    record_event(cast("Document", price_list), fact, actor=actor)
    return price_list


def _require_sound_products(rows: Sequence[ProductRow]) -> None:
    problems = Problems()
    times = Counter(row.sku for row in rows)
    barcodes = Counter(row.barcode for row in rows if row.barcode)
    taken = set(Product.objects.filter(sku__in=list(times)).values_list("sku", flat=True))
    taken_barcodes = set(Product.objects.filter(barcode__in=list(barcodes)).values_list("barcode", flat=True))
    for index, row in enumerate(rows):
        for field, code, detail in product_problems(row):
            problems.add(f"#/rows/{index}/{field}", code, detail)
        if row.sku in taken or times[row.sku] > 1:
            problems.add(
                f"#/rows/{index}/sku", "duplicate", _("The code %(sku)s is taken.") % {"sku": row.sku}
            )
        if row.barcode in taken_barcodes or barcodes[row.barcode] > 1:
            problems.add(f"#/rows/{index}/barcode", "duplicate", _("Another product carries this barcode."))
    problems.raise_if_any()


def _require_sound_prices(
    code: str,
    valid_from: date,
    valid_until: date | None,
    currency: str,
    prices: Sequence[PriceRow],
    products: Mapping[str, int],
) -> None:
    problems = Problems()
    if not code.strip() or PriceList.objects.filter(code=code).exists():
        problems.add("#/code", "duplicate", _("Give the price list a code of its own."))
    if currency != BASE_CURRENCY:
        problems.add(
            "#/currency",
            "currency",
            _("Prices are kept in %(currency)s for now.") % {"currency": BASE_CURRENCY},
        )
    if valid_until is not None and valid_until < valid_from:
        problems.add("#/valid_until", "order", _("The last day lies before the first."))
    times = Counter(row.sku for row in prices)
    for index, row in enumerate(prices):
        if row.sku not in products:
            problems.add(
                f"#/prices/{index}/sku", "unknown_product", _("There is no such product. Check the code.")
            )
        if times[row.sku] > 1:
            problems.add(f"#/prices/{index}/sku", "duplicate", _("This product stands in the list twice."))
        for field, code, detail in price_problems(row):
            problems.add(f"#/prices/{index}/{field}", code, detail)
    problems.raise_if_any(rule="QT-03")
