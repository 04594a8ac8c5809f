"""What may be forgotten: keys nobody retries any more, and files that no row ever came to own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from core.idempotency import forget_old_keys
from core.models import Attachment

ORPHAN_SECONDS = 24 * 60 * 60
BATCH = 500


def tidy() -> int:
    """Forget both. Returns how many rows and files went."""
    return forget_old_keys() + remove_orphaned_files()


def remove_orphaned_files() -> int:
    """Remove files older than a day without a row: an upload that died half-way, or was never filed.

    Storing the same bytes again makes the file young, so one about to be owned is left alone.
    """
    removed = 0
    for paths in _batches(_old_files()):
        owned = set(
            Attachment.objects.filter(sha256__in=[p.name for p in paths]).values_list("sha256", flat=True)
        )
        for path in paths:
            if path.name not in owned:
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def _old_files() -> Iterator[Path]:
    limit = time.time() - ORPHAN_SECONDS
    for path in Path(settings.FILES_ROOT).glob("??/??/*"):
        if path.is_file() and path.stat().st_mtime < limit:
            yield path


def _batches(paths: Iterator[Path]) -> Iterator[list[Path]]:
    batch: list[Path] = []
    for path in paths:
        batch.append(path)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
