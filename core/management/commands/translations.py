from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Collect the msgids into locale/, keep what is translated, compile. With --check only compare."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if one is missing")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        from core.devtools.translations import faults_of, update_catalogs  # Babel is a developer's tool

        if not check:
            for line in update_catalogs(settings.BASE_DIR):
                self.stdout.write(line)
        if faults := faults_of(settings.BASE_DIR):
            raise CommandError("\n".join(faults))
