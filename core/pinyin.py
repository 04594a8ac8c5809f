"""Search keys for Chinese names: people type initials (`hzwy`) or syllables (`hangzhouwuyang`)."""

from __future__ import annotations

from functools import cache
from typing import Any

LONGEST_KEY = 160
OUR_PHRASES = {"伺服": [["sì"], ["fú"]]}
"""Words of the trade that the general dictionary reads otherwise."""


def pinyin_key(text: str, *, longest: int = LONGEST_KEY) -> str:
    """Initials, a space, then the full syllables, lower case: 陈丽 → `cl chenli`.

    Latin letters and digits stay as they are in both halves; other signs are dropped. Cut to `longest`.
    """
    syllables = [part.lower() for part in _reader()(text, errors=_latin_pieces) if part.strip()]
    initials = "".join(part[0] for part in syllables)
    return f"{initials} {''.join(syllables)}"[:longest].strip()


@cache
def _reader() -> Any:
    """Its tables cost tens of milliseconds and some memory, so only who writes a name loads them."""
    from pypinyin import lazy_pinyin, load_phrases_dict

    load_phrases_dict(OUR_PHRASES)
    return lazy_pinyin


def _latin_pieces(piece: str) -> list[str]:
    """What is no Chinese character: letters and digits one by one, so that initials keep all of them."""
    return [sign for sign in piece if sign.isalnum()]
