"""Who reads a contract's trail and files, and whom its events are told (RG-02, AU-03)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from core.attachments import register_file_scope
from core.feeds import register_feed
from core.models import Attachment, User
from core.outbox import Recipient, register_audience
from customers.models import Customer
from customers.timeline import register_matters
from orders.models import Contract

READS = "orders.view"


def visible_numbers(user: User) -> QuerySet[Any]:
    return Contract.objects.visible_to(user, permission=READS).values("number")


def may_fetch_contract_file(user: User, attachment: Attachment) -> bool:
    rows = Contract.objects.visible_to(user, permission=READS)
    return user.may(READS) and rows.filter(number=attachment.document_number).exists()


def numbers_of_customer(customer: Customer) -> QuerySet[Any]:
    return Contract.objects.filter(customer=customer).values("number")


def salesperson_of(contract: Any) -> Sequence[Recipient]:
    return [Recipient("email", contract.salesperson.email, contract.salesperson.language)]


def register() -> None:
    register_feed(Contract.document_type, permission=READS, roots=visible_numbers)
    register_file_scope(Contract.document_type, may_fetch_contract_file, resource="orders")
    register_audience(Contract.document_type, "salesperson", salesperson_of)
    register_matters("contracts", numbers_of_customer)
