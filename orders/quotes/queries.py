"""What pages and endpoints read of quotations. Statement counts do not grow with rows or lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum
from django.utils.translation import pgettext

from core.clock import today
from core.models import Attachment, Event, User
from core.money import percentage
from core.roles import roles
from inventory.prices import PriceSource
from orders.models import Enquiry, Order, Quote, QuoteLine, QuoteReview
from orders.price_authority import LEVELS, may_allow, roles_that_allow
from orders.quotes.policy import (
    FINANCE,
    PRICE,
    PRODUCTION,
    PURCHASING,
    LineDifference,
    LineShown,
    compare_lines,
)
from orders.quotes.workflow import QuoteStatus

PAGE_SIZE = 50
MOST_COUNTED = 10_000
EXPIRING_DAYS = 7
MOST_QUEUED = 200
VIEWS: dict[str, tuple[str, ...]] = {
    "all": (),
    "draft": (QuoteStatus.DRAFT,),
    "review": (QuoteStatus.IN_REVIEW,),
    "cleared": (QuoteStatus.CLEARED,),
    "sent": (QuoteStatus.SENT,),
    "accepted": (QuoteStatus.ACCEPTED,),
    "converted": (QuoteStatus.CONVERTED,),
    "lost": (QuoteStatus.DECLINED, QuoteStatus.EXPIRED, QuoteStatus.WITHDRAWN),
}
FOUND_PRICES = (
    PriceSource.LIST.value,
    PriceSource.BREAK.value,
    PriceSource.CUSTOMER.value,
    PriceSource.CUSTOMER_BREAK.value,
)
"""Sources that are looked up again whenever a draft is corrected."""

PERMISSION_OF = {
    FINANCE: "orders.review_quotes_finance",
    PRODUCTION: "orders.review_quotes_production",
    PURCHASING: "orders.review_quotes_purchasing",
    PRICE: "orders.approve_prices",
}


@dataclass(frozen=True, slots=True)
class QuoteFilter:
    """What a list shows: the same facet is OR, different facets are AND. `is_expiring`: within a week."""

    statuses: Sequence[str] = ()
    regions: Sequence[str] = ()
    customer: str = ""
    owner: str = ""
    text: str = ""
    is_expiring: bool = False
    with_superseded: bool = False


@dataclass(frozen=True, slots=True)
class QuotePage:
    """A page of quotations, the newest first; cursors lead to its neighbours."""

    quotes: list[Quote]
    next_cursor: str
    previous_cursor: str


@dataclass(frozen=True, slots=True)
class QuoteTotals:
    """Of the filtered list: how many and how much by currency; not exact beyond MOST_COUNTED."""

    count: int
    by_currency: dict[str, Decimal]
    is_exact: bool


def quotes_matching(user: User, wanted: QuoteFilter) -> QuerySet[Quote]:
    """The quotations a person may see that fit a filter, each by its latest version (RG-02)."""
    quotes = Quote.objects.visible_to(user)
    if not wanted.with_superseded:
        quotes = quotes.current()
    for lookup, values in (("status__in", wanted.statuses), ("region__code__in", wanted.regions)):
        if values:
            quotes = quotes.filter(**{lookup: values})
    if wanted.customer:
        quotes = quotes.filter(customer__number=wanted.customer)
    if wanted.owner:
        quotes = quotes.filter(salesperson__username=wanted.owner)
    if wanted.is_expiring:
        last = today() + timedelta(days=EXPIRING_DAYS)
        waiting = (QuoteStatus.CLEARED, QuoteStatus.SENT, QuoteStatus.ACCEPTED)
        quotes = quotes.filter(status__in=waiting, valid_until__range=(today(), last))
    for word in wanted.text.split()[:4]:
        quotes = quotes.filter(_found_by(word))
    return quotes


def _found_by(word: str) -> Q:
    """Number, subject, or the customer's number, name or pinyin."""
    key = word.lower()
    return (
        Q(number__icontains=word)
        | Q(title__icontains=word)
        | Q(customer__number__iexact=word)
        | Q(customer__name__icontains=word)
        | Q(customer__short_name__icontains=word)
        | Q(customer__pinyin__startswith=key)
        | Q(customer__pinyin__contains=f" {key}")
    )


