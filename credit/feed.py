"""Whose slips' events may be read: those of the slips within scope (RG-02)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.feeds import register_feed
from core.models import User
from credit.models import Remittance


def visible_numbers(user: User) -> QuerySet[Any]:
    return Remittance.objects.visible_to(user, permission="credit.view").values("number")


def register() -> None:
    register_feed(Remittance.document_type, permission="credit.view", roots=visible_numbers)
