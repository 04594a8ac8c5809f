from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.models.trail import Event

if TYPE_CHECKING:
    from core.workflow import Workflow


class Document(models.Model):
    """A numbered paper with a status, a version that grows with every change, and a trail.

    `version` guards against stale pages (AP-07); `round` counts submissions, for review starts afresh
    after a rejection. Only the document's workflow writes `status`.
    """

    document_type: ClassVar[str]
    workflow: ClassVar[Workflow]

    number = models.CharField(_("number"), max_length=24, unique=True)
    status = models.CharField(_("status"), max_length=24)
    version = models.PositiveIntegerField(default=1, editable=False)
    round = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("entered by"),
        editable=False,
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    @property
    def root_number(self) -> str:
        """The number under which the whole matter is filed: the order's, for all that belongs to an order."""
        return self.number

    @property
    def status_label(self) -> str:
        return str(self.get_status_display())  # type: ignore[attr-defined]

    @property
    def etag(self) -> str:
        return f'"{self.number}-{self.version}"'

    def events(self) -> models.QuerySet[Event]:
        """The trail of the matter this document belongs to."""
        return Event.objects.filter(root_number=self.root_number)
