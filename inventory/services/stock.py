"""Taking goods in, holding them, letting them go and issuing them: the only writers of stock levels.

Every function locks the level rows it touches in the order (product, warehouse) and then changes them by
one guarded statement whose row count is checked. The number of statements does not depend on the lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from core.clock import now, today
from core.errors import Conflict, RuleRefused
from core.models import User
from core.sql import insert_rows, update_rows
from core.trail import record_act
from core.transactions import unit_of_work
from core.workflow import require_permission
from inventory.errors import InsufficientStock, Shortage
from inventory.models import Reservation, StockLevel, StockLevelQuerySet, StockMovement, Warehouse
from inventory.services.issues import IssueLine, require_batches_fit, write_issues
from inventory.services.receipts import Receipt, ReceiptLine, batches_for, require_complete, write_receipts

__all__ = [
    "RECEIPT_SERIES",
    "InsufficientStock",
    "IssueLine",
    "LevelFigures",
    "Receipt",
    "ReceiptLine",
    "ReservationLine",
    "Reserved",
    "Shortage",
    "availability_for",
    "issue_stock",
    "lock_levels",
    "read_levels",
    "receive_stock",
    "release_stock",
    "reserve_stock",
]

NOTHING = Decimal(0)
RECEIPT_SERIES = "RC"
KEEP_ON_TOP = (
    "(document_number, line_no, warehouse_id) DO UPDATE "
    "SET quantity = inventory_reservation.quantity + excluded.quantity, reserved_at = excluded.reserved_at "
    "WHERE inventory_reservation.product_id = excluded.product_id"
)


@dataclass(frozen=True, slots=True)
class ReservationLine:
    line_no: int
    product_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Reserved:
    """What a line got, and what is missing to what it asked for."""

    line_no: int
    product_id: int
    quantity: Decimal
    short: Decimal


@dataclass(frozen=True, slots=True)
class LevelFigures:
    on_hand: Decimal
    reserved: Decimal

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.reserved


def read_levels(warehouse: Warehouse, product_ids: Iterable[int]) -> dict[int, LevelFigures]:
    """The levels of these products as they are now; a product never stocked is absent. Locks nothing."""
    return _figures(_levels(warehouse, product_ids))


def lock_levels(warehouse: Warehouse, product_ids: Iterable[int]) -> dict[int, LevelFigures]:
    """The same, locked in key order until the transaction ends.

    On SQLite the transaction has held the only write lock since its BEGIN IMMEDIATE.
    """
    return _figures(_levels(warehouse, product_ids).locked())


@unit_of_work
def receive_stock(
    warehouse: Warehouse,
    *,
    lines: Sequence[ReceiptLine],
    document_number: str,
    actor: User,
    reference: str = "",
) -> Receipt:
    """Take goods into stock; the certificate releases the batch as of today (PP-02).

    `reference` is the supplier's or the workshop's paper. Locks the levels in key order; the number of
    statements does not depend on the lines. Raises InvalidInput with a pointer per fault, and Conflict
    when this receipt is posted already.
    """
    require_permission(actor, "inventory.receive", rule="PP-02")
    require_complete(lines)
    if StockMovement.objects.filter(document_number=document_number).exists():
        raise _posted_already(document_number)
    batches = batches_for(lines)
    totals: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        totals[line.product_id] += line.quantity
    _raise_levels(warehouse, totals)
    try:
        write_receipts(warehouse, lines, batches, document_number, actor)
    except IntegrityError as error:
        raise _posted_already(document_number) from error
    record_act(
        "goods_received",
        actor=actor,
        subject=document_number,
        note=reference,
        data={"warehouse": warehouse.code, "lines": len(lines)},
    )
    return Receipt(document_number, warehouse.code, today(), tuple(lines))


@unit_of_work
def reserve_stock(
    document_number: str, *, warehouse: Warehouse, lines: Sequence[ReservationLine]
) -> list[Reserved]:
    """Hold what is available for the lines, in their order; what is missing comes back as `short` (ST-01).

    Never more than available; lines of one product share it. A line that holds goods already gets more
    on top. Three statements. Raises InsufficientStock if the goods went meanwhile; then nothing is held.
    """
    _refuse_odd_lines([line.line_no for line in lines], [line.quantity for line in lines])
    levels = lock_levels(warehouse, [line.product_id for line in lines])
    results = _share_out(lines, {product: level.available for product, level in levels.items()})
    held = [result for result in results if result.quantity]
    _hold_on_levels(warehouse, held)
    at = now()
    rows = [
        {
            "document_number": document_number,
            "line_no": result.line_no,
            "product": result.product_id,
            "warehouse": warehouse.pk,
            "quantity": result.quantity,
            "reserved_at": at,
        }
        for result in held
    ]
    if insert_rows(Reservation, rows, on_conflict_sql=KEEP_ON_TOP) != len(rows):
        raise ValueError(f"a line of {document_number} holds another product already; release it first")
    return results


@unit_of_work
def release_stock(document_number: str, *, lines: Mapping[int, Decimal] | None = None) -> list[Reserved]:
    """Let go what a document holds: all of it, or the quantities given by line number (ST-01).

    Gives what each line let go, never more than it held. Four statements.
    """
    levels = StockLevel.objects.filter(
        Exists(
            Reservation.objects.of(document_number).filter(
                product=OuterRef("product"), warehouse=OuterRef("warehouse")
            )
        )
    )
    list(levels.locked().values_list("pk"))
    freed: list[tuple[Reservation, Decimal]] = []
    results: list[Reserved] = []
    wanted = dict(lines) if lines is not None else None
    for held in Reservation.objects.of(document_number).open().order_by("line_no", "warehouse_id"):
        asked = held.quantity if wanted is None else wanted.get(held.line_no, NOTHING)
        taken = min(asked, held.quantity)
        if taken > 0:
            freed.append((held, taken))
            results.append(Reserved(held.line_no, held.product_id, taken, NOTHING))
        if wanted is not None:
            wanted[held.line_no] = asked - taken
    _free_levels(freed)
    _lower_reservations(
        [
            (held.document_number, held.line_no, held.warehouse_id, held.product_id, taken)
            for held, taken in freed
        ]
    )
    return results


@unit_of_work
def issue_stock(
    document_number: str,
    *,
    warehouse: Warehouse,
    lines: Sequence[IssueLine],
    shipment_number: str,
    posted_on: date,
    actor: User,
) -> None:
    """Goods leave: on hand, reserved and the order's reservations fall, movements are written (DS-03).

    Only what the order holds may leave, and only released, unexpired batches of the right product
    (DS-01, DS-02). Five statements. Raises RuleRefused and InsufficientStock; then nothing is moved.
    """
    _refuse_odd_lines([line.shipment_line_no for line in lines], [line.quantity for line in lines])
    levels = lock_levels(warehouse, [line.product_id for line in lines])
    require_batches_fit(lines, warehouse, posted_on)
    by_order_line: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    by_product: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        by_order_line[line.order_line_no, line.product_id] += line.quantity
        by_product[line.product_id] += line.quantity
    _lower_reservations(
        [
            (document_number, order_line, warehouse.pk, product, quantity)
            for (order_line, product), quantity in by_order_line.items()
        ]
    )
    _issue_from_levels(warehouse, by_product, levels)
    write_issues(lines, warehouse, shipment_number, posted_on, actor)


def availability_for(product_ids: Iterable[int], warehouse: Warehouse) -> dict[int, Decimal]:
    """Available quantity by product, 0 for what was never stocked; holds nothing (ST-01). One query."""
    wanted = set(product_ids)
    levels = read_levels(warehouse, wanted)
    return {product: levels[product].available if product in levels else NOTHING for product in wanted}


def _raise_levels(warehouse: Warehouse, totals: Mapping[int, Decimal]) -> None:
    products = sorted(totals)
    empty = [{"product": product, "warehouse": warehouse.pk} for product in products]
    insert_rows(StockLevel, empty, on_conflict_sql="(product_id, warehouse_id) DO NOTHING")
    lock_levels(warehouse, products)
    update_rows(
        StockLevel,
        ["product", "warehouse"],
        ["on_hand"],
        [{"product": product, "warehouse": warehouse.pk, "on_hand": totals[product]} for product in products],
        set_sql={"on_hand": "t.on_hand + v.on_hand"},
    )


def _posted_already(document_number: str) -> Conflict:
    return Conflict(
        _("%(number)s is posted already. Look at its movements before you enter it again.")
        % {"number": document_number},
        rule="PP-02",
        code="receipt_posted",
    )


def _levels(warehouse: Warehouse, product_ids: Iterable[int]) -> StockLevelQuerySet:
    return StockLevel.objects.filter(warehouse=warehouse, product_id__in=set(product_ids))


def _figures(levels: StockLevelQuerySet) -> dict[int, LevelFigures]:
    rows = levels.values_list("product_id", "on_hand", "reserved")
    return {product: LevelFigures(on_hand, reserved) for product, on_hand, reserved in rows}


def _share_out(lines: Sequence[ReservationLine], available: Mapping[int, Decimal]) -> list[Reserved]:
    left = dict(available)
    results = []
    for line in lines:
        taken = max(min(line.quantity, left.get(line.product_id, NOTHING)), NOTHING)
        left[line.product_id] = left.get(line.product_id, NOTHING) - taken
        results.append(Reserved(line.line_no, line.product_id, taken, line.quantity - taken))
    return results


def _hold_on_levels(warehouse: Warehouse, held: Sequence[Reserved]) -> None:
    totals: dict[int, Decimal] = defaultdict(Decimal)
    for result in held:
        totals[result.product_id] += result.quantity
    changed = update_rows(
        StockLevel,
        ["product", "warehouse"],
        ["reserved"],
        [
            {"product": product, "warehouse": warehouse.pk, "reserved": totals[product]}
            for product in sorted(totals)
        ],
        set_sql={"reserved": "t.reserved + v.reserved"},
        where_sql="t.on_hand - t.reserved >= v.reserved",
    )
    if changed != len(totals):
        raise InsufficientStock(_shortages(warehouse, totals))


def _free_levels(freed: Sequence[tuple[Reservation, Decimal]]) -> None:
    totals: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for held, quantity in freed:
        totals[held.product_id, held.warehouse_id] += quantity
    changed = update_rows(
        StockLevel,
        ["product", "warehouse"],
        ["reserved"],
        [
            {"product": product, "warehouse": warehouse, "reserved": totals[product, warehouse]}
            for product, warehouse in sorted(totals)
        ],
        set_sql={"reserved": "t.reserved - v.reserved"},
        where_sql="t.reserved >= v.reserved",
    )
    if changed != len(totals):
        raise InsufficientStock(
            [Shortage(product, quantity, NOTHING) for (product, _), quantity in totals.items()]
        )


def _lower_reservations(falls: Sequence[tuple[str, int, int, int, Decimal]]) -> None:
    """Each fall: document number, line number, warehouse, product, quantity."""
    names = ["document_number", "line_no", "warehouse", "product", "quantity"]
    changed = update_rows(
        Reservation,
        names[:4],
        ["quantity"],
        [dict(zip(names, fall, strict=True)) for fall in falls],
        set_sql={"quantity": "t.quantity - v.quantity"},
        where_sql="t.quantity >= v.quantity",
    )
    if changed != len(falls):
        raise RuleRefused(
            _("More is to leave than is reserved for %(number)s. Nothing was moved; reload and look again.")
            % {"number": falls[0][0]},
            rule="DS-01",
            code="not_reserved",
        )


def _issue_from_levels(
    warehouse: Warehouse, totals: Mapping[int, Decimal], levels: Mapping[int, LevelFigures]
) -> None:
    changed = update_rows(
        StockLevel,
        ["product", "warehouse"],
        ["on_hand", "reserved"],
        [
            {
                "product": product,
                "warehouse": warehouse.pk,
                "on_hand": totals[product],
                "reserved": totals[product],
            }
            for product in sorted(totals)
        ],
        set_sql={"on_hand": "t.on_hand - v.on_hand", "reserved": "t.reserved - v.reserved"},
        where_sql="t.on_hand >= v.on_hand AND t.reserved >= v.reserved",
    )
    if changed != len(totals):
        nothing = LevelFigures(NOTHING, NOTHING)
        raise InsufficientStock(
            [
                Shortage(product, wanted, levels.get(product, nothing).on_hand)
                for product, wanted in totals.items()
                if levels.get(product, nothing).on_hand < wanted
                or levels.get(product, nothing).reserved < wanted
            ]
        )


def _shortages(warehouse: Warehouse, totals: Mapping[int, Decimal]) -> list[Shortage]:
    free = availability_for(totals, warehouse)
    return [
        Shortage(product, wanted, free[product])
        for product, wanted in totals.items()
        if free[product] < wanted
    ]


def _refuse_odd_lines(line_numbers: Sequence[int], quantities: Sequence[Decimal]) -> None:
    """What only a mistaken caller sends."""
    if len(set(line_numbers)) != len(line_numbers):
        raise ValueError("a line number occurs twice")
    if any(quantity <= 0 for quantity in quantities):
        raise ValueError("quantities are above zero")
