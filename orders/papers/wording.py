"""The words of a paper in its own language, whatever the reader's: Chinese, English, or both side by side."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import override

from core.templatetags.figures import quantity_text
from core.words import amount_in_words

CHINESE, ENGLISH, BOTH = "zh-hans", "en", "both"


class Wording:
    """`say(msgid)` gives a label in the language of the paper; with both, Chinese first."""

    def __init__(self, language: str) -> None:
        self.languages = (CHINESE, ENGLISH) if language == BOTH else (language,)

    @property
    def leading(self) -> str:
        """The language whose rules of type count."""
        return self.languages[0]

    def each(self, text: str | Promise | Callable[[], str]) -> list[str]:
        """The text in each language of the paper, once where they agree."""
        said = []
        for language in self.languages:
            with override(language):
                said.append(str(text() if callable(text) and not isinstance(text, Promise) else text))
        return list(dict.fromkeys(said))

    def __call__(self, text: str | Promise | Callable[[], str], between: str = " ") -> str:
        return between.join(self.each(text))

    def amount(self, amount: Decimal, currency: str) -> list[str]:
        """合计大写, one line per language."""
        return [amount_in_words(amount, currency, language) for language in self.languages]


def figure(amount: Decimal) -> str:
    """An amount as papers print it: the currency stands at the head of the table."""
    return f"{amount:,.2f}"


def unit_price(price: Decimal) -> str:
    """At least 2 places, up to 4 (G-01)."""
    text = f"{price:,.4f}"
    return text[:-2] if text.endswith("00") else text.rstrip("0")


def share(value: Decimal) -> str:
    """13%, 2.5%."""
    return f"{quantity_text(value)}%"


CODE_COLUMN = 10
"""Characters of a code that its column holds."""

WIDE_COLUMN = 30
BREAK = "\u200b"


def breakable(text: str, most: int = WIDE_COLUMN) -> str:
    """A run of letters and digits longer than its column may break; shorter ones stay as they are, so that
    they can be searched and copied."""
    return " ".join(word if len(word) <= most else _broken(word, most) for word in text.split(" "))


def _broken(word: str, most: int) -> str:
    pieces, run = [], 0
    for character in word:
        run = run + 1 if character.isascii() else 0
        pieces.append(character)
        if run >= most or (run > 3 and character in "-/_.@"):
            pieces.append(BREAK)
            run = 0
    return "".join(pieces)
