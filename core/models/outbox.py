from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.trail import Event


class NoticeQuerySet(models.QuerySet["Notice"]):
    def pending(self) -> NoticeQuerySet:
        return self.filter(state=Notice.State.PENDING)


class Notice(models.Model):
    """One message to one recipient about one event; sent at least once, recorded once (IN-08)."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Given up")

    event = models.ForeignKey(Event, models.PROTECT, related_name="notices")
    channel = models.CharField(max_length=12)
    recipient = models.CharField(_("recipient"), max_length=254)
    language = models.CharField(max_length=10, default="zh-hans")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    leased_by = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "channel", "recipient"], name="notice_once_per_recipient"
            )
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=models.Q(state="pending"), name="notice_due"),
        ]

    def __str__(self) -> str:
        return self.recipient


class Heartbeat(models.Model):
    """When a background process last did its work: liveness by work done, not by being up."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
