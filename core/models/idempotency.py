from __future__ import annotations

from django.conf import settings
from django.db import models


class IdempotencyRecord(models.Model):
    """One key a client used on one route: running until the work commits, then its stored answer.

    Claimed in a transaction of its own, completed in the transaction of the work, so that the answer
    exists exactly when the effect does. Kept at least 72 hours.
    """

    client = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    route = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    claimed_at = models.DateTimeField()
    leased_until = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.JSONField(null=True, blank=True)
    headers = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "key", "route"], name="idempotency_key_once")
        ]

    def __str__(self) -> str:
        return self.key
