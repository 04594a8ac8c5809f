"""What the clock asks of the reports; each task only calls."""

from __future__ import annotations

from celery import shared_task

from core.clock import month_of, today
from core.jobs import queue_job
from core.models import User
from reports.jobs import MONTHLY_REPORT

READERS = ("general_manager", "marketing_director")
"""For whom last month's report is made without being asked."""


@shared_task
def build_monthly_report() -> int:
    """Queue last month's report for the management; for how many readers (AR-01)."""
    month = month_of(month_of(today()) - today().resolution)
    readers = User.objects.filter(is_active=True, role_grants__role__in=READERS).distinct()
    for reader in readers:
        queue_job(MONTHLY_REPORT, {"month": f"{month:%Y-%m}"}, actor=reader)
    return len(readers)
