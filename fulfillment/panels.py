"""What fulfillment adds to the order page: its papers, and the next step of the goods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.panels import register_action, register_panel
from fulfillment.board import orders_with_free_goods
from fulfillment.models import DispatchNotice
from fulfillment.workflow import NOTICE_WORKFLOW, SHIPMENT_WORKFLOW, NoticeStatus
from orders.models import Order
from orders.workflow import IN_FULFILLMENT, OrderStatus

ON_THE_ROAD = (*IN_FULFILLMENT, OrderStatus.SHIPPED)


def papers_of(order: Order) -> list[DispatchNotice]:
    """The order's notices with their shipments, read once per page."""
    kept: list[DispatchNotice] | None = order.__dict__.get("_dispatch_papers")
    if kept is None:
        kept = list(
            order.dispatch_notices.select_related("shipment__carrier", "shipment__proof")
            .annotate(line_count=Count("lines"))
            .order_by("pk")
        )
        for notice in kept:
            notice.order = order
        order.__dict__["_dispatch_papers"] = kept
    return kept


def paper_waiting(order: Order, name: str) -> Any:
    """The oldest notice or shipment of the order on which this move is the next."""
    for notice in papers_of(order):
        shipment = getattr(notice, "shipment", None)
        if name == "sign" and notice.status == NoticeStatus.DRAFT:
            return notice
        if shipment is not None and shipment.status in _sources(name):
            shipment.order = order
            return shipment
    return None


def _sources(name: str) -> tuple[str, ...]:
    return () if name == "sign" else SHIPMENT_WORKFLOW[name].sources


def papers_context(request: HttpRequest, order: Order) -> Mapping[str, Any] | None:
    papers = papers_of(order)
    return {"papers": papers} if papers else None


def _applies(name: str) -> Callable[[Order, User], bool]:
    return lambda order, user: paper_waiting(order, name) is not None


def _refusal(name: str) -> Callable[[Order, User], str]:
    workflow = NOTICE_WORKFLOW if name == "sign" else SHIPMENT_WORKFLOW
    return lambda order, user: workflow.refusal(paper_waiting(order, name), name, user)


def _has_free_goods(order: Order, user: User) -> bool:
    return order.status in IN_FULFILLMENT and orders_with_free_goods().filter(pk=order.pk).exists()


register_panel(
    "order", "goods", "fulfillment/_order_panel.html", papers_context, rank=40, permission="fulfillment.view"
)
register_action(
    "order", "make_dispatch_notice", "dispatch_notice_new", label=_("Make dispatch notice"), method="get",
    permission="fulfillment.make_notice", statuses=IN_FULFILLMENT, icon="truck-delivery", rank=64,
    applies=_has_free_goods,
)  # fmt: skip
for _rank, (_name, _label, _permission) in enumerate(
    (
        ("deliver", _("Record delivery"), "fulfillment.record_delivery"),
        ("gate_out", _("Open gate desk"), "fulfillment.gate_out"),
        ("check", _("Check goods"), "fulfillment.check"),
        ("pick", _("Pick goods"), "fulfillment.pick"),
        ("sign", _("Open dispatch notice to sign"), "fulfillment.sign_notice"),
    ),
    start=65,
):
    register_action(
        "order", f"goods_{_name}", f"order_goods_{_name}", label=_label, method="get", permission=_permission,
        statuses=ON_THE_ROAD, rank=_rank, applies=_applies(_name), refusal=_refusal(_name),
    )  # fmt: skip
