"""Use cases of the enquiry: it comes in, is answered, confirmed, quoted, closed (EN-01, EN-02)."""

from orders.enquiries.services.intake import (
    edit_enquiry,
    link_customer,
    open_customer_file,
    open_enquiry,
    reassign_enquiry,
)
from orders.enquiries.services.progress import (
    close_enquiry,
    confirm_demand,
    mark_quoted,
    reopen_enquiry,
    respond_enquiry,
)

__all__ = [
    "close_enquiry",
    "confirm_demand",
    "edit_enquiry",
    "link_customer",
    "mark_quoted",
    "open_customer_file",
    "open_enquiry",
    "reassign_enquiry",
    "reopen_enquiry",
    "respond_enquiry",
]
