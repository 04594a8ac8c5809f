"""Where the grading finds what customers bought and how satisfied they were; the later stages register.

    register_purchases(posted_purchases)        # (window) -> {customer_id: gross}, one query
    register_satisfaction(survey_averages)

Purchases of several sources are added up, so that returns come as a source of negative amounts (CM-06).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from core.money import ZERO
from customers.policy import Window

Source = Callable[[Window], Mapping[int, Decimal]]
"""By customer key, whatever the number of customers in one query."""

_purchases: dict[str, Source] = {}
_satisfaction: dict[str, Source] = {}


def register_purchases(source: Source) -> None:
    """Tax included, company currency, by posting date within the window."""
    _purchases[source.__qualname__] = source


def register_satisfaction(source: Source) -> None:
    """The mean of the survey averages in the window; customers without a survey are left out."""
    _satisfaction[source.__qualname__] = source


def forget_source(source: Source) -> None:
    _purchases.pop(source.__qualname__, None)
    _satisfaction.pop(source.__qualname__, None)


def purchases_in(window: Window) -> dict[int, Decimal]:
    """Y of every customer who bought or returned something (CM-06)."""
    found: dict[int, Decimal] = {}
    for source in _purchases.values():
        for customer, gross in source(window).items():
            found[customer] = found.get(customer, ZERO) + gross
    return found


def satisfaction_in(window: Window) -> dict[int, Decimal]:
    """The mean satisfaction of every customer who was asked (CM-07)."""
    found: dict[int, Decimal] = {}
    for source in _satisfaction.values():
        found.update(source(window))
    return found
