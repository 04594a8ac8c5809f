from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.clock import now


class Attachment(models.Model):
    """A file that belongs to a document: hashed, its type read from its bytes, never changed (AU-03).

    The bytes lie under the private data folder by their hash; a replacement is a new row.
    `kind` says what it is for: original, slip, confirmation, delivery_proof, certificate, order_form.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=24)
    document_type = models.CharField(max_length=24, blank=True)
    document_number = models.CharField(max_length=24, blank=True)
    root_number = models.CharField(max_length=24, blank=True, db_index=True)
    name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    uploaded_at = models.DateTimeField(default=now)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return self.name
