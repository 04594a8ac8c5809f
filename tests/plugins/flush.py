"""Between tests that commit, the tables are emptied, the append-only ones too: their triggers rest meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def let_the_flush_through(connection: BaseDatabaseWrapper) -> None:
    """Make Django's own flush work although triggers refuse DELETE and TRUNCATE. Test databases only.

    For every connection of the kind, not this one alone: each thread has its own.
    """
    kind: Any = type(connection.ops)
    flush = kind.execute_sql_flush

    def flush_without_triggers(self: Any, statements: Iterable[str]) -> None:
        with self.connection.cursor() as cursor:
            restore = _rest_triggers(self.connection.vendor, cursor)
            try:
                flush(self, statements)
            finally:
                for statement in restore:
                    cursor.execute(statement)

    kind.execute_sql_flush = flush_without_triggers


def _rest_triggers(vendor: str, cursor: Any) -> list[str]:
    if vendor == "postgresql":
        cursor.execute("SET session_replication_role = replica")
        return ["SET session_replication_role = origin"]
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = cursor.fetchall()
    for name, _sql in triggers:
        cursor.execute(f"DROP TRIGGER {name}")
    return [sql for _name, sql in triggers]
