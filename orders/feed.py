"""Whose orders' events a person or client may read: those of the orders within scope (RG-02)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.feeds import register_feed
from core.models import User
from orders.models import Order


def visible_numbers(user: User) -> QuerySet[Any]:
    return Order.objects.visible_to(user, permission="orders.view").values("number")


def register() -> None:
    register_feed(Order.document_type, permission="orders.view", roots=visible_numbers)
