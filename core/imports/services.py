"""The steps of an import: open a batch, match its columns and check it, import it, undo it (SY-03).

Checking and importing are jobs. Each step moves the batch by one compare-and-set, so that a second click, a stale
page or a repeated job does nothing twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from core.attachments import attach_to, open_attachment, register_file_scope, store_attachment
from core.cells import letters_of, shown_cell
from core.clock import now
from core.errors import FieldProblem, InvalidInput, Problems, RuleRefused
from core.imports.headers import HeaderRow, find_header
from core.imports.registry import (
    CheckedRow,
    ImportKind,
    Obstacle,
    ParsedRow,
    RowProblem,
    Written,
    kind_named,
)
from core.imports.rows import Mapped, Unreadable, parse_rows, value_of
from core.imports.sources import SourceTable, UnreadableFile, read_table, read_tops
from core.imports.workflow import IMPORT_WORKFLOW
from core.jobs import queue_job
from core.models import Attachment, ImportBatch, ImportRow, Job, User
from core.numbering import next_number
from core.sql import delete_rows, insert_rows
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import require_permission, require_version

ALLOWED = ("xlsx", "csv")
SAMPLE_ROWS = 10
LONGEST_CONSTANT = 200
Mode, Outcome = ImportBatch.Mode, ImportRow.Outcome


class UndoPrevented(RuleRefused):
    """Something uses what the batch brought in, or has changed it since."""

    code, rule = "undo_prevented", "SY-03"

    def __init__(self, number: str, obstacles: Sequence[Obstacle]) -> None:
        self.obstacles = list(obstacles)
        message = ngettext(
            "%(number)s cannot be undone: %(count)s row is in use or has changed since. Nothing was undone.",
            "%(number)s cannot be undone: %(count)s rows are in use or have changed since. Nothing was undone.",
            len(self.obstacles),
        ) % {"number": number, "count": len(self.obstacles)}
        super().__init__(message)


# --- Open ---------------------------------------------------------------------------------------------------


def open_batch(slug: str, *, upload: File[Any], actor: User) -> ImportBatch:
    """Keep the file and find its column titles; nothing of it is imported yet.

    Raises InvalidInput at `#/file` for a file that cannot be read as a table; then only the upload is kept.
    """
    kind = kind_named(slug)
    require_permission(actor, kind.permission)
    original = store_attachment(upload, kind="import", actor=actor, allowed=ALLOWED)
    table, header = _look_into(original, kind)
    return _add_batch(kind, original, table, header, actor=actor, number=next_number("IM"))


def _look_into(original: Attachment, kind: ImportKind) -> tuple[SourceTable, HeaderRow]:
    """The sheet of the file that names most of the kind's columns, and its header row."""
    tops = read_tops(content_of(original), is_csv=is_csv(original))
    found = [(top, header) for top in tops if (header := find_header(top.rows, kind.columns))]
    if not found:
        raise UnreadableFile(
            _(
                "No row with column titles was found at the top of the file. Put the titles of the template "
                "above the rows and upload it again."
            )
        )
    return max(found, key=lambda pair: len(pair[1].recognised))


@unit_of_work
def _add_batch(
    kind: ImportKind, original: Attachment, table: SourceTable, header: HeaderRow, *, actor: User, number: str
) -> ImportBatch:
    batch = ImportBatch.objects.create(
        number=number,
        kind=kind.slug,
        permission=kind.permission,
        is_scoped=kind.is_scoped,
        original=original,
        signature=header.signature,
        sheet=_sheet_facts(table, header),
        mapping=_remembered(kind, header) or {n: {"column": i} for n, i in header.recognised.items()},
        created_by=actor,
    )
    attach_to(original, batch)
    record_event(
        batch,
        Fact("import_opened", gettext_noop("File uploaded for import"), rule="SY-03"),
        actor=actor,
        data={"kind": kind.slug, "file": original.name, "sha256": original.sha256},
    )
    return batch


def _sheet_facts(table: SourceTable, header: HeaderRow) -> dict[str, Any]:
    sample = table.rows[header.row_index + 1 :][:SAMPLE_ROWS]
    places = [heading.index for heading in header.headings]
    return {
        "title": table.title,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "header": header.row_index,
        "columns": [[heading.index, heading.title] for heading in header.headings],
        "recognised": dict(header.recognised),
        "sample": [[shown_cell(row[p]) if p < len(row) else "" for p in places] for row in sample],
    }


def _remembered(kind: ImportKind, header: HeaderRow) -> dict[str, Any]:
    """How columns with these very titles were matched the last time (SY-03)."""
    earlier = (
        ImportBatch.objects.filter(kind=kind.slug, signature=header.signature, checked_at__isnull=False)
        .order_by("-id")
        .values_list("mapping", flat=True)
        .first()
    )
    known = {column.name for column in kind.columns}
    return {name: source for name, source in (earlier or {}).items() if name in known and "column" in source}


