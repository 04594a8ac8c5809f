"""Papers that travel with the goods, without amounts: pick list, delivery note, gate pass (DS-02, DS-03)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from core.clock import now
from core.company import company_details
from core.papers import render_pdf
from core.templatetags.figures import quantity_text
from fulfillment.models import Shipment, ShipmentLine


def delivery_note(shipment: Shipment, lines: Sequence[ShipmentLine]) -> bytes:
    """送货单, in the customer's language, with the box in which he signs."""
    with override(shipment.order.customer.language):
        columns = [
            ("no", _("Line"), "right"), ("sku", _("Code"), "left"), ("name", _("Product"), "left"),
            ("spec", _("Specification"), "left"), ("batch", _("Batch"), "left"),
            ("quantity", _("Quantity"), "right"), ("unit", _("Unit"), "left"),
        ]  # fmt: skip
        data = _paper(shipment, _("Delivery note"), shipment.number, columns, lines, _quantity_sent)
        data["facts"] = [*_common_facts(shipment), *_carrier_facts(shipment)]
        data["signature"] = [
            _("Received in good order, differences noted above"),
            _("Signed by"), _("Date and time"), _("Company stamp"),
        ]  # fmt: skip
        return render_pdf("print/fulfillment/shipment_paper.typ", data)


def gate_pass(shipment: Shipment, lines: Sequence[ShipmentLine]) -> bytes:
    """出门证: handed to the driver; the guard reads the number from it."""
    columns = [
        ("no", _("Line"), "right"), ("sku", _("Code"), "left"), ("name", _("Product"), "left"),
        ("quantity", _("Quantity"), "right"), ("unit", _("Unit"), "left"),
    ]  # fmt: skip
    issued = shipment.gate_pass
    data = _paper(shipment, _("Gate pass"), issued.number, columns, lines, _quantity_sent)
    data["facts"] = [
        [_("Shipment"), shipment.number],
        *_common_facts(shipment)[:2],
        [_("Issued"), f"{localtime(issued.issued_at):%Y-%m-%d %H:%M}"],
    ]
    data["is_large"] = True
    data["signature"] = [_("For one vehicle, once"), _("Checker"), _("Gate guard"), _("Time of leaving")]
    return render_pdf("print/fulfillment/shipment_paper.typ", data)


def pick_list(shipment: Shipment, lines: Sequence[ShipmentLine]) -> bytes:
    """拣货单: what to take from the shelf, sorted by code, with room for the batch."""
    columns = [
        ("no", _("Line"), "right"), ("sku", _("Code"), "left"), ("name", _("Product"), "left"),
        ("spec", _("Specification"), "left"), ("quantity", _("Quantity"), "right"),
        ("unit", _("Unit"), "left"), ("blank", _("Picked"), "left"), ("blank", _("Batch"), "left"),
    ]  # fmt: skip
    by_code = sorted(lines, key=lambda line: (line.order_line.sku, line.line_no))
    data = _paper(shipment, _("Pick list"), shipment.number, columns, by_code, _quantity_asked)
    data["facts"] = [[_("Warehouse"), str(shipment.notice.warehouse)], *_common_facts(shipment)]
    data["signature"] = ["", _("Picker"), _("Date and time")]
    return render_pdf("print/fulfillment/shipment_paper.typ", data)


PAPERS: dict[str, Callable[[Shipment, Sequence[ShipmentLine]], bytes]] = {
    "delivery_note": delivery_note,
    "gate_pass": gate_pass,
    "pick_list": pick_list,
}


def _paper(
    shipment: Shipment,
    title: str,
    number: str,
    columns: Sequence[tuple[str, str, str]],
    lines: Sequence[ShipmentLine],
    quantity: Callable[[ShipmentLine], Any],
) -> dict[str, Any]:
    keys = [key for key, _label, _align in columns]
    rows = [_cells(line, quantity(line)) for line in lines]
    return {
        "company": company_details().name_in(get_language() or "zh-hans"),
        "title": title,
        "number": number,
        "printed": _("Printed %(moment)s") % {"moment": f"{localtime(now()):%Y-%m-%d %H:%M}"},
        "page": _("Page"),
        "columns": [{"label": label, "align": align, "key": key} for key, label, align in columns],
        "rows": [[row[key] for key in keys] for row in rows],
        "remarks": _remarks(shipment, lines),
        "is_large": False,
    }


def _cells(line: ShipmentLine, quantity: Any) -> dict[str, str]:
    ordered = line.order_line
    return {
        "no": str(line.line_no),
        "sku": ordered.sku,
        "name": ordered.name,
        "spec": ordered.spec,
        "batch": line.batch.number if line.batch else "",
        "quantity": quantity_text(quantity),
        "unit": ordered.unit,
        "blank": "",
    }


def _quantity_sent(line: ShipmentLine) -> Any:
    return line.checked or line.quantity


def _quantity_asked(line: ShipmentLine) -> Any:
    return line.quantity


def _common_facts(shipment: Shipment) -> list[list[str]]:
    order = shipment.order
    return [
        [_("Sales order"), order.number],
        [_("Customer"), order.customer.name],
        [_("Customer's order no."), order.customer_po],
        [_("Contact"), f"{order.contact_name} {order.contact_phone}".strip()],
        [_("Delivery address"), order.delivery_address],
    ]


def _carrier_facts(shipment: Shipment) -> list[list[str]]:
    if shipment.carrier is None:
        return []
    return [
        [_("Carrier"), f"{shipment.carrier.name} {shipment.tracking_number or shipment.vehicle}".strip()],
        [_("Dispatched on"), str(shipment.gone_on or "")],
    ]


def _remarks(shipment: Shipment, lines: Sequence[ShipmentLine]) -> list[str]:
    """VA-03: special requests are printed on the papers of the goods."""
    special = [
        f"{line.line_no}. {line.order_line.sku}: {line.order_line.special_request}"
        for line in lines
        if line.order_line.special_request
    ]
    return [text for text in (shipment.order.remarks, shipment.notice.remarks, *special) if text.strip()]
