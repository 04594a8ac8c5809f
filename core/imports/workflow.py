"""The states of an import and the moves between them (SY-03)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.models import ImportBatch
from core.workflow import Transition, Workflow

Status = ImportBatch.Status

IMPORT_WORKFLOW = Workflow(
    "import",
    (
        Transition(
            "start_check",
            (Status.UPLOADED, Status.MAPPED, Status.CHECKED),
            Status.CHECKING,
            _("Columns matched, check started"),
        ),
        Transition("finish_check", (Status.CHECKING,), Status.CHECKED, _("Rows checked")),
        Transition("give_up_check", (Status.CHECKING,), Status.MAPPED, _("Check stopped")),
        Transition("start_commit", (Status.CHECKED,), Status.COMMITTING, _("Import started")),
        Transition("finish_commit", (Status.COMMITTING,), Status.COMMITTED, _("Rows imported")),
        Transition("give_up_commit", (Status.COMMITTING,), Status.CHECKED, _("Import stopped")),
        Transition("undo", (Status.COMMITTED,), Status.UNDONE, _("Import undone")),
    ),
)
"""Without permissions of its own: who may import depends on the kind and is asked by the services."""

ImportBatch.workflow = IMPORT_WORKFLOW
