"""Propose the grades of the quarter that has just ended, where no timetable does it (CM-06)."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import BusinessError
from customers.services.grading import run_grading


class Command(BaseCommand):
    help = "Propose a grade for every customer from the twelve months to the last quarter end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="day of the run, today by default")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = run_grading(options["day"], actor=None)
        except BusinessError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{run.number}: {run.proposals.count()} proposals to {run.window_end}")
