"""Is the process alive, and can it do its work? Asked by machines without signing in; no business data."""

from collections.abc import Callable
from datetime import timedelta

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.clock import now
from core.models.outbox import Heartbeat, Notice

OUTBOX_LAG_LIMIT = timedelta(minutes=15)

_is_schema_known_current = False


@require_safe
@never_cache
def answer_live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def answer_ready(request: HttpRequest) -> JsonResponse:
    """503 names what is wrong. A lagging outbox is reported but keeps the page in service: people can still
    work, and taking the site away would not send a single notice."""
    checks = _answers({"database": _check_database, "migrations": _check_migrations})
    is_ready = all(answer == "ok" for answer in checks.values())
    if not is_ready:
        return JsonResponse({"status": "unavailable", "checks": checks}, status=503)
    checks |= _answers({"outbox": _check_outbox})
    return JsonResponse({"status": "ok", "checks": checks, "heartbeat_age_seconds": _heartbeat_ages()})


def _answers(checks: dict[str, Callable[[], str]]) -> dict[str, str]:
    answers = {}
    for name, check in checks.items():
        try:
            answers[name] = check()
        except DatabaseError:
            answers[name] = "unreachable"
    return answers


def _check_database() -> str:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return "ok"


def _check_migrations() -> str:
    """A schema once seen complete stays so for this process, which would be restarted with new code."""
    global _is_schema_known_current
    if not _is_schema_known_current:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        _is_schema_known_current = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "ok" if _is_schema_known_current else "pending"


def _check_outbox() -> str:
    overdue = Notice.objects.pending().filter(queued_at__lt=now() - OUTBOX_LAG_LIMIT)
    return "lagging" if overdue.exists() else "ok"


def _heartbeat_ages() -> dict[str, int]:
    """Seconds since each background process last did its work; absent until it first did."""
    moment = now()
    return {beat.name: int((moment - beat.at).total_seconds()) for beat in Heartbeat.objects.order_by("name")}
