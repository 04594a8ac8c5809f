"""What can be imported. Each app lists its kinds in `<app>/imports.py`; core knows none by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.utils.translation import get_language

from core.errors import NotFound

if TYPE_CHECKING:
    from core.models import ImportRow, User

ColumnKind = Literal["text", "number", "whole", "rate", "day", "choice"]
Outcome = Literal["create", "update", "unchanged", "error"]


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """One entry of a row. `zh` and `en` head it in the template; `also` are other words people use for it.

    A `rate` is a fraction: 0.13, 13 and 13% all give 0.13. `choices` maps what is stored to the words that
    stand for it, in Chinese and in English first. `help` says what may stand there; it is also the advice when
    something else does. `example` is that of the template, of a choice what is stored.
    """

    name: str
    zh: str
    en: str
    help: Any = ""
    kind: ColumnKind = "text"
    is_required: bool = False
    also: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    example: str = ""

    @property
    def label(self) -> str:
        return self.en if (get_language() or "").startswith("en") else self.zh

    @property
    def words(self) -> tuple[str, ...]:
        return (self.zh, self.en, self.name, *self.also)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong in one cell: what, and how to put it right. `column` is the name of an entry."""

    column: str
    problem: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """A row of the file as values; an entry that is not in the file is missing, an empty cell is None."""

    row_no: int
    values: Mapping[str, Any]
    shown: Mapping[str, str]
    problems: tuple[RowProblem, ...] = ()

    def text(self, name: str) -> str:
        return str(self.values.get(name) or "")

    def has(self, name: str) -> bool:
        """Is there a value? What is wrong with the cell has been said where it was read."""
        return self.values.get(name) is not None

    def is_faulty(self, name: str) -> bool:
        return any(problem.column == name for problem in self.problems)


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """What importing the row would do. `key` names it for people, `plan` is for the kind's own `commit`."""

    row: ParsedRow
    outcome: Outcome
    key: str = ""
    problems: tuple[RowProblem, ...] = ()
    plan: Any = None


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """A stored row with the values it had (None when it is new) and has now, all as text."""

    row_no: int
    object_id: int
    after: Mapping[str, Any]
    before: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """`made` is what the kind wants to remember for undoing beside the rows."""

    rows: Sequence[WrittenRow]
    made: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a row from being undone."""

    row_no: int
    key: str
    reason: str


Check = Callable[[Sequence[ParsedRow], "User"], Iterable[CheckedRow]]
Commit = Callable[[Sequence[CheckedRow], "User", str], Written]
FindObstacles = Callable[[Sequence["ImportRow"], Mapping[str, Any]], Sequence[Obstacle]]
Undo = Callable[[Sequence["ImportRow"], Mapping[str, Any], "User"], None]


@dataclass(frozen=True, slots=True)
class ImportKind:
    """One kind of rows.

    `check(rows, actor)` yields a CheckedRow per row after a fixed number of queries and writes nothing.
    `commit(rows, actor, batch number)` writes the sound rows, `obstacles(rows, made)` says what stands in the
    way of undoing, `undo(rows, made, actor)` does it; all three inside the caller's transaction, in a number
    of statements that does not depend on the rows. `is_scoped`: who sees only part of the rows sees only his
    own imports (RG-02). `list_url` is the page where the imported rows are found.
    """

    slug: str
    title: Any
    permission: str
    columns: tuple[ImportColumn, ...]
    check: Check
    commit: Commit
    obstacles: FindObstacles
    undo: Undo
    note: Any = ""
    icon: str = "table"
    is_scoped: bool = False
    list_url: str = ""
    rank: int = 50

    def column(self, name: str) -> ImportColumn:
        return next(column for column in self.columns if column.name == name)


_kinds: dict[str, ImportKind] = {}


def register_import_kind(kind: ImportKind) -> None:
    _kinds[kind.slug] = kind


@cache
def _collect() -> None:
    """Import every app's `imports.py`, once."""
    for app in settings.LOCAL_APPS:
        if app != "core" and find_spec(f"{app}.imports"):
            import_module(f"{app}.imports")


def import_kinds() -> list[ImportKind]:
    _collect()
    return sorted(_kinds.values(), key=lambda kind: kind.rank)


def kinds_for(user: User) -> list[ImportKind]:
    return [kind for kind in import_kinds() if user.may(kind.permission)]


def kind_named(slug: str) -> ImportKind:
    _collect()
    if slug not in _kinds:
        raise NotFound
    return _kinds[slug]
