"""What a person reads on a page, and what of it is in the wrong language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.apps import apps
from django.test import Client
from django.urls import Resolver404, resolve

from orders.contracts.clauses import standard_clauses

CJK = re.compile(r"[\u3400-\u9fff]")
WORD = re.compile(r"[A-Za-z][A-Za-z'’]+")
NO_WORDS = re.compile(
    r"[\w.+-]+@[\w.-]+|https?://\S+|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{32,64}\b"
    r"|\b(?:[A-Z]{1,4}-)*[A-Z]{1,4}-?\d[\w-]*| · [\w.]+ = .*"
    r"|/[\w/.?=&-]+|\{\w+\}|\"[^\"]*\"|\b[a-z]+[._:][\w.:]+\b"
)  # addresses, digests, codes, values of settings, placeholders, keys of stored data
SAME_IN_CHINESE = {
    "API", "Alt", "Backspace", "CSV", "Ctrl", "DL", "EN", "ERP", "ETag", "English", "Enter", "Esc", "Excel",
    "HTTP", "ID", "IP", "JPEG", "JPG", "KB", "KP", "MB", "PDF", "PLC", "PNG", "QC", "SKU", "SO", "Shift",
    "Shundan", "Switch", "Tab", "YYYY", "MM", "DD", "cm", "kg", "km", "no", "to", "xlsx", "yes", "AC", "AQ",
    "CNY", "USD", "EUR", "HKD", "JPY", "GBP", "HH", "SWIFT",
}  # fmt: skip
SAME_IN_ENGLISH = {"中文", "切换到中文", "简体中文"}
CLAUSES_IN_CHINESE = set(standard_clauses("zh-hans").values())
"""A contract is drawn up in the language of its paper, whoever types it."""
SPOKEN_ATTRIBUTES = {"title", "placeholder", "aria-label", "alt", "label", "data-label", "data-confirm"}
UNSPOKEN = {"script", "style", "kbd", "code", "svg", "pre"}
ICON_CLASS = "material-symbols"


class Page(HTMLParser):
    """The texts and the links of a page; icons made of words are no text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self._unspoken: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in UNSPOKEN or ICON_CLASS in given.get("class", ""):
            self._unspoken.append(tag)
        self.texts += [given[name] for name in SPOKEN_ATTRIBUTES & set(given)]
        if tag == "input" and given.get("type") in {"submit", "button"}:
            self.texts.append(given.get("value", ""))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])

    def handle_endtag(self, tag: str) -> None:
        if self._unspoken and self._unspoken[-1] == tag:
            self._unspoken.pop()

    def handle_data(self, data: str) -> None:
        if not self._unspoken:
            self.texts.append(" ".join(data.split()))


def pages_of(client: Client, *starts: str) -> Iterator[tuple[str, Page]]:
    """Every kind of page that links lead to from `starts`, once each; the admin only if it is a start."""
    waiting, seen = list(starts), Counter[str]()
    while waiting:
        address = waiting.pop(0)
        try:
            name = resolve(urlsplit(address).path).view_name
        except Resolver404:
            continue
        is_elsewhere = name.startswith("admin:") and "/admin/" not in starts
        if seen[name] or is_elsewhere or name in {"logout", "api-schema"}:
            continue
        seen[name] += 1
        answer = client.get(address, follow=True)
        assert answer.status_code in {200, 403}, (address, answer.status_code)
        if not answer["Content-Type"].startswith("text/html"):
            continue
        page = Page(answer.content.decode())
        yield address, page
        targets = [urlsplit(urljoin("http://testserver" + address, link)) for link in page.links]
        waiting += [
            target.path + (f"?{target.query}" if target.query else "")
            for target in targets
            if target.netloc == "testserver" and target.scheme == "http"
        ]


@dataclass(frozen=True, slots=True)
class Stored:
    """Names of goods, customers and people and everything else that was typed: no text of ours."""

    texts: frozenset[str]
    names: tuple[str, ...]

    def left_of(self, text: str) -> str:
        """The text without what was typed."""
        if text in self.texts:
            return ""
        for name in self.names:
            text = text.replace(name, " ")
        return text


def stored_texts(*, but: Collection[str] = ()) -> Stored:
    found: set[str] = set()
    for model in apps.get_models():
        names = [
            field.name
            for field in model._meta.concrete_fields
            if field.get_internal_type() in {"CharField", "TextField"}
        ]
        for row in model._default_manager.values_list(*names) if names else ():
            found.update(value.strip() for value in row if value)
    found -= set(but)
    names = sorted((text for text in found if CJK.search(text)), key=len, reverse=True)
    return Stored(frozenset(found), tuple(names))


def english_in(text: str, stored: Stored) -> bool:
    def words_of(text: str) -> set[str]:
        return set(WORD.findall(NO_WORDS.sub(" ", text))) - SAME_IN_CHINESE

    return bool(words_of(text)) and bool(words_of(stored.left_of(text)))


def chinese_in(text: str, stored: Stored) -> bool:
    if text.strip() in SAME_IN_ENGLISH | CLAUSES_IN_CHINESE or not CJK.search(text):
        return False
    return bool(CJK.search(stored.left_of(text)))
