"""Enquiries to answer, quotations to agree to, to send, to follow up and to turn into orders (EN-01, QT-01..QT-04)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.clock import local_midnight, today
from core.models import User
from orders.enquiries.workflow import EnquiryStatus
from orders.models import Enquiry, Quote
from orders.price_authority import LEVELS, may_allow
from orders.quotes.queries import PERMISSION_OF, asks
from orders.quotes.workflow import QuoteStatus
from reports.queries.work.piles import Pile, Source, WaitingRow, status

EXPIRING_DAYS = 7
UNANSWERED = Q(status__in=(EnquiryStatus.NEW, EnquiryStatus.IN_PROGRESS), responded_at__isnull=True)


def _asked_of(department: str) -> Callable[[User], Q]:
    """In review, the department has not answered yet, and the person did not write it himself (IC-01)."""
    return lambda user: Q(status=QuoteStatus.IN_REVIEW) & asks(department) & ~Q(created_by=user)


def _prices_to_allow(user: User) -> Q:
    """Only prices that the person's own post may allow (QT-03)."""
    reached = [level for level in LEVELS if may_allow(level, user.role_slugs)]
    return _asked_of("price")(user) & Q(price_level__in=reached)


def _expiring(user: User) -> Q:
    day = today()
    return Q(status=QuoteStatus.SENT, valid_until__range=(day, day + timedelta(days=EXPIRING_DAYS)))


PILES: tuple[Pile, ...] = (
    Pile(
        "enquiries-overdue",
        _("Enquiries overdue"),
        "orders.handle_enquiries",
        "enquiry",
        lambda user: UNANSWERED & Q(response_due_on__lt=today()),
        _("The first response is overdue"),
        _("Answer the enquiry"),
        "message",
        "blocked",
    ),
    Pile(
        "enquiries",
        _("Enquiries to answer"),
        "orders.handle_enquiries",
        "enquiry",
        lambda user: UNANSWERED & Q(response_due_on__gte=today()),
        _("The first response"),
        _("Answer the enquiry"),
        "message",
    ),
    *(
        Pile(
            f"quote-{department}",
            _("Quotations to agree to"),
            PERMISSION_OF[department],
            "quote",
            _asked_of(department),
            lacks,
            _("Review the quotation"),
            "clipboard-check",
        )
        for department, lacks in (
            ("finance", _("The agreement of finance")),
            ("production", _("The agreement of production")),
            ("purchasing", _("The agreement of purchasing")),
        )
    ),
    Pile(
        "quote-price",
        _("Quotation prices to allow"),
        PERMISSION_OF["price"],
        "quote",
        _prices_to_allow,
        _("Your consent to the prices"),
        _("Review the quotation"),
        "tag",
    ),
    Pile(
        "quotes-to-send",
        _("Quotations to send"),
        "orders.send_quotes",
        "quote",
        status(QuoteStatus.CLEARED),
        _("All have agreed; it has not been sent"),
        _("Send the quotation"),
        "mail",
        "moving",
    ),
    Pile(
        "quotes-expiring",
        _("Quotations about to expire"),
        "orders.send_quotes",
        "quote",
        _expiring,
        _("The customer's answer"),
        _("Ask the customer"),
        "clock-hour-3",
    ),
    Pile(
        "quotes-accepted",
        _("Accepted quotations"),
        "orders.make_quotes",
        "quote",
        status(QuoteStatus.ACCEPTED),
        _("An order or a contract"),
        _("Convert the quotation"),
        "arrow-right",
        "moving",
    ),
)


def _row_of_enquiry(pile: Pile, enquiry: Enquiry) -> WaitingRow:
    lacks = gettext("%(what)s, due on %(day)s") % {
        "what": pile.lacks,
        "day": enquiry.response_due_on.isoformat(),
    }
    url = enquiry.get_absolute_url()
    return WaitingRow(
        enquiry.number, url, enquiry.asked_by, None, "", enquiry.received_at, lacks, pile.act, url
    )


def _row_of_quote(pile: Pile, quote: Quote) -> WaitingRow:
    lacks = str(pile.lacks)
    if pile.slug == "quotes-expiring":
        lacks = gettext("%(what)s, valid until %(day)s") % {
            "what": lacks,
            "day": quote.valid_until.isoformat(),
        }
    url = quote.get_absolute_url()
    since = quote.sent_at or quote.submitted_at or local_midnight(quote.quoted_on)
    return WaitingRow(
        quote.number, url, str(quote.customer), quote.total, quote.currency, since, lacks, pile.act, url
    )


SOURCES = {
    "enquiry": Source(
        lambda user, permission: Enquiry.objects.visible_to(user, permission=permission),
        _row_of_enquiry,
        linked=("customer",),
        oldest_first=("response_due_on", "id"),
    ),
    "quote": Source(
        lambda user, permission: Quote.objects.visible_to(user, permission=permission),
        _row_of_quote,
        linked=("customer",),
    ),
}
