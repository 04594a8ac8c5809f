"""States and legal moves of dispatch notice and shipment (DS-01..DS-06, DL-01)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition, Workflow
from orders.workflow import ORDER_WORKFLOW


class NoticeStatus(models.TextChoices):
    DRAFT = "draft", _("To be signed")
    SIGNED = "signed", _("Signed")
    VOID = "void", _("Void")


class ShipmentStatus(models.TextChoices):
    PICKING = "picking", _("Being picked")
    PICKED = "picked", _("Picked, to be checked")
    CHECKED = "checked", _("Checked, ready to leave")
    GONE = "gone", _("On the way")
    DELIVERED = "delivered", _("Signed for")
    VOID = "void", _("Void")


NOTICE_WORKFLOW = Workflow(
    document_type="dispatch",
    duties=ORDER_WORKFLOW.duties,
    transitions=(
        Transition(
            "sign",
            (NoticeStatus.DRAFT,),
            NoticeStatus.SIGNED,
            _("Sign the dispatch notice"),
            "fulfillment.sign_notice",
            "dispatch_sign",
            rule="DS-01",
        ),
        Transition(
            "void",
            (NoticeStatus.DRAFT,),
            NoticeStatus.VOID,
            _("Void the dispatch notice"),
            "fulfillment.make_notice",
            needs_reason=True,
            rule="DS-01",
        ),
        Transition(
            "withdraw",
            (NoticeStatus.SIGNED,),
            NoticeStatus.VOID,
            _("Its shipment was voided"),
            rule="DS-01",
        ),
    ),
)

SHIPMENT_WORKFLOW = Workflow(
    document_type="shipment",
    duties=ORDER_WORKFLOW.duties,
    transitions=(
        Transition(
            "pick",
            (ShipmentStatus.PICKING,),
            ShipmentStatus.PICKED,
            _("Record the pick"),
            "fulfillment.pick",
            "pick",
            rule="DS-02",
        ),
        Transition(
            "check",
            (ShipmentStatus.PICKED,),
            ShipmentStatus.CHECKED,
            _("Confirm the check"),
            "fulfillment.check",
            "pack_check",
            rule="DS-02",
        ),
        Transition(
            "send_back",
            (ShipmentStatus.PICKED,),
            ShipmentStatus.PICKING,
            _("Send back to picking"),
            "fulfillment.check",
            "pack_check",
            needs_reason=True,
            rule="DS-02",
        ),
        Transition(
            "gate_out",
            (ShipmentStatus.CHECKED,),
            ShipmentStatus.GONE,
            _("Let the vehicle out"),
            "fulfillment.gate_out",
            "gate",
            rule="DS-03",
        ),
        Transition(
            "deliver",
            (ShipmentStatus.GONE,),
            ShipmentStatus.DELIVERED,
            _("Record the signed delivery"),
            "fulfillment.record_delivery",
            rule="DL-01",
        ),
        Transition(
            "void",
            (ShipmentStatus.PICKING,),
            ShipmentStatus.VOID,
            _("Void the shipment"),
            "fulfillment.make_notice",
            needs_reason=True,
            rule="DS-01",
        ),
    ),
)
