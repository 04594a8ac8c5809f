"""What pages and endpoints read of contracts. Statement counts do not grow with rows or lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from core.models import Attachment, Event, User
from orders.contracts.ceiling import Room, room_of, usable_contracts
from orders.contracts.services.approving import SIGNINGS
from orders.contracts.workflow import CONTRACT_WORKFLOW, COUNTERSIGNING_PARTS, SPECIAL_PARTS, ContractStatus
from orders.models import Contract, ContractLine, ContractSignature, Order
from orders.models.contract import ContractQuerySet

PAGE_SIZE = 50
MOST_COUNTED = 10_000
MOST_QUEUED = 200
S = ContractStatus

VIEWS: dict[str, tuple[str, ...]] = {
    "all": (),
    "draft": (S.DRAFT, S.REJECTED),
    "review": (S.MANAGER_REVIEW, S.SPECIAL_REVIEW, S.GM_REVIEW, S.LEGAL_REVIEW, S.COUNTERSIGNING),
    "sealing": (S.SEALING, S.SEALED),
    "in_force": (S.IN_FORCE,),
    "ended": (S.ENDED, S.CANCELLED),
}
ONE_SIGNATURE: dict[str, tuple[str, str]] = {
    S.MANAGER_REVIEW: ("orders.approve_contracts_manager", "contract_manager"),
    S.GM_REVIEW: ("orders.approve_contracts_gm", "contract_gm"),
    S.LEGAL_REVIEW: ("orders.review_contracts_legal", "contract_legal"),
    S.SEALING: ("orders.seal_contracts", "seal"),
}
"""States in which one person acts: with which permission, in which duty."""


@dataclass(frozen=True, slots=True)
class ContractFilter:
    """What a list shows: the same facet is OR, different facets are AND."""

    statuses: Sequence[str] = ()
    kinds: Sequence[str] = ()
    customer: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ContractPage:
    """A page of contracts, the newest first; cursors lead to its neighbours."""

    contracts: list[Contract]
    next_cursor: str
    previous_cursor: str


@dataclass(frozen=True, slots=True)
class ContractTotals:
    """Of the filtered list: how many and how much by currency; not exact beyond MOST_COUNTED."""

    count: int
    is_exact: bool
    by_currency: dict[str, Decimal] = field(default_factory=dict)


def contracts_matching(user: User, wanted: ContractFilter) -> ContractQuerySet:
    """The contracts a person may see that fit a filter (RG-02)."""
    contracts = Contract.objects.visible_to(user)
    if wanted.statuses:
        contracts = contracts.filter(status__in=wanted.statuses)
    if wanted.kinds:
        contracts = contracts.filter(kind__in=wanted.kinds)
    if wanted.customer:
        contracts = contracts.filter(customer__number=wanted.customer)
    for word in wanted.text.split()[:4]:
        contracts = contracts.filter(_found_by(word))
    return contracts


def _found_by(word: str) -> Q:
    """Number, subject, or the customer's number, name or pinyin."""
    key = word.lower()
    return (
        Q(number__icontains=word)
        | Q(title__icontains=word)
        | Q(customer__number__iexact=word)
        | Q(customer__name__icontains=word)
        | Q(customer__short_name__icontains=word)
        | Q(customer__pinyin__startswith=key)
        | Q(customer__pinyin__contains=f" {key}")
    )


