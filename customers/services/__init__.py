"""Writes of the customer file (`customer_file`) and of the desks (`desks`); import them from here."""

from customers.services.cooperation import add_purchases, move_cooperation, record_cooperation
from customers.services.customer_file import (
    AddressDraft,
    ContactDraft,
    add_address,
    add_contact,
    create_customer,
    set_terms,
    update_customer,
)
from customers.services.desks import assign_desk, create_region, delegate_desk, end_assignment

__all__ = [
    "AddressDraft",
    "ContactDraft",
    "add_address",
    "add_contact",
    "add_purchases",
    "assign_desk",
    "create_customer",
    "create_region",
    "delegate_desk",
    "end_assignment",
    "move_cooperation",
    "record_cooperation",
    "set_terms",
    "update_customer",
]
