"""Products and warehouses, kept by the catalogue clerk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import now, today
from core.errors import Conflict, FieldProblem, InvalidInput, Problems, StaleVersion
from core.models import User
from core.pinyin import pinyin_key
from core.sql import insert_rows
from core.trail import record_act
from core.transactions import unit_of_work
from core.workflow import require_permission
from inventory.models import Product, Warehouse
from inventory.rows import ProductRow, product_problems

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
    subject = rows[0].sku if len(rows) == 1 else ""
    record_act("products_created", actor=actor, subject=subject, data={"skus": [row.sku for row in rows]})
    return [made[row.sku] for row in rows]


@unit_of_work
def update_product(
    product: Product, *, changes: Mapping[str, Any], actor: User, version: int | None = None
) -> Product:
    """Change master data of a product; code and unit never change, for documents quote them.

    Raises StaleVersion when it has changed since `version` was seen, InvalidInput with `#/<field>`.
    """
    product = _locked(product, actor, version)
    unknown = sorted(set(changes) - set(CHANGEABLE))
    if unknown:
        raise InvalidInput(
            _("These entries of a product cannot be changed: %(names)s.") % {"names": ", ".join(unknown)}
        )
    before = {name: _kept(getattr(product, name)) for name in changes}
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
                {"label": name, "before": before[name], "after": _kept(changes[name])}
                for name in changes
                if before[name] != _kept(changes[name])
            ]
        },
    )
    return product


@unit_of_work
def discontinue_product(
    product: Product, *, actor: User, reason: str, version: int | None = None, on: date | None = None
) -> Product:
    """Take a product off sale from a day on, today by default: no new order takes it (XL-02)."""
    product = _locked(product, actor, version)
    return _set_discontinued(product, on or today(), "product_discontinued", reason=reason, actor=actor)


@unit_of_work
def reactivate_product(product: Product, *, actor: User, reason: str, version: int | None = None) -> Product:
    """Put a discontinued product on sale again."""
    product = _locked(product, actor, version)
    return _set_discontinued(product, None, "product_reactivated", reason=reason, actor=actor)


def _locked(product: Product, actor: User, version: int | None) -> Product:
    require_permission(actor, "inventory.maintain_catalogue")
    product = Product.objects.select_for_update().get(pk=product.pk)
    if version is not None and version != product.version:
        raise StaleVersion(
            _("%(number)s has changed since you opened it. Reload it, look at the change and decide again.")
            % {"number": product.sku},
            version=product.version,
        )
    return product


def _set_discontinued(product: Product, day: date | None, name: str, *, reason: str, actor: User) -> Product:
    if (product.discontinued_on is None) == (day is None):
        raise Conflict(
            _("%(sku)s is on sale already.") % {"sku": product.sku}
            if day is None
            else _("%(sku)s is discontinued already.") % {"sku": product.sku},
            code="nothing_to_change",
        )
    if not reason.strip():
        problem = FieldProblem("#/note", "reason_required", _("Give a reason."))
        raise InvalidInput(problems=[problem], code="reason_required")
    change = {
        "label": "discontinued_on",
        "before": str(product.discontinued_on or ""),
        "after": str(day or ""),
    }
    product.discontinued_on, product.updated_at = day, now()
    product.save(update_fields=["discontinued_on", "updated_at"])
    record_act(name, actor=actor, subject=product.sku, note=reason.strip(), data={"changes": [change]})
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


def _kept(value: Any) -> str:
    """A value as the trail keeps it; 310.5 and 310.50 are the same."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


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
