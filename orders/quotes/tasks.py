"""What the clock asks of quotations."""

from __future__ import annotations

from celery import shared_task

from core.clock import today
from orders.quotes.services import expire_quotes


@shared_task(name="orders.tasks.expire_quotes")
def expire_quotes_today() -> int:
    """Mark what was valid until yesterday or before (QT-04); how many it was."""
    return expire_quotes(today())
