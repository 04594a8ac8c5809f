from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Max
from django_celery_beat.models import PeriodicTask

from core.clock import now
from core.models.outbox import Heartbeat


class Command(BaseCommand):
    help = "Fail unless a background process did some work lately: being up is not enough."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the name in the heartbeat table, or 'beat' for the scheduler")
        parser.add_argument("--within", type=int, default=120, help="seconds")

    def handle(self, *args: Any, name: str, within: int, **options: Any) -> None:
        last = _last_work_of(name)
        if last is None or last < now() - timedelta(seconds=within):
            raise CommandError(f"{name} did nothing for {within} s; its last work was at {last}.")


def _last_work_of(name: str) -> datetime | None:
    if name == "beat":
        return PeriodicTask.objects.aggregate(last=Max("last_run_at"))["last"]
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
