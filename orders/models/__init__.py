"""Tables of orders, one document a module."""

from orders.models.confirmation import CustomerConfirmation
from orders.models.contract import Contract, ContractLine, ContractSignature
from orders.models.contract_for_approval import ContractForApproval
from orders.models.enquiry import Enquiry, EnquiryLine
from orders.models.form import OrderForm
from orders.models.line import OrderLine
from orders.models.order import Order
from orders.models.quote import PriceApproval, Quote, QuoteLine, QuoteReview
from orders.models.quote_for_review import QuoteForReview

__all__ = [
    "Contract",
    "ContractForApproval",
    "ContractLine",
    "ContractSignature",
    "CustomerConfirmation",
    "Enquiry",
    "EnquiryLine",
    "Order",
    "OrderForm",
    "OrderLine",
    "PriceApproval",
    "Quote",
    "QuoteForReview",
    "QuoteLine",
    "QuoteReview",
]
