"""What waits for whom: one table of piles, from which the home page's tiles and the lists behind them come.

A pile shows to people whose role carries the act that clears it. Its count and its list are the same
queryset, filtered by the person's scope, so the figure on the tile is always the length of the list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from aftersales.queries import orders_to_survey
from core.clock import local_midnight, today
from core.models import Event, User
from core.templatetags.figures import amount_text
from credit.models import BankLine, Remittance
from credit.workflow import RemittanceStatus
from fulfillment.board import orders_with_free_goods
from fulfillment.models import DispatchNotice, Shipment
from fulfillment.workflow import NoticeStatus, ShipmentStatus
from inventory.models import PriceList
from orders.models import CustomerConfirmation, Order
from orders.workflow import IN_FULFILLMENT, UNDER_REVIEW, Hold, OrderStatus

S = OrderStatus
WAITING_STATUSES = (S.DRAFT, S.REJECTED, S.CHECKING, *UNDER_REVIEW, *IN_FULFILLMENT)
RECENT_ACTS = 300
"""How far back today's own acts are counted; more than a person does in a day."""


@dataclass(frozen=True, slots=True)
class Pile:
    """One kind of waiting work: who clears it, which rows, what they lack, the button that supplies it."""

    slug: str
    label: Any
    permission: str
    source: str
    condition: Callable[[], Q]
    lacks: Any
    act: Any
    icon: str
    meaning: str = "waiting"


