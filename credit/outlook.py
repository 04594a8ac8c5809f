"""What the check would say now, and the file of an order as a reviewer reads it. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.clock import today
from core.components import Badge, Gate, GatePart, Meter
from core.models import Event, User
from core.money import ZERO, AmountField, QuantityField
from core.parameters import Parameters, parameters_on
from credit.gate import explain, figures_of, way_in_words, ways_as_data
from credit.models import Allocation, CreditDecision, CustomerAccount, Review
from credit.policy import Decision, PrepaidFigures, decide
from credit.queries import due_now_on, figures_for
from credit.services.reviews import PERMISSION_AT
from credit.workflow import RemittanceStatus
from customers.models import Customer
from inventory.models import StockLevel
from inventory.services.stock import availability_for
from orders.models import CustomerConfirmation, Order, OrderLine
from orders.price_authority import limits_from
from orders.queries import lines_priced_anew, price_approvals, prices_to_allow
from orders.workflow import UNDER_REVIEW, OrderStatus


@dataclass(frozen=True, slots=True)
class Outlook:
    """The funding of an order as it stands: slips, what the table says to them, and the last decision."""

    order: Order
    figures: PrepaidFigures
    foreseen: Decision
    decided: CreditDecision | None
    slips: Sequence[Allocation]

    @property
    def matched(self) -> Decimal:
        return sum((each.amount for each in self.slips if each.remittance.is_matched), ZERO)

    @property
    def row(self) -> str:
        return self.foreseen.row

    @property
    def passes(self) -> bool:
        """Would the check pass now? Only what takes no credit and no letters can, for now."""
        return self.foreseen.is_passed and self.foreseen.coverage == ZERO

    @property
    def verdict(self) -> str:
        words = {"row": self.row}
        if self.passes:
            return _("Row %(row)s: the slips cover what is due.") % words
        return explain(self.order.number, self.foreseen.deciding_row, figures_of(self.figures))

    @property
    def ways_out(self) -> list[str]:
        """Each way that clears the order, in words, the one that costs the least money first."""
        return [way_in_words(way) for way in ways_as_data(self.foreseen.ways_out)]

    def gate(self) -> Gate:
        """The funding equation: what has come and what is promised, against what is due now."""
        waiting = self.figures.paid - self.matched
        parts = [GatePart(_("Received"), self.matched, "done")] if self.matched or not waiting else []
        if waiting:
            parts.append(GatePart(_("Slips"), waiting, "waiting", _("not yet matched")))
        if self.decided is not None and self.decided.result == CreditDecision.Result.PASS:
            promised = (
                (_("Credit"), self.decided.credit),
                (_("Guarantee"), self.decided.guarantee),
                (_("Deferral"), self.decided.deferral),
            )
            parts += [GatePart(label, amount, "promise") for label, amount in promised if amount]
        return Gate(
            needed=self.figures.due_now,
            parts=parts,
            verdict=self.verdict,
            is_open=self.passes,
            currency=self.order.currency,
            needed_label=_("Due at approval"),
            rule=self.row,
        )

    def limit_meter(self) -> Meter:
        return Meter(
            _("Credit limit"),
            used=self.figures.credit_in_use,
            total=self.figures.limit,
            currency=self.order.currency,
        )


def outlook_for(order: Order, settings: Parameters | None = None) -> Outlook:
    """The funding of an order. Five queries, one more for a monthly order."""
    account = CustomerAccount.objects.filter(customer=order.customer_id).first() or CustomerAccount()
    figures = figures_for(order, account, settings or parameters_on())
    return Outlook(
        order=order,
        figures=figures,
        foreseen=decide(figures),
        decided=order.credit_decisions.filter(round=order.round).select_related("decided_by").last(),
        slips=list(order.allocations.valid().select_related("remittance__bank_line").order_by("id")),
    )


# --- The queue -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing a reviewer must look at: which check failed and how it is said."""

    label: str
    is_fine: bool

    def as_badge(self) -> Badge:
        return Badge(self.label, "done" if self.is_fine else "blocked")


def awaited_statuses(user: User) -> list[str]:
    """The states in which it is this person's turn."""
    return [status for status, permission in PERMISSION_AT.items() if user.may(permission)]


def orders_awaiting(user: User, *, within: QuerySet[Any] | None = None) -> QuerySet[Any]:
    """Orders on which this person's role decides next, the longest waiting first, with what he checks.

    For those who stand above the sales manager these are the orders whose prices wait for them (QT-03).
    `within` narrows to other rows of the same table, such as a proxy's.
    """
    matter = Event.objects.done().filter(root_number=OuterRef("number"), document_type="order")
    entered = matter.filter(to_status=OuterRef("status")).order_by("-id").values("at")[:1]
    unproved = Allocation.objects.valid().exclude(remittance__status=RemittanceStatus.CREDITED)
    given, none = (
        Allocation.objects.valid().filter(order=OuterRef("pk")),
        Value(ZERO, output_field=AmountField()),
    )
    confirmed = CustomerConfirmation.objects.filter(order=OuterRef("pk"), amount=OuterRef("total"))
    last = CreditDecision.objects.filter(order=OuterRef("pk"), round=OuterRef("round")).order_by("-id")
    rows: Any = Order.objects.all() if within is None else within
    turn = Q(status__in=awaited_statuses(user))
    if user.may("orders.approve_prices") and not user.may("credit.pass_manager"):
        turn |= Q(status__in=UNDER_REVIEW) & prices_to_allow(limits_from(parameters_on()))
    waiting = rows.visible_to(user).filter(turn).for_display()
    return waiting.annotate(
        are_prices_allowed=Exists(price_approvals()) | ~Exists(lines_priced_anew()),
        waiting_since=Coalesce(Subquery(entered, output_field=DateTimeField()), F("created_at")),
        has_unproved_slip=Exists(unproved.filter(order=OuterRef("pk"))),
        is_confirmed=Exists(confirmed),
        gate_row=Subquery(last.values("row")[:1]),
        limit_set=Subquery(CustomerAccount.objects.filter(customer=OuterRef("customer")).values("limit")[:1]),
        has_slip=Exists(given),
        paid_by_slips=Coalesce(
            Subquery(given.order_by().values("order").annotate(sum=Sum("amount")).values("sum")), none
        ),
    ).order_by("waiting_since", "pk")


