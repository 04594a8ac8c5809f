"""The order desk: drafts, checks, confirmations and the chain of reviews."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.templatetags.figures import amount_text
from fulfillment.board import orders_with_free_goods
from orders.models import CustomerConfirmation, Order
from orders.workflow import IN_FULFILLMENT, UNDER_REVIEW, Hold, OrderStatus
from reports.queries.work.piles import Pile, Source, WaitingRow, status, url_if_any

S = OrderStatus
WAITING_STATUSES = (S.DRAFT, S.REJECTED, S.CHECKING, *UNDER_REVIEW, *IN_FULFILLMENT)
ACT_PAGES = {"to-dispatch": "dispatch_notice_new", "on-hold": "remittance_new"}


def _unconfirmed(user: User) -> Q:
    """Neither approved nor confirmed by the customer at the present amount (CT-02, IN-03)."""
    confirmed = CustomerConfirmation.objects.filter(order=OuterRef("pk"), amount=OuterRef("total"))
    return Q(status__in=(S.CHECKING, *UNDER_REVIEW)) & ~Q(Exists(confirmed))


def _ready_to_go(user: User) -> Q:
    """Goods that are held and that no dispatch notice under way claims (DS-01)."""
    return Q(pk__in=orders_with_free_goods().order_by().values("pk"))


PILES: tuple[Pile, ...] = (
    Pile(
        "drafts",
        _("Drafts"),
        "orders.submit",
        "order",
        status(S.DRAFT),
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
        status(S.REJECTED),
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
        lambda user: Q(status=S.CHECKING, holds=[]),
        _("Remittance check not run yet"),
        _("Run the check"),
        "list-check",
    ),
    Pile(
        "on-hold",
        _("On hold"),
        "credit.check",
        "order",
        lambda user: Q(status=S.CHECKING) & ~Q(holds=[]),
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
        status(S.REP_REVIEW),
        _("Your review"),
        _("Review the order"),
        "clipboard-check",
    ),
    Pile(
        "manager-review",
        _("Manager review"),
        "credit.pass_manager",
        "order",
        status(S.MANAGER_REVIEW),
        _("Your review"),
        _("Review the order"),
        "clipboard-check",
    ),
    Pile(
        "marketing-review",
        _("Marketing review"),
        "credit.pass_marketing",
        "order",
        status(S.MARKETING_REVIEW),
        _("Your review"),
        _("Review the order"),
        "clipboard-check",
    ),
    Pile(
        "final-approval",
        _("Final approvals"),
        "credit.pass_finance",
        "order",
        status(S.FINANCE_REVIEW),
        _("Your final approval"),
        _("Review the order"),
        "writing-sign",
    ),
)

GOODS_PILES: tuple[Pile, ...] = (
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
        lambda user: Q(status__in=IN_FULFILLMENT, has_shortage=True),
        _("Goods for all lines"),
        _("Agree with the customer"),
        "package",
        "stock",
    ),
)


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


def _act_url(pile: Pile, order: Order) -> str:
    name = ACT_PAGES.get(pile.slug, "")
    return url_if_any(name, order.number) if name else ""


SOURCES = {
    "order": Source(
        lambda user, permission: Order.objects.visible_to(user, permission=permission).filter(
            status__in=WAITING_STATUSES
        ),
        _row_of_order,
        linked=("customer",),
    )
}
