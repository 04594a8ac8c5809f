"""Chooses the database of a test run before Django's settings load, and starts the servers it needs.

`SHUNDAN_TEST_DB=sqlite` (default) or `postgres`. With `postgres`, DATABASE_URL and REDIS_URL are used if
given, else servers of our own are started. Data goes to a folder of this run, so runs do not meet.
"""

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Generator
from functools import partial
from pathlib import Path
from types import FrameType

import pytest

from tests.plugins.local_servers import LocalServer, start_postgres, start_redis, temporary_folder

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "live_server",
    "admin_user",
    "admin_client",
}

_servers: list[LocalServer] = []
_folders: list[Path] = []


def chosen_database() -> str:
    name = os.environ.get("SHUNDAN_TEST_DB", "sqlite")
    if name not in {"sqlite", "postgres"}:
        raise pytest.UsageError(f"SHUNDAN_TEST_DB is {name!r}. Use 'sqlite' or 'postgres'.")
    return name


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-use",
        choices=["any", "none", "some"],
        default="any",
        help="run only the tests that use no database (none), or only those that use one (some)",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    known = early_config.known_args_namespace
    if not (known.help or getattr(known, "version", False)):
        _prepare_environment(is_server_needed=getattr(known, "database_use", "any") != "none")
    try:
        return (yield)
    except BaseException:
        stop_everything()
        raise


def _prepare_environment(*, is_server_needed: bool) -> None:
    signal.signal(signal.SIGTERM, partial(_end_run, os.getpid()))
    folder = temporary_folder("shundan-test-", Path(tempfile.gettempdir()))
    _folders.append(folder)
    (folder / "static").mkdir()
    os.environ |= {
        "APP_VAR": str(folder),
        "SHUNDAN_MODE": "local",
        "DEMO": "0",
        "DEBUG": "0",
        "LOG_LEVEL": "WARNING",
    }
    for name in ("EMAIL_URL", "SENTRY_DSN", "ALLOWED_HOSTS", "SECRET_KEY", "PROXY_COUNT", "STATIC_ROOT"):
        os.environ.pop(name, None)
    if chosen_database() == "sqlite":
        os.environ["SQLITE_SYNCHRONOUS"] = "OFF"
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("REDIS_URL", None)
    elif is_server_needed:
        is_durable = os.environ.get("SHUNDAN_TEST_DURABLE") == "1"
        _start_missing("DATABASE_URL", partial(start_postgres, is_durable=is_durable))
        _start_missing("REDIS_URL", start_redis)


def _end_run(owner: int, number: int, frame: FrameType | None) -> None:
    """The whole run, not only the present test; a forked child just goes."""
    if os.getpid() != owner:
        os._exit(128 + number)
    pytest.exit("Ended by SIGTERM", returncode=128 + number)


def _start_missing(variable: str, start: object) -> None:
    if not os.environ.get(variable):
        server = start()  # type: ignore[operator]
        _servers.append(server)
        os.environ[variable] = server.url


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Hashing a password is slow on purpose; a test that signs in a hundred people needs no protection."""
    from django.conf import settings

    if settings.configured:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_unconfigure() -> None:
    stop_everything()


def stop_everything() -> None:
    while _servers:
        _servers.pop().stop()
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


def pytest_report_header() -> list[str]:
    started = [f"{server.name}: {server.version}" for server in _servers]
    return [f"database: {chosen_database()}", *started]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Leaves the counts where `make test` finds them for its own summary."""
    if path := os.environ.get("SHUNDAN_TEST_COUNTS"):
        counts = {name: len(reports) for name, reports in terminalreporter.stats.items() if name}
        Path(path).write_text(json.dumps(counts), encoding="utf-8")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    unwanted = [item for item in items if not _belongs_to_this_run(item, config.getoption("--database-use"))]
    if unwanted:
        config.hook.pytest_deselected(items=unwanted)
        kept = set(items) - set(unwanted)
        items[:] = [item for item in items if item in kept]
    browser_tests = [item for item in items if item.get_closest_marker("browser")]
    if browser_tests and not CHROMIUM.exists():
        _skip_or_refuse(browser_tests)


def _belongs_to_this_run(item: pytest.Item, wanted: str) -> bool:
    other = "postgres" if chosen_database() == "sqlite" else "sqlite"
    if item.get_closest_marker(other):
        return False
    return wanted == "any" or (wanted == "some") == uses_database(item)


def uses_database(item: pytest.Item) -> bool:
    from django.test import TransactionTestCase

    if item.get_closest_marker("django_db") or item.get_closest_marker("browser"):
        return True
    owner = getattr(item, "cls", None)
    if owner is not None and issubclass(owner, TransactionTestCase):
        return True
    return bool(DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ())))


def _skip_or_refuse(browser_tests: list[pytest.Item]) -> None:
    reason = f"{len(browser_tests)} browser tests need {CHROMIUM}, which is not installed (package chromium)"
    if os.environ.get("REQUIRE_BROWSER") == "1":
        raise pytest.UsageError(f"REQUIRE_BROWSER=1, but {reason}.")
    for item in browser_tests:
        item.add_marker(pytest.mark.skip(reason=reason))
