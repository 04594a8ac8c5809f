"""Reads a PDF as a customer's printer and eye would: sheet sizes, texts and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from PIL import ImageFont
from pypdf import PdfReader

MILLIMETRE = 72 / 25.4
A4 = (210.0, 297.0)
CLOSING = "，。、；：）！？"
LEAST_JUSTIFIED = 120
FONTS = Path(__file__).parent.parent / "static" / "vendor" / "fonts"


@dataclass(frozen=True)
class Piece:
    """A run of text on a page: where it begins, its baseline, its size, all in points from the lower left."""

    text: str
    x: float
    y: float
    size: float

    font: str

    @property
    def ends(self) -> float:
        """Where it ends, by the widths of our own type. A justified line is set up to a few percent narrower."""
        width = typeface(self.font).getlength(self.text.rstrip().rstrip(CLOSING)) * self.size / 100
        return self.x + width * (1 if width < LEAST_JUSTIFIED else 0.95)


@cache
def typeface(name: str) -> ImageFont.FreeTypeFont:
    weight = "Bold" if "Bold" in name else "Regular"
    return ImageFont.truetype(str(FONTS / f"NotoSansSC-{weight}.ttf"), 100)


@dataclass(frozen=True)
class Paper:
    sizes: list[tuple[float, float]]
    texts: list[str]
    pieces: list[list[Piece]]
    fonts: set[str]

    @property
    def pages(self) -> int:
        return len(self.texts)

    @property
    def text(self) -> str:
        """All of it, with the marks where long words may break taken out, and the breaks of lines."""
        return "".join(" ".join(self.texts).replace("\u200b", "").split())


def read_paper(content: bytes) -> Paper:
    reader = PdfReader(BytesIO(content))
    pieces, texts, fonts, sizes = [], [], set(), []
    for page in reader.pages:
        own: list[Piece] = []

        def keep(text: str, cm: Any, tm: Any, font: Any, size: float, own: list[Piece] = own) -> None:
            shown = text.replace("\n", "")
            if shown.strip():
                fonts.add(str(font["/BaseFont"]))
                start = len(shown) - len(shown.lstrip())
                own.append(
                    Piece(shown[start:].rstrip(), cm[4] + tm[4], cm[5] + tm[5], size, str(font["/BaseFont"]))
                )

        texts.append(page.extract_text(visitor_text=keep))
        pieces.append(own)
        sizes.append((float(page.mediabox.width) / MILLIMETRE, float(page.mediabox.height) / MILLIMETRE))
    return Paper(sizes, texts, pieces, fonts)


def faults_of_layout(paper: Paper, *, margin: float = 15.0) -> list[str]:
    """Sheets that are not A4 within a millimetre, texts beyond the margins, texts over one another."""
    faults = [
        f"page {page} is {width:.1f} × {height:.1f} mm"
        for page, (width, height) in enumerate(paper.sizes, 1)
        if abs(width - A4[0]) > 1 or abs(height - A4[1]) > 1
    ]
    left, right = margin * MILLIMETRE - 1, (A4[0] - margin) * MILLIMETRE + 1
    for page, pieces in enumerate(paper.pieces, 1):
        faults += [
            f"page {page}: {piece.text!r} leaves the margins" for piece in pieces
            if piece.x < left or piece.ends > right or piece.y < 20 or piece.y > 830
        ]  # fmt: skip
        faults += _overlaps(page, pieces)
    return faults


def _overlaps(page: int, pieces: list[Piece]) -> list[str]:
    rows: dict[float, list[Piece]] = {}
    for piece in sorted(pieces, key=lambda one: one.x):
        rows.setdefault(round(piece.y, 1), []).append(piece)
    return [
        f"page {page}: {one.text!r} runs into {other.text!r}"
        for row in rows.values()
        for one, other in pairwise(row)
        if one.ends > other.x + 1
    ]
