"""Do the books agree? The registry behind `manage.py verify_books`; each app lists its checks in
`<app>/books.py`.

    @check("S1", _("Stock is neither negative nor reserved twice"))
    def stock_within_bounds() -> Iterable[str]:
        for row in StockLevel.objects.filter(…): yield f"{row.sku} …"

A check yields one line of text per finding, empty when all is well, and only reads. Integers or Decimals
only. `run_checks()` collects the apps' modules, runs everything in one snapshot and returns the findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from core.transactions import is_outermost

MOST_FINDINGS_OF_A_CHECK = 100

Finder = Callable[[], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant, by the code under which reports and tests know it."""

    code: str
    title: Any
    find: Finder


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where the books do not agree."""

    code: str
    title: str
    detail: str

    def __str__(self) -> str:
        return f"{self.code} {self.title}: {self.detail}"


_checks: dict[str, Check] = {}


def check(code: str, title: Any) -> Callable[[Finder], Finder]:
    """Register a check. Codes are unique over all apps."""

    def register(find: Finder) -> Finder:
        known = _checks.get(code)
        if known is not None and known.find.__qualname__ != find.__qualname__:
            raise ValueError(f"check {code} is registered twice")
        _checks[code] = Check(code, title, find)
        return find

    return register


def all_checks() -> Sequence[Check]:
    """Every check of every app, by code; imports `<app>/books.py` and core's own."""
    import_module("core.book_checks")
    for app in settings.LOCAL_APPS:
        if app != "core" and apps.is_installed(app) and find_spec(f"{app}.books"):
            import_module(f"{app}.books")
    return [_checks[code] for code in sorted(_checks)]


def run_checks(codes: Iterable[str] = ()) -> list[Finding]:
    """Run the named checks, or all of them, on one snapshot of the database."""
    wanted = set(codes)
    findings: list[Finding] = []
    with _snapshot():
        for each in all_checks():
            if not wanted or each.code in wanted:
                details = islice(each.find(), MOST_FINDINGS_OF_A_CHECK)
                findings += [Finding(each.code, str(each.title), detail) for detail in details]
    return findings


@contextmanager
def _snapshot() -> Iterator[None]:
    """One moment for all checks: REPEATABLE READ READ ONLY on PostgreSQL, one transaction on SQLite."""
    is_own = is_outermost() and not connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql" and is_own:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SET LOCAL statement_timeout = '10min'")
        yield
