"""The browser with whoever sits at it: what the stories in the browser have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from core.models import User
from tests import factories


class Desk:
    """The browser with whoever sits at it."""

    def __init__(self, page: Page, server: str, sign_in: Callable[[User], None], folder: Path) -> None:
        self.page, self.server, self.sign_in, self.folder = page, server, sign_in, folder

    def is_taken_by(self, person: User, path: str) -> None:
        self.sign_in(person)
        self.open(path)

    def open(self, path: str) -> None:
        answer = self.page.goto(self.server + path)
        assert answer is not None
        assert answer.status == 200, f"{path} answered {answer.status}"

    def picture(self, name: str) -> Path:
        path = self.folder / name
        path.write_bytes(factories.png(size=(300, 200)))
        return path

    def act(self, action: str, note: str = "") -> None:
        """Press the button of a step on the document's page, with its reason where it asks for one."""
        form = self.page.locator(f"form[action$='/{action}/']")
        if not form.first.is_visible():
            self.page.locator("details.act", has=self.page.locator(f"form[action$='/{action}/']")).locator(
                "summary"
            ).click()
        form = self.page.locator(f"form[action$='/{action}/']:visible")
        if note:
            form.locator("textarea[name=note]").fill(note)
        with self.page.expect_navigation():
            form.locator("button[type=submit]").click()

    def send(self) -> None:
        """Press the form's main button."""
        with self.page.expect_navigation():
            self.page.locator("main form button.btn-primary[type=submit]").first.click()
