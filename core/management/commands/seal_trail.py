"""Seal the trail up to now and write the anchor."""

from typing import Any

from django.core.management.base import BaseCommand

from core.seal import anchor_path, seal_trail, write_anchor


class Command(BaseCommand):
    help = (
        "Seal the events of the trail that have settled, and append the head of the chain to the anchor file."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        sealed = seal_trail()
        anchor = write_anchor()
        self.stdout.write(
            f"{sealed} events sealed; {anchor['count'] if anchor else 0} in all. Anchor: {anchor_path()}"
        )