def with_review_figures(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Beside each order the customer's exposure and whether a line is short of stock now (CR-01, ST-01)."""
    approved = Order.objects.approved().filter(customer=OuterRef("customer")).order_by().values("customer")
    undelivered = approved.annotate(sum=Sum(F("total") - F("posted"))).values("sum")
    receivable = CustomerAccount.objects.filter(customer=OuterRef("customer")).values("receivable")[:1]
    levels = StockLevel.objects.filter(product=OuterRef("product"), warehouse=OuterRef("order__warehouse"))
    free = levels.annotate(free=F("on_hand") - F("reserved")).values("free")[:1]
    nothing = Value(Decimal(0), output_field=QuantityField())
    lines = OrderLine.objects.filter(order=OuterRef("pk")).annotate(free=Coalesce(Subquery(free), nothing))
    none = Value(ZERO, output_field=AmountField())
    return rows.annotate(
        exposure=Coalesce(Subquery(undelivered), none) + Coalesce(Subquery(receivable), none),
        has_short_line=Exists(lines.filter(quantity__gt=F("free"))),
    )


def needs_justification(order: Order, default_limit: Decimal) -> bool:
    """AP-03 on an order of the queue: grade C and above the limit; without a query."""
    limit = default_limit if order.limit_set is None else order.limit_set  # type: ignore[attr-defined]
    return order.customer.grade == Customer.Grade.C and order.total > limit


def doubts_about(order: Order, default_limit: Decimal, price_limit: Decimal) -> list[Doubt]:
    """What the level whose turn it is has to look at, of an order of the queue; without a query.

    Prices are within `price_limit`, the percent the manager may give, or allowed by a post above him (QT-03).
    Money covers what is due, and for finance is proved by the bank (AP-04); grade against limit is the
    manager's question (AP-03).
    """
    row: Any = order
    if order.status == OrderStatus.FINANCE_REVIEW:
        is_proved = not row.has_unproved_slip and (row.has_slip or not order.total)
        money = Doubt(_("funds") if is_proved else _("funds not matched"), is_proved)
    else:
        is_covered = row.paid_by_slips >= due_now_on(order)
        money = Doubt(_("funds") if is_covered else _("funds short"), is_covered)
    above = order.status == OrderStatus.MANAGER_REVIEW and needs_justification(order, default_limit)
    is_within = not order.is_below_floor and order.largest_discount <= price_limit
    is_dear = is_within or row.are_prices_allowed
    is_late = order.promised_on is None or order.promised_on < today()
    return [
        money,
        Doubt(_("confirmed") if row.is_confirmed else _("not confirmed"), row.is_confirmed),
        Doubt(_("grade C above limit") if above else _("grade"), not above),
        Doubt(pgettext("check", "prices") if is_dear else _("prices not allowed"), is_dear),
        Doubt(_("date past") if is_late else _("date"), not is_late),
    ]


# --- The file of one order -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StockLine:
    sku: str
    name: str
    unit: str
    quantity: Decimal
    available: Decimal

    @property
    def short(self) -> Decimal:
        return max(Decimal(0), self.quantity - self.available)


@dataclass(frozen=True, slots=True)
class ReviewFile:
    """Everything a reviewer decides on: funding, who has decided before, and whether the goods are there."""

    outlook: Outlook
    reviews: Sequence[Review]
    stock: Sequence[StockLine]
    waiting_since: datetime | None = None

    @property
    def short_lines(self) -> list[StockLine]:
        return [line for line in self.stock if line.short]


def review_file(order: Order) -> ReviewFile:
    """The file of one order. Eight queries, however many lines."""
    lines = list(order.lines.order_by("line_no").values("product_id", "sku", "name", "unit", "quantity"))
    available = availability_for([line["product_id"] for line in lines], order.warehouse)
    stock = [
        StockLine(
            line["sku"],
            line["name"],
            line["unit"],
            line["quantity"],
            available.get(line["product_id"], Decimal(0)),
        )
        for line in lines
    ]
    reviews = list(order.reviews.filter(round=order.round).select_related("reviewed_by"))
    return ReviewFile(outlook=outlook_for(order), reviews=reviews, stock=stock)


def is_under_review(order: Order) -> bool:
    return order.status in PERMISSION_AT or order.status == OrderStatus.DRAFT
