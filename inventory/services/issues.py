"""What may leave, and the movements it leaves behind (DS-02). `stock.issue_stock` lets it go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from core.clock import now
from core.errors import RuleRefused
from core.models import User
from core.sql import insert_rows
from inventory.models import Batch, StockMovement, Warehouse


@dataclass(frozen=True, slots=True)
class IssueLine:
    """Goods of one batch leaving for one order line; several may draw on the same order line."""

    order_line_no: int
    shipment_line_no: int
    product_id: int
    quantity: Decimal
    batch_id: int


def require_batches_fit(lines: Sequence[IssueLine], warehouse: Warehouse, posted_on: date) -> None:
    """Each batch is of its line's product, released, unexpired, and has that much left (DS-02). One query."""
    taken: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        taken[line.batch_id] += line.quantity
    batches = {batch.pk: batch for batch in Batch.objects.filter(pk__in=taken).left_in(warehouse)}
    for line in lines:
        batch = batches.get(line.batch_id)
        if batch is None or batch.product_id != line.product_id:
            raise _refusal(
                "wrong_batch",
                _("Line %(line)s: this batch holds another product. Choose a batch of the line's product.")
                % {"line": line.shipment_line_no},
            )
        if not batch.may_leave(posted_on):
            raise _refusal(
                "batch_not_released",
                _("Line %(line)s: batch %(batch)s is not released or has expired. Take another batch.")
                % {"line": line.shipment_line_no, "batch": batch.number},
            )
        if batch.left < taken[batch.pk]:
            raise _refusal(
                "batch_used_up",
                _("Line %(line)s: batch %(batch)s has %(left)s left, not %(taken)s. Count the goods again.")
                % {
                    "line": line.shipment_line_no,
                    "batch": batch.number,
                    "left": batch.left,
                    "taken": taken[batch.pk],
                },
            )


def _refusal(code: str, message: str) -> RuleRefused:
    return RuleRefused(message, rule="DS-02", code=code)


def write_issues(
    lines: Sequence[IssueLine], warehouse: Warehouse, shipment_number: str, posted_on: date, actor: User
) -> None:
    at = now()
    insert_rows(
        StockMovement,
        [
            {
                "kind": StockMovement.Kind.ISSUE,
                "product": line.product_id,
                "warehouse": warehouse.pk,
                "batch": line.batch_id,
                "quantity": -line.quantity,
                "document_number": shipment_number,
                "line_no": line.shipment_line_no,
                "posted_on": posted_on,
                "at": at,
                "actor": actor.pk,
            }
            for line in lines
        ],
    )
