"""Prove that the books agree; exit code 1 with a line per finding when they do not."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.books import all_checks, run_checks


class Command(BaseCommand):
    help = "Check every invariant of the books; exit code 1 and a line per finding if one does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("codes", nargs="*", help="only these checks, for example D2 F1")
        parser.add_argument("--list", action="store_true", help="list the checks and stop")

    def handle(self, *args: Any, codes: list[str], **options: Any) -> None:
        if options["list"]:
            self.stdout.write("\n".join(f"{check.code:4} {check.title}" for check in all_checks()))
            return
        findings = run_checks(codes)
        for finding in findings:
            self.stdout.write(str(finding))
        if findings:
            raise CommandError(f"{len(findings)} findings", returncode=1)
        if options["verbosity"] > 1:
            self.stdout.write("The books agree.")
