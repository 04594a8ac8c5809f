"""How a merged customer's money follows him: slips move, the ledger is carried over by entries (CM-12, CR-10).

The ledger is append-only: nothing in it is rewritten. What stands on each account of the merged customer is
taken off there and put on in the file that goes on, each side a journal that adds up to zero (M1, M10).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import now, today
from core.models import User
from core.money import ZERO
from credit.models import CreditLimitChange, CustomerAccount, LedgerEntry, Remittance
from credit.services.accounts import change_account, journal, lock_account, write_ledger
from customers.currencies import register_currency_use
from customers.models import Customer
from customers.services.merging import register_lock, register_mover
from customers.timeline import register_matters

FIGURES = ("credit_used", "received", "receivable")


def lock_both_accounts(source: Customer, target: Customer) -> None:
    """In the order of the customers' numbers, before the files themselves (CR-10)."""
    for customer in sorted((source, target), key=lambda customer: customer.number):
        lock_account(customer)


def move_slips(source: Customer, target: Customer, actor: User) -> int:
    return Remittance.objects.filter(customer=source).update(
        customer=target, version=F("version") + 1, **_touched()
    )


def move_money(source: Customer, target: Customer, actor: User) -> int:
    """Carry the balances over and add up the accounts. The limit is that of the file that goes on."""
    balances = _balances_of(source)
    facts: dict[str, Any] = {"currency": source.currency, "posted_on": today(), "order_number": ""}
    out = journal(
        LedgerEntry.Kind.TRANSFER,
        source_type="merge_out",
        source_number=source.number,
        customer_id=source.pk,
        **facts,
    )
    into = journal(
        LedgerEntry.Kind.TRANSFER,
        source_type="merge_in",
        source_number=source.number,
        customer_id=target.pk,
        **facts,
    )
    write_ledger([*out({name: -amount for name, amount in balances.items()}), *into(balances)])
    old, new = lock_account(source), lock_account(target)
    figures = {name: getattr(old, name) for name in FIGURES}
    change_account(old, **{name: -amount for name, amount in figures.items()})
    change_account(new, **figures)
    return len([amount for amount in balances.values() if amount])


def frozen_account(source: Customer, target: Customer) -> Iterator[str]:
    """A freeze for overdue money is not shaken off by changing the number (CR-08)."""
    frozen = set(
        CustomerAccount.objects.filter(customer__in=(source, target), is_frozen=True).values_list(
            "customer_id", flat=True
        )
    )
    if source.pk in frozen and target.pk not in frozen and target.status == Customer.Status.ACTIVE:
        yield _("The credit of %(source)s is frozen. Settle what is overdue first, or freeze %(target)s.") % {
            "source": source.number,
            "target": target.number,
        }


def open_limit_proposal(source: Customer, target: Customer) -> Iterator[str]:
    """The limit of the file that goes on counts; what is proposed for the other one is decided before (CM-11)."""
    waiting = CreditLimitChange.objects.open().filter(customer=source).first()
    if waiting is not None:
        yield _(
            "The credit limit %(number)s of %(source)s is not decided yet. Let finance decide it first."
        ) % {
            "number": waiting.number,
            "source": source.number,
        }


def what_forbids(source: Customer, target: Customer) -> Iterator[str]:
    yield from frozen_account(source, target)
    yield from open_limit_proposal(source, target)


def has_money(customer: Customer) -> bool:
    return CustomerAccount.objects.filter(customer=customer).exists()


def register() -> None:
    register_lock("accounts", lock_both_accounts)
    register_mover(
        "remittances",
        move_slips,
        label=gettext_lazy("Remittance slips"),
        count=lambda source: Remittance.objects.filter(customer=source).count(),
    )
    register_mover(
        "ledger",
        move_money,
        label=gettext_lazy("Account balances"),
        count=lambda source: len([amount for amount in _balances_of(source).values() if amount]),
        obstacles=what_forbids,
    )
    register_matters(
        "remittances",
        lambda customer: Remittance.objects.filter(customer=customer).order_by().values("number"),
    )
    register_currency_use("credit", has_money)


def _balances_of(customer: Customer) -> dict[str, Decimal]:
    rows = LedgerEntry.objects.filter(customer=customer).order_by().values("account")
    return {row["account"]: row["sum"] or ZERO for row in rows.annotate(sum=Sum("amount"))}


def _touched() -> dict[str, Any]:
    return {"updated_at": now()} if hasattr(Remittance, "updated_at") else {}
