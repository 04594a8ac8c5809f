"""Document numbers: sequential per type and month, never reused (AU-02)."""

from __future__ import annotations

from collections.abc import Sequence

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
    taken = _advance([series])[series]
    return f"{series}{taken:03d}" if yearly else f"{series}-{taken:0{WIDTH}d}"


def next_numbers(*prefixes: str) -> tuple[str, ...]:
    """The next number of each of several series, in the order asked for. One statement."""
    series = [f"{prefix}{today():%Y%m}" for prefix in prefixes]
    taken = _advance(series)
    return tuple(f"{name}-{taken[name]:0{WIDTH}d}" for name in series)


def next_number_block(prefix: str, count: int, *, yearly: bool = False) -> list[str]:
    """The next `count` numbers of one series, in order. One statement, however many."""
    day = today()
    series = f"{prefix}{day:%Y}" if yearly else f"{prefix}{day:%Y%m}"
    last = _advance([series], by=count)[series]
    numbers = range(last - count + 1, last + 1)
    return [f"{series}{taken:03d}" if yearly else f"{series}-{taken:0{WIDTH}d}" for taken in numbers]


@preparation
def _advance(series: Sequence[str], *, by: int = 1) -> dict[str, int]:
    """Always in the order of the names, so that two who take several never wait for each other."""
    names = sorted(series)
    rows = ", ".join(["(%s, %s)"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO core_numberseries (series, last) VALUES {rows} "  # noqa: S608  # nosec B608 - no value formatted in
            "ON CONFLICT (series) DO UPDATE SET last = core_numberseries.last + excluded.last RETURNING series, last",
            [parameter for name in names for parameter in (name, by)],
        )
        return dict(cursor.fetchall())
