"""Many products or prices at once, in a number of statements that does not depend on how many (SY-03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from core.clock import now
from core.errors import Problems
from core.imports.undoing import kept_values
from core.models import User
from core.pinyin import pinyin_key
from core.sql import among, delete_rows, update_rows
from core.trail import record_act
from core.transactions import unit_of_work
from core.workflow import require_permission
from inventory.models import Product
from inventory.rows import ProductRow, product_problems

PRODUCT_FIELDS = tuple(field.name for field in fields(ProductRow))


@dataclass(frozen=True, slots=True)
class ProductChange:
    """A product on file and what it is to be; code and unit stay, for documents quote them."""

    product_id: int
    row: ProductRow


@unit_of_work
def update_products(changes: Sequence[ProductChange], *, actor: User, note: str = "") -> list[Product]:
    """Change master data of many products, all or none, and return them as they are now, in the order given.

    Raises InvalidInput with `#/rows/<n>/<field>`. Locks the products.
    """
    require_permission(actor, "inventory.maintain_catalogue")
    keys = among(change.product_id for change in changes)
    before = {p.pk: p for p in Product.objects.filter(pk__in=keys).order_by("pk").select_for_update()}
    problems = Problems()
    taken = barcodes_taken([change.row.barcode for change in changes])
    for index, change in enumerate(changes):
        for name, code, detail in product_problems(change.row):
            problems.add(f"#/rows/{index}/{name}", code, detail)
        if taken.get(change.row.barcode, change.product_id) != change.product_id:
            problems.add(f"#/rows/{index}/barcode", "duplicate", _("Another product carries this barcode."))
        if change.row.unit != before[change.product_id].unit:
            problems.add(f"#/rows/{index}/unit", "fixed", _("The unit of a product never changes."))
    problems.raise_if_any()
    _write(changes)
    record_act(
        "products_changed",
        actor=actor,
        note=note,
        data={"changes": {c.row.sku: _differences(before[c.product_id], c.row) for c in changes}},
    )
    after = {product.pk: product for product in Product.objects.filter(pk__in=keys)}
    return [after[change.product_id] for change in changes]


def _write(changes: Sequence[ProductChange]) -> None:
    moment = now()
    changed = [name for name in PRODUCT_FIELDS if name not in ("sku", "unit")]
    rows = [
        {
            "id": change.product_id,
            "pinyin": pinyin_key(change.row.name),
            "updated_at": moment,
            **{name: getattr(change.row, name) for name in changed},
        }
        for change in changes
    ]
    update_rows(Product, ["id"], [*changed, "pinyin", "updated_at"], rows)


def _differences(before: Product, row: ProductRow) -> dict[str, list[Any]]:
    old, new = kept_values(before, PRODUCT_FIELDS), row_values(row)
    return {name: [old[name], new[name]] for name in PRODUCT_FIELDS if old[name] != new[name]}


def row_values(row: ProductRow) -> dict[str, Any]:
    return kept_values(row, PRODUCT_FIELDS)


def barcodes_taken(barcodes: Sequence[str]) -> dict[str, int]:
    """Which product carries each of these barcodes."""
    given = [barcode for barcode in barcodes if barcode]
    return dict(Product.objects.filter(barcode__in=among(given)).values_list("barcode", "pk"))


@unit_of_work
def remove_products(skus: Mapping[int, str], *, actor: User, note: str = "") -> None:
    """Take products out that nothing uses; the caller has made sure of that (SY-03)."""
    require_permission(actor, "inventory.maintain_catalogue")
    delete_rows(Product.objects.filter(pk__in=among(skus)))
    record_act("products_removed", actor=actor, note=note, data={"skus": sorted(skus.values())})
