"""Business phones: whole for those whose post calls customers, masked for the others (CM-03, LG-01)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from core.models import User

SEES_PHONES = "customers.see_phones"
SHOWN_AT_END = 4
HIDDEN = 4
DIGIT = re.compile(r"[0-9]")


def masked_phone(phone: str) -> str:
    """`0571-88886666` reads `0571-****6666`: the four digits before the last four, extension aside, are hidden.

    A number too short to keep eight digits keeps only its last two.
    """
    number, mark, extension = _parted(phone)
    places = [match.start() for match in DIGIT.finditer(number)]
    kept = SHOWN_AT_END if len(places) >= SHOWN_AT_END + HIDDEN else 2
    hidden = places[max(0, len(places) - kept - HIDDEN) : len(places) - kept]
    shown = "".join("*" if place in hidden else sign for place, sign in enumerate(number))
    return f"{shown}{mark}{'*' * len(extension)}"


def phone_for(user: User | AnonymousUser, phone: str) -> str:
    """The phone as this person may see it."""
    return phone if getattr(user, "may", lambda _name: False)(SEES_PHONES) else masked_phone(phone)


def _parted(phone: str) -> tuple[str, str, str]:
    """Number, the word before the extension, and the extension."""
    found = re.search(r"\s*(?:转|ext\.?|x)\s*", phone, re.IGNORECASE)
    if found is None:
        return phone, "", ""
    return phone[: found.start()], found.group(), phone[found.end() :]
