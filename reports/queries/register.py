"""The contract register (合同台帐, CT-04): what sales and finance each know of every contract on a day.

Sales' side comes from orders, shipments, delivery proofs and slips; finance's from postings and bank lines.
All amounts include tax and are in the contract's own currency. Eleven statements for any number of contracts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from core.clock import next_month, today
from core.models import User
from core.money import ZERO, value_up_to
from credit.models import Allocation, Application, Posting
from credit.workflow import RemittanceStatus
from fulfillment.models import DeliveryLine, DeliveryProof, ShipmentLine
from fulfillment.workflow import ShipmentStatus
from orders.contracts.workflow import ContractStatus
from orders.models import Contract, Order

Sums = dict[int, Decimal]


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One contract in the register. `amount` is what its orders may add up to; None where nothing was agreed.

    Sales: ordered, shipped, delivered (signed for, with freight), slips. Finance: posted, received, overdue.
    """

    contract_id: int
    number: str
    customer_number: str
    customer_name: str
    currency: str
    amount: Decimal | None
    signed_on: date
    terms: str
    ordered: Decimal = ZERO
    shipped: Decimal = ZERO
    delivered: Decimal = ZERO
    slips: Decimal = ZERO
    posted: Decimal = ZERO
    received: Decimal = ZERO
    overdue: Decimal = ZERO

    @property
    def balance(self) -> Decimal:
        """Posted and not yet received; below nought where the customer has paid ahead."""
        return self.posted - self.received

    @property
    def terms_label(self) -> str:
        return str(Order.Terms(self.terms).label)

    def differences(self) -> list[tuple[str, Decimal, Decimal]]:
        """Where the sides disagree: which figure, sales' amount, finance's."""
        pairs = (("posted", self.delivered, self.posted), ("received", self.slips, self.received))
        return [(kind, sales, finance) for kind, sales, finance in pairs if sales != finance]


AMOUNTS = ("ordered", "shipped", "delivered", "slips", "posted", "received", "overdue")


@dataclass(frozen=True, slots=True)
class RegisterTotal:
    """The sums of one currency; contracts without an amount add nothing to it."""

    currency: str
    contracts: int
    amount: Decimal
    ordered: Decimal
    shipped: Decimal
    delivered: Decimal
    slips: Decimal
    posted: Decimal
    received: Decimal
    overdue: Decimal

    @property
    def balance(self) -> Decimal:
        return self.posted - self.received


def day_of(month: date) -> date:
    """The day on which a month's register stands: its last one, today while the month runs."""
    return min(next_month(month) - timedelta(days=1), today())


def register_on(day: date, user: User | None = None) -> list[RegisterEntry]:
    """The register as it stood at the end of a day, within a person's scope; of everybody for the company.

    A contract that ended earlier stays listed while something of it is open.
    """
    contracts = Contract.objects.all() if user is None else Contract.objects.visible_to(user)
    listed = list(
        contracts.registered().filter(signed_on__lte=day).select_related("customer").order_by("number")
    )
    figures = _figures(day)
    added = _supplements(day)
    entries = (_entry(contract, added, figures) for contract in listed)
    begins = day.replace(day=1)
    pairs = zip(listed, entries, strict=True)
    return [entry for contract, entry in pairs if _belongs(contract, entry, begins)]


def _belongs(contract: Contract, entry: RegisterEntry, begins: date) -> bool:
    """Not ended before the month, or something is open; a letter that was replaced has nothing to tell."""
    if contract.ended_on is None or entry.balance or entry.overdue:
        return True
    if contract.kind == Contract.Kind.CONFIRMATION and not entry.ordered:
        return False
    return contract.ended_on >= begins


def totals_of(entries: Iterable[Any]) -> list[RegisterTotal]:
    """One total per currency; money of two currencies is never added (SY-02)."""
    by_currency: dict[str, list[Any]] = defaultdict(list)
    for entry in entries:
        by_currency[entry.currency].append(entry)
    return [
        RegisterTotal(
            currency,
            len(own),
            sum((entry.amount or ZERO for entry in own), ZERO),
            *(sum((getattr(entry, name) for entry in own), ZERO) for name in AMOUNTS),
        )
        for currency, own in sorted(by_currency.items())
    ]


