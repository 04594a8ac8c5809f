"""Products from a file: new ones are added, those on file by their code are changed (SY-03, G-01, G-02)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.imports.registry import (
    CheckedRow,
    ImportColumn,
    ImportKind,
    Obstacle,
    ParsedRow,
    RowProblem,
    Written,
    WrittenRow,
)
from core.imports.undoing import kept_values, obstacles_among, uses_of
from core.models import ImportRow, User
from core.sql import among
from inventory.models import Product
from inventory.rows import ProductRow, product_problems
from inventory.services.bulk import (
    PRODUCT_FIELDS,
    ProductChange,
    barcodes_taken,
    remove_products,
    row_values,
    update_products,
)
from inventory.services.catalogue import create_products

SUPPLY_WORDS: dict[str, tuple[str, ...]] = {
    Product.Supply.MAKE: ("自制", "Made by us", "自产", "make"),
    Product.Supply.BUY: ("外购", "Bought in", "采购", "buy"),
}
COLUMNS = (
    ImportColumn(
        "sku", "产品编码", "Product code", gettext_lazy("At most 24 characters; the code never changes."),
        is_required=True, also=("编码", "货号", "料号", "物料编码", "SKU", "Code", "Item no"), example="A1023-EXAMPLE",
    ),
    ImportColumn(
        "name", "产品名称", "Product name", gettext_lazy("At most 120 characters."),
        also=("名称", "品名", "产品", "Name", "Product"), example="伺服电机",
    ),
    ImportColumn(
        "spec", "规格型号", "Specification", gettext_lazy("At most 120 characters."),
        also=("规格", "型号", "Spec", "Model"), example="750W",
    ),
    ImportColumn(
        "category", "产品类别", "Category", gettext_lazy("At most 60 characters."),
        also=("类别", "分类", "大类"), example="电机",
    ),
    ImportColumn(
        "unit", "单位", "Unit", gettext_lazy("The unit in which it is sold; it never changes afterwards."),
        also=("计量单位", "UOM"), example="台",
    ),
    ImportColumn(
        "unit_decimals", "单位小数位", "Unit decimals",
        gettext_lazy("0 for whole units, up to 3 where parts are sold."),
        kind="whole", also=("小数位", "数量小数位", "Decimals"), example="0",
    ),
    ImportColumn(
        "barcode", "条形码", "Barcode", gettext_lazy("One product carries a barcode; format the cells as text."),
        also=("条码", "EAN"), example="6900001234567",
    ),
    ImportColumn(
        "tax_rate", "税率", "Tax rate", gettext_lazy("13, 9, 6 or 0 percent."),
        kind="rate", also=("增值税率", "VAT", "VAT rate"), example="13%",
    ),
    ImportColumn(
        "supply", "供应方式", "Supply", gettext_lazy("Made by us or bought in."),
        kind="choice", also=("来源", "自制外购", "Make or buy"), choices=SUPPLY_WORDS, example=Product.Supply.MAKE,
    ),
    ImportColumn(
        "minimum_stock", "最低库存", "Minimum stock", gettext_lazy("Zero or more, in the decimals of the unit."),
        kind="number", also=("安全库存", "库存下限", "Safety stock"), example="10",
    ),
    ImportColumn(
        "standard_cost", "标准成本", "Standard cost", gettext_lazy("Per unit without tax, with 4 decimals at most."),
        kind="number", also=("成本", "Cost", "Unit cost"), example="612.5",
    ),
)  # fmt: skip
FIXES = {
    "required": gettext_lazy("Fill in the cell."),
    "too_long": gettext_lazy("Shorten the text."),
}


@dataclass(frozen=True, slots=True)
class ProductPlan:
    row: ProductRow
    existing: Product | None


def check_products(rows: Sequence[ParsedRow], actor: User) -> Iterator[CheckedRow]:
    """What each row would do. Two queries, however many rows."""
    codes = Counter(row.text("sku") for row in rows)
    first = {row.text("sku"): row.row_no for row in reversed(rows)}
    on_file = {p.sku: p for p in Product.objects.filter(sku__in=among(code for code in codes if code))}
    barcodes = Counter(row.text("barcode") for row in rows if row.text("barcode"))
    carriers = barcodes_taken(list(barcodes))
    for row in rows:
        existing = on_file.get(row.text("sku"))
        planned = _planned(row, existing)
        problems = [*row.problems, *_own_problems(row, planned, existing)]
        if row.text("sku") and codes[row.text("sku")] > 1 and first[row.text("sku")] != row.row_no:
            problems.append(_twice("sku", first[row.text("sku")]))
        if planned.barcode and not row.is_faulty("barcode"):
            problems += _barcode_problems(planned, existing, barcodes, carriers)
        yield _judged(row, planned, existing, problems)


def _planned(row: ParsedRow, existing: Product | None) -> ProductRow:
    """The product as the row wants it; what the row does not say stays, or is the usual of a new product."""
    usual = {name: getattr(existing, name) if existing is not None else None for name in PRODUCT_FIELDS}
    wanted: dict[str, Any] = {
        name: value
        for name in PRODUCT_FIELDS
        if (value := row.values.get(name) if row.has(name) else usual[name]) is not None
    }
    if isinstance(wanted.get("unit_decimals"), Decimal):
        wanted["unit_decimals"] = int(min(max(wanted["unit_decimals"], Decimal(-1)), Decimal(9)))
    return ProductRow(**{"sku": "", "name": "", "unit": "", **wanted})


def _own_problems(row: ParsedRow, planned: ProductRow, existing: Product | None) -> Iterator[RowProblem]:
    for name, code, detail in product_problems(planned):
        if not row.is_faulty(name):
            yield RowProblem(name, detail, str(FIXES.get(code) or _help_of(name)))
    if existing is not None and planned.unit != existing.unit:
        yield RowProblem(
            "unit",
            _("The product is kept in %(unit)s; its unit never changes.") % {"unit": existing.unit},
            _("Put the unit back, or give the product another code."),
        )
    if existing is not None and planned.unit_decimals < existing.unit_decimals:
        yield RowProblem(
            "unit_decimals",
            _("The unit has %(count)s decimals on file; fewer would not fit documents already written.")
            % {"count": existing.unit_decimals},
            _("Put the decimals back, or give the product another code."),
        )


def _twice(name: str, row_no: int) -> RowProblem:
    return RowProblem(
        name,
        _("It already stands in row %(row)s.") % {"row": row_no},
        _("Keep one of the two rows."),
    )


def _barcode_problems(
    planned: ProductRow, existing: Product | None, barcodes: Mapping[str, int], carriers: Mapping[str, int]
) -> Iterator[RowProblem]:
    if barcodes[planned.barcode] > 1:
        yield RowProblem(
            "barcode", _("Another row has the same barcode."), _("Correct the wrong one of the two.")
        )
    carrier = carriers.get(planned.barcode)
    if carrier is not None and (existing is None or existing.pk != carrier):
        yield RowProblem(
            "barcode",
            _("Another product carries this barcode."),
            _("Correct the barcode, or leave the cell empty."),
        )


def _judged(
    row: ParsedRow, planned: ProductRow, existing: Product | None, problems: Sequence[RowProblem]
) -> CheckedRow:
    if problems:
        return CheckedRow(row, "error", planned.sku, tuple(problems))
    if existing is None:
        return CheckedRow(row, "create", planned.sku, plan=ProductPlan(planned, None))
    is_same = kept_values(existing, PRODUCT_FIELDS) == row_values(planned)
    return CheckedRow(
        row, "unchanged" if is_same else "update", planned.sku, plan=ProductPlan(planned, existing)
    )


def _help_of(name: str) -> Any:
    return next(column.help for column in COLUMNS if column.name == name)


def write_products(rows: Sequence[CheckedRow], actor: User, number: str) -> Written:
    """Add and change the products of the sound rows."""
    new = [row for row in rows if row.outcome == "create"]
    changed = [row for row in rows if row.outcome == "update"]
    written = []
    if new:
        made = create_products([row.plan.row for row in new], actor)
        written += [
            WrittenRow(row.row.row_no, product.pk, after=kept_values(product, PRODUCT_FIELDS))
            for row, product in zip(new, made, strict=True)
        ]
    if changed:
        changes = [ProductChange(row.plan.existing.pk, row.plan.row) for row in changed]
        written += [
            WrittenRow(
                row.row.row_no,
                product.pk,
                before=kept_values(row.plan.existing, PRODUCT_FIELDS),
                after=kept_values(product, PRODUCT_FIELDS),
            )
            for row, product in zip(changed, update_products(changes, actor=actor, note=number), strict=True)
        ]
    return Written(written)


def obstacles_to_products(rows: Sequence[ImportRow], made: Mapping[str, Any]) -> list[Obstacle]:
    """Products that something uses, or that have been changed since; one query per kind of document."""
    keys = [row.object_id for row in rows if row.object_id is not None]
    new = [row.object_id for row in rows if row.before is None and row.object_id is not None]
    stored = {p.pk: kept_values(p, PRODUCT_FIELDS) for p in Product.objects.filter(pk__in=among(keys))}
    return obstacles_among(rows, stored=stored, uses=uses_of(Product, new) if new else {})


def undo_products(rows: Sequence[ImportRow], made: Mapping[str, Any], actor: User) -> None:
    """Remove what was added and put back what was changed."""
    note = rows[0].batch.number if rows else ""
    added = {row.object_id: row.key for row in rows if row.before is None and row.object_id is not None}
    if added:
        remove_products(added, actor=actor, note=note)
    changes = [
        ProductChange(row.object_id, product_row(row.before))
        for row in rows
        if row.before is not None and row.object_id is not None
    ]
    if changes:
        update_products(changes, actor=actor, note=note)


def product_row(kept: Mapping[str, Any]) -> ProductRow:
    """A row from the text the import kept of it."""
    figures = {
        name: Decimal(kept[name]) if kept[name] is not None else None
        for name in ("tax_rate", "minimum_stock", "standard_cost")
    }
    return ProductRow(**{**kept, **figures, "unit_decimals": int(kept["unit_decimals"])})


PRODUCTS = ImportKind(
    "products",
    title=gettext_lazy("Products"),
    note=gettext_lazy(
        "New products need name and unit; those on file are recognised by their code and changed."
    ),
    permission="inventory.maintain_catalogue",
    columns=COLUMNS,
    check=check_products,
    commit=write_products,
    obstacles=obstacles_to_products,
    undo=undo_products,
    icon="package",
    list_url="products",
    rank=20,
)
