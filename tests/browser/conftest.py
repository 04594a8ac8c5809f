"""A real browser against a real server: Debian's Chromium, with the Chinese typeface the product ships."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import BrowserContext, Page

from core.models import User
from tests.browser.desk import Desk

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]

# Playwright runs an event loop in this thread; Django would refuse to touch the database beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser_type_launch_args(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    data = tmp_path_factory.mktemp("xdg")
    (data / "fonts").symlink_to(ROOT / "static" / "vendor" / "fonts")
    return {"executable_path": CHROMIUM, "args": FLAGS, "env": {**os.environ, "XDG_DATA_HOME": str(data)}}


@pytest.fixture
def sign_in(context: BrowserContext, live_server: Any) -> Callable[[User], None]:
    """`sign_in(person)`: the browser has that person's session, as if they had typed their password."""

    def sign_in_as(person: User) -> None:
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        context.add_cookies(
            [
                {
                    "name": django_settings.SESSION_COOKIE_NAME,
                    "value": str(session.session_key),
                    "url": live_server.url,
                }
            ]
        )

    return sign_in_as


@pytest.fixture
def quiet_page(page: Page) -> Page:
    """A page that must log no error of its own; read `page.grievances` at the end."""
    grievances: list[str] = []
    page.on("console", lambda message: grievances.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: grievances.append(str(error)))
    page.grievances = grievances  # type: ignore[attr-defined]
    return page


@pytest.fixture
def desk(quiet_page: Page, live_server: Any, sign_in: Callable[[User], None], tmp_path: Path) -> Desk:
    return Desk(quiet_page, live_server.url, sign_in, tmp_path)
