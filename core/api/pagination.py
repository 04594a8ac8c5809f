"""Cursor pages in a stable order: keyset over one column and the primary key, no offset, no count.

    page = paginate(rows, request, orderings={"created": "created_at", "number": "number"}, default="-…")
    page.results, page.next, page.previous

An ordering column must not be NULL; annotate with Coalesce where it may be. Bad cursors are 400, never an
error.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from core.api.query import whole_number
from core.errors import FieldProblem, InvalidInput

DEFAULT_LIMIT = 50
MOST = 200


@dataclass(frozen=True, slots=True)
class Page:
    """One page and the addresses of its neighbours."""

    results: list[Any]
    next: str | None
    previous: str | None

    def body(self, results: Any) -> dict[str, Any]:
        return {"results": results, "next": self.next, "previous": self.previous}


@dataclass(frozen=True, slots=True)
class _Order:
    """`slug` is what the caller wrote, `column` what the database sorts by."""

    slug: str
    column: str
    is_descending: bool


@dataclass(frozen=True, slots=True)
class _Cursor:
    value: Any
    pk: int
    is_backward: bool


def paginate(
    queryset: QuerySet[Any], request: Request, *, orderings: Mapping[str, str], default: str
) -> Page:
    """One page of a queryset. One query."""
    limit = whole_number(request, "limit", least=1, most=MOST, default=DEFAULT_LIMIT)
    order = _order(request.query_params.get("ordering") or default, orderings)
    cursor = _read_cursor(request.query_params.get("cursor", ""), order, queryset)
    is_backward = cursor is not None and cursor.is_backward
    rows = list(_slice(queryset, order, cursor)[: limit + 1])
    has_more = len(rows) > limit
    rows = rows[:limit]
    if is_backward:
        rows.reverse()
    has_next = is_backward or has_more
    has_previous = has_more if is_backward else cursor is not None
    return Page(
        rows,
        _link(request, order, rows[-1], is_backward=False) if rows and has_next else None,
        _link(request, order, rows[0], is_backward=True) if rows and has_previous else None,
    )


def _order(given: str, orderings: Mapping[str, str]) -> _Order:
    slug = given.removeprefix("-")
    if slug not in orderings:
        detail = _("Order by one of: %(names)s.") % {"names": ", ".join(sorted(orderings))}
        raise InvalidInput(detail, problems=[FieldProblem("#/ordering", "unknown_ordering", detail)])
    return _Order(given, orderings[slug], given.startswith("-"))


def _slice(queryset: QuerySet[Any], order: _Order, cursor: _Cursor | None) -> QuerySet[Any]:
    is_descending = order.is_descending != (cursor is not None and cursor.is_backward)
    sign = "-" if is_descending else ""
    if cursor is not None:
        way = "lt" if is_descending else "gt"
        queryset = queryset.filter(
            Q(**{f"{order.column}__{way}": cursor.value})
            | Q(**{order.column: cursor.value, f"pk__{way}": cursor.pk})
        )
    columns = [f"{sign}{order.column}"] + ([f"{sign}pk"] if order.column not in ("pk", "id") else [])
    return queryset.order_by(*columns)


def _link(request: Request, order: _Order, row: Any, *, is_backward: bool) -> str:
    value = row
    for name in order.column.split("__"):
        value = getattr(value, name)
    if isinstance(value, datetime | date):
        value = value.isoformat()
    elif isinstance(value, Decimal):
        value = str(value)
    packed = json.dumps([order.slug, value, row.pk, is_backward], separators=(",", ":"))
    cursor = base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")
    return replace_query_param(request.build_absolute_uri(), "cursor", cursor)


def _read_cursor(given: str, order: _Order, queryset: QuerySet[Any]) -> _Cursor | None:
    if not given:
        return None
    try:
        packed = base64.urlsafe_b64decode(given.encode() + b"=" * (-len(given) % 4))
        slug, value, pk, is_backward = json.loads(packed)
        if slug != order.slug or type(pk) is not int or not 0 <= pk < 2**63 or type(is_backward) is not bool:
            raise ValueError("not a cursor of this list")
        return _Cursor(_typed(value, order.column, queryset), pk, is_backward)
    except (ValueError, TypeError, binascii.Error, ValidationError, RecursionError, OverflowError) as error:
        detail = _("The cursor is not one of this list. Start again from its first page.")
        raise InvalidInput(detail, problems=[FieldProblem("#/cursor", "bad_cursor", detail)]) from error


def _typed(value: Any, column: str, queryset: QuerySet[Any]) -> Any:
    """The value as the column's type; only plain values get through."""
    if not isinstance(value, str | int) or (isinstance(value, str) and "\x00" in value):
        raise ValueError("not a plain value")
    try:
        model: Any = queryset.model
        *relations, last = column.split("__")
        for name in relations:
            model = model._meta.get_field(name).related_model
        field = model._meta.pk if last == "pk" else model._meta.get_field(last)
    except FieldDoesNotExist:  # an annotation
        moment = parse_datetime(value) if isinstance(value, str) else None
        return moment or value
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError("out of range")
    return field.to_python(value)