def page_of_quotes(quotes: QuerySet[Quote], *, cursor: str = "", size: int = PAGE_SIZE) -> QuotePage:
    """One page by keyset over the id: one statement, as fast on the last page as on the first."""
    is_back = cursor.startswith("-")
    digits = cursor.removeprefix("-")
    position = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None
    rows = quotes.for_display()  # type: ignore[attr-defined]
    if position is not None:
        rows = rows.filter(pk__gt=position) if is_back else rows.filter(pk__lt=position)
    found = list(rows.order_by("pk" if is_back else "-pk")[: size + 1])
    has_more = len(found) > size
    found = found[:size]
    if is_back:
        found.reverse()
    has_next = bool(found) and (is_back or has_more)
    has_previous = bool(found) and (has_more if is_back else position is not None)
    return QuotePage(found, f"{found[-1].pk}" if has_next else "", f"-{found[0].pk}" if has_previous else "")


def totals_of(quotes: QuerySet[Quote]) -> QuoteTotals:
    """How many and how much, bounded. One statement."""
    bounded = Quote.objects.filter(pk__in=quotes.order_by("-pk").values("pk")[: MOST_COUNTED + 1])
    sums = list(bounded.order_by().values_list("currency").annotate(count=Count("pk"), summed=Sum("total")))
    count = sum(row[1] for row in sums)
    if count > MOST_COUNTED:
        return QuoteTotals(MOST_COUNTED, {}, False)
    return QuoteTotals(count, {currency: amount for currency, _count, amount in sums}, True)


def owners_of_quotes(user: User, *, most: int = 40) -> list[tuple[str, str]]:
    """Who is responsible for quotations the person may see: (username, name). One statement."""
    rows = Quote.objects.visible_to(user).order_by("salesperson__username")
    found = rows.values_list("salesperson__username", "salesperson__display_name").distinct()
    return [(username, name or username) for username, name in found[:most]]


# --- One quotation --------------------------------------------------------------------------------


def quote_for_page(user: User, number: str) -> Quote | None:
    """A version with its lines and reviews, as its page needs it. Three statements."""
    reviews = QuoteReview.objects.select_related("actor").order_by("pk")
    return (
        Quote.objects.visible_to(user)
        .for_display()
        .select_related("price_list", "sent_paper", "supersedes", "enquiry__customer")
        .filter(number=number)
        .prefetch_related(
            Prefetch("lines", QuoteLine.objects.order_by("line_no")), Prefetch("reviews", reviews)
        )
        .first()
    )


def versions_of(quote: Quote) -> list[Quote]:
    """All versions of the quotation, the first one first. One statement."""
    return list(Quote.objects.filter(series=quote.series).order_by("revision"))


def version_to_compare(user: User, quote: Quote, wanted: str) -> Quote | None:
    """Another version of the same quotation: the one named, else the one before. Two statements."""
    others = Quote.objects.visible_to(user).filter(series=quote.series).exclude(pk=quote.pk)
    named = others.filter(number=wanted) if wanted else others.filter(revision__lt=quote.revision)
    return named.order_by("-revision").prefetch_related(_LINES).first()


_LINES = Prefetch("lines", QuoteLine.objects.order_by("line_no"))


def differences_between(before: Quote, after: Quote) -> list[LineDifference]:
    """Line by line; both with their lines fetched."""
    return compare_lines(
        [line_shown(line) for line in before.lines.all()], [line_shown(line) for line in after.lines.all()]
    )


def line_shown(line: QuoteLine) -> LineShown:
    return LineShown(
        line_no=line.line_no,
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        tax_rate=line.tax_rate,
        gross=line.gross,
        is_alternative=line.is_alternative,
        lead_days=line.lead_days,
        remark=line.remark,
    )


def orders_of(quote: Quote) -> list[Order]:
    """What was made of it."""
    return list(Order.objects.filter(quote=quote).order_by("pk"))


def events_of(quote: Quote, *, most: int = 200) -> list[Event]:
    """The matter of all versions, the newest first."""
    return list(quote.events().select_related("actor").order_by("-pk")[:most])


def files_of(quote: Quote) -> list[Attachment]:
    return list(Attachment.objects.filter(root_number=quote.series).order_by("pk"))


def enquiry_to_quote(user: User, number: str) -> Enquiry | None:
    """An enquiry the person may see, with customer and lines. Two statements."""
    enquiries = Enquiry.objects.visible_to(user).select_related("customer").prefetch_related("lines__product")
    return enquiries.filter(number=number).first()


