"""What pages and endpoints read of enquiries. Statement counts do not grow with rows or lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from core.clock import local_midnight, next_month, today
from core.models import Attachment, Event, User
from orders.enquiries.workflow import EnquiryStatus
from orders.models import Enquiry, EnquiryLine, Order, Quote
from orders.models.enquiry import EnquiryQuerySet
from orders.workflow import OrderStatus

S = EnquiryStatus
VIEWS: Mapping[str, tuple[str, ...]] = {
    "open": (S.NEW, S.IN_PROGRESS),
    "new": (S.NEW,),
    "in_progress": (S.IN_PROGRESS,),
    "quoted": (S.QUOTED,),
    "closed": (S.CLOSED,),
    "all": (),
}
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class EnquiryFilter:
    """What a list shows; empty means whatever. `outcome` is a figure of the conversion table."""

    statuses: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    owner: str = ""
    customer: str = ""
    region: str = ""
    outcome: str = ""
    lost_reason: str = ""
    received_from: date | None = None
    received_until: date | None = None
    is_overdue: bool = False
    text: str = ""


def has_quote() -> Exists:
    return Exists(Quote.objects.filter(enquiry=OuterRef("pk")))


def has_order() -> Exists:
    """One of its quotations became an order that was not cancelled."""
    placed = Order.objects.filter(quote__enquiry=OuterRef("pk")).exclude(status=OrderStatus.CANCELLED)
    return Exists(placed)


def on_time() -> Q:
    """Answered on its due day or before; the due day's last second is the last in time (G-05)."""
    return Q(responded_at__isnull=False, is_late=False)


def missed(day: date) -> Q:
    """Not answered and the due day over, for one that was closed by the day of closing."""
    return Q(responded_at__isnull=True) & (
        Q(closed_at__isnull=True, response_due_on__lt=day) | Q(closed_at__isnull=False, is_late=True)
    )


OUTCOMES: Mapping[str, Callable[[date], Q]] = {
    "answered": lambda day: Q(responded_at__isnull=False),
    "on_time": lambda day: on_time(),
    "late": lambda day: Q(responded_at__isnull=False, is_late=True) | missed(day),
    "quoted": lambda day: Q(has_quote()),
    "ordered": lambda day: Q(has_order()),
    "lost": lambda day: ~Q(lost_reason=""),
}
"""The figures of the conversion table as conditions: a figure and the list behind it are one condition."""


def enquiries_matching(user: User, wanted: EnquiryFilter) -> EnquiryQuerySet:
    """The enquiries a person may see that fit a filter (RG-02)."""
    rows = Enquiry.objects.visible_to(user)
    for lookup, value in (
        ("status__in", wanted.statuses),
        ("channel__in", wanted.channels),
        ("owner__username", wanted.owner),
        ("customer__number", wanted.customer),
        ("region__code", wanted.region),
        ("lost_reason", wanted.lost_reason),
    ):
        if value:
            rows = rows.filter(**{lookup: value})
    if wanted.received_from is not None:
        rows = rows.filter(received_at__gte=local_midnight(wanted.received_from))
    if wanted.received_until is not None:
        rows = rows.filter(received_at__lt=local_midnight(wanted.received_until))
    if wanted.is_overdue:
        rows = rows.overdue(today())
    if wanted.outcome in OUTCOMES:
        rows = rows.with_lateness().filter(OUTCOMES[wanted.outcome](today()))
    for word in wanted.text.split()[:4]:
        rows = rows.filter(_found_by(word))
    return rows


def _found_by(word: str) -> Q:
    """Number, customer or prospect by name or pinyin, contact, or what is asked for."""
    key = word.lower()
    asked = EnquiryLine.objects.filter(
        Q(description__icontains=word) | Q(spec__icontains=word) | Q(product__sku__istartswith=word),
        enquiry=OuterRef("pk"),
    )
    return (
        Q(number__icontains=word)
        | Q(prospect_name__icontains=word)
        | Q(pinyin__startswith=key)
        | Q(pinyin__contains=f" {key}")
        | Q(contact_name__icontains=word)
        | Q(customer__number__iexact=word)
        | Q(customer__name__icontains=word)
        | Q(customer__short_name__icontains=word)
        | Q(customer__pinyin__startswith=key)
        | Q(customer__pinyin__contains=f" {key}")
        | Q(Exists(asked))
    )


def months_between(text: str) -> tuple[date, date] | None:
    """`2026-11` as its first day and the first of the next month; None for anything else."""
    found = MONTH.fullmatch(text)
    if found is None or not 2000 <= int(found[1]) <= 2200:
        return None
    first = date(int(found[1]), int(found[2]), 1)
    return first, next_month(first)


def enquiry_for_page(user: User, number: str) -> Enquiry | None:
    """An enquiry with its lines and quotations, as its page needs it. Three statements."""
    lines = EnquiryLine.objects.select_related("product").order_by("line_no")
    quotes = Quote.objects.order_by("-id")
    rows = Enquiry.objects.visible_to(user).for_display()
    rows = rows.select_related("created_by", "demand_attachment", "customer__salesperson")
    return (
        rows.filter(number=number)
        .prefetch_related(Prefetch("lines", lines), Prefetch("quotes", quotes))
        .first()
    )


def events_of(enquiry: Enquiry, *, most: int = 200) -> list[Event]:
    """The enquiry's trail, the newest first."""
    return list(enquiry.events().select_related("actor").order_by("-pk")[:most])


def files_of(enquiry: Enquiry) -> list[Attachment]:
    return list(Attachment.objects.filter(root_number=enquiry.number).order_by("pk"))


def owners_shown(user: User) -> QuerySet[User]:
    """Who owns enquiries that the person may see: the choices of the owner filter."""
    owners = Enquiry.objects.visible_to(user).order_by().values("owner")
    return User.objects.filter(pk__in=owners).order_by("display_name")


def people_who_handle() -> QuerySet[User]:
    """Who may own an enquiry: sales of all kinds (EN-01)."""
    roles = ("salesperson", "sales_assistant", "sales_manager")
    return (
        User.objects.filter(is_active=True, is_service=False, role_grants__role__in=roles)
        .distinct()
        .order_by("display_name")
    )
