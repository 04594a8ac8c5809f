"""Through the gate: the pass is used once, stock falls, the day is the dispatch date (DS-03)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.clock import BUSINESS_ZONE, now, today
from core.errors import Conflict, Problems, RuleRefused
from core.models import User
from core.transactions import unit_of_work
from core.workflow import require_permission
from fulfillment.models import Carrier, GatePass, Shipment, ShipmentLine
from fulfillment.workflow import SHIPMENT_WORKFLOW
from inventory.services.stock import IssueLine, issue_stock
from orders.services.progress import record_dispatch


@unit_of_work
def gate_out(
    shipment: Shipment,
    *,
    gate_pass: str,
    carrier: Carrier | None,
    tracking_number: str = "",
    vehicle: str = "",
    cost: Decimal | None = None,
    actor: User,
    version: int | None = None,
) -> Shipment:
    """Let a checked shipment out on its gate pass; stock falls, the order moves (DS-03, DS-04, DS-06).

    `cost` is what the carrier charges us, CNY, tax included. Locks the order, the shipment, then the stock
    rows. Raises RuleRefused (pass of another shipment), Conflict (pass used), InvalidInput and
    InsufficientStock; then nothing is saved.
    """
    shipment = Shipment.objects.locked().select_related("gate_pass").get(pk=shipment.pk)
    require_permission(actor, "fulfillment.gate_out", rule="DS-03")
    _refuse_wrong_pass(shipment, gate_pass.strip())
    carrier = _complete_carrier(carrier, tracking_number, vehicle, cost)
    leaves_on = today()
    SHIPMENT_WORKFLOW.move(
        shipment,
        "gate_out",
        actor=actor,
        version=version,
        data={
            "gate_pass": gate_pass.strip(),
            "carrier": carrier.code,
            "tracking_number": tracking_number.strip(),
            "vehicle": vehicle.strip(),
        },
        changes={
            "carrier": carrier,
            "tracking_number": tracking_number.strip(),
            "vehicle": vehicle.strip(),
            "cost": cost,
            "gone_at": now(),
            "gone_on": leaves_on,
        },
    )
    _use_pass(shipment.gate_pass, actor=actor)
    _take_goods_out(shipment, carrier, leaves_on, actor=actor)
    return shipment


def _take_goods_out(shipment: Shipment, carrier: Carrier, leaves_on: date, *, actor: User) -> None:
    lines = list(shipment.lines.select_related("order_line").order_by("line_no"))
    issue_stock(
        shipment.order.number,
        warehouse=shipment.notice.warehouse,
        lines=_issue_lines(lines),
        shipment_number=shipment.number,
        posted_on=leaves_on,
        actor=actor,
    )
    record_dispatch(
        shipment.order,
        quantities={line.order_line.line_no: line.checked for line in lines},
        actor=actor,
        data={
            "shipment": shipment.number,
            "carrier": carrier.name,
            "tracking_number": shipment.tracking_number,
            "dispatched_on": leaves_on.isoformat(),
        },
    )


def _issue_lines(lines: Sequence[ShipmentLine]) -> list[IssueLine]:
    return [
        IssueLine(
            order_line_no=line.order_line.line_no,
            shipment_line_no=line.line_no,
            product_id=line.order_line.product_id,
            quantity=line.checked,
            batch_id=line.batch_id or 0,  # what was checked has a batch
        )
        for line in lines
    ]


def _refuse_wrong_pass(shipment: Shipment, number: str) -> None:
    issued = getattr(shipment, "gate_pass", None)
    if issued is None:
        return  # not checked yet: the workflow says so
    if issued.number != number:
        raise RuleRefused(
            _("Gate pass %(pass)s is not the pass of %(shipment)s. Enter the number printed on the pass.")
            % {"pass": number or "—", "shipment": shipment.number},
            rule="DS-03",
            code="wrong_gate_pass",
        )
    if issued.used_at is not None:
        raise pass_already_used(issued)


def pass_already_used(gate_pass: GatePass) -> Conflict:
    moment = gate_pass.used_at.astimezone(BUSINESS_ZONE) if gate_pass.used_at else now()
    return Conflict(
        _("Gate pass %(pass)s was already used on %(moment)s. A pass lets one vehicle out once.")
        % {"pass": gate_pass.number, "moment": date_format(moment, "Y-m-d H:i")},
        rule="DS-03",
        code="gate_pass_used",
    )


def _complete_carrier(
    carrier: Carrier | None, tracking_number: str, vehicle: str, cost: Decimal | None
) -> Carrier:
    """The carrier, once everything about the trip is known (DS-04)."""
    problems = Problems()
    if carrier is None:
        problems.add("#/carrier", "required", _("Choose the carrier."))
    elif carrier.mode == Carrier.Mode.OWN and not vehicle.strip():
        problems.add("#/vehicle", "required", _("Enter the number plate of our vehicle."))
    elif carrier.mode != Carrier.Mode.OWN and not tracking_number.strip():
        problems.add("#/tracking_number", "required", _("Enter the carrier's tracking number."))
    if len(tracking_number.strip()) > 60:
        problems.add("#/tracking_number", "too_long", _("A tracking number has at most 60 characters."))
    if len(vehicle.strip()) > 20:
        problems.add("#/vehicle", "too_long", _("A number plate has at most 20 characters."))
    if cost is not None and (cost < 0 or cost != round(cost, 2)):
        problems.add("#/cost", "invalid", _("Enter the freight cost as an amount of 0.00 or more."))
    problems.raise_if_any(rule="DS-04")
    return carrier  # type: ignore[return-value]


def _use_pass(gate_pass: GatePass, *, actor: User) -> None:
    used = GatePass.objects.filter(pk=gate_pass.pk, used_at__isnull=True).update(used_at=now(), used_by=actor)
    if not used:
        gate_pass.refresh_from_db()
        raise pass_already_used(gate_pass)
