"""Two files of one company become one: everything moves to the file that goes on (CM-12).

Each stage moves its own rows and says so in `AppConfig.ready`:

    register_mover("orders", move_orders, label=_("Orders"), count=count_orders, obstacles=same_order_numbers)
        # move_orders(source, target, actor) -> how many rows
        # count(source) -> how many would move, for the proposal
        # obstacles(source, target) -> why it cannot be done, a sentence each

`register_lock` is for a stage whose rows come before the customer in the order of locks (CR-10).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.clock import now
from core.errors import FieldProblem, InvalidInput, PermissionDenied, RuleRefused, StaleVersion
from core.jobs import queue_job
from core.models import User
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import require_permission
from customers.models import Customer
from customers.services.saving import save_with_history, shown_in_trail
from customers.services.states import is_under_a_freeze
from customers.workflow import CUSTOMER_WORKFLOW

MERGES = "customers.merge"
FILLED_FROM_SOURCE = ("uscc", "short_name", "source", "core_needs", "invoice_title")
COMPARED = (
    "name", "short_name", "uscc", "industry", "kind", "status", "grade", "region", "salesperson", "settlement",
    "currency", "language", "source", "invoice_title", "order_count", "cumulative_amount", "last_cooperation_on",
)  # fmt: skip
FOLLOW_MERGING = "follow_merging"
TOOK_OVER = Fact("took_over", gettext_noop("Another file was merged into this one"), rule="CM-12")

Move = Callable[[Customer, Customer, User], int]
Count = Callable[[Customer], int]
Obstacles = Callable[[Customer, Customer], Iterable[str]]
Lock = Callable[[Customer, Customer], None]


@dataclass(frozen=True, slots=True)
class Mover:
    name: str
    move: Move
    label: Any = ""
    count: Count | None = None
    obstacles: Obstacles | None = None


@dataclass(frozen=True, slots=True)
class Moving:
    """How many rows of one kind would move."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the file as both files have it."""

    label: str
    source: Any
    target: Any

    @property
    def is_same(self) -> bool:
        return bool(self.source == self.target)


@dataclass(frozen=True, slots=True)
class MergeProposal:
    """Both files beside each other, what would move, and what forbids it."""

    source: Customer
    target: Customer
    entries: tuple[Entry, ...]
    moves: tuple[Moving, ...]
    obstacles: tuple[str, ...]


_movers: dict[str, Mover] = {}
_locks: dict[str, Lock] = {}


def register_mover(
    name: str,
    move: Move,
    *,
    label: Any = "",
    count: Count | None = None,
    obstacles: Obstacles | None = None,
) -> None:
    """Say how the rows of a stage follow a merged customer. Names are unique; a later one replaces it."""
    _movers[name] = Mover(name, move, label, count, obstacles)


def register_lock(name: str, lock: Lock) -> None:
    """Lock what comes before the customers in the order of locks."""
    _locks[name] = lock


def propose_merge(source: Customer, target: Customer, *, actor: User) -> MergeProposal:
    """What merging `source` into `target` would do. One query per kind of row, nothing is written."""
    require_permission(actor, MERGES, rule="CM-12")
    entries = tuple(
        Entry(capfirst(_label_of(name)), _worded(source, name), _worded(target, name)) for name in COMPARED
    )
    moves = tuple(
        Moving(str(mover.label), mover.count(source)) for mover in _movers.values() if mover.count is not None
    )
    return MergeProposal(source, target, entries, moves, tuple(_obstacles(source, target)))


@unit_of_work
def merge_customers(
    source: Customer,
    *,
    target: Customer,
    reason: str,
    actor: User,
    version: int | None = None,
    target_version: int | None = None,
) -> Customer:
    """Move everything of `source` to `target` and keep both numbers (CM-12). Returns the target.

    Append-only ledgers stay as written: money follows by transfer entries. Locks the accounts, then both
    files in the order of their numbers. Raises RuleRefused with every obstacle, StaleVersion, InvalidInput.
    """
    require_permission(actor, MERGES, rule="CM-12")
    for lock in _locks.values():
        lock(source, target)
    source, target = _locked_pair(source, target, actor)
    for customer, seen in ((source, version), (target, target_version)):
        if seen is not None and seen != customer.version:
            raise StaleVersion(
                _(
                    "%(number)s has changed since you opened it. Reload it, look at the change and decide again."
                )
                % {"number": customer.number},
                version=customer.version,
            )
    _refuse_obstacles(source, target)
    if not reason.strip():
        raise InvalidInput(
            rule="CM-12",
            code="reason_required",
            problems=[FieldProblem("#/reason", "required", _("Say why these two files are one company."))],
        )
    moved = {mover.name: mover.move(source, target, actor) for mover in _movers.values()}
    moved = {name: count for name, count in moved.items() if count}
    _close_source(source, target, reason.strip(), actor, moved)
    queue_job(FOLLOW_MERGING, {"source": source.number}, actor=actor)
    return _take_over(source, target, reason.strip(), actor, moved)


