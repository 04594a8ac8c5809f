from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models.access import User
from core.models.attachment import Attachment
from core.models.base import Document
from core.models.job import Job

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: User | AnonymousUser) -> ImportBatchQuerySet:
        """The batches of the kinds the person may import; of kinds with scoped rows his own (SY-03, RG-02)."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        held = user.business_permissions
        unscoped = [permission for permission in held if "all" in user.scopes_for(permission)]
        return self.filter(
            Q(is_scoped=False) | Q(created_by=user) | Q(permission__in=unscoped), permission__in=held
        )

    def for_display(self) -> ImportBatchQuerySet:
        return self.select_related("created_by", "original", "job")


class ImportBatch(Document):
    """A file on its way into the books: read, matched, checked, written, perhaps undone (SY-03).

    `sheet` is what was found in the file (sheet, header row, column titles), `mapping` says where the value of
    each entry comes from (`{"sku": {"column": 0}, "currency": {"value": "CNY"}}`), `counts` what the latest
    run came to. `signature` stands for the column titles, so that a matching once made is found again.
    `permission` and `is_scoped` are those of its kind, so that the scope is one condition.
    """

    document_type = "import"
    STATUS_MEANINGS = {
        "uploaded": "waiting",
        "mapped": "waiting",
        "checking": "moving",
        "checked": "waiting",
        "committing": "moving",
        "committed": "done",
        "undone": "neutral",
    }

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        MAPPED = "mapped", _("Columns matched")
        CHECKING = "checking", _("Being checked row by row")
        CHECKED = "checked", _("Checked, not imported yet")
        COMMITTING = "committing", _("Being imported")
        COMMITTED = "committed", _("Imported")
        UNDONE = "undone", _("Undone")

    class Mode(models.TextChoices):
        ALL = "all", _("All rows or nothing")
        VALID = "valid", _("Valid rows only")

    kind = models.CharField(_("kind"), max_length=24)
    permission = models.CharField(max_length=60)
    is_scoped = models.BooleanField(default=False)
    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.UPLOADED)
    original = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name=_("file"))
    signature = models.CharField(max_length=64, db_index=True)
    sheet = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    mode = models.CharField(max_length=8, choices=Mode, blank=True)
    counts = models.JSONField(default=dict)
    made = models.JSONField(default=dict)
    failure = models.TextField(blank=True)
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    committed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["kind", "id"], name="import_by_kind")]

    def get_absolute_url(self) -> str:
        return reverse("import_batch", args=[self.number])

    @property
    def is_running(self) -> bool:
        return self.status in (self.Status.CHECKING, self.Status.COMMITTING)


class ImportRow(models.Model):
    """One row of an imported file and what became of it.

    `before` and `after` are the stored values of what it changed, as text, so that the import can be undone
    while nothing else has changed them; `problems` are `{field, column, title, value, problem, fix}`.
    """

    class Outcome(models.TextChoices):
        CREATE = "create", _("New")
        UPDATE = "update", _("Changes what is on file")
        UNCHANGED = "unchanged", _("Already so")
        ERROR = "error", _("To be corrected")
        CREATED = "created", _("Added")
        UPDATED = "updated", _("Changed")

    OUTCOME_MEANINGS = {
        "create": "moving",
        "update": "moving",
        "unchanged": "neutral",
        "error": "blocked",
        "created": "done",
        "updated": "done",
    }

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    row_no = models.PositiveIntegerField(_("row"))
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome)
    key = models.CharField(max_length=160, blank=True)
    object_id = models.BigIntegerField(null=True, blank=True)
    problems = models.JSONField(default=list)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["batch", "row_no"]
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        constraints = [models.UniqueConstraint(fields=["batch", "row_no"], name="import_row_once")]
        indexes = [models.Index(fields=["batch", "outcome", "row_no"], name="import_row_by_outcome")]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.row_no}"
