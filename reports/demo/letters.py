"""The letters of three months went out then; nobody wants them again on the first start."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from core.models import Notice

STILL_TO_SEND = timedelta(hours=3)
"""Younger notices wait for the worker, so that the first start shows it at work."""


def post_old_notices(ends: datetime) -> None:
    """Mark what was queued long before the end as sent at its time.

    The one write of the demo without a service, for only the past can have made these deliveries. Runs in the
    transaction that queued them, so that no worker sees them waiting.
    """
    old = Notice.objects.pending().filter(queued_at__lt=ends - STILL_TO_SEND)
    old.update(state=Notice.State.SENT, sent_at=F("queued_at"), attempts=1)
