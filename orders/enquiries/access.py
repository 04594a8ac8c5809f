"""Who may read the events and fetch the files of an enquiry: whoever may see it (RG-02, AU-03)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.attachments import register_file_scope
from core.feeds import register_feed
from core.models import Attachment, User
from customers.models import Customer
from customers.timeline import register_matters
from orders.models import Enquiry

PERMISSION = "orders.view"


def may_fetch_enquiry_file(user: User, attachment: Attachment) -> bool:
    visible = Enquiry.objects.visible_to(user, permission=PERMISSION)
    return user.may(PERMISSION) and visible.filter(number=attachment.document_number).exists()


def visible_numbers(user: User) -> QuerySet[Any]:
    return Enquiry.objects.visible_to(user, permission=PERMISSION).values("number")


def numbers_of_customer(customer: Customer) -> QuerySet[Any]:
    return Enquiry.objects.filter(customer=customer).values("number")


def register() -> None:
    register_file_scope(Enquiry.document_type, may_fetch_enquiry_file, resource="orders")
    register_feed(Enquiry.document_type, permission=PERMISSION, roots=visible_numbers)
    register_matters("enquiries", numbers_of_customer)
