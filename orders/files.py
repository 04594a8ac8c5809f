"""Who may fetch the files of an order: whoever may see the order (RG-02, AU-03)."""

from __future__ import annotations

from core.attachments import register_file_scope
from core.models import Attachment, User
from orders.models import Order


def may_fetch_order_file(user: User, attachment: Attachment) -> bool:
    return (
        user.may("orders.view")
        and Order.objects.visible_to(user, permission="orders.view")
        .filter(number=attachment.document_number)
        .exists()
    )


def register() -> None:
    register_file_scope(Order.document_type, may_fetch_order_file, resource="orders")
