"""Values that break careless code, and a reader of the forms of a page, for the tests of bad input."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

TEXTS: tuple[str, ...] = (
    "",
    " ",
    "\x00",
    "A\x00B",
    "\ud800",
    "\x1b[31m\x7f",
    "\u202e\u200b\ufeff",
    "²",
    "①",
    "１２",
    "٣",
    "-1",
    "0",
    "-0",
    "1.23456",
    "1e5",
    "1e999",
    "-1E+400",
    "1e-999",
    "NaN",
    "sNaN",
    "Infinity",
    "-Infinity",
    "0x1F",
    "1_000",
    "1,234.50",
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "1180591620717411303424",
    "9" * 5000,
    "0." + "0" * 400 + "1",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "10000-01-01",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "2026-11-21T25:61",
    "true",
    "null",
    "[]",
    "{}",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "%s%n%(number)s",
    "{0}{number!r}",
    "../../etc/passwd",
    "长" * 70_000,
    "00000000-0000-0000-0000-000000000000",
    "-",
    "--",
    "__class__",
    "pk",
    "-customer__salesperson__password",
)

VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    0.1,
    1e308,
    float("nan"),
    float("inf"),
    2**31,
    2**63,
    2**70,
    10**4200,
    [],
    [[]],
    [None],
    ["A1023"],
    {},
    {"a": 1},
    {"": {"": []}},
    *TEXTS,
)


def is_sendable(text: str) -> bool:
    """Half a surrogate pair cannot be written as UTF-8; only an escape in JSON carries it."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def nested(depth: int) -> Any:
    """A list within a list within …"""
    value: Any = []
    for _level in range(depth):
        value = [value]
    return value


@dataclass
class PageForm:
    """A form as a browser would send it: where, how, and what stands in it."""

    action: str = ""
    method: str = "get"
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def data(self) -> dict[str, list[str]]:
        sent: dict[str, list[str]] = {}
        for name, value in self.fields:
            sent.setdefault(name, []).append(value)
        for name, values in self.choices.items():
            sent.setdefault(name, values[-1:])
        return sent


class FormReader(HTMLParser):
    """Collects the forms of a page; a `form` attribute on a field is not followed."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._form: PageForm | None = None
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._form = PageForm(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input" and name:
            self._input(given, name)
        elif tag == "button" and given.get("type", "submit") == "submit" and "disabled" not in given:
            self._form.buttons.append((name, given.get("value", "")))
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select:
            self._form.choices.setdefault(self._select, []).append(given.get("value", ""))
            if "selected" in given:
                self._form.fields.append((self._select, given.get("value", "")))
        elif tag == "textarea" and name:
            self._textarea = name

    def _input(self, given: dict[str, str], name: str) -> None:
        assert self._form is not None
        kind = given.get("type", "text")
        if kind == "file":
            self._form.files.append(name)
        elif kind in ("checkbox", "radio"):
            if "checked" in given:
                self._form.fields.append((name, given.get("value", "on")))
            elif kind == "radio":
                self._form.choices.setdefault(name, []).append(given.get("value", "on"))
        else:
            self._form.fields.append((name, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._textarea and self._form is not None:
            self._form.fields.append((self._textarea, data.strip()))
            self._textarea = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea and self._form is not None:
            self._form.fields.append((self._textarea, ""))
            self._textarea = ""
        if tag == "select":
            self._select = ""
        if tag == "form":
            self._form = None


def forms_of(html: str, *, address: str) -> list[PageForm]:
    """The forms of a page, each with the address it goes to."""
    reader = FormReader()
    reader.feed(html)
    for form in reader.forms:
        form.action = form.action or address
    return reader.forms


def spoil(chance: random.Random, data: dict[str, list[str]]) -> dict[str, list[str]]:
    """The same form with one to three fields spoilt, dropped, doubled or made up."""
    spoilt = {name: list(values) for name, values in data.items()}
    for _time in range(chance.randint(1, 3)):
        name = chance.choice([*spoilt, "made_up", "version", "next"])
        act = chance.random()
        if act < 0.1:
            spoilt.pop(name, None)
        elif act < 0.2:
            spoilt.setdefault(name, []).append(chance.choice(TEXTS))
        else:
            spoilt[name] = [chance.choice(TEXTS)]
    return spoilt


def spoil_json(chance: random.Random, body: Any) -> Any:
    """The same body with one place in it spoilt."""
    places = list(_places(body))
    if not places or chance.random() < 0.06:
        return chance.choice([*VALUES, nested(300), [body], {"made_up": body}])
    target = chance.choice(places)
    return _replaced(body, target, chance)


def _places(body: Any, path: tuple[Any, ...] = ()) -> Any:
    if path:
        yield path
    if isinstance(body, dict):
        for name, value in body.items():
            yield from _places(value, (*path, name))
    elif isinstance(body, list):
        for number, value in enumerate(body):
            yield from _places(value, (*path, number))


def _replaced(body: Any, path: tuple[Any, ...], chance: random.Random) -> Any:
    name, rest = path[0], path[1:]
    copy = dict(body) if isinstance(body, dict) else list(body)
    if rest:
        copy[name] = _replaced(body[name], rest, chance)
        return copy
    act = chance.random()
    if act < 0.08 and isinstance(copy, dict):
        del copy[name]
    elif act < 0.16:
        copy[name] = [copy[name]]
    elif act < 0.2 and isinstance(copy, dict):
        copy[chance.choice([text for text in TEXTS if len(text) < 100])] = copy[name]
    elif act < 0.24:
        copy[name] = nested(150)
    else:
        copy[name] = chance.choice(VALUES)
    return copy
