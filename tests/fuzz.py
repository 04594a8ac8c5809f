"""Sends one case after another, rolls each back, and remembers those the product failed on."""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """Everything within is rolled back, yet services see no transaction around theirs."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


class Fuzz:
    """`send` cases, then ask for the `verdict`: not one may have failed."""

    def __init__(self, client: Any) -> None:
        self.client, self.sent = client, 0
        self.failures: list[str] = []
        self.answers: Counter[int] = Counter()
        logging.getLogger("django.request").setLevel(logging.ERROR)

    def send(self, method: str, path: str, data: Any, **options: Any) -> None:
        self.sent += 1
        try:
            with undone():
                answer = getattr(self.client, method)(path, data, **options)
        except Exception as error:
            self.failures.append(f"{method} {path} {brief(data)}: {type(error).__name__} {_told(error)}")
            return
        self.answers[answer.status_code] += 1
        if answer.status_code >= 500:
            self.failures.append(f"{method} {path} {brief(data)}: {answer.status_code}")

    def verdict(self) -> None:
        print(f"{self.sent} cases answered {dict(sorted(self.answers.items()))}")
        assert not self.failures, f"{len(self.failures)} of {self.sent} failed:\n" + "\n".join(
            self.failures[:40]
        )


def _told(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame for frame in frames if "/tests/" not in frame.filename and "site-packages" not in frame.filename
    ]
    place = (ours or frames)[-1]
    return f"{str(error)[:150]} at {place.filename}:{place.lineno}"


def brief(data: Any) -> str:
    """A case short enough to read and whole enough to repeat."""
    if isinstance(data, dict):
        return "{" + ", ".join(f"{ascii(name)[:40]}: {brief(value)}" for name, value in data.items()) + "}"
    text = ascii(data)
    return text if len(text) < 400 else f"{text[:300]}… ({len(text)})"
