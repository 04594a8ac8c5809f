"""Goods on their way, as the people of the cast bring them there."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from core.clock import now
from core.models import Attachment, Event, User
from credit.models import LedgerEntry, Posting
from credit.services.reviews import approve_order
from fulfillment.models import DispatchNotice, GatePass, Shipment, ShipmentLine
from fulfillment.services import (
    Arrival,
    CheckedLine,
    PickedLine,
    check_shipment,
    gate_out,
    make_dispatch_notice,
    record_delivery,
    record_pick,
    sign_dispatch_notice,
)
from inventory.models import Reservation, StockLevel, StockMovement
from orders.models import Order, OrderLine
from tests.conftest import Cast, Company
from tests.credit.matters import at_finance, fresh, picture, submitted

BATCH = "B2026-01"


def approved(cast: Cast, company: Company, *lines: tuple[str, str], **header: object) -> Order:
    """Approved, paid and reserved; by default ten motors (A1023) and seven metres of cable (B2040)."""
    order = submitted(cast, company, *(lines or (("A1023", "10"), ("B2040", "7"))), **header)
    order = at_finance(cast, company, order)
    approve_order(order, version=order.version, actor=cast.finance)
    return fresh(order)


def noticed(cast: Cast, order: Order, lines: dict[int, Decimal] | None = None) -> DispatchNotice:
    return make_dispatch_notice(order, lines=lines, actor=cast.assistant)


def signed(cast: Cast, order: Order, lines: dict[int, Decimal] | None = None) -> Shipment:
    """On a notice signed by the second manager, who has not reviewed the order."""
    notice = noticed(cast, order, lines)
    return sign_dispatch_notice(notice, actor=cast.second_manager, version=notice.version)


def pick_all(shipment: Shipment, **quantities: str) -> dict[int, PickedLine]:
    """Everything asked for from the first batch; `line_2="3"` picks another quantity of line 2."""
    return {
        line.line_no: PickedLine(Decimal(quantities.get(f"line_{line.line_no}", line.quantity)), BATCH)
        for line in shipment.lines.all()
    }


def picked(cast: Cast, order: Order, lines: dict[int, Decimal] | None = None, **quantities: str) -> Shipment:
    shipment = signed(cast, order, lines)
    return record_pick(
        shipment, picked=pick_all(shipment, **quantities), actor=cast.picker, version=shipment.version
    )


def found_all(shipment: Shipment) -> dict[int, CheckedLine]:
    """What the checker reads when everything is as picked."""
    return {
        line.line_no: CheckedLine(line.order_line.sku, line.picked, line.batch.number)
        for line in shipment.lines.select_related("order_line", "batch")
        if line.picked and line.batch
    }


def ready(cast: Cast, order: Order, lines: dict[int, Decimal] | None = None, **quantities: str) -> Shipment:
    """Checked, with its gate pass."""
    shipment = picked(cast, order, lines, **quantities)
    return check_shipment(shipment, checked=found_all(shipment), actor=cast.checker, version=shipment.version)


def let_out(cast: Cast, company: Company, shipment: Shipment, **facts: object) -> Shipment:
    entered: dict[str, object] = {
        "gate_pass": "" if "gate_pass" in facts else shipment.gate_pass.number,
        "carrier": company.carrier,
        "tracking_number": "SF1234567890",
        "actor": cast.guard,
        "version": shipment.version,
    }
    return gate_out(shipment, **{**entered, **facts})  # type: ignore[arg-type]


def gone(cast: Cast, company: Company, order: Order, lines: dict[int, Decimal] | None = None) -> Shipment:
    return let_out(cast, company, ready(cast, order, lines))


def proof_picture(actor: User) -> Attachment:
    return picture(actor, "delivery_proof")


def deliver(cast: Cast, shipment: Shipment, **facts: object) -> object:
    """Signed for in full by the customer just now, unless told otherwise."""
    entered: dict[str, object] = {
        "signer": "王芳",
        "signed_at": now(),
        "lines": {line.line_no: Arrival(line.checked) for line in shipment.lines.all()},
        "actor": cast.assistant,
        "version": shipment.version,
    }
    entered |= facts
    entered.setdefault("image", proof_picture(entered["actor"]))  # type: ignore[arg-type]
    return record_delivery(shipment, **entered)  # type: ignore[arg-type]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def levels() -> dict[str, tuple[Decimal, Decimal]]:
    """On hand and reserved by code."""
    return {
        level.product.sku: (level.on_hand, level.reserved)
        for level in StockLevel.objects.select_related("product")
    }


def goods_traces() -> dict[str, object]:
    """Everything that a refusal must leave as it was; refusals themselves are kept and not counted."""
    models = (
        Order, OrderLine, DispatchNotice, Shipment, ShipmentLine, GatePass, StockLevel, Reservation,
        StockMovement, LedgerEntry, Posting,
    )  # fmt: skip
    traces: dict[str, object] = {
        model.__name__: list(model.objects.order_by("pk").values()) for model in models
    }
    return {**traces, "events": Event.objects.done().exclude(document_number="").count()}