def is_csv(original: Attachment) -> bool:
    return original.content_type == "text/csv"


def content_of(original: Attachment) -> bytes:
    with open_attachment(original) as file:
        return file.read()


# --- Check --------------------------------------------------------------------------------------------------


@unit_of_work
def start_check(
    batch: ImportBatch, *, mapping: Mapped, actor: User, version: int | None = None
) -> ImportBatch:
    """Keep which column holds what and queue the check of every row; nothing is imported by it.

    Raises InvalidInput with `#/<entry>` for an entry that must be there and is not, or is matched twice.
    """
    kind = kind_named(batch.kind)
    require_permission(actor, kind.permission)
    require_version(batch, version)
    release_failed(batch)
    _require_sound_mapping(batch, kind, mapping)
    job = queue_job("import_check", {"batch": batch.number}, actor=actor)
    IMPORT_WORKFLOW.move(
        batch,
        "start_check",
        actor=actor,
        changes={"mapping": dict(mapping), "job": job, "failure": ""},
    )
    return batch


def _require_sound_mapping(batch: ImportBatch, kind: ImportKind, mapping: Mapped) -> None:
    problems = Problems()
    titles = {index for index, _title in batch.sheet["columns"]}
    taken: Counter[int] = Counter(
        source["column"] for source in mapping.values() if source.get("column") is not None
    )
    for column in kind.columns:
        source = mapping.get(column.name)
        if source is None:
            if column.is_required:
                problems.add(
                    f"#/{column.name}",
                    "required",
                    _("Choose the column that holds it, or type one value for all."),
                )
            continue
        place, value = source.get("column"), source.get("value", "")
        if place is not None and place not in titles:
            problems.add(f"#/{column.name}", "unknown", _("The file has no such column."))
        elif place is not None and taken[place] > 1:
            problems.add(f"#/{column.name}", "taken", _("This column is chosen twice. Choose another one."))
        elif place is None:
            try:
                value_of(value[:LONGEST_CONSTANT], column)
            except Unreadable as error:
                problems.add(f"#/{column.name}", "unreadable", f"{error} {column.help}")
    problems.raise_if_any(rule="SY-03")


def parsed_rows(batch: ImportBatch) -> list[ParsedRow]:
    """The rows of the file as values, read anew. Raises UnreadableFile. No transaction should be open."""
    kind = kind_named(batch.kind)
    table = read_table(
        content_of(batch.original), is_csv=is_csv(batch.original), sheet=batch.sheet.get("title", "")
    )
    rows = parse_rows(table, batch.sheet["header"], kind.columns, batch.mapping)
    if not rows:
        raise UnreadableFile(
            _("Below the column titles the file has no rows. Fill them in and upload it again.")
        )
    return rows


@unit_of_work
def finish_check(
    batch: ImportBatch,
    *,
    checked: Sequence[CheckedRow],
    actor: User,
    move: str = "finish_check",
    failure: str = "",
) -> ImportBatch:
    """Keep what the check found, row by row. Four statements, however many rows."""
    counts = counts_of(checked)
    _replace_rows(batch, checked, Written([]))
    IMPORT_WORKFLOW.move(
        batch,
        move,
        actor=actor,
        data={"counts": counts},
        changes={"counts": counts, "checked_at": now(), "failure": failure},
    )
    return batch


def counts_of(checked: Sequence[CheckedRow]) -> dict[str, int]:
    outcomes = Counter(row.outcome for row in checked)
    return {
        "rows": len(checked),
        **{name: outcomes[name] for name in ("create", "update", "unchanged", "error")},
        "problems": sum(len(row.problems) for row in checked),
    }


def _replace_rows(batch: ImportBatch, checked: Sequence[CheckedRow], written: Written) -> None:
    done = {row.row_no: row for row in written.rows}
    kept = []
    for row in checked:
        stored = done.get(row.row.row_no)
        kept.append(
            {
                "batch": batch.pk,
                "row_no": row.row.row_no,
                "outcome": {"create": Outcome.CREATED, "update": Outcome.UPDATED}[row.outcome]
                if stored
                else row.outcome,
                "key": row.key[:160],
                "object_id": stored.object_id if stored else None,
                "problems": [_problem_facts(batch, row, problem) for problem in row.problems],
                "before": dict(stored.before) if stored and stored.before is not None else None,
                "after": dict(stored.after) if stored else None,
            }
        )
    delete_rows(ImportRow.objects.filter(batch=batch))
    insert_rows(ImportRow, kept)


