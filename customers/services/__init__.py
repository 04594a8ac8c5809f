"""Writes of the customer file (`customer_file`) and of the desks (`desks`); import them from here."""

from customers.services.customer_file import (
    AddressDraft,
    ContactDraft,
    add_address,
    add_contact,
    create_customer,
    record_cooperation,
    set_terms,
    update_customer,
)
from customers.services.desks import assign_desk, create_region, delegate_desk, end_assignment

__all__ = [
    "AddressDraft",
    "ContactDraft",
    "add_address",
    "add_contact",
    "assign_desk",
    "create_customer",
    "create_region",
    "delegate_desk",
    "end_assignment",
    "record_cooperation",
    "set_terms",
    "update_customer",
]
