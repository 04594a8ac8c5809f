"""Months as people write them: 2026-11."""

from __future__ import annotations

import re
from datetime import date

from core.clock import month_of, today

WRITTEN = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


def month_from(text: str) -> date:
    """The month written as `2026-11`; the present one when nothing is written. Raises ValueError."""
    if not text:
        return month_of(today())
    match = WRITTEN.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return date(int(match[1]), int(match[2]), 1)
