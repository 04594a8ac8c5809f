"""What must come with goods received: batch and certificate (PP-02). `stock.receive_stock` takes them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import now, today
from core.errors import Problems
from core.models import User
from core.money import round_half_up
from core.sql import insert_rows
from inventory.models import Batch, Product, StockMovement, Warehouse

MOST_PER_LINE = Decimal("999999999")


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    product_id: int
    quantity: Decimal
    batch_number: str
    certificate: str
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Goods taken in, as posted."""

    number: str
    warehouse_code: str
    posted_on: date
    lines: tuple[ReceiptLine, ...]


def require_complete(lines: Sequence[ReceiptLine]) -> None:
    problems = Problems()
    if not lines:
        problems.add("#/lines", "required", _("Enter at least one line."))
    decimals = dict(
        Product.objects.filter(pk__in={line.product_id for line in lines}).values_list("pk", "unit_decimals")
    )
    expiries: dict[tuple[int, str], tuple[str, date | None]] = {}
    for index, line in enumerate(lines):
        for name, code, detail in _line_problems(line, decimals):
            problems.add(f"#/lines/{index}/{name}", code, detail)
        paper = (line.certificate, line.expires_on)
        if expiries.setdefault((line.product_id, line.batch_number), paper) != paper:
            problems.add(
                f"#/lines/{index}/certificate",
                "batch_differs",
                _("Two lines give this batch different certificates or expiry dates. One of them is wrong."),
            )
    problems.raise_if_any(rule="PP-02")


def _line_problems(line: ReceiptLine, decimals: Mapping[int, int]) -> list[tuple[str, str, str]]:
    found = []
    places = decimals.get(line.product_id)
    if places is None:
        found.append(("sku", "unknown_product", _("There is no such product. Check the code.")))
    elif not 0 < line.quantity <= MOST_PER_LINE:
        found.append(
            ("quantity", "not_positive", _("The quantity must be above zero and below a thousand million."))
        )
    elif round_half_up(line.quantity, places) != line.quantity:
        found.append(
            (
                "quantity",
                "too_many_places",
                _("This unit takes %(places)s decimals at most.") % {"places": places},
            )
        )
    if not line.batch_number.strip():
        found.append(("batch", "required", _("Enter the batch number on the goods.")))
    if not line.certificate.strip():
        found.append(
            ("certificate", "required", _("Goods come in only with their certificate. Enter its number."))
        )
    if line.expires_on is not None and line.expires_on < today():
        found.append(
            ("expires_on", "expired", _("These goods have expired. Send them back or have them scrapped."))
        )
    return found


def batches_for(lines: Sequence[ReceiptLine]) -> dict[tuple[int, str], int]:
    """The batches of the lines, made where new; a batch that came before must carry the same paper."""
    released_on = today()
    wanted = {(line.product_id, line.batch_number): line for line in lines}
    insert_rows(
        Batch,
        [
            {
                "product": product,
                "number": number,
                "certificate": wanted[product, number].certificate,
                "released_on": released_on,
                "expires_on": wanted[product, number].expires_on,
            }
            for product, number in sorted(wanted)
        ],
        on_conflict_sql="(product_id, number) DO NOTHING",
    )
    found = Batch.objects.filter(
        product_id__in={product for product, _number in wanted},
        number__in={number for _product, number in wanted},
    )
    known = {(batch.product_id, batch.number): batch for batch in found}
    problems = Problems()
    for index, line in enumerate(lines):
        batch = known[line.product_id, line.batch_number]
        if (batch.certificate, batch.expires_on) != (line.certificate, line.expires_on):
            problems.add(
                f"#/lines/{index}/certificate",
                "batch_differs",
                _("Batch %(batch)s came before with certificate %(certificate)s. Check the paper.")
                % {"batch": batch.number, "certificate": batch.certificate},
            )
    problems.raise_if_any(rule="PP-02")
    return {key: batch.pk for key, batch in known.items()}


def write_receipts(
    warehouse: Warehouse,
    lines: Sequence[ReceiptLine],
    batches: Mapping[tuple[int, str], int],
    document_number: str,
    actor: User,
) -> None:
    shared: dict[str, Any] = {
        "kind": StockMovement.Kind.RECEIPT,
        "warehouse": warehouse.pk,
        "document_number": document_number,
        "posted_on": today(),
        "at": now(),
        "actor": actor.pk,
    }
    insert_rows(
        StockMovement,
        [
            shared
            | {
                "product": line.product_id,
                "batch": batches[line.product_id, line.batch_number],
                "quantity": line.quantity,
                "line_no": line_no,
            }
            for line_no, line in enumerate(lines, start=1)
        ],
    )
