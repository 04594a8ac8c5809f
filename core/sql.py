"""Many rows in one statement, on both databases.

The number of statements of an operation must not grow with its lines, and SQLite's limit on bound
parameters would split a bulk insert, so the rows travel as one JSON array there and as column arrays
on PostgreSQL. Values pass through the model fields, so scaling and adaption are those of the ORM.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import RawSQL

Cell = Any
"""What a model's field takes; a model instance stands for its key."""


def insert_rows(
    model: type[models.Model], rows: Sequence[Mapping[str, Cell]], *, on_conflict_sql: str = ""
) -> int:
    """Insert rows given by field name; fields left out take the model's default. Returns how many.

    `on_conflict_sql` follows ON CONFLICT: `(code) DO NOTHING`; rows it leaves alone are not counted.
    """
    if not rows:
        return 0
    given = rows[0]
    fields = [f for f in _fields_of(model) if not f.primary_key or f.name in given or f.has_default()]
    columns = ", ".join(_quoted(f.column) for f in fields)
    source, params = _values(
        fields, [[_given(f, row) for f in fields] for row in rows], [f.column for f in fields]
    )
    # Without the WHERE, SQLite would read the ON of the conflict as a join's.
    conflict = f" WHERE true ON CONFLICT {on_conflict_sql}" if on_conflict_sql else ""
    return _run(f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) {source}{conflict}", params)


def update_rows(
    model: type[models.Model],
    key: Sequence[str],
    changes: Sequence[str],
    rows: Sequence[Mapping[str, Cell]],
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
    by_name = {f.name: f for f in _fields_of(model)}
    names = [*key, *changes]
    source, params = _values(
        [by_name[name] for name in names], [[row[n] for n in names] for row in rows], names
    )
    expressions = set_sql if set_sql is not None else {name: f"v.{_quoted(name)}" for name in changes}
    assignments = [f"{_quoted(by_name[name].column)} = {sql}" for name, sql in expressions.items()]
    matches = [f"t.{_quoted(by_name[name].column)} = v.{_quoted(name)}" for name in key]
    if where_sql:
        matches.append(f"({where_sql})")
    target, settings, condition = _quoted(model._meta.db_table), ", ".join(assignments), " AND ".join(matches)
    return _run(f"UPDATE {target} AS t SET {settings} FROM ({source}) AS v WHERE {condition}", params)  # noqa: S608  # nosec B608


def among(values: Iterable[Any]) -> RawSQL | list[Any]:
    """Any number of keys, all text or all numbers, for `__in` as one parameter: `filter(sku__in=among(codes))`.

    A list would need a parameter for each, of which SQLite takes a limited number.
    """
    keys = sorted(set(values))
    if not keys:
        return []  # which Django answers without asking
    if connection.vendor == "postgresql":
        kind = "bigint" if isinstance(keys[0], int) else "varchar"
        return RawSQL(f"SELECT unnest(%s::{kind}[])", [keys])  # noqa: S611  # nosec B611
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(keys)])  # nosec B611


def delete_rows(rows: models.QuerySet[Any]) -> int:
    """Delete in one statement, without looking for what points there: the database's own keys refuse that."""
    return int(rows._raw_delete(rows.db) or 0)


def _run(statement: str, params: Sequence[Any]) -> int:
    """Names in the statement come from models and from our own code, values only as parameters."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def _fields_of(model: type[models.Model]) -> Sequence[Any]:
    return model._meta.concrete_fields


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _given(field: Any, row: Mapping[str, Cell]) -> Cell:
    if field.name in row:
        return row[field.name]
    if field.attname in row:
        return row[field.attname]
    return field.get_default()


def _values(
    fields: Sequence[Any], rows: Sequence[Sequence[Cell]], names: Sequence[str]
) -> tuple[str, list[Any]]:
    """A SELECT that yields the rows, its columns named, and its parameters."""
    stored = [[_stored(f, cell) for f, cell in zip(fields, row, strict=True)] for row in rows]
    aliases = [_quoted(name) for name in names]
    if connection.vendor == "postgresql":
        arrays = ", ".join(f"%s::{_array_type(f)}[]" for f in fields)
        columns = [list(column) for column in zip(*stored, strict=True)]
        return f"SELECT * FROM unnest({arrays}) AS u({', '.join(aliases)})", columns  # noqa: S608  # nosec B608
    picks = ", ".join(f"json_extract(value, '$[{n}]') AS {alias}" for n, alias in enumerate(aliases))
    return f"SELECT {picks} FROM json_each(%s)", [json.dumps(stored)]  # noqa: S608  # nosec B608


def _stored(field: Any, cell: Cell) -> Any:
    return field.get_db_prep_save(cell.pk if isinstance(cell, models.Model) else cell, connection)


def _array_type(field: Any) -> str:
    column = field.target_field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
    return "varchar" if column.startswith("varchar") else str(column)
