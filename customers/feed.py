"""Whose customers' events may be read: those of the customers within scope (RG-02)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.feeds import register_feed
from core.models import User
from customers.models import ChangeReport, Customer


def visible_numbers(user: User) -> QuerySet[Any]:
    return Customer.objects.visible_to(user, permission="customers.view").values("number")


def register() -> None:
    register_feed(Customer.document_type, permission="customers.view", roots=visible_numbers)
    register_feed(ChangeReport.document_type, permission="customers.view", roots=visible_numbers)