# --- Margin and price authority -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Margin:
    """What is left of the net amount after standard cost, in the company's currency; alternatives left out.

    `is_complete` is False where the cost of a line is not known: then amount and percent are of the others.
    """

    amount: Decimal
    percent: Decimal | None
    is_complete: bool


def margin_of(lines: Sequence[QuoteLine]) -> Margin:
    counted = [line for line in lines if not line.is_alternative]
    known = [line for line in counted if line.unit_cost is not None]
    net = sum((line.net for line in known), Decimal("0.00"))
    cost = sum(((line.unit_cost or Decimal(0)) * line.quantity for line in known), Decimal(0))
    amount = net - cost
    return Margin(amount, percentage(amount, net), len(known) == len(counted))


def posts_that_allow(level: str) -> str:
    """The posts that may allow prices of a level, in words (QT-03)."""
    known = roles()
    names = [str(known[slug].label) for slug in roles_that_allow(level) if slug in known]
    return pgettext("between names of a list", ", ").join(names)


# --- The review queue -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReviewAsked:
    """One department of one quotation in review: its verdict in this round, or none yet."""

    department: str
    label: Any
    review: QuoteReview | None


def reviews_asked(quote: Quote) -> list[ReviewAsked]:
    """Who has to agree and who has, from the reviews fetched with the quotation."""
    given = {review.department: review for review in quote.reviews.all() if review.round == quote.round}
    return [
        ReviewAsked(department, QuoteReview.Department(department).label, given.get(department))
        for department in quote.reviews_needed
    ]


def departments_of(user: User) -> list[str]:
    """For which departments the person's posts may review."""
    return [department for department, permission in PERMISSION_OF.items() if user.may(permission)]


def departments_open_to(quote: Quote, user: User) -> list[str]:
    """Which of them this quotation still asks, and the person's post reaches; reviews fetched beforehand."""
    if quote.status != QuoteStatus.IN_REVIEW:
        return []
    return [
        asked.department
        for asked in reviews_asked(quote)
        if asked.review is None
        and user.may(PERMISSION_OF[asked.department])
        and (asked.department != PRICE or may_allow(quote.price_level, user.role_slugs))
    ]


def quotes_awaiting(user: User, *, most: int = MOST_QUEUED) -> list[Quote]:
    """The quotations in review that ask a department of the person's and have not got its answer.

    The longest waiting first. Two statements. What the person's own post may not allow is left to the next.
    """
    mine = departments_of(user)
    if not mine:
        return []
    return [quote for quote in _in_review(user)[:most] if departments_open_to(quote, user)]


def _in_review(user: User) -> QuerySet[Quote]:
    reviews = QuoteReview.objects.select_related("actor").order_by("pk")
    waiting = Quote.objects.visible_to(user).filter(status=QuoteStatus.IN_REVIEW).for_display()
    return waiting.prefetch_related(Prefetch("reviews", reviews)).order_by("submitted_at", "pk")


def awaiting_price_approval(user: User, quotes: QuerySet[Any]) -> QuerySet[Any]:
    """Of some quotations those whose prices wait for the person's post, or for finance where he is finance.

    A condition of the database, so that the administration can page through it.
    """
    open_ones = quotes.filter(status=QuoteStatus.IN_REVIEW)
    wanted = Q(pk__in=[])
    if user.may(PERMISSION_OF[PRICE]):
        reached = [level for level in LEVELS if may_allow(level, user.role_slugs)]
        wanted |= Q(price_level__in=reached) & asks(PRICE)
    if user.may(PERMISSION_OF[FINANCE]):
        wanted |= asks(FINANCE)
    return open_ones.filter(wanted)


def asks(department: str) -> Q:
    """Asked of the department, and not answered in the present round."""
    given = QuoteReview.objects.filter(department=department, quote__round=F("round"))
    return Q(reviews_needed__icontains=f'"{department}"') & ~Q(pk__in=given.values("quote"))


def is_expiring(quote: Quote, day: date | None = None) -> bool:
    left = (quote.valid_until - (day or today())).days
    return (
        quote.status in (QuoteStatus.CLEARED, QuoteStatus.SENT, QuoteStatus.ACCEPTED)
        and 0 <= left <= EXPIRING_DAYS
    )
