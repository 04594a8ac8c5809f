"""Writes of the customer file (`customer_file`) and of the desks (`desks`); import them from here."""

from customers.services.care import write_care_plan
from customers.services.changes import apply_change, report_change, withdraw_change
from customers.services.cooperation import add_purchases, move_cooperation, record_cooperation
from customers.services.customer_file import create_customer, set_terms, update_customer
from customers.services.desks import assign_desk, create_region, delegate_desk, end_assignment
from customers.services.grading import confirm_flagged, confirm_grades, keep_grade, run_grading
from customers.services.parts import (
    AddressDraft,
    ContactDraft,
    add_address,
    add_contact,
    edit_address,
    edit_contact,
    remove_address,
    remove_contact,
    set_default_address,
    set_default_contact,
)
from customers.services.states import freeze_credit, resume_orders, stop_orders, unfreeze_credit

__all__ = [
    "AddressDraft",
    "ContactDraft",
    "add_address",
    "add_contact",
    "add_purchases",
    "apply_change",
    "assign_desk",
    "confirm_flagged",
    "confirm_grades",
    "create_customer",
    "create_region",
    "delegate_desk",
    "edit_address",
    "edit_contact",
    "end_assignment",
    "freeze_credit",
    "keep_grade",
    "move_cooperation",
    "record_cooperation",
    "remove_address",
    "remove_contact",
    "report_change",
    "resume_orders",
    "run_grading",
    "set_default_address",
    "set_default_contact",
    "set_terms",
    "stop_orders",
    "unfreeze_credit",
    "update_customer",
    "withdraw_change",
    "write_care_plan",
]
