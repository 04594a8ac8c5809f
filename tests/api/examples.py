"""Reads the examples of the API's documentation: a request, then the answer it promises."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BLOCK = re.compile(r"^```http\n(.*?)^```$", re.S | re.M)
TOKEN_ROW = re.compile(r"^\| `\$(?P<name>[A-Z]+)` \|[^|]+\|(?P<scopes>[^|]+)\|$", re.M)
PLACEHOLDER = re.compile(r"<[a-z_]+>")


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer as it stands in the text; `line` is where to find it."""

    line: int
    start: str
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Example:
    request: Message
    answer: Message


@dataclass(slots=True)
class Placeholders:
    """Words in angle brackets: taken from the first answer that shows them, put into later requests."""

    values: dict[str, Any] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        return PLACEHOLDER.sub(lambda found: str(self.values.get(found[0], found[0])), text)

    def agrees(self, shown: str, actual: Any) -> bool:
        return self.values.setdefault(shown, actual) == actual


def examples_of(path: Path) -> list[Example]:
    text = path.read_text(encoding="utf-8")
    messages = [_message(found[1], text.count("\n", 0, found.start()) + 1) for found in BLOCK.finditer(text)]
    pairs = list(zip(messages[::2], messages[1::2], strict=True))
    for request, answer in pairs:
        assert not request.start.startswith("HTTP/"), f"line {request.line}: an answer without a request"
        assert answer.start.startswith("HTTP/1.1 "), f"line {answer.line}: a request without an answer"
    return [Example(request, answer) for request, answer in pairs]


def scopes_of(path: Path) -> dict[str, list[str]]:
    """The tokens of the text and the scopes it gives them."""
    rows = TOKEN_ROW.finditer(path.read_text(encoding="utf-8"))
    return {row["name"]: re.findall(r"`([a-z]+:[a-z]+)`", row["scopes"]) for row in rows}


def differences(shown: Any, actual: Any, known: Placeholders, place: str = "#") -> Iterator[str]:
    """Where the answer is not what is shown; fields that are not shown do not count."""
    if isinstance(shown, dict) and isinstance(actual, dict):
        for name, value in shown.items():
            if name not in actual:
                yield f"{place}/{name}: missing"
            else:
                yield from differences(value, actual[name], known, f"{place}/{name}")
    elif isinstance(shown, list) and isinstance(actual, list) and len(shown) == len(actual):
        for index, (one, other) in enumerate(zip(shown, actual, strict=True)):
            yield from differences(one, other, known, f"{place}/{index}")
    elif isinstance(shown, str) and PLACEHOLDER.fullmatch(shown):
        if not known.agrees(shown, actual):
            yield f"{place}: {shown} was another value before, now {actual!r}"
    elif shown != actual:
        yield f"{place}: shown {shown!r}, actual {json.dumps(actual, ensure_ascii=False)[:300]}"


def _message(text: str, line: int) -> Message:
    head, _blank, body = text.partition("\n\n")
    start, *lines = head.strip().splitlines()
    headers = dict(header.split(": ", 1) for header in lines)
    return Message(line, start, headers, body.strip())
