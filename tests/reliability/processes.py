"""Our own commands as real processes on the test's database, so that they can be killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def environment(app_var: Path, **extra: str) -> dict[str, str]:
    """The surroundings of a process that works on the present test database."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{given['NAME']}"
    else:
        url = (
            f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
        )
    return {**os.environ, "DATABASE_URL": url, "APP_VAR": str(app_var), "REDIS_URL": "", **extra}


def run(app_var: Path, *arguments: str, failpoint: str = "") -> subprocess.CompletedProcess[bytes]:
    """`manage.py …` to its end, or to its death at a fail point."""
    command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
    env = environment(app_var, **({"FAILPOINT": failpoint} if failpoint else {}))
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=120, check=False)


def start(app_var: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment(app_var), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
