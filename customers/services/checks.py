"""What a customer file must say, for every door it comes in by: page, API, admin, import (CM-02, RG-02)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.errors import Problems
from core.models import User
from core.pinyin import pinyin_key
from customers.currencies import CURRENCIES
from customers.models import Customer, DeskAssignment
from customers.services.parts import IDENTITY_CARD
from customers.services.saving import collect_too_long
from customers.uscc import credit_code_problem, is_valid_uscc

RESPONSIBLE_ROLES = ("salesperson", "sales_manager")
MANDATORY = ("name", "industry", "region", "salesperson")


@dataclass(frozen=True, slots=True)
class Reach:
    """Which customers a person may keep: all, those of his desks, his own (RG-02)."""

    person_id: int
    scopes: frozenset[str]
    desks: frozenset[int]

    @classmethod
    def of(cls, actor: User) -> Reach:
        """One query, and none for who keeps all or only his own."""
        scopes = actor.scopes_for("customers.maintain")
        needs_desks = "region" in scopes and "all" not in scopes
        desks = DeskAssignment.objects.of(actor).values_list("region_id", flat=True) if needs_desks else ()
        return cls(actor.pk, scopes, frozenset(desks))

    def covers(self, customer: Customer) -> bool:
        return (
            "all" in self.scopes
            or ("own" in self.scopes and customer.salesperson_id == self.person_id)
            or ("region" in self.scopes and customer.region_id in self.desks)
        )


def not_your_desk() -> str:
    return _("You may keep customers of your own desk only. Ask the desk of this region to do it.")


def collect_customer_problems(customer: Customer, problems: Problems) -> None:
    for name in MANDATORY:
        if not (
            getattr(customer, f"{name}_id") if name in ("region", "salesperson") else getattr(customer, name)
        ):
            problems.add(f"#/{name}", "required", _("This entry is required."))
    for name in ("name", "short_name", "industry", "source", "invoice_title"):
        collect_too_long(Customer, name, getattr(customer, name), problems, "#")
    if customer.salesperson_id and not customer.salesperson.has_role(*RESPONSIBLE_ROLES):
        problems.add(
            "#/salesperson", "role", _("Choose somebody who sells: a salesperson or a sales manager.")
        )
    if customer.uscc and not is_valid_uscc(customer.uscc):
        problems.add(
            "#/uscc",
            "uscc",
            credit_code_problem(customer.uscc),
        )
    if customer.kind not in Customer.Kind.values:
        problems.add("#/kind", "unknown", _("There is no such customer type."))
    if customer.language not in dict(settings.LANGUAGES):
        problems.add("#/language", "unknown", _("Documents are written in Chinese or English."))
    if customer.currency not in CURRENCIES:
        problems.add("#/currency", "unknown", unknown_currency())
    if IDENTITY_CARD.search(customer.core_needs):
        problems.add("#/core_needs", "private", _("Keep identity card numbers out of the customer file."))


def unknown_currency() -> str:
    return _("Trade is in one of these currencies: %(codes)s.") % {
        "codes": pgettext("between names of a list", ", ").join(CURRENCIES)
    }


def search_key(customer: Customer) -> str:
    return pinyin_key(customer.short_name or customer.name)
