"""The departments concerned agree to a quotation, or return it with a reason (QT-02, QT-03)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.clock import now, today
from core.errors import Conflict, FieldProblem, InvalidInput, PermissionDenied, Problems, RuleRefused
from core.models import User
from core.parameters import parameters_on
from core.sql import update_rows
from core.trail import Fact, events_together, record_event
from core.transactions import unit_of_work
from core.workflow import require_in_scope, require_permission, require_version
from inventory.prices import PriceSource, lists_in_force, price_book
from orders.assessment import require_customer_is_served
from orders.draft_checks import check_terms
from orders.drafts import OrderDraft
from orders.models import Quote, QuoteLine, QuoteReview
from orders.price_authority import FOUND_IN_A_LIST, judge_prices, limits_from, may_allow
from orders.quotes.policy import (
    DEPARTMENTS,
    FINANCE,
    PRICE,
    PRODUCTION,
    PURCHASING,
    departments_needed,
)
from orders.quotes.queries import PERMISSION_OF, posts_that_allow
from orders.quotes.services.guards import facts_of, require_valid
from orders.quotes.workflow import QUOTE_WORKFLOW

REVIEWED = Fact("reviewed", gettext_noop("Quotation reviewed"), rule="QT-02")
LABELS = {
    (FINANCE, "agreed"): gettext_noop("Finance agrees"),
    (FINANCE, "refused"): gettext_noop("Finance returns it"),
    (PRODUCTION, "agreed"): gettext_noop("Production agrees"),
    (PRODUCTION, "refused"): gettext_noop("Production returns it"),
    (PURCHASING, "agreed"): gettext_noop("Purchasing agrees"),
    (PURCHASING, "refused"): gettext_noop("Purchasing returns it"),
    (PRICE, "agreed"): gettext_noop("The price is allowed"),
    (PRICE, "refused"): gettext_noop("The price is not allowed"),
}
JUDGED_BY = ("list_price", "floor_price", "price_source")
AGREED, REFUSED = QuoteReview.Verdict.AGREED, QuoteReview.Verdict.REFUSED


@unit_of_work
def submit_quote(quote: Quote, *, actor: User, version: int | None = None, note: str = "") -> Quote:
    """Ask finance, and whom else it concerns, to agree (QT-02); each submission is a round of its own.

    Who has to agree is decided here and kept on the quotation, by its lines beside the lists in force today,
    by today's limits on discounts and by the post of whoever submits (QT-03). Raises RuleRefused for a
    quotation past its validity, a customer who is not served (CM-12), InvalidInput for terms looser than the
    customer file's (CM-10).
    """
    quote = Quote.objects.locked().get(pk=quote.pk)
    require_version(quote, version)
    QUOTE_WORKFLOW.require(quote, "submit", actor=actor)
    require_valid(quote)
    require_customer_is_served(quote.customer)
    _require_terms(quote)
    lines = _beside_todays_lists(quote)
    verdict = judge_prices(lines, limits_from(parameters_on()))
    needed = departments_needed(lines, level=verdict.level, maker_roles=actor.role_slugs)
    changes = {
        "reviews_needed": list(needed),
        "price_level": verdict.level,
        "largest_discount": verdict.largest_discount,
        "is_below_floor": verdict.is_below_floor,
        "submitted_at": now(),
        "round": quote.round + (quote.submitted_at is not None),
    }
    data = {**facts_of(quote), "reviews_needed": list(needed), "price_level": verdict.level}
    QUOTE_WORKFLOW.move(quote, "submit", actor=actor, note=note, data=data, changes=changes)
    return quote


@unit_of_work
def review_quote(
    quote: Quote,
    *,
    department: str,
    verdict: str,
    note: str = "",
    promised_on: date | None = None,
    actor: User,
    version: int | None = None,
) -> QuoteReview:
    """Give one department's verdict on the present submission (QT-02).

    The last department that agrees clears the quotation, the first that refuses returns it to its maker.
    Nobody reviews what he wrote, nobody for two departments (IC-01); no API client reviews at all. A review
    that changes no state leaves the version as it is, so two departments do not get in each other's way.
    """
    quote = Quote.objects.locked().get(pk=quote.pk)
    require_version(quote, version)
    _check_words(department, verdict, note, promised_on)
    require_permission(actor, PERMISSION_OF[department], rule="QT-02")
    require_in_scope(quote, PERMISSION_OF[department], actor=actor)
    if actor.is_service:
        raise PermissionDenied(_("An API client records facts; it never approves."), rule="IC-01")
    QUOTE_WORKFLOW.require(quote, "clear", actor=None)
    given = _given_in_this_round(quote)
    _require_open(quote, department, given)
    QUOTE_WORKFLOW.require_duty(quote, f"quote_{department}", actor=actor)
    if department == PRICE:
        require_price_authority(quote, actor)
    if verdict == AGREED:
        require_valid(quote)
    review = QuoteReview(
        quote=quote,
        round=quote.round,
        department=department,
        verdict=verdict,
        note=note.strip(),
        promised_on=promised_on,
        actor=actor,
    )
    review.save(force_insert=True)
    _record(quote, review, {*given, department})
    return review


def _record(quote: Quote, review: QuoteReview, agreed: set[str]) -> None:
    """The review in the trail, and the move that follows from it."""
    data: dict[str, Any] = {"department": review.department, "verdict": review.verdict, **facts_of(quote)}
    if review.promised_on is not None:
        data["promised_on"] = review.promised_on.isoformat()
    fact = replace(
        REVIEWED,
        label=LABELS[review.department, review.verdict],
        duty=f"quote_{review.department}",
        rule="QT-03" if review.department == PRICE else "QT-02",
    )
    with events_together():
        record_event(quote, fact, actor=review.actor, note=review.note, data=data)
        if review.verdict == REFUSED:
            QUOTE_WORKFLOW.move(
                quote, "refuse", actor=review.actor, note=review.note, data={"department": review.department}
            )
        elif agreed >= set(quote.reviews_needed):
            QUOTE_WORKFLOW.move(quote, "clear", actor=review.actor, data=facts_of(quote))


def _beside_todays_lists(quote: Quote) -> list[QuoteLine]:
    """The lines with list and floor price of today, for a draft may be older than the list: a price taken from
    a list that no longer says it counts as typed in. What no list names any more stays as it was judged.

    Prices stay. Three statements, four when anything is different.
    """
    lines = list(QuoteLine.objects.filter(quote=quote).order_by("line_no"))
    lists = lists_in_force(quote.customer, currency=quote.currency)
    if lists.general is None:
        return lines
    book, changed = price_book(lists, [line.sku for line in lines]), []
    for line in lines:
        found = book.price_for(line.sku, line.quantity)
        if found is None:
            continue
        before = tuple(getattr(line, name) for name in JUDGED_BY)
        line.list_price, line.floor_price = found.list_price, found.floor_price
        if line.price_source in FOUND_IN_A_LIST and line.unit_price not in (
            found.unit_price, found.base_price, found.list_price
        ):  # fmt: skip
            line.price_source = PriceSource.MANUAL.value
        if before != tuple(getattr(line, name) for name in JUDGED_BY):
            changed.append({"id": line.pk, **{name: getattr(line, name) for name in JUDGED_BY}})
    if changed:
        update_rows(QuoteLine, ("id",), JUDGED_BY, changed)
    return lines


def _require_terms(quote: Quote) -> None:
    """The customer file may have become stricter since the quotation was written (CM-10)."""
    found = Problems()
    terms = OrderDraft(channel="", lines=(), terms=quote.terms, prepaid_percent=quote.prepaid_percent)
    check_terms(quote.customer, terms, found)
    found.raise_if_any(rule="CM-10")


def _given_in_this_round(quote: Quote) -> dict[str, QuoteReview]:
    reviews = QuoteReview.objects.filter(quote=quote, round=quote.round).select_related("actor")
    return {review.department: review for review in reviews}


def _require_open(quote: Quote, department: str, given: Mapping[str, QuoteReview]) -> None:
    """The department is asked, and has not answered yet."""
    if department not in quote.reviews_needed:
        raise RuleRefused(
            _("%(number)s does not need the agreement of %(department)s.")
            % {"number": quote.number, "department": QuoteReview.Department(department).label},
            rule="QT-02",
            code="review_not_needed",
        )
    if department in given:
        raise Conflict(
            _("%(department)s has already decided on %(number)s: %(person)s, %(at)s.")
            % {
                "department": QuoteReview.Department(department).label,
                "number": quote.number,
                "person": given[department].actor.display_name,
                "at": f"{given[department].at:%Y-%m-%d}",
            },
            rule="QT-02",
            code="reviewed_already",
        )


def require_price_authority(quote: Quote, actor: User) -> None:
    """Raise PermissionDenied when the prices go beyond what the person's post may allow (QT-03)."""
    if may_allow(quote.price_level, actor.role_slugs):
        return
    raise PermissionDenied(
        _("%(discount)s%% below the list price, or a price below the floor, is for: %(roles)s.")
        % {
            "discount": f"{quote.largest_discount.normalize():f}",
            "roles": posts_that_allow(quote.price_level),
        },
        rule="QT-03",
        permission=PERMISSION_OF[PRICE],
    )


def _check_words(department: str, verdict: str, note: str, promised_on: date | None) -> None:
    problems = []
    if department not in DEPARTMENTS:
        problems.append(FieldProblem("#/department", "unknown_department", _("Choose a department.")))
    if verdict not in QuoteReview.Verdict.values:
        problems.append(FieldProblem("#/verdict", "unknown_verdict", _("Agree or refuse.")))
    if verdict == REFUSED and not note.strip():
        problems.append(FieldProblem("#/note", "reason_required", _("Give a reason.")))
    if len(note.strip()) > 500:
        problems.append(
            FieldProblem(
                "#/note",
                "too_long",
                _("The text has more than %(most)s characters. Shorten it.") % {"most": 500},
            )
        )
    if promised_on is not None and promised_on < today():
        problems.append(
            FieldProblem(
                "#/promised_on", "in_the_past", _("The promised date lies in the past. Enter a later day.")
            )
        )
    if problems:
        raise InvalidInput(rule="QT-02", problems=problems)