def _problem_facts(batch: ImportBatch, row: CheckedRow, problem: RowProblem) -> dict[str, Any]:
    place = batch.mapping.get(problem.column, {}).get("column")
    titles = dict(batch.sheet["columns"])
    column = next((c for c in kind_named(batch.kind).columns if c.name == problem.column), None)
    return {
        "field": problem.column,
        "column": letters_of(place) if place is not None else "",
        "title": titles.get(place) or (column.label if column else ""),
        "value": row.row.shown.get(problem.column, ""),
        "problem": problem.problem,
        "fix": problem.fix,
    }


# --- Import -------------------------------------------------------------------------------------------------


@unit_of_work
def start_commit(batch: ImportBatch, *, mode: str, actor: User, version: int | None = None) -> ImportBatch:
    """Queue the import of all rows or, by choice, of the sound ones; a second call is refused (AP-07)."""
    require_permission(actor, kind_named(batch.kind).permission)
    require_version(batch, version)
    release_failed(batch)
    if mode not in Mode.values:
        raise InvalidInput(
            _("Import all rows or the valid ones."), problems=[FieldProblem("#/mode", "unknown", "")]
        )
    counts = batch.counts
    if mode == Mode.ALL and counts.get("error"):
        raise RuleRefused(
            _("Some rows have to be corrected first. Correct them, or import the valid rows only."),
            rule="SY-03",
        )
    if batch.status == ImportBatch.Status.CHECKED and not counts.get("create") and not counts.get("update"):
        raise RuleRefused(_("There is nothing to import: no row would change anything."), rule="SY-03")
    job = queue_job("import_commit", {"batch": batch.number}, actor=actor)
    IMPORT_WORKFLOW.move(
        batch, "start_commit", actor=actor, changes={"job": job, "mode": mode, "failure": ""}
    )
    return batch


@unit_of_work
def write_rows(batch: ImportBatch, *, parsed: Sequence[ParsedRow], actor: User) -> ImportBatch:
    """Check the rows once more and write them: all of it in this transaction, or nothing (SY-03).

    Does nothing when the batch is no longer being imported, so that a repeated job is harmless. Raises
    RuleRefused when rows that were sound no longer are and all were wanted.
    """
    kind = kind_named(batch.kind)
    require_permission(actor, kind.permission)
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.status != ImportBatch.Status.COMMITTING:
        return batch
    checked = list(kind.check(parsed, actor))
    faulty = sum(row.outcome == "error" for row in checked)
    if faulty and batch.mode == Mode.ALL:
        raise RuleRefused(
            ngettext(
                "%(count)s row is no longer in order: something has changed since the check. Check again.",
                "%(count)s rows are no longer in order: something has changed since the check. Check again.",
                faulty,
            )
            % {"count": faulty},
            rule="SY-03",
        )
    written = kind.commit(
        [row for row in checked if row.outcome in ("create", "update")], actor, batch.number
    )
    _replace_rows(batch, checked, written)
    counts = counts_of(checked)
    IMPORT_WORKFLOW.move(
        batch,
        "finish_commit",
        actor=actor,
        data={"counts": counts},
        changes={"counts": counts, "committed_at": now(), "made": dict(written.made)},
    )
    return batch


@unit_of_work
def release_failed(batch: ImportBatch) -> bool:
    """Bring a batch whose job ended badly back to where it can be tried again, with the reason."""
    if not batch.is_running or batch.job is None:
        return False
    batch.job.refresh_from_db()
    if batch.job.state != Job.State.FAILED:
        return False
    move = "give_up_check" if batch.status == ImportBatch.Status.CHECKING else "give_up_commit"
    IMPORT_WORKFLOW.move(batch, move, actor=None, note=batch.job.error, changes={"failure": batch.job.error})
    return True


# --- Undo ---------------------------------------------------------------------------------------------------


@unit_of_work
def undo_batch(batch: ImportBatch, *, actor: User, version: int | None = None, note: str = "") -> ImportBatch:
    """Take back what a batch wrote, while nothing uses it and nothing has changed since; all or nothing.

    Raises UndoPrevented with everything that stands in the way.
    """
    kind = kind_named(batch.kind)
    require_permission(actor, kind.permission)
    IMPORT_WORKFLOW.require(batch, "undo", actor=actor)
    rows = list(batch.rows.filter(object_id__isnull=False).order_by("row_no"))
    obstacles = kind.obstacles(rows, batch.made)
    if obstacles:
        raise UndoPrevented(batch.number, obstacles)
    kind.undo(rows, batch.made, actor)
    IMPORT_WORKFLOW.move(
        batch,
        "undo",
        actor=actor,
        version=version,
        note=note,
        data={"rows": len(rows)},
        changes={"undone_at": now()},
    )
    return batch


def may_fetch_import(user: User, attachment: Attachment) -> bool:
    """The file of a batch goes to those who see the batch (RG-02)."""
    return ImportBatch.objects.visible_to(user).filter(number=attachment.document_number).exists()


register_file_scope("import", may_fetch_import)
