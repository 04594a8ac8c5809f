"""The first locks of every use case about money: the customer's account, then the order (CR-10)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from django.db.models import F, Value
from django.utils.translation import gettext as _

from core.clock import now
from core.errors import RuleRefused
from core.money import ZERO, AmountField
from core.sql import insert_rows
from credit.models import CustomerAccount, LedgerEntry
from customers.models import Customer
from orders.models import Order


def lock_account(customer: Customer | int) -> CustomerAccount:
    """Lock the customer's account, opening it on the first occasion. One statement as a rule."""
    customer_id = customer if isinstance(customer, int) else customer.pk
    found = CustomerAccount.objects.select_for_update().filter(customer_id=customer_id).first()
    if found is None:
        currency = Customer.objects.values_list("currency", flat=True).get(pk=customer_id)
        CustomerAccount.objects.bulk_create(
            [CustomerAccount(customer_id=customer_id, currency=currency)], ignore_conflicts=True
        )
        found = CustomerAccount.objects.select_for_update().get(customer_id=customer_id)
    return found


def lock_order(order: Order) -> Order:
    """The order as it is now, locked, with the people its notices go to."""
    return lock_orders([order.pk])[0]


def lock_orders(keys: Iterable[int]) -> list[Order]:
    """Several orders in key order, so that two use cases never wait for each other."""
    return list(Order.objects.locked().filter(pk__in=list(keys)).order_by("pk"))


def change_account(account: CustomerAccount, **changes: Decimal) -> None:
    """Add to the figures of a locked account in one statement; below zero the database refuses."""
    moved = {name: amount for name, amount in changes.items() if amount}
    if not moved:
        return
    sums = {name: F(name) + Value(by, output_field=AmountField()) for name, by in moved.items()}
    CustomerAccount.objects.filter(pk=account.pk).update(**sums)
    for name, by in moved.items():
        setattr(account, name, getattr(account, name) + by)


def write_ledger(entries: Sequence[Mapping[str, object]]) -> None:
    """Append ledger rows, whatever their number in one statement; rows of 0.00 are left out."""
    insert_rows(LedgerEntry, [entry for entry in entries if entry["amount"]])


def require_currency(currency: str, *, expected: str, what: str) -> None:
    """Refuse another currency: a slip pays only orders of its own (SY-02)."""
    if currency != expected:
        raise RuleRefused(
            _(
                "%(what)s is in %(expected)s, and this is in %(currency)s. "
                "A payment counts only in its own currency."
            )
            % {"what": what, "expected": expected, "currency": currency},
            rule="SY-02",
            code="other_currency",
        )


Sides = Mapping[str, Decimal]


def journal(kind: str, **facts: object) -> Callable[[Sides], list[dict[str, object]]]:
    """A journal in the making: given its sides by account, debit positive, it yields the ledger rows.

    Raises ValueError when the sides do not add up to zero: that is a fault of ours, never of the user (M1).
    """
    shared = {"journal": uuid.uuid4(), "kind": kind, "at": now(), **facts}

    def rows(sides: Sides) -> list[dict[str, object]]:
        if sum(sides.values(), ZERO) != ZERO:
            raise ValueError(f"a journal adds up to zero: {dict(sides)}")
        return [{**shared, "account": account, "amount": amount} for account, amount in sides.items()]

    return rows
