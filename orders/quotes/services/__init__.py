"""What can be done with a quotation, a use case a module (QT-01, QT-02, QT-04)."""

from orders.quotes.services.answering import accept_quote, decline_quote, expire_quotes
from orders.quotes.services.converting import convert_quote_to_order, mark_converted
from orders.quotes.services.reviewing import review_quote, submit_quote
from orders.quotes.services.sending import send_quote, sending_warnings
from orders.quotes.services.writing import create_quote, edit_quote, revise_quote, withdraw_quote

__all__ = [
    "accept_quote",
    "convert_quote_to_order",
    "create_quote",
    "decline_quote",
    "edit_quote",
    "expire_quotes",
    "mark_converted",
    "review_quote",
    "revise_quote",
    "send_quote",
    "sending_warnings",
    "submit_quote",
    "withdraw_quote",
]
