"""Many rows in one statement, on both databases.

The number of statements of an operation must not grow with its lines, and SQLite's limit on bound
parameters would split a bulk insert, so the rows travel as one JSON array there and as column arrays
on PostgreSQL. Values pass through the model fields, so scaling and adaption are those of the ORM.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models


def insert_rows(
    model: type[models.Model], rows: Sequence[Mapping[str, Any]], *, on_conflict_sql: str = ""
) -> int:
    """Insert rows given by field name; fields left out take the model's default. Returns how many.

    `on_conflict_sql` follows ON CONFLICT: `(code) DO NOTHING`; rows it leaves alone are not counted.
    """
    if not rows:
        return 0
    fields = [f for f in model._meta.concrete_fields if not f.primary_key or f.name in rows[0] or f.has_default()]
    columns = ", ".join(connection.ops.quote_name(f.column) for f in fields)
    source, params = _values(fields, [[_given(f, row) for f in fields] for row in rows])
    table = connection.ops.quote_name(model._meta.db_table)
    # Without the WHERE, SQLite would read ON CONFLICT as the beginning of a join condition.
    conflict = f" WHERE TRUE ON CONFLICT {on_conflict_sql}" if on_conflict_sql else ""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) {source}{conflict}", params)  # nosec B608 - names come from the models
        return int(cursor.rowcount)


def update_rows(
    model: type[models.Model],
    key: Sequence[str],
    changes: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    *,
    set_sql: Mapping[str, str] | None = None,
    where_sql: str = "",
) -> int:
    """Update many rows in one statement, each with its own values. Returns how many rows changed.

    `set_sql` may replace the assignment of a field by an expression over `t` (the row) and `v` (the
    values given), `where_sql` adds a condition: `v.quantity <= t.on_hand - t.reserved`. Columns of `v`
    carry the names given in `key` and `changes`.
    """
    if not rows:
        return 0
    names = [*key, *changes]
    fields = [model._meta.get_field(name) for name in names]
    source, params = _values(fields, [[row[name] for name in names] for row in rows], names=names)
    quote = connection.ops.quote_name
    expressions = set_sql if set_sql is not None else {}
    assignments = [
        f"{quote(model._meta.get_field(name).column)} = {expressions.get(name, 'v.' + quote(name))}"
        for name in (changes if set_sql is None else expressions)
    ]
    matches = [f"t.{quote(f.column)} = v.{quote(name)}" for name, f in zip(key, fields, strict=False)]
    if where_sql:
        matches.append(f"({where_sql})")
    statement = (
        f"UPDATE {quote(model._meta.db_table)} AS t SET {', '.join(assignments)} "  # nosec B608 - names from the models
        f"FROM ({source}) AS v WHERE {' AND '.join(matches)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def _given(field: models.Field, row: Mapping[str, Any]) -> Any:
    if field.name in row:
        value = row[field.name]
    elif field.attname in row:
        value = row[field.attname]
    else:
        value = field.get_default()
    return value.pk if isinstance(value, models.Model) else value


def _values(
    fields: Sequence[Any], rows: Sequence[Sequence[Any]], names: Sequence[str] | None = None
) -> tuple[str, list[Any]]:
    """A SELECT that yields the rows, its columns named, and its parameters."""
    aliases = [connection.ops.quote_name(name) for name in (names or [f.column for f in fields])]
    stored = [
        [f.get_db_prep_save(v.pk if isinstance(v, models.Model) else v, connection) for f, v in zip(fields, row, strict=True)]
        for row in rows
    ]
    if connection.vendor == "postgresql":
        casts = ", ".join(f"%s::{_array_type(f)}[]" for f in fields)
        return f"SELECT * FROM unnest({casts}) AS u({', '.join(aliases)})", [list(c) for c in zip(*stored, strict=True)]
    picks = ", ".join(f"json_extract(value, '$[{n}]') AS {alias}" for n, alias in enumerate(aliases))
    return f"SELECT {picks} FROM json_each(%s)", [json.dumps(stored)]  # nosec B608 - no value is formatted in


def _array_type(field: models.Field) -> str:
    column_type = field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
    if field.is_relation:
        column_type = field.target_field.rel_db_type(connection)
    return str(column_type).split("(")[0] if str(column_type).startswith("varchar") else str(column_type)
