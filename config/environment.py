"""What the surroundings decide: environment variables, secrets handed over as files, the folder for data.

`SHUNDAN_MODE` is `local` (one machine, loopback only, secret key made on first use) or `production`
(everything explicit, refuses to start otherwise). Nothing here imports Django's settings.
"""

import os
import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET_KEY = 50
LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
SECRETS_BY_FILE = (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SENTRY_DSN",
)


def read_secret_files(names: tuple[str, ...] = SECRETS_BY_FILE) -> None:
    """Where NAME_FILE is set, put that file's text into NAME: no secret need stand in a list of variables."""
    for name in names:
        path = os.environ.get(f"{name}_FILE")
        if not path:
            continue
        if os.environ.get(name):
            raise ImproperlyConfigured(f"Both {name} and {name}_FILE are set. Set only one of them.")
        try:
            os.environ[name] = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE names {path}, which cannot be read: {error.strerror}."
            ) from error


def mode_of(env: environ.Env) -> str:
    mode = env.str("SHUNDAN_MODE", default="local")
    if mode not in {"local", "production"}:
        raise ImproperlyConfigured(f"SHUNDAN_MODE is {mode!r}. Use 'local' or 'production'.")
    return mode


def data_folder(env: environ.Env, base_dir: Path) -> Path:
    folder = Path(env.str("APP_VAR", default="var")).expanduser()
    folder = folder if folder.is_absolute() else base_dir / folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def secret_key_for(env: environ.Env, *, is_production: bool, var: Path) -> str:
    """The given key if it is strong; without one in local mode, a key made once and kept under APP_VAR."""
    key = env.str("SECRET_KEY", default="")
    if not key and not is_production:
        return _kept_secret_key(var / "secret_key")
    if not key:
        raise ImproperlyConfigured("SECRET_KEY is not set. In production set SECRET_KEY or SECRET_KEY_FILE.")
    refuse_weak_secret_key(key)
    return key


def refuse_weak_secret_key(key: str) -> None:
    if len(key) < SHORTEST_SECRET_KEY or len(set(key)) < 10 or key.startswith("django-insecure"):
        raise ImproperlyConfigured(
            f"SECRET_KEY is a default or too easy to guess. Use {SHORTEST_SECRET_KEY} random characters."
        )


def _kept_secret_key(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(64)
        file.write(key)
    return key


def refuse_unsafe_production(*, is_debug: bool, allowed_hosts: list[str]) -> None:
    if is_debug:
        raise ImproperlyConfigured("DEBUG is on in production. Unset DEBUG, or set SHUNDAN_MODE=local.")
    if not allowed_hosts or "*" in allowed_hosts:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS must name the hosts the site answers to, for example sales.example.com."
        )
