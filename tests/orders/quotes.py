"""Quotations to begin with, at every stage, for tests of what comes after."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.models import User
from orders.models import Quote
from orders.quotes.drafts import QuoteDraft, QuoteLineDraft
from orders.quotes.services import accept_quote, create_quote, review_quote, send_quote, submit_quote

D = Decimal
REVIEWERS = {"finance": "zhoujie", "production": "jixiaoyun", "purchasing": "caiyong"}
PRICE_REVIEWER = {"manager": "wangqiang", "director": "fangfang", "gm": "zhengguo"}


def quote_of(*lines: tuple[str, str] | QuoteLineDraft, **header: Any) -> QuoteDraft:
    """A complete draft: ("A1023", "2") is a line."""
    drafted = tuple(
        line if isinstance(line, QuoteLineDraft) else QuoteLineDraft(line[0], D(line[1])) for line in lines
    )
    return QuoteDraft(lines=drafted or (line_of("A1023", "2"), line_of("B2040", "7")), **header)


def line_of(sku: str, quantity: str, **fields: Any) -> QuoteLineDraft:
    return QuoteLineDraft(sku, D(quantity), **fields)


def drafted(cast: Any, company: Any, *lines: Any, actor: User | None = None, **header: Any) -> Quote:
    return create_quote(company.customer, draft=quote_of(*lines, **header), actor=actor or cast.rep)


def in_review(cast: Any, company: Any, *lines: Any, **header: Any) -> Quote:
    return submit_quote(drafted(cast, company, *lines, **header), actor=cast.rep)


def agree_all(quote: Quote) -> Quote:
    """Every department asked agrees, each by its own person."""
    for department in quote.reviews_needed:
        name = REVIEWERS.get(department) or PRICE_REVIEWER[quote.price_level]
        review_quote(quote, department=department, verdict="agreed", actor=User.objects.get(username=name))
    return fresh(quote)


def cleared(cast: Any, company: Any, *lines: Any, **header: Any) -> Quote:
    return agree_all(in_review(cast, company, *lines, **header))


def sent(cast: Any, company: Any, *lines: Any, **header: Any) -> Quote:
    return fresh(send_quote(cleared(cast, company, *lines, **header), actor=cast.rep))


def accepted(cast: Any, company: Any, *lines: Any, **header: Any) -> Quote:
    return fresh(accept_quote(sent(cast, company, *lines, **header), answered_by="王芳", actor=cast.rep))


def fresh(quote: Quote) -> Quote:
    return Quote.objects.for_display().get(pk=quote.pk)
