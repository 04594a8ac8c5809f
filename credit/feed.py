"""Whose slips' and limits' events may be read: those within scope (RG-02)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.feeds import register_feed
from core.models import User
from credit.models import CreditLimitChange, Remittance


def visible_numbers(user: User) -> QuerySet[Any]:
    return Remittance.objects.visible_to(user, permission="credit.view").values("number")


def visible_limits(user: User) -> QuerySet[Any]:
    return CreditLimitChange.objects.visible_to(user, permission="credit.view").values("number")


def register() -> None:
    register_feed(Remittance.document_type, permission="credit.view", roots=visible_numbers)
    register_feed(CreditLimitChange.document_type, permission="credit.view", roots=visible_limits)
