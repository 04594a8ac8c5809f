"""Pages of the customer file: the list, one customer, and the forms that keep it."""

from customers.views import parts, states
from customers.views.keeping import EditCustomerPage, NewCustomerPage, TermsPage
from customers.views.listing import CustomerOptions, CustomersPage
from customers.views.page import CustomerCommentPage, CustomerPage

__all__ = [
    "CustomerCommentPage",
    "CustomerOptions",
    "CustomerPage",
    "CustomersPage",
    "EditCustomerPage",
    "NewCustomerPage",
    "TermsPage",
    "parts",
    "states",
]
