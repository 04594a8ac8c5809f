"""What several steps of a quotation ask for before they act."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from core.clock import today
from core.errors import RuleRefused
from orders.models import Quote
from orders.quotes.policy import is_past


def require_valid(quote: Quote) -> None:
    """Refuse to act on a quotation past its last day, whether or not it is marked expired yet (QT-04)."""
    if is_past(quote.valid_until, today()):
        raise RuleRefused(
            _("%(number)s was valid until %(day)s. Revise it, and let the customer answer the new version.")
            % {"number": quote.number, "day": quote.valid_until.isoformat()},
            rule="QT-04",
            code="quote_expired",
        )


def facts_of(quote: Quote) -> dict[str, Any]:
    """What an event keeps of the quotation's figures."""
    return {
        "total": str(quote.total),
        "currency": quote.currency,
        "version": quote.version,
        "revision": quote.revision,
    }
