"""The two long steps of an import, with progress counted in rows of the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import BusinessError
from core.imports.registry import CheckedRow, ParsedRow, kind_named
from core.imports.services import finish_check, parsed_rows, write_rows
from core.imports.workflow import Status
from core.jobs import RunningJob, job
from core.models import ImportBatch

STEPS = 20
"""Progress is told so often, however many rows there are: the number of statements stays the same."""


@job("import_check", _("Check of the rows"))
def check_import(run: RunningJob) -> dict[str, Any]:
    batch = _batch_of(run)
    if batch.status == Status.CHECKING:
        finish_check(batch, checked=_check(run, batch, parsed_rows(batch)), actor=run.actor)
    return {}


@job("import_commit", _("Import of the rows"))
def commit_import(run: RunningJob) -> dict[str, Any]:
    """Checks with progress first, then writes everything in one transaction that nobody sees half done."""
    batch = _batch_of(run)
    if batch.status != Status.COMMITTING:
        return {}
    rows = parsed_rows(batch)
    _check(run, batch, rows)
    write_rows(batch, parsed=rows, actor=run.actor)
    return {}


def _batch_of(run: RunningJob) -> ImportBatch:
    return ImportBatch.objects.for_display().get(number=run.arguments["batch"])


def _check(run: RunningJob, batch: ImportBatch, rows: Sequence[ParsedRow]) -> list[CheckedRow]:
    kind, total = kind_named(batch.kind), len(rows)
    run.progress(0, total)
    marks = {total * step // STEPS for step in range(1, STEPS + 1)}
    checked: list[CheckedRow] = []
    for row in kind.check(rows, run.actor):
        checked.append(row)
        if len(checked) in marks:
            run.progress(len(checked), total)
    if len(checked) != total:
        raise BusinessError(f"{kind.slug}: {total} rows went in, {len(checked)} came out")
    return checked
