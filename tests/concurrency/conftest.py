"""The crew that races, started once for all races."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.processes import ROOT, environment

Entry = tuple[str, dict[str, Any]]
Race = Callable[[Sequence[Entry]], list[Any]]
"""Lets a process per entry (act, arguments) start at the same moment; gives what came of each."""


@pytest.fixture(scope="session")
def race(django_db_setup: None) -> Iterator[Race]:
    crew = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.concurrency.worker"], cwd=ROOT, text=True,
        env=environment(Path(os.environ["APP_VAR"])), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip

    def run(entries: Sequence[Entry]) -> list[Any]:
        assert crew.stdin is not None
        assert crew.stdout is not None
        crew.stdin.write(json.dumps(list(entries)) + "\n")
        crew.stdin.flush()
        return list(json.loads(crew.stdout.readline()))

    yield run
    crew.communicate()
