"""Warehouse, gate and after-sales: what is to be picked, checked, let out, signed for and asked about."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aftersales.queries import orders_to_survey
from fulfillment.models import DispatchNotice, Shipment
from fulfillment.workflow import NoticeStatus, ShipmentStatus
from orders.models import Order
from reports.queries.work.piles import Pile, Source, WaitingRow, everything, status

PILES: tuple[Pile, ...] = (
    Pile(
        "notices",
        _("Notices to sign"),
        "fulfillment.sign_notice",
        "notice",
        status(NoticeStatus.DRAFT),
        _("Your signature"),
        _("Sign the dispatch notice"),
        "writing-sign",
    ),
    Pile(
        "to-pick",
        _("To pick"),
        "fulfillment.pick",
        "shipment",
        status(ShipmentStatus.PICKING),
        _("The goods from the shelves"),
        _("Record the pick"),
        "shopping-cart",
    ),
    Pile(
        "to-pack-check",
        _("To check before packing"),
        "fulfillment.check",
        "shipment",
        status(ShipmentStatus.PICKED),
        _("The second person's check"),
        _("Check the goods"),
        "barcode",
    ),
    Pile(
        "at-the-gate",
        _("Ready to leave"),
        "fulfillment.gate_out",
        "shipment",
        status(ShipmentStatus.CHECKED),
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
        status(ShipmentStatus.GONE),
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
        everything,
        _("The customer's three scores"),
        _("Record the survey"),
        "phone",
    ),
)


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


SOURCES = {
    "notice": Source(
        lambda user, permission: DispatchNotice.objects.visible_to(user, permission=permission),
        _row_of_dispatch,
        linked=("order__customer",),
    ),
    "shipment": Source(
        lambda user, permission: Shipment.objects.visible_to(user, permission=permission),
        _row_of_dispatch,
        linked=("order__customer",),
    ),
    "survey": Source(
        lambda user, permission: orders_to_survey(user),
        _row_of_survey,
        linked=("customer",),
        oldest_first=("completed_on", "id"),
    ),
}
