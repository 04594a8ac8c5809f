"""The currencies customers trade in, and what holds a customer to his own (SY-02)."""

from __future__ import annotations

from collections.abc import Callable

from customers.models import Customer

CURRENCIES = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP")

_uses: dict[str, Callable[[Customer], bool]] = {}


def register_currency_use(name: str, is_used: Callable[[Customer], bool]) -> None:
    """A later stage says in `AppConfig.ready` whether it has written anything in the customer's currency."""
    _uses[name] = is_used


def is_currency_used(customer: Customer) -> bool:
    """Is there an order, a quotation, a slip or a limit in the customer's currency? One query per stage."""
    return any(is_used(customer) for is_used in _uses.values())
