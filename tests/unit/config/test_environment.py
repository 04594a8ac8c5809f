"""What the surroundings may decide, and when the product refuses to start."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import read_secret_files, refuse_weak_secret_key, secret_key_for

STRONG = "kJ8s-dfP2qLxVw93_ZtYb7NmRcHg4TuEoAi61XyQvSlKpBnM0DfGjWr5"
ROOT = Path(__file__).parents[3]


def start(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "import config.settings as s; print(s.SESSION_COOKIE_SECURE, s.ALLOWED_HOSTS)",
        ],
        cwd=ROOT,
        env=clean | {"APP_VAR": str(tmp_path), "PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_one_machine_starts_without_any_setting_and_answers_only_itself(tmp_path: Path) -> None:
    done = start(tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "False ['localhost', '127.0.0.1', '[::1]']"


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"ALLOWED_HOSTS": "sales.example.com"}, "SECRET_KEY is not set"),
        (
            {"ALLOWED_HOSTS": "sales.example.com", "SECRET_KEY": "short"},
            "SECRET_KEY is a default or too easy",
        ),
        (
            {"ALLOWED_HOSTS": "sales.example.com", "SECRET_KEY": "django-insecure-" + STRONG},
            "SECRET_KEY is a default",
        ),
        (
            {"ALLOWED_HOSTS": "sales.example.com", "SECRET_KEY": STRONG, "DEBUG": "1"},
            "DEBUG is on in production",
        ),
        ({"SECRET_KEY": STRONG}, "ALLOWED_HOSTS must name the hosts"),
        ({"SECRET_KEY": STRONG, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts"),
    ],
)
def test_production_refuses_to_start_unsafe(tmp_path: Path, environment: dict[str, str], reason: str) -> None:
    done = start(tmp_path, SHUNDAN_MODE="production", **environment)

    assert done.returncode != 0
    assert reason in done.stderr


def test_production_takes_its_secret_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text(STRONG + "\n")

    done = start(
        tmp_path, SHUNDAN_MODE="production", ALLOWED_HOSTS="sales.example.com", SECRET_KEY_FILE=str(secret)
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "True ['sales.example.com']"


def test_a_secret_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", STRONG)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))

    with pytest.raises(ImproperlyConfigured, match="Both SECRET_KEY and SECRET_KEY_FILE"):
        read_secret_files()


def test_a_missing_secret_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SENTRY_DSN", raising=False)
    monkeypatch.setenv("SENTRY_DSN_FILE", str(tmp_path / "absent"))

    with pytest.raises(ImproperlyConfigured, match="absent, which cannot be read"):
        read_secret_files()


def test_the_made_key_is_strong_private_and_stays_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)

    first = secret_key_for(environ.Env(), is_production=False, var=tmp_path)
    second = secret_key_for(environ.Env(), is_production=False, var=tmp_path)

    refuse_weak_secret_key(first)
    assert second == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
