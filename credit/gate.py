"""The payment gate in words: what a decision says to people, with its figures and the way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from credit.policy import Decision, MonthlyFigures, Need, Needed, PrepaidFigures, Way


def figures_of(figures: PrepaidFigures) -> dict[str, str]:
    """The figures of section 11 as strings, by their names in the API."""
    shown = {
        "due_now": figures.due_now,
        "paid": figures.paid,
        "shortfall": figures.shortfall,
        "limit": figures.limit,
        "credit_in_use": figures.credit_in_use,
        "available_credit": figures.available_credit,
        "excess": figures.excess,
        "quota": figures.quota,
        "quota_in_use": figures.quota_in_use,
        "available_quota": figures.available_quota,
    }
    if isinstance(figures, MonthlyFigures):
        shown["arrears"] = figures.arrears
    return {name: f"{amount:.2f}" for name, amount in shown.items()}


NEEDED_KINDS = tuple(need.value for need in Needed)
"""Every kind of paper or sum that the gate may ask for, by its slug."""


def needs_as_data(way: Iterable[Need]) -> list[dict[str, str | None]]:
    return [
        {"kind": need.kind.value, "amount": None if need.amount is None else f"{need.amount:.2f}"}
        for need in way
    ]


def needs_of(decision: Decision) -> list[dict[str, str | None]]:
    return needs_as_data(decision.needs)


def ways_as_data(ways: Iterable[Way]) -> list[list[dict[str, str | None]]]:
    return [needs_as_data(way) for way in ways]


def explain(number: str, row: str, figures: Mapping[str, Any]) -> str:
    """One sentence on why the order is held: the figures of its row."""
    words = {"number": number, "row": row, **{name: _shown(value) for name, value in figures.items()}}
    if row == "M1":
        return (
            _("%(number)s, row %(row)s: the customer still owes %(arrears)s that is past its due date.")
            % words
        )
    if row == "R5":
        return (
            _(
                "%(number)s, row %(row)s: %(due_now)s is due now and no slip has arrived; "
                "the credit limit is not used."
            )
            % words
        )
    if row in ("R2", "M2"):
        return (
            _(
                "%(number)s, row %(row)s: %(shortfall)s of %(due_now)s is missing; "
                "the credit limit leaves %(available_credit)s."
            )
            % words
        )
    return (
        _(
            "%(number)s, row %(row)s: %(shortfall)s of %(due_now)s is missing, "
            "%(excess)s more than the credit limit leaves (%(available_credit)s); "
            "the salesperson may guarantee %(available_quota)s."
        )
        % words
    )


def way_in_words(way: Iterable[Mapping[str, Any]]) -> str:
    """Things to bring, as one phrase: "commitment letter 800.00 and contact log"."""
    named = [need_in_words(need["kind"], need["amount"]) for need in way]
    return pgettext("between things needed together", " and ").join(named)


def need_in_words(kind: str, amount: str | Decimal | None) -> str:
    names = {
        Needed.SLIP: _("remittance slip"),
        Needed.COMMITMENT_LETTER: _("commitment letter"),
        Needed.GUARANTEE_LETTER: _("guarantee letter"),
        Needed.DEFERRAL_AGREEMENT: _("deferred payment agreement"),
        Needed.ARREARS_PAYMENT: _("payment of the arrears"),
        Needed.CONTACT_LOG: _("contact log with reason"),
    }
    name = str(names[Needed(kind)])
    return name if amount is None else f"{name} {_shown(amount)}"


def _shown(amount: object) -> str:
    return f"{Decimal(str(amount)):,.2f}" if amount not in (None, "") else ""
