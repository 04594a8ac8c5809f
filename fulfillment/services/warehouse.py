"""Picking, and the check by another person, who issues the gate pass (DS-02, DS-03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.clock import today
from core.errors import InvalidInput, Problems, RuleRefused
from core.models import User
from core.numbering import next_number
from core.sql import update_rows
from core.transactions import unit_of_work
from core.workflow import require_version
from fulfillment.drafts import CheckedLine, PickedLine
from fulfillment.figures import figure, has_more_places
from fulfillment.models import GatePass, Shipment, ShipmentLine
from fulfillment.workflow import SHIPMENT_WORKFLOW
from inventory.models import Batch


@unit_of_work
def record_pick(
    shipment: Shipment, *, picked: Mapping[int, PickedLine], actor: User, version: int | None = None
) -> Shipment:
    """Record what was taken from the shelf, by shipment line; 0 means the line was not found (DS-02).

    Only batches released by quality control and unexpired today. What was picked short goes back to the
    order when the check confirms it. Locks the order and the shipment. Raises InvalidInput, RuleRefused.
    """
    shipment = open_for(shipment, "pick", actor=actor, version=version)
    lines = shipment_lines(shipment)
    batches = _batches_named(lines, picked)
    _refuse_wrong_picks(lines, picked, batches)
    update_rows(
        ShipmentLine,
        ["id"],
        ["picked", "batch"],
        [
            {
                "id": line.pk,
                "picked": picked[line.line_no].quantity,
                "batch": batches.get((line.order_line.product_id, picked[line.line_no].batch.strip())),
            }
            for line in lines
        ],
    )
    short = [line.line_no for line in lines if picked[line.line_no].quantity < line.quantity]
    SHIPMENT_WORKFLOW.move(shipment, "pick", actor=actor, data={"lines": len(lines), "short_lines": short})
    return shipment


def check_shipment(
    shipment: Shipment, *, checked: Mapping[int, CheckedLine], actor: User, version: int | None = None
) -> Shipment:
    """Re-read code, count and batch of every line and issue its gate pass (DS-02, IC-01: not the picker).

    Any difference from the pick is refused with all differing lines; then the shipment is corrected by
    `send_back`. Locks the order and the shipment. Raises InvalidInput, RuleRefused `check_differs`.
    """
    return issue_gate_pass(shipment, number=next_number("GP"), checked=checked, actor=actor, version=version)


@unit_of_work
def issue_gate_pass(
    shipment: Shipment,
    *,
    number: str,
    checked: Mapping[int, CheckedLine],
    actor: User,
    version: int | None = None,
) -> Shipment:
    shipment = open_for(shipment, "check", actor=actor, version=version)
    lines = shipment_lines(shipment)
    _refuse_differences(lines, checked)
    short = [
        {"line": line.line_no, "asked": figure(line.quantity), "picked": figure(line.picked)}
        for line in lines
        if line.picked < line.quantity
    ]
    ShipmentLine.objects.filter(shipment=shipment, picked=0).delete()
    update_rows(
        ShipmentLine,
        ["id"],
        ["quantity", "checked"],
        [{"id": line.pk, "quantity": line.picked, "checked": line.picked} for line in lines if line.picked],
    )
    GatePass(number=number, shipment=shipment, issued_by=actor).save(force_insert=True)
    SHIPMENT_WORKFLOW.move(shipment, "check", actor=actor, data={"gate_pass": number, "short": short})
    return shipment


@unit_of_work
def send_back(shipment: Shipment, *, reason: str, actor: User, version: int | None = None) -> Shipment:
    """Return goods that differ from the paper to the picker (DS-02)."""
    shipment = Shipment.objects.locked().get(pk=shipment.pk)
    SHIPMENT_WORKFLOW.move(shipment, "send_back", actor=actor, note=reason, version=version)
    return shipment


def open_for(shipment: Shipment, name: str, *, actor: User, version: int | None) -> Shipment:
    """Lock order and shipment, and refuse at once who may not make the move or has seen an older state."""
    shipment = Shipment.objects.locked().get(pk=shipment.pk)
    require_version(shipment, version)
    SHIPMENT_WORKFLOW.require(shipment, name, actor=actor)
    return shipment


def shipment_lines(shipment: Shipment) -> list[ShipmentLine]:
    return list(shipment.lines.select_related("order_line__product", "batch").order_by("line_no"))


def refuse_line_numbers(lines: Sequence[ShipmentLine], given: Mapping[int, Any], problems: Problems) -> None:
    """Every line must be answered, and only lines that exist."""
    known = {line.line_no for line in lines}
    for index, line_no in enumerate(given):
        if line_no not in known:
            problems.add(
                f"#/lines/{index}/line",
                "unknown_line",
                _("The shipment has no line %(line)s.") % {"line": line_no},
            )
    for line_no in sorted(known - given.keys()):
        problems.add("#/lines", "missing_line", _("Line %(line)s is missing.") % {"line": line_no})


def _batches_named(
    lines: Sequence[ShipmentLine], picked: Mapping[int, PickedLine]
) -> dict[tuple[int, str], Batch]:
    found = Batch.objects.filter(
        product__in={line.order_line.product_id for line in lines},
        number__in={pick.batch.strip() for pick in picked.values()},
    )
    return {(batch.product_id, batch.number): batch for batch in found}


def _refuse_wrong_picks(
    lines: Sequence[ShipmentLine], picked: Mapping[int, PickedLine], batches: Mapping[tuple[int, str], Batch]
) -> None:
    malformed, refused = Problems(), Problems()
    refuse_line_numbers(lines, picked, malformed)
    by_number = {line.line_no: line for line in lines}
    for index, (line_no, pick) in enumerate(picked.items()):
        line = by_number.get(line_no)
        if line is None:
            continue
        if not 0 <= pick.quantity <= line.quantity or has_more_places(
            pick.quantity, line.order_line.product.unit_decimals
        ):
            malformed.add(
                f"#/lines/{index}/quantity",
                "invalid_quantity",
                _("Line %(line)s: between 0 and %(most)s can be picked.")
                % {"line": line_no, "most": figure(line.quantity)},
            )
        elif pick.quantity > 0:
            _refuse_wrong_batch(line, pick, batches, refused, f"#/lines/{index}/batch")
    if not malformed.found and not any(pick.quantity for pick in picked.values()):
        refused.add(
            "#/lines",
            "nothing_picked",
            _("Nothing was picked. Pick at least one piece before you record it."),
        )
    if malformed.found:
        raise InvalidInput(rule="DS-02", problems=[*malformed.found, *refused.found])
    if refused.found:
        raise RuleRefused(
            _("The goods picked may not leave as they are. Correct the lines below."),
            rule="DS-02",
            code="wrong_pick",
            problems=refused.found,
        )


def _refuse_wrong_batch(
    line: ShipmentLine,
    pick: PickedLine,
    batches: Mapping[tuple[int, str], Batch],
    refused: Problems,
    pointer: str,
) -> None:
    facts = {"line": line.line_no, "sku": line.order_line.sku, "batch": pick.batch.strip()}
    batch = batches.get((line.order_line.product_id, pick.batch.strip()))
    if not pick.batch.strip():
        refused.add(pointer, "batch_missing", _("Line %(line)s: enter the batch of %(sku)s.") % facts)
    elif batch is None:
        refused.add(pointer, "batch_unknown", _("Line %(line)s: %(sku)s has no batch %(batch)s.") % facts)
    elif batch.released_on is None or batch.released_on > today():
        refused.add(
            pointer,
            "batch_not_released",
            _("Line %(line)s: batch %(batch)s is not released by quality control. Take another batch.")
            % facts,
        )
    elif not batch.may_leave(today()):
        refused.add(
            pointer,
            "batch_expired",
            _("Line %(line)s: batch %(batch)s expired on %(day)s. Take another batch.")
            % {**facts, "day": batch.expires_on},
        )


def _refuse_differences(lines: Sequence[ShipmentLine], checked: Mapping[int, CheckedLine]) -> None:
    malformed, differing = Problems(), Problems()
    picked = [line for line in lines if line.picked or line.line_no in checked]
    refuse_line_numbers(picked, checked, malformed)
    malformed.raise_if_any(rule="DS-02")
    by_number = {line.line_no: line for line in picked}
    for index, (line_no, found) in enumerate(checked.items()):
        _compare(by_number[line_no], found, differing, f"#/lines/{index}")
    if differing.found:
        raise RuleRefused(
            _("The goods differ from the pick. Correct your entry, or send the shipment back to picking."),
            rule="DS-02",
            code="check_differs",
            problems=differing.found,
        )


def _compare(line: ShipmentLine, found: CheckedLine, differing: Problems, pointer: str) -> None:
    product = line.order_line.product
    batch = line.batch.number if line.batch else ""
    if found.quantity != line.picked:
        differing.add(
            f"{pointer}/quantity",
            "quantity_differs",
            _("Line %(line)s: %(picked)s picked, %(found)s counted.")
            % {"line": line.line_no, "picked": figure(line.picked), "found": figure(found.quantity)},
        )
    if not line.picked:
        return
    if found.sku.strip() not in {line.order_line.sku, product.barcode} - {""}:
        differing.add(
            f"{pointer}/sku",
            "sku_differs",
            _("Line %(line)s: %(sku)s is ordered, %(found)s was found.")
            % {"line": line.line_no, "sku": line.order_line.sku, "found": found.sku.strip() or "—"},
        )
    if found.batch.strip() != batch:
        differing.add(
            f"{pointer}/batch",
            "batch_differs",
            _("Line %(line)s: batch %(batch)s was picked, %(found)s was found.")
            % {"line": line.line_no, "batch": batch, "found": found.batch.strip() or "—"},
        )
    elif line.batch and not line.batch.may_leave(today()):
        differing.add(
            f"{pointer}/batch",
            "batch_expired",
            _("Line %(line)s: batch %(batch)s may not leave today.") % {"line": line.line_no, "batch": batch},
        )
