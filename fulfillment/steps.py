"""What has to happen next with a notice or a shipment, and where it stands: for its page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.components import Action, NextStep, Step
from core.models import User
from core.workflow import Workflow
from fulfillment.models import DispatchNotice, Shipment
from fulfillment.workflow import NOTICE_WORKFLOW, SHIPMENT_WORKFLOW, NoticeStatus, ShipmentStatus

ORDER_OF_STAGES = (
    ShipmentStatus.PICKING,
    ShipmentStatus.PICKED,
    ShipmentStatus.CHECKED,
    ShipmentStatus.GONE,
    ShipmentStatus.DELIVERED,
)


def steps_of_shipment(shipment: Shipment) -> list[Step]:
    """Picking, check, gate, road, signature: done, current or still to come; none of a void shipment."""
    if shipment.status == ShipmentStatus.VOID:
        return []
    labels = (_("Pick"), _("Second check"), _("Gate"), _("Sign-off"))
    at = ORDER_OF_STAGES.index(ShipmentStatus(shipment.status))
    return [
        Step(label, "done" if place < at else "current" if place == at else "todo")
        for place, label in enumerate(labels)
    ]


def next_step_of_notice(notice: DispatchNotice, user: User) -> NextStep | None:
    """Sign or void; None when nothing is left to do on the notice."""
    if notice.status != NoticeStatus.DRAFT:
        return None
    version = {"version": notice.version}
    return NextStep(
        what=_("The sales manager signs the dispatch notice"),
        owner=_("Sales manager"),
        since=notice.created_at,
        actions=[
            Action(
                _("Sign notice"),
                reverse("dispatch_notice_sign", args=[notice.number]),
                icon="writing-sign",
                key="S",
                fields=version,
                is_primary=True,
                disabled_reason=_reason(NOTICE_WORKFLOW, notice, "sign", user),
            ),
            Action(
                _("Void notice"),
                reverse("dispatch_notice_void", args=[notice.number]),
                fields=version,
                is_danger=True,
                wants_reason=True,
                disabled_reason=_reason(NOTICE_WORKFLOW, notice, "void", user),
            ),
        ],
    )


def next_step_of_shipment(shipment: Shipment, user: User) -> NextStep | None:
    """The one act that moves the goods on, with the page that does it; beside picking, the way back."""
    texts = _shipment_acts()
    if shipment.status not in texts:
        return None
    name, url_name, what, label, owner = texts[shipment.status]
    url = reverse(url_name) if url_name == "gate" else reverse(url_name, args=[shipment.number])
    reason = _reason(SHIPMENT_WORKFLOW, shipment, name, user)
    acts = [Action(label, url, method="get", key="A", is_primary=True, disabled_reason=reason)]
    if shipment.status == ShipmentStatus.PICKING and user.may("fulfillment.make_notice"):
        acts.append(_void_shipment(shipment, user))
    return NextStep(what=what, owner=owner, actions=acts)


def _void_shipment(shipment: Shipment, user: User) -> Action:
    return Action(
        _("Void shipment"),
        reverse("shipment_void", args=[shipment.number]),
        fields={"version": shipment.version},
        is_danger=True,
        wants_reason=True,
        disabled_reason=_reason(SHIPMENT_WORKFLOW, shipment, "void", user),
    )


def _shipment_acts() -> dict[str, tuple[str, str, str, str, str]]:
    """By status: transition, page, what has to happen, the button, who has it."""
    return {
        ShipmentStatus.PICKING: (
            "pick", "shipment_pick", _("Take the goods from the shelf"), _("Pick goods"), _("Picker"),
        ),
        ShipmentStatus.PICKED: (
            "check", "shipment_check", _("Another person checks code, quantity and batch"),
            _("Check goods"), _("Checker"),
        ),
        ShipmentStatus.CHECKED: (
            "gate_out", "gate", _("The guard lets the vehicle out"), _("Open gate desk"), _("Gate guard"),
        ),
        ShipmentStatus.GONE: (
            "deliver", "shipment_proof", _("Record what the customer signed for"),
            _("Record delivery"), _("Sales assistant"),
        ),
    }  # fmt: skip


def _reason(workflow: Workflow, document: Any, name: str, user: User) -> str:
    return workflow.refusal(document, name, user)
