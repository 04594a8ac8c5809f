"""Who may read the trail and fetch the files of a quotation: whoever may see the quotation (RG-02, AU-03)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.attachments import register_file_scope
from core.feeds import register_feed
from core.models import Attachment, User
from customers.models import Customer
from customers.timeline import register_matters
from orders.models import Quote

PERMISSION = "orders.view"


def may_fetch_quote_file(user: User, attachment: Attachment) -> bool:
    visible = Quote.objects.visible_to(user, permission=PERMISSION)
    return user.may(PERMISSION) and visible.filter(number=attachment.document_number).exists()


def visible_series(user: User) -> QuerySet[Any]:
    return Quote.objects.visible_to(user, permission=PERMISSION).values("series")


def series_of_customer(customer: Customer) -> QuerySet[Any]:
    return Quote.objects.filter(customer=customer).values("series")


def register() -> None:
    register_file_scope(Quote.document_type, may_fetch_quote_file, resource="orders")
    register_feed(Quote.document_type, permission=PERMISSION, roots=visible_series)
    register_matters("quotes", series_of_customer)