@dataclass(frozen=True, slots=True)
class Tile:
    pile: Pile
    count: int

    @property
    def url(self) -> str:
        return reverse("work_pile", args=[self.pile.slug])


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One paper that waits, with what it lacks in words and where that is supplied."""

    number: str
    url: str
    who: str
    amount: Decimal | None
    currency: str
    since: datetime
    lacks: str
    act: Any
    act_url: str


def _ready_to_go() -> Q:
    """Goods that are held and that no dispatch notice under way claims (DS-01)."""
    return Q(pk__in=orders_with_free_goods().order_by().values("pk"))


def _unconfirmed() -> Q:
    """Neither approved nor confirmed by the customer at the present amount (CT-02, IN-03)."""
    confirmed = CustomerConfirmation.objects.filter(order=OuterRef("pk"), amount=OuterRef("total"))
    return Q(status__in=(S.CHECKING, *UNDER_REVIEW)) & ~Q(Exists(confirmed))


def _all() -> Q:
    return Q(pk__isnull=False)


def _status(*statuses: str) -> Callable[[], Q]:
    return lambda: Q(status__in=statuses)


PILES: tuple[Pile, ...] = (
    Pile(
        "drafts",
        _("Drafts"),
        "orders.submit",
        "order",
        _status(S.DRAFT),
        _("Not submitted yet"),
        _("Submit for review"),
        "pencil",
        "neutral",
    ),
    Pile(
        "rejected",
        _("Rejected orders"),
        "orders.edit",
        "order",
        _status(S.REJECTED),
        _("Rejected; the reason stands in its history"),
        _("Rework the order"),
        "arrow-back-up",
        "blocked",
    ),
    Pile(
        "to-check",
        _("Orders to check"),
        "credit.check",
        "order",
        lambda: Q(status=S.CHECKING, holds=[]),
        _("Remittance check not run yet"),
        _("Run the check"),
        "list-check",
    ),
    Pile(
        "on-hold",
        _("On hold"),
        "credit.check",
        "order",
        lambda: Q(status=S.CHECKING) & ~Q(holds=[]),
        _("On hold"),
        _("Record a slip"),
        "clock-hour-3",
        "blocked",
    ),
    Pile(
        "to-confirm",
        _("Awaiting the customer's confirmation"),
        "orders.confirm_by_customer",
        "order",
        _unconfirmed,
        _("The customer's confirmation"),
        _("Record the confirmation"),
        "mail",
    ),
    Pile(
        "rep-review",
        _("Rep review"),
        "credit.pass_rep",
        "order",
        _status(S.REP_REVIEW),
        _("Your review"),
        _("Review the order"),
        "clipboard-check",
    ),
    Pile(
        "manager-review",
        _("Manager review"),
        "credit.pass_manager",
        "order",
        _status(S.MANAGER_REVIEW),
        _("Your review"),
        _("Review the order"),
        "clipboard-check",
    ),
    Pile(
        "marketing-review",
        _("Marketing review"),
        "credit.pass_marketing",
        "order",
        _status(S.MARKETING_REVIEW),
        _("Your review"),
        _("Review the order"),
        "clipboard-check",
    ),
    Pile(
        "final-approval",
        _("Final approvals"),
        "credit.pass_finance",
        "order",
        _status(S.FINANCE_REVIEW),
        _("Your final approval"),
        _("Review the order"),
        "writing-sign",
    ),
    Pile(
        "slips",
        _("Slips without a bank line"),
        "credit.match",
        "remittance",
        _status(RemittanceStatus.REGISTERED),
        _("Its bank line"),
        _("Match to a bank line"),
        "receipt",
    ),
    Pile(
        "unmatched-slips",
        _("Unmatched slips"),
        "credit.pass_finance",
        "remittance",
        _status(RemittanceStatus.REGISTERED),
        _("Its bank line, from the sales accountant"),
        _("Open the slip"),
        "receipt",
    ),
    Pile(
        "bank-lines",
        _("Unmatched bank lines"),
        "credit.match",
        "bank_line",
        lambda: Q(matched_at__isnull=True),
        _("The slip it belongs to"),
        _("Find its slip"),
        "building-bank",
    ),
    Pile(
        "price-lists",
        _("Price lists to approve"),
        "inventory.approve_price_list",
        "price_list",
        lambda: Q(approved_at__isnull=True),
        _("Your approval"),
        _("Approve the price list"),
        "tag",
    ),
    Pile(
        "to-dispatch",
        _("To dispatch"),
        "fulfillment.make_notice",
        "order",
        _ready_to_go,
        _("A dispatch notice"),
        _("Make a dispatch notice"),
        "truck-delivery",
    ),
    Pile(
        "shortages",
        _("Short of stock"),
        "fulfillment.make_notice",
        "order",
        lambda: Q(status__in=IN_FULFILLMENT, has_shortage=True),
        _("Goods for all lines"),
        _("Agree with the customer"),
        "package",
        "stock",
    ),
    Pile(
        "notices",
        _("Notices to sign"),
        "fulfillment.sign_notice",
        "notice",
        _status(NoticeStatus.DRAFT),
        _("Your signature"),
        _("Sign the dispatch notice"),
        "writing-sign",
    ),
    Pile(
        "to-pick",
        _("To pick"),
        "fulfillment.pick",
        "shipment",
        _status(ShipmentStatus.PICKING),
        _("The goods from the shelves"),
        _("Record the pick"),
        "shopping-cart",
    ),
    Pile(
        "to-pack-check",
        _("To check before packing"),
        "fulfillment.check",
        "shipment",
        _status(ShipmentStatus.PICKED),
        _("The second person's check"),
        _("Check the goods"),
        "barcode",
    ),
    Pile(
        "at-the-gate",
        _("Ready to leave"),
        "fulfillment.gate_out",
        "shipment",
        _status(ShipmentStatus.CHECKED),
        _("The gate pass"),
        _("Let the vehicle out"),
        "shield-lock",
        "moving",
    ),
    Pile(
        "on-the-way",
        _("Signature still to come"),
        "fulfillment.record_delivery",
        "shipment",
        _status(ShipmentStatus.GONE),
        _("The signed delivery note"),
        _("Record the signed delivery"),
        "file-text",
        "moving",
    ),
    Pile(
        "surveys",
        _("Surveys due"),
        "aftersales.answer_survey",
        "survey",
        _all,
        _("The customer's three scores"),
        _("Record the survey"),
        "phone",
    ),
)
BY_SLUG = {pile.slug: pile for pile in PILES}

SOURCES: dict[str, Callable[[User], QuerySet[Any]]] = {
    "order": lambda user: Order.objects.visible_to(user).filter(status__in=WAITING_STATUSES),
    "remittance": lambda user: Remittance.objects.visible_to(user),
    "bank_line": lambda user: BankLine.objects.all(),
    "price_list": lambda user: PriceList.objects.all(),
    "notice": lambda user: DispatchNotice.objects.visible_to(user),
    "shipment": lambda user: Shipment.objects.visible_to(user),
    "survey": orders_to_survey,
}
LINKED = {
    "order": ("customer",),
    "remittance": ("customer",),
    "bank_line": ("account",),
    "price_list": ("created_by",),
    "notice": ("order__customer",),
    "shipment": ("order__customer",),
    "survey": ("customer",),
}
OLDEST_FIRST = {"bank_line": ("booked_on", "id"), "survey": ("completed_on", "id")}


def piles_for(user: User) -> list[Pile]:
    """The piles that this person's roles clear, in the order of an order's life."""
    return [pile for pile in PILES if user.may(pile.permission)]


def tiles_for(user: User) -> list[Tile]:
    """Every pile of the person with its count: one statement per kind of paper, at most seven."""
    counts: dict[str, int] = {}
    by_source = sorted(piles_for(user), key=lambda pile: pile.source)
    for source, piles in groupby(by_source, key=lambda pile: pile.source):
        figures = {pile.slug.replace("-", "_"): Count("pk", filter=pile.condition()) for pile in piles}
        counts |= SOURCES[source](user).order_by().aggregate(**figures)
    return [Tile(pile, counts[pile.slug.replace("-", "_")]) for pile in piles_for(user)]


def papers_in(pile: Pile, user: User) -> QuerySet[Any]:
    """The rows of a pile that the person may see, oldest first: the list behind its tile."""
    rows = SOURCES[pile.source](user).filter(pile.condition()).select_related(*LINKED[pile.source])
    return rows.order_by(*OLDEST_FIRST.get(pile.source, ("id",)))


def rows_of(pile: Pile, papers: Sequence[Any]) -> list[WaitingRow]:
    """The papers of a pile as rows of the queue. No query."""
    return [_ROW_OF[pile.source](pile, paper) for paper in papers]


def acts_today(user: User) -> int:
    """How much the person has already done today. One statement along the person's own trail."""
    days = Event.objects.done().filter(actor=user).exclude(document_type="").order_by("-id")
    return sum(day == today() for day in days.values_list("business_date", flat=True)[:RECENT_ACTS])


