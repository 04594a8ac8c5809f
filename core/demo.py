"""Was the demo company finished? One that was interrupted half-way is taken away and made anew."""

from __future__ import annotations

from django.db import connection, transaction

from core.models import Event
from core.trail import record_act

BEGUN, FINISHED = "demo_company.begun", "demo_company.finished"


def note_begun() -> None:
    """Kept in the database itself: a note beside it could speak of another database."""
    record_act(BEGUN, actor=None)


def note_finished() -> None:
    record_act(FINISHED, actor=None)


def is_unfinished() -> bool:
    """True when this database was begun as a demo company and never became a whole one."""
    if Event._meta.db_table not in connection.introspection.table_names():
        return False
    return Event.objects.named(BEGUN).exists() and not Event.objects.named(FINISHED).exists()


def remove_unfinished() -> None:
    """Drop our tables, and no others, so that migrating makes the database as new. Refuses a finished one."""
    if not is_unfinished():
        raise ValueError("only a demo company that was never finished is taken away")
    ours = {*connection.introspection.django_table_names(only_existing=True), "django_migrations"}
    ending = " CASCADE" if connection.vendor == "postgresql" else ""
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        for table in sorted(ours):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}{ending}")
