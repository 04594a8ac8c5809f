"""Who acts through which door: set once per request, task or command, written into every event (AU-01)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class ActingContext:
    """The door (web, api, admin, system, customer), the caller's address and the request's id."""

    channel: str = "system"
    source_address: str = ""
    request_id: str = ""


NOBODY_ASKED = ActingContext()

_current: ContextVar[ActingContext] = ContextVar("acting_context")


def current() -> ActingContext:
    return _current.get(NOBODY_ASKED)


@contextmanager
def acting_through(
    channel: str, *, source_address: str = "", request_id: str = ""
) -> Iterator[ActingContext]:
    context = replace(
        current(),
        channel=channel,
        source_address=source_address or current().source_address,
        request_id=request_id or current().request_id,
    )
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)
