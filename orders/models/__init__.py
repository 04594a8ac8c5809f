"""Tables of orders, one document a module."""

from orders.models.confirmation import CustomerConfirmation
from orders.models.form import OrderForm
from orders.models.line import OrderLine
from orders.models.order import Order

__all__ = ["CustomerConfirmation", "Order", "OrderForm", "OrderLine"]
