"""Prices from a file, into new versions of the price list or into versions not approved yet (SY-03, QT-03)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from core.imports.registry import ImportColumn, ImportKind
from inventory.imports.price_checking import check_prices_of_file
from inventory.imports.price_writing import obstacles_to_prices, undo_prices, write_prices

COLUMNS = (
    ImportColumn(
        "price_list", "价目表版本", "Price list version",
        gettext_lazy("Code of the version, at most 24 characters: a new one, or one that is not approved yet."),
        is_required=True, also=("价目表", "版本", "Price list", "Version"), example="PL2027-01-EXAMPLE",
    ),
    ImportColumn(
        "list_name", "价目表名称", "Price list name",
        gettext_lazy("Of a new version, at most 60 characters; empty means the code."), example="标准价目表",
    ),
    ImportColumn(
        "valid_from", "生效日期", "Valid from", gettext_lazy("First day of a new version, such as 2027-01-01."),
        kind="day", also=("开始日期", "起始日期", "From"), example="2027-01-01",
    ),
    ImportColumn(
        "valid_until", "失效日期", "Valid until", gettext_lazy("Last day; empty means until the next version."),
        kind="day", also=("截止日期", "结束日期", "Until"), example="2027-12-31",
    ),
    ImportColumn(
        "currency", "币种", "Currency", gettext_lazy("Such as CNY; empty means CNY."), also=("货币",), example="CNY"
    ),
    ImportColumn(
        "customer", "客户编号", "Customer number",
        gettext_lazy("Only for prices agreed with one customer; empty means the general list."),
        also=("协议客户", "Customer", "Customer no."),
    ),
    ImportColumn(
        "sku", "产品编码", "Product code", gettext_lazy("Code of a product on file."),
        is_required=True, also=("编码", "货号", "料号", "SKU", "Code", "Item no"), example="A1023",
    ),
    ImportColumn(
        "minimum_quantity", "起订数量", "From quantity",
        gettext_lazy("0 or empty for the usual price, above it for a quantity price."),
        kind="number", also=("数量起", "阶梯数量", "Minimum quantity", "MOQ"), example="0",
    ),
    ImportColumn(
        "unit_price", "单价", "Unit price", gettext_lazy("Without tax, zero or more, with 4 decimals at most."),
        kind="number", is_required=True, also=("不含税单价", "价格", "目录价", "Price", "List price"), example="980",
    ),
    ImportColumn(
        "floor_price", "底价", "Floor price",
        gettext_lazy("Not above the unit price, in the product's row from quantity 0 only."),
        kind="number", also=("最低价", "Floor"), example="880",
    ),
)  # fmt: skip

PRICES = ImportKind(
    "prices",
    title=gettext_lazy("Prices"),
    note=gettext_lazy(
        "Versions wait for the general manager's approval as if they had been entered by hand."
    ),
    permission="inventory.maintain_catalogue",
    columns=COLUMNS,
    check=check_prices_of_file,
    commit=write_prices,
    obstacles=obstacles_to_prices,
    undo=undo_prices,
    icon="cash-banknote",
    list_url="price_lists",
    rank=30,
)