@unit_of_work
def collect_latecomers(source: Customer, *, actor: User) -> int:
    """Move what was being written for a file while it was merged: orders in the making (CM-12).

    They read the file before and wait for no lock, for placing an order must cost nothing more. Doing it
    twice is harmless. Returns how many rows moved.
    """
    require_permission(actor, MERGES, rule="CM-12")
    target = Customer.objects.get(merged_from=source.pk)
    for lock in _locks.values():
        lock(source, target)
    source, target = _locked_pair(source, target, actor)
    moved = {mover.name: mover.move(source, target, actor) for mover in _movers.values()}
    moved = {name: count for name, count in moved.items() if count}
    if moved:
        data = {"from": source.number, "moved": moved}
        record_event(cast("Any", target), TOOK_OVER, actor=actor, note=source.number, data=data)
    return sum(moved.values())


def _locked_pair(source: Customer, target: Customer, actor: User) -> tuple[Customer, Customer]:
    """Both files locked in the order of their numbers, so that two mergings never wait for each other."""
    if source.pk == target.pk:
        raise RuleRefused(_("Choose another file: this is the same one."), rule="CM-12", code="same_file")
    rows = (
        Customer.objects.visible_to(actor, permission=MERGES)
        .select_for_update(of=("self",))
        .with_defaults()
        .filter(pk__in=(source.pk, target.pk))
        .order_by("number")
    )
    found = {row.pk: row for row in rows}
    if len(found) != 2:
        raise PermissionDenied(_("This customer belongs to another desk."), rule="RG-02", permission=MERGES)
    return found[source.pk], found[target.pk]


def _refuse_obstacles(source: Customer, target: Customer) -> None:
    obstacles = list(_obstacles(source, target))
    if obstacles:
        raise RuleRefused(
            obstacles[0],
            rule="CM-12",
            code="cannot_merge",
            problems=[FieldProblem("#/into", "cannot_merge", text) for text in obstacles],
        )


def _obstacles(source: Customer, target: Customer) -> Iterable[str]:
    """Why the two cannot become one, a sentence each with what to do."""
    numbers = {"source": source.number, "target": target.number}
    if source.pk == target.pk:
        yield _("Choose another file: this is the same one.")
        return
    for customer in (source, target):
        if customer.status == Customer.Status.MERGED:
            yield _("%(number)s was merged already. Choose the file that goes on.") % {
                "number": customer.number
            }
    if source.currency != target.currency:
        yield _(
            "%(source)s trades in %(one)s and %(target)s in %(other)s. Money of two currencies cannot be put "
            "together; keep both files."
        ) % {**numbers, "one": source.currency, "other": target.currency}
    if source.uscc and target.uscc and source.uscc != target.uscc:
        yield (
            _(
                "%(source)s and %(target)s have different credit codes, so they are two companies. If one of the "
                "codes is wrong, correct it first."
            )
            % numbers
        )
    if is_under_a_freeze(source) and not is_under_a_freeze(target):
        yield (
            _(
                "Finance froze the credit of %(source)s. Ask finance to freeze %(target)s too or to lift the freeze."
            )
            % numbers
        )
    for mover in _movers.values():
        if mover.obstacles is not None:
            yield from mover.obstacles(source, target)


def _close_source(
    source: Customer, target: Customer, reason: str, actor: User, moved: dict[str, int]
) -> None:
    """The old file says where it went; whoever had been merged into it before now leads there too."""
    source.refresh_from_db()
    CUSTOMER_WORKFLOW.move(
        cast("Any", source),
        "merge",
        actor=actor,
        note=reason,
        data={"into": target.number, "moved": moved},
        changes={
            "merged_into": target,
            "status_reason": reason[:200],
            "default_contact": None,
            "default_address": None,
        },
    )
    save_with_history(source, actor, "Merge into another file")
    Customer.objects.filter(merged_into=source).update(merged_into=target, updated_at=now())


def _take_over(
    source: Customer, target: Customer, reason: str, actor: User, moved: dict[str, int]
) -> Customer:
    """The file that goes on: entries it did not have come from the other one."""
    target.refresh_from_db()
    filled = [name for name in FILLED_FROM_SOURCE if getattr(source, name) and not getattr(target, name)]
    changed = {name: ["", shown_in_trail(source, name)] for name in filled}
    for name in filled:
        setattr(target, name, getattr(source, name))
    target.version += 1
    target.updated_at = now()
    save_with_history(target, actor, TOOK_OVER.label)
    data = {"from": source.number, "moved": moved, **({"changed": changed} if changed else {})}
    record_event(cast("Any", target), TOOK_OVER, actor=actor, note=f"{source.number} · {reason}", data=data)
    return target


def _label_of(name: str) -> str:
    return str(getattr(Customer._meta.get_field(name), "verbose_name", name))


def _worded(customer: Customer, name: str) -> Any:
    shown = getattr(customer, f"get_{name}_display", None)
    value = shown() if shown is not None else getattr(customer, name)
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return "—" if value in ("", None) else value
