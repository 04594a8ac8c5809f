"""What must hold of every contract, proven by `verify_books` (CT-01, CT-07)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from core.books import check
from core.models import Event
from core.money import ZERO
from orders.contracts.ceiling import BINDING_KINDS
from orders.contracts.workflow import COUNTERSIGNING_PARTS, SPECIAL_PARTS, ContractStatus
from orders.models import Contract
from orders.workflow import OrderStatus

SEALED = (ContractStatus.SEALED, ContractStatus.IN_FORCE, ContractStatus.ENDED)


@check("T1", _("The orders under a contract come to no more than it allows"))
def orders_stay_within_the_contract() -> Iterator[str]:
    live = Q(orders__isnull=False) & ~Q(orders__status=OrderStatus.CANCELLED)
    rows = (
        Contract.objects.filter(kind__in=BINDING_KINDS, amount__isnull=False)
        .annotate(ordered=Sum("orders__total", filter=live))
        .filter(ordered__gt=F("amount") + F("supplemented"))
    )
    for number, amount, added, ordered in rows.order_by("id").values_list(
        "number", "amount", "supplemented", "ordered"
    ):
        yield f"{number}: orders {ordered}, allowed {amount} + {added}"


@check("T2", _("A contract has grown by the supplements in force"))
def supplements_add_up() -> Iterator[str]:
    added = Q(supplements__status=ContractStatus.IN_FORCE)
    rows = Contract.objects.annotate(sum=Sum("supplements__amount", filter=added)).order_by("id")
    for number, supplemented, total in rows.values_list("number", "supplemented", "sum").iterator():
        if supplemented != (total or ZERO):
            yield f"{number}: {supplemented}, its supplements come to {total or ZERO}"


@check("T3", _("A contract's status is where its latest move led"))
def status_follows_the_trail() -> Iterator[str]:
    moves = (
        Event.objects.done()
        .filter(document_type="contract", document_number=OuterRef("number"))
        .exclude(to_status="")
    )
    latest = moves.order_by("-sequence").values("to_status")[:1]
    rows = Contract.objects.annotate(led_to=Subquery(latest)).order_by("id")
    for number, status, led_to in rows.values_list("number", "status", "led_to").iterator():
        if status != (led_to or ContractStatus.DRAFT):
            yield f"{number}: {status}, the trail says {led_to or ContractStatus.DRAFT}"


@check("T4", _("A contract's amount is the sum of its lines and freight"))
def amounts_add_up() -> Iterator[str]:
    rows = Contract.objects.annotate(
        lines_net=Sum("lines__net"), lines_tax=Sum("lines__tax"), lines_gross=Sum("lines__gross")
    ).filter(lines_gross__isnull=False)
    fields = ("number", "net", "tax", "amount", "freight", "lines_net", "lines_tax", "lines_gross")
    for number, net, tax, amount, freight, *parts in rows.order_by("id").values_list(*fields).iterator():
        lines_net, lines_tax, lines_gross = parts
        if (net, tax, amount) != (lines_net, lines_tax, lines_gross + freight):
            yield f"{number}: {net} + {tax} = {amount}, lines give {lines_net} + {lines_tax} + {freight}"


@check("T5", _("No contract is sealed without every signature it needs"))
def sealed_contracts_are_signed() -> Iterator[str]:
    rows = Contract.objects.filter(status__in=SEALED).exclude(kind=Contract.Kind.CONFIRMATION)
    for contract in rows.order_by("id").prefetch_related("signatures").iterator(500):
        signed = {one.part for one in contract.signatures.all() if one.round == contract.round}
        needed = {"manager", "gm", "seal", *COUNTERSIGNING_PARTS}
        needed |= set(SPECIAL_PARTS) if contract.is_special else set()
        needed |= {"legal"} if contract.needs_legal_review else set()
        if needed - signed:
            yield f"{contract.number}: not signed as {', '.join(sorted(needed - signed))}"
