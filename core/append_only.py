"""Triggers that make a table append-only for everybody, on both databases (AU-01).

PostgreSQL: row trigger for UPDATE and DELETE, statement trigger for TRUNCATE. SQLite: the same two row
triggers; REPLACE is caught because `recursive_triggers` is on.
"""

from typing import Any

from django.db import migrations

POSTGRESQL = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
SQLITE = (
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
)


def make_append_only(*tables: str) -> migrations.RunPython:
    """A migration operation; undoing it drops the triggers."""

    def forwards(apps: Any, schema_editor: Any) -> None:
        for table in tables:
            statements = [POSTGRESQL] if schema_editor.connection.vendor == "postgresql" else SQLITE
            for statement in statements:
                schema_editor.execute(statement.format(table=table), params=None)  # its % is no placeholder

    def backwards(apps: Any, schema_editor: Any) -> None:
        for table in tables:
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
                schema_editor.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
            else:
                schema_editor.execute(f"DROP TRIGGER {table}_no_update")
                schema_editor.execute(f"DROP TRIGGER {table}_no_delete")

    return migrations.RunPython(forwards, backwards)
