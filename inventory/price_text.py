"""Prices typed or pasted as lines of text, as pages and administration take them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _

from core.errors import FieldProblem
from core.widgets import plain_number
from inventory.rows import PriceRow

FROM_QUANTITY = re.compile(r"(?:≥|>=|＞＝)\s*([\d.,]+)|([\d.,]+)\s*[+＋]")
MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class TypedPrice:
    """A price and the line on which it was typed."""

    line_no: int
    row: PriceRow


def read_price_lines(text: str) -> list[TypedPrice]:
    """Lines of code, price and floor, parted by tabs, semicolons or blanks; `100+` says from which quantity on.

    From a spreadsheet the fourth column may hold that quantity. Raises ValidationError naming the first line that
    cannot be read.
    """
    rows: list[TypedPrice] = []
    for line_no, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if len(rows) >= MOST_LINES:
            raise forms.ValidationError(
                _("At most %(most)s lines fit in one list.") % {"most": f"{MOST_LINES:,}"}
            )
        try:
            rows.append(TypedPrice(line_no, _read(line)))
        except (ValueError, ArithmeticError) as error:
            message = _("Line %(line)s is not a code with one or two prices: %(text)s")
            raise forms.ValidationError(message % {"line": line_no, "text": line[:60]}) from error
    return rows


def _read(line: str) -> PriceRow:
    is_parted = "\t" in line or ";" in line
    parts = [part.strip() for part in (re.split(r"[\t;]", line) if is_parted else line.split())]
    marked = [part for part in parts if FROM_QUANTITY.fullmatch(part)]
    parts = [part for part in parts if part not in marked]
    quantity = Decimal(0)
    if marked:
        found = FROM_QUANTITY.fullmatch(marked[0])
        assert found is not None
        quantity = Decimal(plain_number(found[1] or found[2]))
    elif is_parted and len(parts) == 4:
        last = parts.pop()
        quantity = Decimal(plain_number(last)) if last else Decimal(0)
    while parts and not parts[-1]:
        parts.pop()
    if len(marked) > 1 or len(parts) not in (2, 3):
        raise ValueError(line)
    sku, price, floor = parts if len(parts) == 3 else (*parts, "")
    floor_price = Decimal(plain_number(floor)) if floor else None
    return PriceRow(sku, Decimal(plain_number(price)), floor_price, quantity)


def as_text(rows: Iterable[PriceRow]) -> str:
    """The other way round: what a person may copy, change and send again."""
    return "\n".join(
        "\t".join(
            [
                row.sku,
                f"{row.unit_price:f}",
                "" if row.floor_price is None else f"{row.floor_price:f}",
                f"{row.minimum_quantity:f}+" if row.minimum_quantity else "",
            ]
        ).rstrip()
        for row in rows
    )


def at_its_line(problem: FieldProblem, typed: list[TypedPrice]) -> FieldProblem:
    """A fault of `#/prices/3/…` in words that name the line; others as they are."""
    parts = problem.pointer.split("/")
    if len(parts) > 2 and parts[1] == "prices" and parts[2].isdigit() and int(parts[2]) < len(typed):
        words = {"line": typed[int(parts[2])].line_no, "fault": problem.detail}
        return FieldProblem("#/rows", problem.code, _("Line %(line)s: %(fault)s") % words)
    if parts[1:2] == ["prices"]:
        return FieldProblem("#/rows", problem.code, problem.detail)
    return problem
