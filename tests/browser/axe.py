"""Accessibility as axe-core sees it: nothing serious or critical, on any page, in any theme or language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAVE = {"serious", "critical"}


def violations_on(page: Page, within: str = "html") -> list[dict[str, Any]]:
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    result = page.evaluate(
        "([scope, tags]) => axe.run(scope, {runOnly: tags, resultTypes: ['violations'], preload: false})",
        [within, TAGS],
    )
    return [violation for violation in result["violations"] if violation["impact"] in GRAVE]


def assert_accessible(page: Page, within: str = "html") -> None:
    """Fail with rule, element and what to do, not with a number."""
    found = [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]}\n    {node['failureSummary']}"
        for violation in violations_on(page, within)
        for node in violation["nodes"]
    ]
    assert not found, f"{page.url}\n" + "\n".join(found)


def width_beyond_the_screen(page: Page) -> int:
    """Pixels by which the page scrolls sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def small_targets(page: Page, least: int = 24) -> list[str]:
    """Controls narrower or lower than `least`; links in sentences and hidden controls are exempt."""
    return page.evaluate(
        """(least) => [...document.querySelectorAll("a, button, summary, select, textarea, input")]
          .filter((e) => e.getClientRects().length && e.tabIndex !== -1)
          .filter((e) => !(e.tagName === "A" && e.closest("p, dd, .note")))
          .filter((e) => getComputedStyle(e).clipPath === "none")
          .filter((e) => {
            const b = e.getBoundingClientRect();
            return b.width < least - 0.5 || b.height < least - 0.5;
          })
          .map((e) => `${e.outerHTML.slice(0, 120)} ${JSON.stringify(e.getBoundingClientRect())}`)""",
        least,
    )
