"""Whom a quotation's events are told, and what the texts in `templates/mail/quote/` may name.

A text to the customer names only what stands on the paper: no review, no cost, no internal note (IN-06).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.delivery import register_notice_context, register_notice_papers
from core.models import Attachment, Event
from core.outbox import Recipient, register_audience
from core.templatetags.figures import amount_text
from orders.models import Quote


def customer_of(quote: Any) -> Sequence[Recipient]:
    """Where the paper was sent, in the language of the customer's documents."""
    return [Recipient("email", quote.sent_to, quote.customer.language)]


def salesperson_of(quote: Any) -> Sequence[Recipient]:
    return [Recipient("email", quote.salesperson.email, quote.salesperson.language)]


def values_for(event: Event) -> Mapping[str, Any]:
    """What a quotation's message may say. One statement."""
    quote = Quote.objects.for_display().filter(number=event.document_number).first()
    if quote is None:
        return {}
    return {
        "number": quote.number,
        "customer": quote.customer.name,
        "contact": quote.contact_name or quote.customer.name,
        "title": quote.title,
        "amount": amount_text(quote.total, quote.currency),
        "valid_until": quote.valid_until.isoformat(),
        "salesperson": quote.salesperson.display_name,
    }


def paper_of(event: Event) -> Sequence[Attachment]:
    """The PDF that was made when the version was sent (QT-01). One statement."""
    papers = Attachment.objects.filter(
        kind="sent_paper", document_type=Quote.document_type, document_number=event.document_number
    )
    return list(papers)


def register() -> None:
    register_audience(Quote.document_type, "customer", customer_of)
    register_audience(Quote.document_type, "salesperson", salesperson_of)
    register_notice_context(Quote.document_type, values_for)
    register_notice_papers(Quote.document_type, "send", paper_of)
