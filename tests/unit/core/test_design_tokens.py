"""The colours are readable: contrast by the WCAG formula, for every pair that meets on a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[3] / "static" / "css" / "tokens.css"
MEANINGS = ["neutral", "waiting", "moving", "done", "blocked", "promise", "stock"]
READING = 4.5
SEEING = 3.0

TEXT_PAIRS = [
    *[
        (ink, paper)
        for ink in ("text", "muted", "link")
        for paper in ("surface", "canvas", "raised", "hover", "selected")
    ],
    *[(f"{meaning}-fg", f"{meaning}-bg") for meaning in MEANINGS],
    *[(f"{meaning}-fg", paper) for meaning in MEANINGS for paper in ("surface", "canvas", "hover")],
    ("on-action", "action"),
    ("on-action", "action-hover"),
    ("text", "field"),
    ("muted", "field"),
]
CONTROL_PAIRS = [
    ("field-border", "surface"),
    ("field-border", "canvas"),
    ("field-border", "raised"),
    ("focus", "surface"),
    ("focus", "canvas"),
    ("focus", "selected"),
    ("action", "surface"),
    ("action", "canvas"),
]


def variables_in(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", block))


def blocks() -> dict[str, dict[str, str]]:
    css = TOKENS.read_text(encoding="utf-8")
    found = re.findall(r":root(\[data-theme=\"(\w+)\"\])?\s*\{(.*?)\}", css, re.DOTALL)
    themes: dict[str, dict[str, str]] = {}
    for _selector, theme, body in found:
        themes.setdefault(theme or "light", {}).update(variables_in(body))
    return themes


THEMES = blocks()


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_the_published_ends_of_the_scale() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), TEXT_PAIRS)
def test_text_can_be_read(theme: str, ink: str, paper: str) -> None:
    colours = THEMES[theme]
    assert contrast(colours[ink], colours[paper]) >= READING, f"{ink} on {paper} in {theme}"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "paper"), CONTROL_PAIRS)
def test_controls_and_focus_can_be_seen(theme: str, edge: str, paper: str) -> None:
    colours = THEMES[theme]
    assert contrast(colours[edge], colours[paper]) >= SEEING, f"{edge} on {paper} in {theme}"


def test_the_system_dark_theme_is_the_chosen_dark_theme() -> None:
    assert THEMES["auto"] == THEMES["dark"]


def test_both_themes_name_the_same_colours() -> None:
    assert set(THEMES["light"]) == set(THEMES["dark"])
