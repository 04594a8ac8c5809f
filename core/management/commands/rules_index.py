from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.devtools.rules_index import INDEX, faults_of, index_of, rendered


class Command(BaseCommand):
    help = "Write docs/rules.md: each rule, its code, its tests. With --check only compare."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if the index is stale")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        index = index_of(settings.BASE_DIR)
        if not check:
            path = settings.BASE_DIR / INDEX
            path.parent.mkdir(exist_ok=True)
            path.write_text(rendered(index), encoding="utf-8")
            self.stdout.write(f"Wrote {INDEX}")
        if faults := faults_of(index, settings.BASE_DIR):
            raise CommandError("\n".join(faults))
