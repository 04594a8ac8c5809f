"""Pages of a list by the last key shown, so that page 400 costs what page 1 costs.

    page = keyset_page(rows, request.GET.get("cursor", ""), key="number", is_descending=True)
    page.rows, page.next, page.previous       # next and previous go to {% pagination %}

`key` is a unique column of text. A cursor is that key, with a sign in front: `>` after it, `<` before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class KeysetPage:
    rows: list[Any]
    next: str
    previous: str


def keyset_page(
    rows: QuerySet[Any], cursor: str, *, key: str, is_descending: bool = False, size: int = PAGE_SIZE
) -> KeysetPage:
    """One query; one row more than shown tells of another page. An odd cursor gives the first page."""
    sign, last = cursor[:1], cursor[1:].replace("\x00", "")
    is_backward = sign == "<"
    goes_down = is_descending != is_backward
    if sign in (">", "<"):
        rows = rows.filter(**{f"{key}__{'lt' if goes_down else 'gt'}": last})
    found = list(rows.order_by(f"-{key}" if goes_down else key)[: size + 1])
    has_more = len(found) > size
    found = found[:size]
    if is_backward:
        found.reverse()
    has_next = has_more or is_backward
    has_previous = has_more if is_backward else sign == ">"
    return KeysetPage(
        found,
        f">{_value(found[-1], key)}" if found and has_next else "",
        f"<{_value(found[0], key)}" if found and has_previous else "",
    )


def _value(row: Any, key: str) -> Any:
    for name in key.split("__"):
        row = getattr(row, name)
    return row
