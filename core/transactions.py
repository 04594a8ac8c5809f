"""One transaction per use case, retried on contention, with every refusal in the trail (AU-01)."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

from core.errors import BusinessError, Busy

P = ParamSpec("P")
R = TypeVar("R")

MOST_TRIES = 5
RETRIED_SQLSTATES = {"40001", "40P01", "55P03"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was tried when a rule refused it."""

    service: str
    subject: Any
    actor: Any


refusal_recorders: list[Callable[[BusinessError], None]] = []
"""Filled when the app is ready: the trail keeps what was refused, after the refused work is rolled back."""

_before_commit: ContextVar[Callable[[Any], None] | None] = ContextVar("before_commit", default=None)


@contextmanager
def before_commit(act: Callable[[Any], None]) -> Iterator[None]:
    """Run `act(result)` inside the next outermost unit of work, so that both commit or neither does.

    Once: a second unit of work in the same block is no longer accompanied, and preparations never are.
    """
    token = _before_commit.set(act)
    try:
        yield
    finally:
        _before_commit.reset(token)


def is_outermost() -> bool:
    """True when no transaction of ours is open; a test case's own wrapper does not count."""
    return all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


def is_contention(error: OperationalError) -> bool:
    """Deadlock, serialization failure, lock timeout, or SQLite's "database is locked"."""
    sqlstate = getattr(error.__cause__, "pgcode", None) or getattr(error.__cause__, "sqlstate", None)
    return sqlstate in RETRIED_SQLSTATES or "locked" in str(error)


def unit_of_work(service: Callable[P, R]) -> Callable[P, R]:
    """Make a service one transaction. Inside another unit of work it joins that one, without a savepoint."""

    @functools.wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            if not is_outermost():
                return service(*args, **kwargs)
            return _run_outermost(service, *args, **kwargs)
        except BusinessError as error:
            if error.attempt is None:
                error.attempt = Attempt(service.__qualname__, args[0] if args else None, kwargs.get("actor"))
            if is_outermost():
                record_refused(error)
            raise

    return run


def preparation(step: Callable[P, R]) -> Callable[P, R]:
    """A short unit of work before the one it prepares: taking a number, filing an upload.

    What waits for the commit of the work itself (`before_commit`) is not run by it.
    """
    guarded = unit_of_work(step)

    @functools.wraps(step)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        token = _before_commit.set(None)
        try:
            return guarded(*args, **kwargs)
        finally:
            _before_commit.reset(token)

    return run


def _run_outermost(service: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    for tried in range(1, MOST_TRIES + 1):
        try:
            with transaction.atomic():
                result = service(*args, **kwargs)
                act = _before_commit.get()
                if act is not None:
                    act(result)
            _before_commit.set(None)
            return result
        except OperationalError as error:
            if not is_contention(error) or len(connection.atomic_blocks):
                raise
            if tried == MOST_TRIES:
                raise Busy() from error
            time.sleep(random.uniform(0.01, 0.05) * 2**tried)  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A document somebody named in an address and did not get to."""

    number: str
    document_type: str = ""

    @property
    def root_number(self) -> str:
        return self.number


def record_turned_away(error: BusinessError, *, door: str, number: str = "", actor: Any) -> None:
    """Keep in the trail who was refused before any service ran; `number` is what the address named."""
    subject = NamedDocument(str(number).replace("\x00", "")[:24])
    error.attempt = Attempt(door, subject, actor)
    record_refused(error)


def record_refused(error: BusinessError) -> None:
    """Keep a refusal in the trail. Whoever opens a transaction around services calls it after the
    rollback."""
    if error.attempt is not None and error.attempt.actor is not None:
        for record in refusal_recorders:
            record(error)
