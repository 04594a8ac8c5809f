"""Prices a quotation and finds everything wrong with it at once. Reads only; page, API and services share it.

Lines are priced exactly as an order's are (`orders.assessment`); what a quotation has beside that is
examined here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from core.clock import today
from core.errors import FieldProblem, InvalidInput, Problems
from core.money import BASE_CURRENCY
from core.parameters import parameters_on
from customers.models import Customer
from inventory.models import PriceList, Product
from inventory.queries import PricedProduct
from inventory.services.stock import availability_for
from orders.assessment import PricedLine, PricedOrder, examine_draft
from orders.draft_checks import check_text, longest
from orders.drafts import MOST_LINES
from orders.models import Order, Quote
from orders.price_authority import PriceVerdict, judge_prices, limits_from
from orders.pricing import LineAmounts, OrderTotals, order_totals
from orders.quotes.drafts import QuoteDraft, QuoteLineDraft
from orders.quotes.policy import is_made_to_order
from orders.warnings import DraftWarning

MOST_LEAD_DAYS = 3_650
LONGEST_VALIDITY = timedelta(days=3_650)
TEXTS = ("title", "preferential_policy", "delivery_cycle", "warranty", "internal_note", "external_ref")


@dataclass(frozen=True, slots=True)
class PricedQuoteLine:
    """A line as it will be stored. `unit_cost` only in the company's currency, without tax."""

    priced: PricedLine
    draft: QuoteLineDraft
    is_made_to_order: bool
    unit_cost: Decimal | None

    @property
    def line_no(self) -> int:
        return self.priced.line_no

    @property
    def product(self) -> PricedProduct:
        return self.priced.product

    @property
    def amounts(self) -> LineAmounts:
        return self.priced.amounts

    @property
    def margin(self) -> Decimal | None:
        """What is left of the net amount after the standard cost; None where the cost is not known."""
        if self.unit_cost is None:
            return None
        return self.amounts.net - self.unit_cost * self.draft.quantity


@dataclass(frozen=True, slots=True)
class PricedQuote:
    """A draft that can be saved: nothing in it is wrong, `warnings` may remain."""

    customer: Customer
    draft: QuoteDraft
    terms: str
    prepaid_percent: Decimal | None
    quoted_on: date
    valid_until: date
    language: str
    price_list: PriceList
    lines: tuple[PricedQuoteLine, ...]
    totals: OrderTotals
    prices: PriceVerdict
    warnings: tuple[DraftWarning, ...]


@dataclass(frozen=True, slots=True)
class QuoteExamination:
    """A draft as far as it can be priced, and everything wrong with it; `products` by code, known ones only."""

    priced: PricedQuote
    problems: tuple[FieldProblem, ...]
    products: Mapping[str, PricedProduct]


def assess_quote(customer: Customer, draft: QuoteDraft) -> PricedQuote:
    """Price a draft for a customer, or raise InvalidInput with a pointer for each thing wrong (QT-01, G-02).

    A constant number of statements, however many lines. Expects the customer with contact and address
    (`with_defaults`). Raises RuleRefused for a stopped or merged customer (CM-12) and where no price list in
    the customer's currency is in force (QT-03, SY-02).
    """
    examined = examine_quote(customer, draft)
    if examined.problems:
        raise InvalidInput(rule="QT-01", problems=examined.problems)
    return examined.priced


def examine_quote(customer: Customer, draft: QuoteDraft) -> QuoteExamination:
    """The same without refusing: lines that are wrong are left out of the totals."""
    examined = examine_draft(customer, draft.as_order(Order.Channel.EMAIL), is_order=False)
    settings = parameters_on()
    quoted_on = today()
    valid_until = draft.valid_until or quoted_on + timedelta(days=settings.number("quote.valid_days"))
    found = Problems()
    found.found.extend(_in_words_of_a_quote(problem) for problem in examined.problems)
    _check_header(draft, quoted_on, found)
    _check_lines(draft.lines, found)
    lines = _lines_of(examined.priced, draft.lines)
    priced = PricedQuote(
        customer=customer,
        draft=draft,
        terms=examined.priced.terms,
        prepaid_percent=examined.priced.prepaid_percent,
        quoted_on=quoted_on,
        valid_until=valid_until,
        language=draft.language or customer.language,
        price_list=examined.priced.price_list,
        lines=lines,
        totals=order_totals((line.amounts for line in lines if not line.draft.is_alternative), draft.freight),
        prices=judge_prices((line.priced for line in lines), limits_from(settings)),
        warnings=examined.priced.warnings,
    )
    return QuoteExamination(priced, tuple(found.found), examined.products)


def _lines_of(priced: PricedOrder, drafts: Sequence[QuoteLineDraft]) -> tuple[PricedQuoteLine, ...]:
    """With what the warehouse and the product file add: made to order or not, and the cost."""
    ids = [line.product.product_id for line in priced.lines]
    costs = dict(Product.objects.filter(pk__in=ids).values_list("pk", "standard_cost"))
    has_cost = priced.customer.currency == BASE_CURRENCY
    free = availability_for(ids, priced.warehouse)
    wanted: dict[int, Decimal] = {}
    for line in priced.lines:
        if not drafts[line.line_no - 1].is_alternative:
            key = line.product.product_id
            wanted[key] = wanted.get(key, Decimal(0)) + line.draft.quantity
    return tuple(
        PricedQuoteLine(
            line,
            drafts[line.line_no - 1],
            is_made_to_order(
                asked=drafts[line.line_no - 1].is_made_to_order,
                supply=line.product.supply,
                wanted=max(wanted.get(line.product.product_id, Decimal(0)), line.draft.quantity),
                available=free[line.product.product_id],
            ),
            costs.get(line.product.product_id) if has_cost else None,
        )
        for line in priced.lines
    )


# --- What only a quotation has --------------------------------------------------------------------


def _in_words_of_a_quote(problem: FieldProblem) -> FieldProblem:
    words = {
        "no_lines": _("The quotation has no lines. Enter at least one product with a quantity."),
        "too_many_lines": _("A quotation has at most %(most)s lines. Split it.") % {"most": MOST_LINES},
    }
    detail = words.get(problem.code) if problem.pointer == "#/lines" else None
    return FieldProblem(problem.pointer, problem.code, detail) if detail else problem


def _check_header(draft: QuoteDraft, quoted_on: date, found: Problems) -> None:
    if draft.language and draft.language not in Quote.PaperLanguage.values:
        found.add("#/language", "unknown_language", _("Choose the language of the paper."))
    if draft.valid_until is not None:
        if draft.valid_until < quoted_on:
            found.add(
                "#/valid_until",
                "before_quoted",
                _("The quotation would be expired already. Enter today or a later day."),
            )
        elif draft.valid_until > quoted_on + LONGEST_VALIDITY:
            found.add("#/valid_until", "too_late", _("No quotation is valid for ten years. Check the day."))
    for name in TEXTS:
        check_text(f"#/{name}", getattr(draft, name), longest(Quote, name), found)


def _check_lines(lines: Sequence[QuoteLineDraft], found: Problems) -> None:
    if lines and all(line.is_alternative for line in lines):
        found.add(
            "#/lines",
            "only_alternatives",
            _("Every line is an alternative, so nothing is offered. Let at least one line count."),
        )
    for index, line in enumerate(lines[:MOST_LINES]):
        if line.lead_days is not None and not 0 <= line.lead_days <= MOST_LEAD_DAYS:
            found.add(
                f"#/lines/{index}/lead_days",
                "out_of_range",
                _("Enter the delivery time in days, from 0 to %(most)s.") % {"most": MOST_LEAD_DAYS},
            )
