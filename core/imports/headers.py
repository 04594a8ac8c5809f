"""Finds the row of column titles and says which of our entries each column is. Pure."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.cells import cell_day, cell_number, cell_text, is_empty_cell, letters_of
from core.imports.registry import ImportColumn

PROBLEM_TITLES = ("导入问题", "Import problems")
"""Our own column of a file that came back from us; it is no column of the person's."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The title over a column, `index` from 0."""

    index: int
    title: str

    @property
    def letters(self) -> str:
        return letters_of(self.index)


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """Where the titles stand (`row_index` from 0), and the entries recognised: name → column index."""

    row_index: int
    headings: tuple[Heading, ...]
    recognised: Mapping[str, int]

    @property
    def signature(self) -> str:
        """The same for the same titles in the same order."""
        titles = "\x1f".join(f"{heading.index}:{plain(heading.title)}" for heading in self.headings)
        return hashlib.sha256(titles.encode()).hexdigest()


def plain(title: str) -> str:
    """A title without what differs from sheet to sheet: width, case, blanks, signs and what stands in brackets."""
    text = unicodedata.normalize("NFKC", title).lower()
    return "".join(sign for sign in text.split("(")[0] or text if sign.isalnum())


def find_header(rows: Sequence[Sequence[Any]], columns: Sequence[ImportColumn]) -> HeaderRow | None:
    """The row that names most of our columns; else the first that could be titles. None when there is none."""
    found = [_header_at(index, row, columns) for index, row in enumerate(rows)]
    best = max(found, key=lambda header: (len(header.recognised), -header.row_index), default=None)
    if best is not None and len(best.recognised) >= min(2, len(columns)):
        return best
    return next((h for h in found if _could_be_titles(rows[h.row_index])), None)


def _header_at(index: int, row: Sequence[Any], columns: Sequence[ImportColumn]) -> HeaderRow:
    titles = [(place, cell_text(cell)) for place, cell in enumerate(row) if isinstance(cell, str)]
    headings = tuple(Heading(p, t) for p, t in titles if t and t not in PROBLEM_TITLES)
    return HeaderRow(index, headings, recognise(headings, columns))


def recognise(headings: Sequence[Heading], columns: Sequence[ImportColumn]) -> dict[str, int]:
    """Which column holds which entry, by the words people use for it; the first of two equal titles counts."""
    by_word = {plain(word): column.name for column in columns for word in column.words}
    found: dict[str, int] = {}
    for heading in headings:
        name = by_word.get(plain(heading.title))
        if name is not None:
            found.setdefault(name, heading.index)
    return found


def _could_be_titles(row: Sequence[Any]) -> bool:
    """Two texts at least, no two the same, no figure and no day among them."""
    filled = [cell for cell in row if not is_empty_cell(cell)]
    texts = [cell_text(cell) for cell in filled]
    return (
        len(filled) >= 2
        and len(set(texts)) == len(texts)
        and all(
            isinstance(cell, str) and cell_number(cell) is None and cell_day(cell) is None for cell in filled
        )
    )
