"""What must hold of every quotation, proven by `verify_books`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from core.books import check
from core.models import Event
from core.money import ZERO
from orders.models import Order, OrderLine, Quote, QuoteLine, QuoteReview
from orders.pricing import price_line
from orders.quotes.workflow import QuoteStatus

PAST_REVIEW = (QuoteStatus.CLEARED, QuoteStatus.SENT, QuoteStatus.ACCEPTED, QuoteStatus.CONVERTED)


@check("Q1", _("A quotation's amounts are the sums of its lines and freight, alternatives apart"))
def totals_add_up() -> Iterator[str]:
    counted = Q(lines__is_alternative=False)
    sums = Quote.objects.annotate(
        lines_net=Sum("lines__net", filter=counted),
        lines_tax=Sum("lines__tax", filter=counted),
        lines_gross=Sum("lines__gross", filter=counted),
    ).order_by("id")
    fields = ("number", "net", "tax", "total", "freight", "lines_net", "lines_tax", "lines_gross")
    for number, net, tax, total, freight, *parts in sums.values_list(*fields).iterator():
        lines_net, lines_tax, lines_gross = (part or ZERO for part in parts)
        if (net, tax, total) != (lines_net, lines_tax, lines_gross + freight):
            yield f"{number}: {net} + {tax} = {total}, lines give {lines_net} + {lines_tax} + {freight}"


@check("Q2", _("Every quoted line is worth what its quantity, price, discount and rate give"))
def lines_are_priced_right() -> Iterator[str]:
    fields = ("quote__number", "line_no", "quantity", "unit_price", "discount_percent", "tax_rate")
    rows = QuoteLine.objects.order_by("id").values_list(*fields, "net", "tax", "gross")
    for number, line_no, quantity, price, discount, rate, *amounts in rows.iterator():
        right = price_line(quantity, price, discount, rate)
        if [right.net, right.tax, right.gross] != amounts:
            yield f"{number} line {line_no}: {amounts}, should be {right}"


@check("Q3", _("A quotation's status is where its latest move led"))
def status_follows_the_trail() -> Iterator[str]:
    moves = (
        Event.objects.done()
        .filter(document_type="quote", document_number=OuterRef("number"))
        .exclude(to_status="")
    )
    latest = moves.order_by("-sequence").values("to_status")[:1]
    rows = Quote.objects.annotate(led_to=Subquery(latest)).order_by("id")
    for number, status, led_to in rows.values_list("number", "status", "led_to").iterator():
        if status != (led_to or QuoteStatus.DRAFT):
            yield f"{number}: {status}, the trail says {led_to or QuoteStatus.DRAFT}"


@check("Q4", _("An order made of a quotation has the quotation's lines, or its trail says what was changed"))
def orders_keep_the_quoted_lines() -> Iterator[str]:
    corrected = Event.objects.done().filter(document_type="order", name__in=("edited", "amend"))
    orders = Order.objects.filter(quote__isnull=False).exclude(number__in=corrected.values("document_number"))
    compared = ("sku", "quantity", "unit_price", "discount_percent", "tax_rate", "net", "tax", "gross")
    quoted = QuoteLine.objects.filter(is_alternative=False, quote__in=orders.values("quote"))
    of_quotes = _rows_by(quoted.values_list("quote_id", *compared))
    of_orders = _rows_by(OrderLine.objects.filter(order__in=orders).values_list("order_id", *compared))
    rows = orders.order_by("id").values_list("pk", "number", "quote_id", "quote__number")
    for pk, number, quote, quote_number in rows:
        if of_orders.get(pk) != of_quotes.get(quote):
            yield f"{number}: the lines are not those of {quote_number}"


def _rows_by(rows: Any) -> dict[int, Counter[Any]]:
    found: dict[int, Counter[Any]] = {}
    for key, *row in rows:
        found.setdefault(key, Counter())[tuple(row)] += 1
    return found


@check("Q5", _("What was converted was made into something, and only that"))
def conversions_have_a_target() -> Iterator[str]:
    converted = Quote.objects.filter(status=QuoteStatus.CONVERTED, orders=None, contracts=None)
    for number in converted.order_by("id").values_list("number", flat=True):
        yield f"{number}: converted, but there is neither order nor contract"
    early = Order.objects.filter(quote__isnull=False).exclude(quote__status=QuoteStatus.CONVERTED)
    for number, quote_number in early.order_by("id").values_list("number", "quote__number"):
        yield f"{number}: made of {quote_number}, which is not converted"


@check("Q6", _("Nothing goes out to which a department asked has not agreed"))
def everybody_asked_has_agreed() -> Iterator[str]:
    passed = Quote.objects.filter(status__in=PAST_REVIEW)
    agreed = QuoteReview.objects.filter(verdict=QuoteReview.Verdict.AGREED, quote__in=passed)
    given: dict[tuple[int, int], set[str]] = {}
    for pk, round_no, department in agreed.values_list("quote_id", "round", "department"):
        given.setdefault((pk, round_no), set()).add(department)
    rows = passed.order_by("id").values_list("pk", "number", "round", "reviews_needed")
    for pk, number, round_no, needed in rows.iterator():
        missing = set(needed) - given.get((pk, round_no), set())
        if missing or "finance" not in needed:
            yield f"{number}: without {', '.join(sorted(missing)) or 'finance'}"


@check("Q7", _("Of each quotation one version at most is not superseded, and its predecessors are"))
def versions_follow_each_other() -> Iterator[str]:
    broken = Quote.objects.filter(
        Q(superseded_by__isnull=False) & ~Q(status=QuoteStatus.SUPERSEDED)
        | Q(superseded_by__isnull=True, status=QuoteStatus.SUPERSEDED)
    )
    for number, status in broken.order_by("id").values_list("number", "status"):
        yield f"{number}: {status}, which its successor does not bear out"