def _row_of_order(pile: Pile, order: Order) -> WaitingRow:
    url = order.get_absolute_url()
    return WaitingRow(
        order.number,
        url,
        str(order.customer),
        order.total,
        order.currency,
        order.submitted_at or order.created_at,
        _order_lacks(pile, order),
        pile.act,
        _act_url(pile, order) or url,
    )


def _order_lacks(pile: Pile, order: Order) -> str:
    if pile.slug != "on-hold":
        return str(pile.lacks)
    labels = dict(Hold.choices)
    holds = pgettext("between names of a list", ", ").join(
        str(labels.get(hold, hold)) for hold in order.holds
    )
    if order.unpaid:
        return gettext("%(holds)s; %(amount)s not received") % {
            "holds": holds,
            "amount": amount_text(order.unpaid, order.currency),
        }
    return holds


def _row_of_remittance(pile: Pile, slip: Remittance) -> WaitingRow:
    return WaitingRow(
        slip.number,
        slip.get_absolute_url(),
        str(slip.customer),
        slip.amount,
        slip.currency,
        slip.created_at,
        str(pile.lacks),
        pile.act,
        slip.get_absolute_url(),
    )


def _row_of_bank_line(pile: Pile, line: BankLine) -> WaitingRow:
    url = _url("bank_lines")
    return WaitingRow(
        line.reference,
        url,
        line.payer,
        line.amount,
        line.account.currency,
        line.entered_at,
        str(pile.lacks),
        pile.act,
        _url("remittances") or url,
    )


def _row_of_price_list(pile: Pile, prices: PriceList) -> WaitingRow:
    url = _url("admin:inventory_pricelist_change", prices.pk) or _url("admin:index")
    since = local_midnight(prices.valid_from)
    return WaitingRow(prices.code, url, prices.name, None, "", since, str(pile.lacks), pile.act, url)


def _row_of_dispatch(pile: Pile, paper: DispatchNotice | Shipment) -> WaitingRow:
    url = paper.get_absolute_url()
    return WaitingRow(
        paper.number,
        url,
        f"{paper.order.customer} · {paper.order.number}",
        None,
        "",
        paper.created_at,
        str(pile.lacks),
        pile.act,
        url,
    )


def _row_of_survey(pile: Pile, order: Order) -> WaitingRow:
    return WaitingRow(
        order.number,
        order.get_absolute_url(),
        str(order.customer),
        order.total,
        order.currency,
        order.updated_at or order.created_at,
        str(pile.lacks),
        pile.act,
        reverse("surveys") + f"#{order.number}",
    )


_ROW_OF: dict[str, Callable[[Pile, Any], WaitingRow]] = {
    "order": _row_of_order,
    "remittance": _row_of_remittance,
    "bank_line": _row_of_bank_line,
    "price_list": _row_of_price_list,
    "notice": _row_of_dispatch,
    "shipment": _row_of_dispatch,
    "survey": _row_of_survey,
}
ACT_PAGES = {"to-dispatch": "dispatch_notice_new", "on-hold": "remittance_new"}


def _act_url(pile: Pile, order: Order) -> str:
    name = ACT_PAGES.get(pile.slug, "")
    return _url(name, order.number) if name else ""


def _url(name: str, *arguments: Any) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
