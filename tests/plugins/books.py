"""The books must balance after every test that moved money or stock: call this from a fixture's teardown."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def require_clean_books() -> None:
    """Runs `verify_books` on what the test left behind and fails the test with its findings."""
    findings = StringIO()
    try:
        call_command("verify_books", stdout=findings, stderr=findings)
    except (CommandError, SystemExit) as refused:
        if isinstance(refused, SystemExit) and not refused.code:
            return
        pytest.fail(
            f"verify_books found faults after this test:\n{refused}\n{findings.getvalue()}", pytrace=False
        )
