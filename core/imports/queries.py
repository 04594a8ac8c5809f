"""What the pages of the import centre show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.components import Tab
from core.imports.registry import ImportKind, kind_named
from core.models import ImportBatch, ImportRow, Job

ROWS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class RowLine:
    """One line of the row report: a problem, or a row without one. `is_first` of its row shows the row number."""

    row: ImportRow
    problem: dict[str, Any] | None
    is_first: bool


@dataclass(frozen=True, slots=True)
class RowPage:
    lines: Sequence[RowLine]
    rows: int
    next: str
    previous: str


def progress_of(batch: ImportBatch) -> tuple[int, int]:
    """Rows done and rows in all of the running step; it never goes back within a step."""
    return (batch.job.done, batch.job.total) if batch.job is not None else (0, 0)


def row_page(batch: ImportBatch, outcome: str, cursor: str) -> RowPage:
    """The rows of a batch by row number, one query."""
    rows: QuerySet[ImportRow] = batch.rows.all()
    if outcome:
        rows = rows.filter(outcome=outcome)
    sign, after = cursor[:1], cursor[1:]
    is_backward, known = sign == "<", sign in ("<", ">") and after.isascii() and after.isdigit()
    if known and len(after) < 10:
        rows = rows.filter(row_no__lt=int(after)) if is_backward else rows.filter(row_no__gt=int(after))
    found = list(rows.order_by("-row_no" if is_backward else "row_no")[: ROWS_PER_PAGE + 1])
    has_more, found = len(found) > ROWS_PER_PAGE, found[:ROWS_PER_PAGE]
    if is_backward:
        found.reverse()
    lines = [
        RowLine(row, problem, place == 0)
        for row in found
        for place, problem in enumerate(row.problems or [None])
    ]
    has_next, has_previous = has_more or is_backward, (has_more if is_backward else bool(known))
    return RowPage(
        lines,
        len(found),
        f">{found[-1].row_no}" if found and has_next else "",
        f"<{found[0].row_no}" if found and has_previous else "",
    )


def outcome_tabs(batch: ImportBatch, chosen: str) -> list[Tab]:
    """All rows, then those of each outcome with their number, from the batch's counts: no query."""
    done = batch.status in (ImportBatch.Status.COMMITTED, ImportBatch.Status.UNDONE)
    counted = {"error": "error"} | (
        {"created": "create", "updated": "update"} if done else {"create": "create", "update": "update"}
    )
    counted["unchanged"] = "unchanged"
    every = Tab(_("All rows"), "?", batch.counts.get("rows", 0), not chosen)
    return [
        every,
        *(
            Tab(ImportRow.Outcome(slug).label, f"?show={slug}", batch.counts[name], slug == chosen)
            for slug, name in counted.items()
            if batch.counts.get(name)
        ),
    ]


def batches_of(kinds: Sequence[ImportKind], rows: QuerySet[ImportBatch]) -> QuerySet[ImportBatch]:
    return rows.filter(kind__in=[kind.slug for kind in kinds]).for_display()  # type: ignore[attr-defined]


def title_of_kind(batch: ImportBatch) -> str:
    return str(kind_named(batch.kind).title)


def has_failed(batch: ImportBatch) -> bool:
    """Did the job of the running step end badly, so that the batch waits to be tried again?"""
    return batch.is_running and batch.job is not None and batch.job.state == Job.State.FAILED
