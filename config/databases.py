"""SQLite by default, PostgreSQL by DATABASE_URL. Both are real: every test of the database runs on each."""

from pathlib import Path
from typing import Any

import environ

POSTGRES_LIMITS = {
    "lock_timeout": "5s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "30s",
}


def database_for(env: environ.Env, var: Path) -> dict[str, Any]:
    if env.str("DATABASE_URL", default=""):
        config: dict[str, Any] = dict(env.db("DATABASE_URL"))
        return (
            with_postgres_limits(config, env)
            if "postgresql" in config["ENGINE"]
            else with_sqlite_care(config, env)
        )
    return with_sqlite_care(
        {"ENGINE": "django.db.backends.sqlite3", "NAME": str(var / "shundan.sqlite3")}, env
    )


def with_sqlite_care(config: dict[str, Any], env: environ.Env) -> dict[str, Any]:
    """IMMEDIATE, or a read followed by a write fails at once under load; recursive_triggers, or REPLACE gets
    past the append-only triggers; FULL, or the last commits may be lost with the power. The test database is
    a file because threads and processes of a race test must share it."""
    synchronous = env.str("SQLITE_SYNCHRONOUS", default="FULL")
    pragmas = {
        "journal_mode": "WAL",
        "synchronous": synchronous,
        "foreign_keys": "ON",
        "recursive_triggers": "ON",
    }
    return config | {
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "".join(f"PRAGMA {name}={value};" for name, value in pragmas.items()),
        },
        "TEST": {"NAME": str(Path(config["NAME"]).with_name("test.sqlite3"))},
    }


def with_postgres_limits(config: dict[str, Any], env: environ.Env) -> dict[str, Any]:
    """READ COMMITTED (the server's default) plus row locks. No statement waits for ever; for a long migration
    POSTGRES_STATEMENT_TIMEOUT raises the limit."""
    limits = POSTGRES_LIMITS | {
        "statement_timeout": env.str(
            "POSTGRES_STATEMENT_TIMEOUT", default=POSTGRES_LIMITS["statement_timeout"]
        ),
    }
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    return config | {
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**config.get("OPTIONS", {}), "options": options},
    }
