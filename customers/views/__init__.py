"""Pages of the customer file: the list, one customer, and the forms that keep it."""

from customers.views.keeping import (
    EditCustomerPage,
    NewAddressPage,
    NewContactPage,
    NewCustomerPage,
    TermsPage,
)
from customers.views.listing import CustomerOptions, CustomersPage
from customers.views.page import CustomerPage

__all__ = [
    "CustomerOptions",
    "CustomerPage",
    "CustomersPage",
    "EditCustomerPage",
    "NewAddressPage",
    "NewContactPage",
    "NewCustomerPage",
    "TermsPage",
]
