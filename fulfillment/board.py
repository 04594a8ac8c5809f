"""The dispatch board: what stands at each stage between reservation and signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from core.clock import today
from core.models import User
from core.money import QuantityField
from core.panels import owners_of
from fulfillment.models import DispatchLine, DispatchNotice, Shipment, ShipmentLine
from fulfillment.workflow import NoticeStatus, ShipmentStatus
from inventory.models import Reservation
from orders.models import Order
from orders.workflow import IN_FULFILLMENT

MOST_CARDS = 50


@dataclass(frozen=True, slots=True)
class Act:
    """The next step: its button where the role takes it, else in words whose step it is."""

    label: str
    url: str
    owners: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to do: its order, where it goes, and the page that does it. No amounts: pickers see this."""

    number: str
    url: str
    order_number: str
    customer: str
    place: str
    lines: int
    promised_on: date | None
    act: Act
    is_short: bool = False
    note: str = ""

    @property
    def is_late(self) -> bool:
        return self.promised_on is not None and self.promised_on < today()


@dataclass(frozen=True, slots=True)
class BoardColumn:
    slug: str
    label: str
    meaning: str
    empty: str
    cards: Sequence[Card] = field(default_factory=tuple)
    has_more: bool = False


def board_for(user: User) -> list[BoardColumn]:
    """The five columns with the oldest cards first. Six statements, whatever the number of cards."""
    prepare = [*_notices_to_sign(user), *_orders_to_send(user)]
    return [
        _column("prepare", _("To prepare"), "waiting", _("No reserved goods wait for a notice."), prepare),
        _shipments(user, ShipmentStatus.PICKING, _("Picking"), "moving", _("Nothing is being picked.")),
        _shipments(user, ShipmentStatus.PICKED, _("To check"), "waiting", _("Nothing waits for the check.")),
        _shipments(
            user, ShipmentStatus.CHECKED, _("Ready to leave"), "stock", _("Nothing waits at the gate.")
        ),
        _shipments(user, ShipmentStatus.GONE, _("On the way"), "moving", _("Nothing is on the way.")),
    ]


def orders_with_free_goods() -> QuerySet[Order]:
    """Orders being prepared that hold goods no open notice claims yet (DS-01)."""
    return (
        Order.objects.filter(status__in=IN_FULFILLMENT)
        .annotate(
            held=_total(
                Reservation.objects.filter(document_number=OuterRef("number")), "document_number", "quantity"
            ),
            on_drafts=_total(
                DispatchLine.objects.filter(notice__order=OuterRef("pk"), notice__status=NoticeStatus.DRAFT),
                "notice__order",
                "quantity",
            ),
            in_house=_total(
                ShipmentLine.objects.filter(
                    shipment__order=OuterRef("pk"),
                    shipment__status__in=(
                        ShipmentStatus.PICKING,
                        ShipmentStatus.PICKED,
                        ShipmentStatus.CHECKED,
                    ),
                ),
                "shipment__order",
                "quantity",
            ),
        )
        .filter(held__gt=F("on_drafts") + F("in_house"))
    )


def _total(rows: QuerySet[Any], key: str, column: str) -> Coalesce:
    summed = rows.order_by().values(key).annotate(total=Sum(column)).values("total")
    return Coalesce(Subquery(summed), Value(0), output_field=QuantityField())


def _column(slug: str, label: str, meaning: str, empty: str, cards: Sequence[Card]) -> BoardColumn:
    return BoardColumn(slug, label, meaning, empty, tuple(cards[:MOST_CARDS]), len(cards) > MOST_CARDS)


def _orders_to_send(user: User) -> list[Card]:
    orders = (
        orders_with_free_goods()
        .filter(pk__in=Order.objects.visible_to(user).values("pk"))
        .select_related("customer")
        .annotate(line_count=Count("lines"))
        .order_by("approved_at", "pk")[: MOST_CARDS + 1]
    )
    return [
        _card(
            order,
            number=order.number,
            url=order.get_absolute_url(),
            lines=order.line_count,
            act=_act_for(
                user,
                "fulfillment.make_notice",
                _("Make notice"),
                reverse("dispatch_notice_new", args=[order.number]),
            ),
        )
        for order in orders
    ]


def _notices_to_sign(user: User) -> list[Card]:
    notices = (
        DispatchNotice.objects.visible_to(user)
        .filter(status=NoticeStatus.DRAFT)
        .select_related("order__customer")
        .annotate(line_count=Count("lines"))
        .order_by("pk")[: MOST_CARDS + 1]
    )
    return [
        _card(
            notice.order,
            number=notice.number,
            url=notice.get_absolute_url(),
            lines=notice.line_count,
            act=_act_for(user, "fulfillment.sign_notice", _("Sign"), notice.get_absolute_url()),
            note=_("Waiting for signature"),
        )
        for notice in notices
    ]


def _shipments(user: User, status: str, label: str, meaning: str, empty: str) -> BoardColumn:
    shipments = (
        Shipment.objects.visible_to(user)
        .filter(status=status)
        .select_related("order__customer", "carrier", "gate_pass")
        .annotate(line_count=Count("lines"))
        .order_by("pk")[: MOST_CARDS + 1]
    )
    label_of_act, name, page = {
        ShipmentStatus.PICKING: (_("Pick"), "pick", "shipment_pick"),
        ShipmentStatus.PICKED: (_("Check"), "check", "shipment_check"),
        ShipmentStatus.CHECKED: (_("To the gate"), "gate_out", "gate"),
        ShipmentStatus.GONE: (_("Record delivery"), "record_delivery", "shipment_proof"),
    }[ShipmentStatus(status)]
    cards = [
        _card(
            shipment.order,
            number=shipment.number,
            url=shipment.get_absolute_url(),
            lines=shipment.line_count,
            act=_act_for(
                user,
                f"fulfillment.{name}",
                label_of_act,
                _gate_for(shipment) if page == "gate" else reverse(page, args=[shipment.number]),
            ),
            note=_road_note(shipment),
        )
        for shipment in shipments
    ]
    return _column(status, label, meaning, empty, cards)


def _gate_for(shipment: Shipment) -> str:
    return f"{reverse('gate')}?pass={shipment.gate_pass.number}"


def _road_note(shipment: Shipment) -> str:
    if shipment.gone_on is None:
        return ""
    carrier = shipment.carrier.name if shipment.carrier else ""
    return f"{carrier} {shipment.tracking_number or shipment.vehicle}".strip()


def _act_for(user: User, permission: str, label: str, url: str) -> Act:
    return Act(label, url) if user.may(permission) else Act(label, "", owners_of(permission))


def _card(order: Order, *, number: str, url: str, lines: int, act: Act, note: str = "") -> Card:
    return Card(
        number=number,
        url=url,
        order_number=order.number,
        customer=str(order.customer),
        place=order.delivery_address,
        lines=lines,
        promised_on=order.promised_on,
        act=act,
        is_short=order.has_shortage,
        note=note,
    )
