"""Values of spreadsheet cells: exact figures, days and texts out of whatever a program stored. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.widgets import plain_number

DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
FLOAT_NOISE = Decimal("1e-9")
LONGEST_SHOWN = 60


def is_empty_cell(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def cell_text(value: Any) -> str:
    """A cell as text; a number typed into a text cell keeps no `.0`."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value).strip()


def cell_number(value: Any) -> Decimal | None:
    """An exact figure, or None. What a spreadsheet computed loses the noise of its floats."""
    if isinstance(value, bool) or is_empty_cell(value):
        return None
    if isinstance(value, int):
        return Decimal(value)
    try:
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(plain_number(str(value)))
        if not number.is_finite() or number.adjusted() > 15:
            return None
        quiet = number.quantize(FLOAT_NOISE) if isinstance(value, float) else number
    except InvalidOperation:
        return None
    return Decimal(f"{quiet.normalize():f}")


def cell_day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = DAY.fullmatch(unicodedata.normalize("NFKC", str(value)).strip())
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def shown_cell(value: Any) -> str:
    """What a report says stood there: short enough for a line."""
    return cell_text(value)[:LONGEST_SHOWN] if not isinstance(value, Decimal) else f"{value:f}"


def letters_of(index: int) -> str:
    """The letters over a column, 0 → A, 26 → AA."""
    letters, left = "", index + 1
    while left:
        left, rest = divmod(left - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
