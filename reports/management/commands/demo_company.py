"""Makes the demo company once, through the services: people, customers, catalogue, months of orders."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import datetime
from datetime import time as clock_time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from core.books import run_checks
from core.clock import BUSINESS_ZONE, now
from core.context import acting_through
from core.demo import is_unfinished, note_begun, note_finished, remove_unfinished
from core.models import User
from core.roles import roles
from orders.models import Order
from reports.demo.people import roster
from reports.demo.plan import make_demo_company

SEED = 20261121
BREATHER = 0.15  # seconds
PEOPLE_FILE = "demo_people.txt"


class Command(BaseCommand):
    help = "Make the demo company: two regions, a person per role, customers, products, months of orders."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--months", type=int, default=3)
        parser.add_argument("--seed", type=int, default=SEED)
        parser.add_argument("--considerate", action="store_true", help="leave room for people at work")
        parser.add_argument("--until", default="", help="the last day, 2026-11-21; today when left out")

    def handle(
        self, *args: Any, months: int, seed: int, until: str, considerate: bool, **options: Any
    ) -> None:
        if is_unfinished():
            self.stdout.write("The demo company was interrupted while it was made; making it anew.")
            remove_unfinished()
            call_command("migrate", interactive=False, verbosity=0)
        if User.objects.filter(username="chenli").exists():
            self.stdout.write("The demo company exists already; nothing was changed.")
            self._write_people()
            return
        if User.objects.exists():
            raise CommandError(
                "This database holds other people's work. Make the demo company in an empty one."
            )
        started = time.monotonic()
        note_begun()
        with override("zh-hans"), acting_through("web"):
            make_demo_company(
                ends=_last_moment(until),
                months=months,
                seed=seed,
                opened=self._write_people,
                breather=BREATHER if considerate else 0.0,
            )
        findings = run_checks()
        for finding in findings:
            self.stderr.write(str(finding))
        if findings:
            raise CommandError("The books of the demo company do not balance.")
        note_finished()
        self.stdout.write(
            f"Demo company made: {Order.objects.count()} orders, books balance "
            f"({time.monotonic() - started:.1f} s)."
        )

    def _write_people(self) -> None:
        with override("zh-hans"):
            text = roster({slug: role.label for slug, role in roles().items()})
        (settings.APP_VAR / PEOPLE_FILE).write_text(text, encoding="utf-8")


def _last_moment(until: str) -> datetime:
    """Half past five on the last day, or the present moment if that is earlier."""
    if not until:
        return now()
    try:
        day = datetime.strptime(until, "%Y-%m-%d").date()  # noqa: DTZ007 - a business day
    except ValueError as error:
        raise CommandError("Write the last day as 2026-11-21.") from error
    return datetime.combine(day, clock_time(17, 30), BUSINESS_ZONE)