def _entry(contract: Contract, added: Sums, figures: dict[str, Sums]) -> RegisterEntry:
    assert contract.signed_on is not None
    key = contract.pk
    return RegisterEntry(
        contract_id=key,
        number=contract.number,
        customer_number=contract.customer.number,
        customer_name=contract.customer.name,
        currency=contract.currency,
        amount=None if contract.amount is None else contract.amount + added.get(key, ZERO),
        signed_on=contract.signed_on,
        terms=contract.terms,
        **{name: sums.get(key, ZERO) for name, sums in figures.items()},
    )


def _supplements(day: date) -> Sums:
    """What supplements in force by the day add to the contracts they supplement (CT-07)."""
    rows = Contract.objects.filter(
        kind=Contract.Kind.SUPPLEMENT,
        status__in=(ContractStatus.IN_FORCE, ContractStatus.ENDED),
        signed_on__lte=day,
    )
    return _summed(rows, "supplement_to_id", "amount")


def _figures(day: date) -> dict[str, Sums]:
    """Every amount per contract at the end of the day; ten statements with the supplements' one."""
    orders = Order.objects.filter(contract__isnull=False).approved().filter(approved_on__lte=day)
    left = (ShipmentStatus.GONE, ShipmentStatus.DELIVERED)
    gone = ShipmentLine.objects.filter(shipment__status__in=left, shipment__gone_on__lte=day)
    signed = DeliveryLine.objects.filter(proof__signed_on__lte=day)
    postings = Posting.objects.filter(order__contract__isnull=False, posted_on__lte=day)
    late = postings.filter(due_on__lt=day)
    paid = Application.objects.filter(posting__in=late.order_by().values("pk"), applied_on__lte=day)
    parts = Allocation.objects.valid().filter(order__contract__isnull=False)
    slips = parts.exclude(remittance__status=RemittanceStatus.VOID).filter(remittance__paid_on__lte=day)
    banked = parts.filter(remittance__bank_line__booked_on__lte=day)
    return {
        "ordered": _summed(orders, "contract_id", "total"),
        "shipped": _worth(gone, "order_line", "checked"),
        "delivered": _added(_worth(signed, "shipment_line__order_line", "good"), _freight(day)),
        "slips": _summed(slips, "order__contract_id", "amount"),
        "posted": _summed(postings, "order__contract_id", "gross"),
        "received": _summed(banked, "order__contract_id", "amount"),
        "overdue": _added(
            _summed(late, "order__contract_id", "gross"),
            _summed(paid, "posting__order__contract_id", "amount"),
            sign=-1,
        ),
    }


def _summed(rows: QuerySet[Any], key: str, amount: str) -> Sums:
    return {row[key]: row["sum"] or ZERO for row in rows.order_by().values(key).annotate(sum=Sum(amount))}


def _worth(rows: QuerySet[Any], line: str, quantity: str) -> Sums:
    """The gross value of quantities that have gone so far, by cumulative rounding (G-06)."""
    names = [f"{line}__order__contract_id", f"{line}__gross", f"{line}__quantity"]
    summed = (
        rows.filter(Q(**{f"{line}__order__contract__isnull": False}))
        .order_by()
        .values(f"{line}_id", *names)
        .annotate(sum=Sum(quantity))
    )
    worth: Sums = defaultdict(lambda: ZERO)
    for row in summed:
        contract, gross, whole = (row[name] for name in names)
        worth[contract] += value_up_to(gross, row["sum"] or ZERO, whole)
    return dict(worth)


def _freight(day: date) -> Sums:
    """Freight goes with an order's first delivery (DL-03)."""
    signed = DeliveryProof.objects.filter(signed_on__lte=day).values("shipment__order_id")
    orders = Order.objects.filter(contract__isnull=False, freight__gt=0, pk__in=signed)
    return _summed(orders, "contract_id", "freight")


def _added(one: Sums, other: Sums, sign: int = 1) -> Sums:
    return {key: one.get(key, ZERO) + sign * other.get(key, ZERO) for key in one.keys() | other.keys()}
