"""The events of notices and shipments may be read by whoever may see the order's goods (RG-02)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.feeds import register_feed
from core.models import User
from fulfillment.models import DispatchNotice, Shipment


def orders_of_notices(user: User) -> QuerySet[Any]:
    return DispatchNotice.objects.visible_to(user, permission="fulfillment.view").values("order__number")


def orders_of_shipments(user: User) -> QuerySet[Any]:
    return Shipment.objects.visible_to(user, permission="fulfillment.view").values("order__number")


def register() -> None:
    register_feed(DispatchNotice.document_type, permission="fulfillment.view", roots=orders_of_notices)
    register_feed(Shipment.document_type, permission="fulfillment.view", roots=orders_of_shipments)
