"""Document numbers: sequential per type and month, never reused (AU-02)."""

from __future__ import annotations

from django.db import connection

from core.clock import today
from core.transactions import preparation

WIDTH = 4


def next_number(prefix: str, *, yearly: bool = False) -> str:
    """Take the next number of a series, `SO202611-0001`; `yearly` gives `C2026001` (CM-01).

    One statement. Called before the work that uses it, it is a short transaction of its own: a gap
    left by a refusal is harmless, a queue of waiting orders is not. Numbers that may have no gap
    (invoices, refunds) are taken inside the posting transaction, last.
    """
    day = today()
    series = f"{prefix}{day:%Y}" if yearly else f"{prefix}{day:%Y%m}"
    taken = _advance(series)
    return f"{series}{taken:03d}" if yearly else f"{series}-{taken:0{WIDTH}d}"


@preparation
def _advance(series: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_numberseries (series, last) VALUES (%s, 1) "
            "ON CONFLICT (series) DO UPDATE SET last = core_numberseries.last + 1 RETURNING last",
            [series],
        )
        return int(cursor.fetchone()[0])
