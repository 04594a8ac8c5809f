"""Two hundred products of an industrial automation wholesaler, with prices and opening stock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from core.money import round_half_up
from inventory.rows import PriceRow, ProductRow

FLOOR_SHARE, COST_SHARE = Decimal("0.85"), Decimal("0.68")


@dataclass(frozen=True, slots=True)
class Family:
    """Products that differ by specification: `first` is the smallest one's price without tax, plus `step`."""

    letter: str
    category: str
    names: tuple[str, ...]
    specs: tuple[str, ...]
    unit: str
    first: Decimal
    step: Decimal
    supply: str = "make"
    unit_decimals: int = 0
    stock: int = 200


D = Decimal
FAMILIES = (
    Family(
        "A", "伺服与电机", ("伺服电机", "三相异步电机"),
        ("200W", "400W", "750W", "1.0kW", "1.5kW", "2.2kW", "3.0kW", "4.4kW", "5.5kW", "7.5kW"),
        "台", D("620"), D("285"), stock=160,
    ),
    Family(
        "B", "变频器", ("通用变频器", "风机水泵变频器"),
        ("0.75kW", "1.5kW", "2.2kW", "4kW", "5.5kW", "7.5kW", "11kW", "15kW", "18.5kW", "22kW"),
        "台", D("780"), D("340"), stock=120,
    ),
    Family(
        "C", "低压电器", ("交流接触器", "塑壳断路器"),
        ("9A", "12A", "18A", "25A", "32A", "40A", "50A", "65A", "80A", "95A"),
        "只", D("38.5"), D("21.35"), stock=600,
    ),
    Family(
        "D", "继电器", ("中间继电器", "时间继电器"),
        ("DC12V", "DC24V", "AC24V", "AC36V", "AC110V", "AC127V", "AC220V", "AC240V", "AC380V", "AC415V"),
        "只", D("12.8"), D("1.45"), "buy", stock=900,
    ),
    Family(
        "E", "电线电缆", ("控制电缆", "动力电缆"),
        ("2×0.75", "3×1.0", "4×1.5", "4×2.5", "4×4", "4×6", "5×10", "5×16", "5×25", "5×35"),
        "米", D("4.3621"), D("6.1875"), "buy", unit_decimals=1, stock=8000,
    ),
    Family(
        "F", "传感器", ("接近开关", "光电开关"),
        ("M8 NPN", "M8 PNP", "M12 NPN", "M12 PNP", "M18 NPN", "M18 PNP",
         "M30 NPN", "M30 PNP", "方形 NPN", "方形 PNP"),
        "只", D("46"), D("7.9"), stock=500,
    ),
    Family(
        "G", "可编程控制", ("PLC 主机", "扩展模块"),
        ("8 点", "14 点", "16 点", "20 点", "24 点", "32 点", "40 点", "48 点", "60 点", "64 点"),
        "台", D("365"), D("176"), "buy", stock=140,
    ),
    Family(
        "H", "气动元件", ("标准气缸", "电磁阀"),
        ("25×50", "32×50", "32×100", "40×50", "40×100", "50×100", "63×100", "80×100", "100×100", "125×150"),
        "只", D("58"), D("18.6"), "buy", stock=320,
    ),
    Family(
        "J", "传动件", ("直线导轨", "滚珠丝杠"),
        ("15-300", "15-500", "20-300", "20-500", "20-800", "25-500",
         "25-800", "30-800", "35-1000", "45-1000"),
        "根", D("142"), D("63.25"), stock=180,
    ),
    Family(
        "K", "柜体与附件", ("控制柜", "接线端子"),
        ("300×200", "400×300", "500×400", "600×400", "600×600", "800×600",
         "1000×600", "1200×800", "1600×800", "1800×800"),
        "件", D("96"), D("128.4"), stock=90,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Article:
    """A product with its list price without tax and what lies in stock at the opening."""

    row: ProductRow
    price: PriceRow
    opening: Decimal


def articles() -> Iterator[Article]:
    """The whole catalogue: 10 families of 20 products."""
    for family_no, family in enumerate(FAMILIES, start=1):
        for name_no, name in enumerate(family.names):
            for spec_no, spec in enumerate(family.specs):
                yield _article(
                    family, family_no, name, name_no * len(family.specs) + spec_no + 1, spec, spec_no
                )


def _article(family: Family, family_no: int, name: str, place: int, spec: str, spec_no: int) -> Article:
    sku = f"{family.letter}{1000 + place:04d}"
    price = round_half_up(family.first + family.step * spec_no * (1 + Decimal(place % 3) / 20), 4)
    if not family.unit_decimals:
        price = round_half_up(price)
    opening = Decimal(max(family.stock // (1 + spec_no // 3), 12))
    row = ProductRow(
        sku=sku, name=name, unit=family.unit, spec=spec, category=family.category,
        barcode=ean13(f"69{family_no:03d}{place:07d}"), unit_decimals=family.unit_decimals,
        supply=family.supply, minimum_stock=Decimal(int(opening) // 5),
        standard_cost=round_half_up(price * COST_SHARE, 4),
    )  # fmt: skip
    return Article(row, PriceRow(sku, price, round_half_up(price * FLOOR_SHARE, 4)), opening)


def ean13(first_12: str) -> str:
    """A barcode with its check digit."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(first_12))
    return first_12 + str(-total % 10)
