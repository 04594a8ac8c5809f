"""`make check`: what must hold of the code before any test runs. Runs everything, then says what failed."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

BIN = Path(sys.executable).parent
CODE = (
    "config",
    "core",
    "customers",
    "inventory",
    "orders",
    "credit",
    "fulfillment",
    "aftersales",
    "reports",
)


@dataclass(frozen=True)
class Check:
    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


def manage(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-W", "ignore", "manage.py", *words)


def production_environment() -> dict[str, str]:
    return {
        "SHUNDAN_MODE": "production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "sales.example.com",
        "CSRF_TRUSTED_ORIGINS": "https://sales.example.com",
        "PROXY_COUNT": "1",
        "DEBUG": "0",
        "DEMO": "0",
    }


def checks() -> list[Check]:
    return [
        Check("layout", (str(BIN / "ruff"), "format", "--check", "--quiet", ".")),
        Check("lint", (str(BIN / "ruff"), "check", "--quiet", ".")),
        Check("types", (str(BIN / "mypy"), "--no-error-summary")),
        Check("layers", (str(BIN / "lint-imports"), "--no-logo")),
        Check("security", (str(BIN / "bandit"), "-q", "-ll", "-r", "-c", "pyproject.toml", *CODE)),
        Check("migrations", manage("makemigrations", "--check", "--dry-run")),
        Check("deployment", manage("check", "--deploy", "--fail-level", "WARNING"), production_environment()),
        Check("rule index", manage("rules_index", "--check")),
    ]


def run_check(check: Check, folder: str) -> bool:
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        env=os.environ | {"APP_VAR": folder, "LOG_LEVEL": "ERROR"} | check.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    is_good = done.returncode == 0
    print(
        f"{'good  ' if is_good else 'FAILED'} {check.name} ({time.monotonic() - started:.1f} s)", flush=True
    )
    if not is_good:
        print(done.stdout, flush=True)
    return is_good


def main(wanted: list[str]) -> int:
    """Words after the command choose checks by name; none means all."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    chosen = [check for check in checks() if not wanted or check.name in wanted]
    with tempfile.TemporaryDirectory() as folder:
        failed = [check.name for check in chosen if not run_check(check, folder)]
    print(f"Checks failed: {', '.join(failed)}" if failed else "All checks are good")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
