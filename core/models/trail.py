from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class EventQuerySet(models.QuerySet["Event"]):
    def done(self) -> EventQuerySet:
        return self.filter(outcome=Event.Outcome.DONE)

    def of_matter(self, root_number: str) -> EventQuerySet:
        return self.filter(root_number=root_number)

    def named(self, *names: str) -> EventQuerySet:
        return self.filter(name__in=names)


class Event(models.Model):
    """One act, or one refused attempt. Append-only, also for the database (AU-01).

    `sequence` numbers the events of one document without gaps; it is empty for refusals and for acts
    that belong to no document.
    """

    class Outcome(models.TextChoices):
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(_("time"))
    business_date = models.DateField(_("business day"))
    document_type = models.CharField(max_length=24, blank=True)
    document_number = models.CharField(max_length=24, blank=True)
    root_number = models.CharField(max_length=64, blank=True, db_index=True)
    sequence = models.PositiveIntegerField(null=True, blank=True)
    name = models.CharField(_("act"), max_length=80)
    label = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, default=Outcome.DONE)
    from_status = models.CharField(max_length=24, blank=True)
    to_status = models.CharField(max_length=24, blank=True)
    duty = models.CharField(max_length=32, blank=True)
    round = models.PositiveIntegerField(default=1)
    rule = models.CharField(max_length=16, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    roles = models.CharField(max_length=400, blank=True)
    channel = models.CharField(max_length=12)
    source_address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.UniqueConstraint(
                fields=["document_type", "document_number", "sequence"], name="event_sequence_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["actor", "id"], name="event_by_actor"),
            models.Index("name", "id", name="event_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.document_number} {gettext(self.label) if self.label else self.name}".strip()


class TrailSeal(models.Model):
    """The hash chain over the trail, written by the sealer in the order of event ids (AU-01).

    `digest` = SHA-256(previous digest ‖ canonical event). Kept apart so that writing an event never
    waits for another; append-only like the trail.
    """

    sequence = models.BigAutoField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="seal")
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("trail seal")

    def __str__(self) -> str:
        return self.digest