def page_of_contracts(
    contracts: QuerySet[Contract], *, cursor: str = "", size: int = PAGE_SIZE
) -> ContractPage:
    """One page by keyset over the id: one statement, as fast on the last page as on the first."""
    digits = cursor.removeprefix("-")
    is_known = digits.isascii() and digits.isdigit() and len(digits) < 19
    is_back = is_known and cursor.startswith("-")
    rows = contracts.select_related("customer", "salesperson", "supplement_to")
    if is_known:
        rows = rows.filter(pk__gt=int(digits)) if is_back else rows.filter(pk__lt=int(digits))
    found = list(rows.order_by("pk" if is_back else "-pk")[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if is_back:
        found.reverse()
    has_next = bool(found) and (is_back or has_more)
    has_previous = bool(found) and (has_more if is_back else is_known)
    return ContractPage(
        found, f"{found[-1].pk}" if has_next else "", f"-{found[0].pk}" if has_previous else ""
    )


def totals_of(contracts: QuerySet[Contract]) -> ContractTotals:
    """How many and how much, bounded. One statement."""
    bounded = Contract.objects.filter(pk__in=contracts.order_by("-pk").values("pk")[: MOST_COUNTED + 1])
    sums = list(bounded.order_by().values_list("currency").annotate(count=Count("pk"), sum=Sum("amount")))
    count = sum(row[1] for row in sums)
    if count > MOST_COUNTED:
        return ContractTotals(MOST_COUNTED, False)
    return ContractTotals(count, True, {row[0]: row[2] for row in sums if row[2]})


# --- One contract ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ContractFile:
    """What a contract's page shows beside the contract itself."""

    room: Room
    orders: list[Order]
    supplements: list[Contract]
    signatures: list[ContractSignature]
    files: list[Attachment]
    events: list[Event]


def contract_for_page(user: User, number: str) -> Contract | None:
    """A contract with its lines, as its page needs it. Two statements."""
    lines = Prefetch("lines", ContractLine.objects.order_by("line_no"))
    found = Contract.objects.visible_to(user).for_display().select_related("scan").prefetch_related(lines)
    return found.filter(number=number).first()


def file_of(contract: Contract, *, most: int = 100) -> ContractFile:
    """Orders, supplements, signatures, files and history of a contract. Six statements."""
    orders = Order.objects.filter(contract=contract).order_by("-pk")[:most]
    supplements = Contract.objects.filter(supplement_to=contract).order_by("pk")
    signatures = contract.signatures.select_related("actor").order_by("pk")
    return ContractFile(
        room=room_of(contract),
        orders=list(orders),
        supplements=list(supplements),
        signatures=list(signatures),
        files=list(Attachment.objects.filter(root_number=contract.number).order_by("pk")),
        events=list(contract.events().select_related("actor").order_by("-pk")[:200]),
    )


def contracts_of_customer(customer: Any, *, most: int = 20) -> list[Contract]:
    """The customer's latest contracts. One statement; the caller has checked the scope."""
    return list(
        Contract.objects.filter(customer=customer).select_related("supplement_to").order_by("-pk")[:most]
    )


def contract_options(user: User, text: str, *, customer: str = "", most: int = 20) -> list[Contract]:
    """Contracts in force under which an order may stand, by number, subject or customer. One statement."""
    found = usable_contracts().visible_to(user)
    if customer:
        found = found.filter(customer__number=customer)
    for word in text.split()[:4]:
        found = found.filter(_found_by(word))
    return list(found.select_related("customer").order_by("-pk")[:most])


# --- Waiting for a signature ----------------------------------------------------------------------


def contracts_awaiting(user: User, *, within: QuerySet[Any] | None = None) -> QuerySet[Any]:
    """Contracts on which it is this person's turn, the longest waiting first (CT-01).

    By the role, and not where he has acted in a duty that excludes this one (IC-01). `within` narrows to
    other rows of the same table, such as a proxy's.
    """
    rows: Any = Contract.objects.all() if within is None else within
    turn = Q(pk__in=[])
    for status, (permission, duty) in ONE_SIGNATURE.items():
        if user.may(permission):
            turn |= Q(status=status) & ~has_acted(user, duty)
    for part in (*SPECIAL_PARTS, *COUNTERSIGNING_PARTS):
        signing = SIGNINGS[part]
        if user.may(signing.permission):
            turn |= waits_for_signature(part) & ~has_acted(user, signing.fact.duty)
    if user.may("orders.register_contracts"):
        turn |= Q(status=S.SEALED)
    matter = Event.objects.done().filter(document_number=OuterRef("number"), document_type="contract")
    entered = matter.filter(to_status=OuterRef("status")).order_by("-id").values("at")[:1]
    waiting = rows.visible_to(user).filter(turn).for_display()
    return waiting.annotate(
        waiting_since=Coalesce(Subquery(entered, output_field=DateTimeField()), F("created_at"))
    ).order_by("waiting_since", "pk")


def waits_for_signature(part: str) -> Q:
    """In the state in which a part signs, and not signed by it in the present submission."""
    signed = ContractSignature.objects.filter(contract=OuterRef("pk"), round=OuterRef("round"), part=part)
    return Q(status=SIGNINGS[part].status) & ~Q(Exists(signed))


def has_acted(user: User, duty: str) -> Q:
    """The person has acted on the contract in a duty that excludes this one."""
    rule = CONTRACT_WORKFLOW.duties[duty]
    lasting = [name for name in rule.conflicts if CONTRACT_WORKFLOW.duties[name].lasting]
    acts = Event.objects.done().filter(
        document_number=OuterRef("number"), document_type="contract", actor=user
    )
    in_round = Q(duty__in=rule.conflicts, round=OuterRef("round"))
    return Q(Exists(acts.filter(in_round | Q(duty__in=lasting))))
