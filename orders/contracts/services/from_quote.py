"""An accepted quotation becomes a contract with identical lines, prices, freight and terms (QT-04, CT-01)."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from core.clock import now
from core.models import User
from core.numbering import next_number
from core.sql import insert_rows
from core.trail import record_event
from core.transactions import unit_of_work
from core.workflow import require_permission
from orders.assessment import require_customer_is_served
from orders.contracts.clauses import standard_clauses
from orders.contracts.services.applying import APPLIED, PREFIX, snapshot
from orders.models import Contract, ContractLine, Quote, QuoteLine
from orders.quotes.services.converting import mark_converted

COPIED = (
    "sku",
    "name",
    "spec",
    "unit",
    "quantity",
    "unit_price",
    "list_price",
    "floor_price",
    "discount_percent",
    "tax_rate",
    "net",
    "tax",
    "gross",
    "remark",
)


@unit_of_work
def create_contract_from_quote(quote: Quote, *, actor: User, version: int | None = None) -> Contract:
    """Apply for an individual contract over an accepted quotation, which is thereby converted (QT-04).

    Lines, prices, freight and terms are the quotation's; alternatives stay behind. A superseded, expired or
    already converted version is refused. The application can then be completed and is submitted on its own.
    """
    require_permission(actor, "orders.apply_for_contracts", rule="CT-01")
    number = next_number(PREFIX)
    quote = mark_converted(quote, target_number=number, actor=actor, version=version)
    require_customer_is_served(quote.customer)
    contract = Contract(
        number=number,
        kind=Contract.Kind.INDIVIDUAL,
        quote=quote,
        created_by=actor,
        customer=quote.customer,
        region=quote.region,
        salesperson=quote.salesperson,
        currency=quote.currency,
        language=quote.language,
        amount=quote.total,
        freight=quote.freight,
        net=quote.net,
        tax=quote.tax,
        terms=quote.terms,
        prepaid_percent=quote.prepaid_percent,
        clauses=standard_clauses(quote.language),
        updated_at=now(),
        **_words_of(quote),
    )
    contract.save(force_insert=True)
    lines = QuoteLine.objects.filter(quote=quote, is_alternative=False).order_by("line_no")
    rows = [
        {
            "contract": contract.pk,
            "line_no": number,
            "product": line.product_id,
            "price_source": "quote",
            **{name: getattr(line, name) for name in COPIED},
        }
        for number, line in enumerate(lines, start=1)
    ]
    insert_rows(ContractLine, rows)
    data = {**snapshot(contract), "lines": len(rows), "quote": quote.number}
    record_event(contract, APPLIED, actor=actor, data=data)
    return contract


def _words_of(quote: Quote) -> dict[str, str]:
    """What the application says of itself, in the language of the paper."""
    with translation.override("en" if quote.language == "en" else "zh-hans"):
        words = {"number": quote.number, "day": (quote.answered_on or quote.quoted_on).isoformat()}
        return {
            "title": quote.title or _("Sale according to quotation %(number)s") % words,
            "order_intention": _("The customer accepted quotation %(number)s on %(day)s.") % words,
            "policy_basis": quote.preferential_policy or _("Prices of quotation %(number)s") % words,
        }
