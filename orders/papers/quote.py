"""报价单: what a quotation offers, so that the customer can say yes to it (QT-01)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.company import CompanyDetails, company_details
from core.papers import render_pdf
from orders.models import Quote, QuoteLine
from orders.papers import parts
from orders.papers.wording import Wording

TEMPLATE = "print/orders/quote.typ"


def quote_pdf(quote: Quote, *, language: str = "") -> bytes:
    """The letterhead paper of one version. Language zh-hans, en or both; the quotation's own by default.

    Four statements, however many lines; the number printed is the version's own.
    """
    say = Wording(language or quote.language)
    lines = list(quote.lines.order_by("line_no"))
    company = company_details(quote.currency)
    return render_pdf(TEMPLATE, quote_data(quote, lines, company, say))


def quote_data(
    quote: Quote, lines: Sequence[QuoteLine], company: CompanyDetails, say: Wording
) -> dict[str, Any]:
    """What the template prints: texts and figures only."""
    offered = [line for line in lines if not line.is_alternative]
    alternatives = [line for line in lines if line.is_alternative]
    return {
        **parts.frame(say, company, title=gettext_lazy("Quotation"), number=quote.number),
        "customer": _customer(quote, say),
        "facts": _facts(quote, say),
        "subject": quote.title,
        "table": parts.table(say, offered, quote.currency),
        "totals": parts.totals(say, quote, quote.total),
        "words": parts.in_words(say, quote.total, quote.currency),
        "alternatives": parts.table(say, alternatives, quote.currency) if alternatives else None,
        "alternatives_title": say(gettext_lazy("Alternatives, not part of the total")),
        "terms_title": say(gettext_lazy("Terms")),
        "terms": _terms(quote, offered, say),
        "bank_title": say(gettext_lazy("Bank details")),
        "bank": parts.bank_facts(say, company),
        "signatures": [
            {
                "title": say(gettext_lazy("Accepted by the customer")),
                "name": quote.customer.name,
                "fields": _signature_fields(say),
            },
            {
                "title": say(gettext_lazy("For the supplier")),
                "name": parts.names_of_company(say, company),
                "fields": _signature_fields(say),
            },
        ],
        "seal": say(gettext_lazy("(stamp)")),
    }


def _customer(quote: Quote, say: Wording) -> parts.Facts:
    return parts.facts(
        say,
        [
            (gettext_lazy("Customer"), quote.customer.name),
            (gettext_lazy("Customer no."), quote.customer.number),
            (gettext_lazy("Contact"), quote.contact_name),
            (gettext_lazy("Phone"), quote.contact_phone),
            (gettext_lazy("E-mail"), quote.contact_email),
            (gettext_lazy("Delivery address"), quote.delivery_address),
        ],
    )


def _facts(quote: Quote, say: Wording) -> parts.Facts:
    return parts.facts(
        say,
        [
            (gettext_lazy("Quotation no."), quote.number),
            (gettext_lazy("Version"), f"V{quote.revision}"),
            (gettext_lazy("Quoted on"), parts.day_text(quote.quoted_on)),
            (gettext_lazy("Valid until"), parts.day_text(quote.valid_until)),
            (gettext_lazy("Currency"), quote.currency),
            (gettext_lazy("Your contact"), quote.salesperson.display_name),
        ],
    )


def _terms(quote: Quote, lines: Sequence[QuoteLine], say: Wording) -> list[dict[str, Any]]:
    """Payment, delivery, warranty, validity and what was granted; a text the writer left empty is left out."""
    longest = max((line.lead_days or 0 for line in lines), default=0)
    cycle = [quote.delivery_cycle] if quote.delivery_cycle else say.each(lambda: _days_text(longest))
    validity = say.each(
        lambda: _("This quotation is valid until %(day)s.") % {"day": quote.valid_until.isoformat()}
    )
    rows = [
        (gettext_lazy("Preferential policy"), [quote.preferential_policy]),
        (gettext_lazy("Payment terms"), say.each(lambda: parts.payment_terms(quote, quote.total))),
        (gettext_lazy("Delivery cycle"), cycle),
        (gettext_lazy("Warranty"), [quote.warranty]),
        (gettext_lazy("Validity"), validity),
        (gettext_lazy("Remarks"), quote.remarks.splitlines()),
    ]
    return [
        {"label": say(label, "\n"), "lines": [text for text in texts if text.strip()]}
        for label, texts in rows
        if any(text.strip() for text in texts)
    ]


def _days_text(days: int) -> str:
    if not days:
        return ""
    return ngettext("%(days)s day after the order", "%(days)s days after the order", days) % {"days": days}


def _signature_fields(say: Wording) -> list[str]:
    return [say(gettext_lazy("Signature")), say(gettext_lazy("Date"))]
