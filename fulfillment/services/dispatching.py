"""Dispatch notice: made by sales from reserved goods, signed by the manager (DS-01)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from core.errors import Problems, RuleRefused, TransitionNotAllowed
from core.models import User
from core.numbering import next_number
from core.sql import insert_rows
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import require_permission, require_version
from fulfillment.drafts import Dispatchable
from fulfillment.figures import figure, has_more_places
from fulfillment.models import DispatchLine, DispatchNotice, Shipment, ShipmentLine
from fulfillment.queries import dispatchable_lines
from fulfillment.workflow import NOTICE_WORKFLOW, SHIPMENT_WORKFLOW
from orders.models import Order
from orders.workflow import IN_FULFILLMENT, ORDER_WORKFLOW


def make_dispatch_notice(
    order: Order,
    *,
    lines: Mapping[int, Decimal] | None,
    actor: User,
    remarks: str = "",
    version: int | None = None,
) -> DispatchNotice:
    """Put reserved goods on a notice; `lines` is quantity by line number, None takes all that may go (DS-01).

    Locks the order. Raises InvalidInput, RuleRefused (not reserved, nothing to dispatch), SameActor (an
    approver of the order), TransitionNotAllowed (order not being prepared).
    """
    return write_dispatch_notice(
        order, number=next_number("DN"), lines=lines, actor=actor, remarks=remarks, version=version
    )


@unit_of_work
def write_dispatch_notice(
    order: Order,
    *,
    number: str,
    lines: Mapping[int, Decimal] | None,
    actor: User,
    remarks: str,
    version: int | None,
) -> DispatchNotice:
    order = Order.objects.locked().get(pk=order.pk)
    require_permission(actor, "fulfillment.make_notice", rule="DS-01")
    require_version(order, version)
    require_in_fulfillment(order)
    ORDER_WORKFLOW.require_duty(order, "dispatch_make", actor=actor)
    wanted = _allowed_quantities(dispatchable_lines(order), lines)
    notice = DispatchNotice(
        number=number,
        order=order,
        warehouse_id=order.warehouse_id,
        remarks=remarks.strip(),
        created_by=actor,
        round=order.round,
    )
    notice.save(force_insert=True)
    insert_rows(
        DispatchLine,
        [
            {"notice": notice, "order_line": line.order_line_id, "quantity": quantity}
            for line, quantity in wanted
        ],
    )
    fact = Fact("make_notice", str(_("Dispatch notice made")), duty="dispatch_make", rule="DS-01")
    record_event(notice, fact, actor=actor, note=notice.remarks, data={"lines": len(wanted)})
    return notice


def sign_dispatch_notice(notice: DispatchNotice, *, actor: User, version: int | None = None) -> Shipment:
    """Sign a notice and hand it to the warehouse as a shipment to be picked (DS-01; IC-01: not the maker)."""
    return open_shipment(notice, number=next_number("SH"), actor=actor, version=version)


@unit_of_work
def open_shipment(
    notice: DispatchNotice, *, number: str, actor: User, version: int | None = None
) -> Shipment:
    notice = DispatchNotice.objects.locked().get(pk=notice.pk)
    NOTICE_WORKFLOW.move(notice, "sign", actor=actor, version=version, data={"shipment": number})
    require_in_fulfillment(notice.order)
    shipment = Shipment(
        number=number, notice=notice, order=notice.order, created_by=actor, round=notice.order.round
    )
    shipment.save(force_insert=True)
    asked = notice.lines.order_by("order_line__line_no").values_list("order_line", "quantity")
    insert_rows(
        ShipmentLine,
        [
            {"shipment": shipment, "line_no": line_no, "order_line": order_line, "quantity": quantity}
            for line_no, (order_line, quantity) in enumerate(asked, start=1)
        ],
    )
    return shipment


@unit_of_work
def void_dispatch_notice(
    notice: DispatchNotice, *, reason: str, actor: User, version: int | None = None
) -> DispatchNotice:
    """Withdraw a notice nobody has signed; its goods may go on another one, the number stays (AU-02)."""
    notice = DispatchNotice.objects.locked().get(pk=notice.pk)
    NOTICE_WORKFLOW.move(notice, "void", actor=actor, note=reason, version=version)
    return notice


@unit_of_work
def void_shipment(shipment: Shipment, *, reason: str, actor: User, version: int | None = None) -> Shipment:
    """Withdraw a shipment of which nothing can be picked, and its notice with it (DS-01, AU-02).

    The goods stay reserved for the order and may go on a new notice. Locks the order and the shipment.
    """
    shipment = Shipment.objects.locked().get(pk=shipment.pk)
    SHIPMENT_WORKFLOW.move(shipment, "void", actor=actor, note=reason, version=version)
    notice = shipment.notice
    notice.order = shipment.order
    NOTICE_WORKFLOW.move(notice, "withdraw", actor=actor, note=reason, data={"shipment": shipment.number})
    return shipment


def require_in_fulfillment(order: Order) -> None:
    """DS-01: goods leave for approved orders only, as long as something is left to send."""
    if order.status not in IN_FULFILLMENT:
        raise TransitionNotAllowed(
            _('%(number)s is "%(status)s". Only an approved order being prepared can be dispatched.')
            % {"number": order.number, "status": order.status_label},
            rule="DS-01",
        )


def _allowed_quantities(
    lines: list[Dispatchable], asked: Mapping[int, Decimal] | None
) -> list[tuple[Dispatchable, Decimal]]:
    if asked is None:
        chosen = [(line, line.free) for line in lines if line.free > 0]
    else:
        chosen = _asked_quantities(lines, asked)
    if not chosen:
        raise RuleRefused(
            _("Nothing can be dispatched: no reserved quantity is free. Wait for goods or open notices."),
            rule="DS-01",
            code="nothing_to_dispatch",
        )
    return chosen


def _asked_quantities(
    lines: list[Dispatchable], asked: Mapping[int, Decimal]
) -> list[tuple[Dispatchable, Decimal]]:
    by_number = {line.line_no: line for line in lines}
    malformed, refused = Problems(), Problems()
    for index, (line_no, quantity) in enumerate(asked.items()):
        pointer = f"#/lines/{index}/quantity"
        line = by_number.get(line_no)
        if line is None:
            malformed.add(
                f"#/lines/{index}/line",
                "unknown_line",
                _("The order has no line %(line)s.") % {"line": line_no},
            )
        elif quantity < 0 or has_more_places(quantity, line.unit_decimals):
            malformed.add(
                pointer,
                "invalid_quantity",
                _("Line %(line)s: enter 0 or more, in whole steps of the unit.") % {"line": line_no},
            )
        elif quantity > line.free:
            refused.add(
                pointer,
                "not_reserved",
                _("Line %(line)s: %(asked)s asked, only %(free)s reserved and not on another notice.")
                % {"line": line_no, "asked": figure(quantity), "free": figure(line.free)},
            )
    malformed.raise_if_any(rule="DS-01")
    if refused.found:
        raise RuleRefused(
            _("More is asked than is reserved for the order. Lower the quantities."),
            rule="DS-01",
            code="not_reserved",
            problems=refused.found,
        )
    return [(line, asked[line.line_no]) for line in lines if asked.get(line.line_no)]
