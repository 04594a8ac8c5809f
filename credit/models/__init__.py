"""Tables of credit, one document a module."""

from credit.models.account import CustomerAccount
from credit.models.bank import BankAccount, BankLine
from credit.models.decision import CreditDecision, Review
from credit.models.for_review import OrderForReview
from credit.models.ledger import LedgerEntry
from credit.models.limit import CreditLimitChange, CreditNote
from credit.models.posting import Application, Posting
from credit.models.remittance import Allocation, Remittance

__all__ = [
    "Allocation",
    "Application",
    "BankAccount",
    "BankLine",
    "CreditDecision",
    "CreditLimitChange",
    "CreditNote",
    "CustomerAccount",
    "LedgerEntry",
    "OrderForReview",
    "Posting",
    "Remittance",
    "Review",
]
