"""What is on file for the customers of one import, read at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from core.imports.registry import ParsedRow
from core.models import RoleGrant, User
from core.sql import among
from customers.models import Customer, Region
from customers.services.checks import RESPONSIBLE_ROLES, Reach


class OnFile:
    """What is on file for the rows of one import, read at once: eight queries, however many rows."""

    def __init__(self, rows: Sequence[ParsedRow], actor: User) -> None:
        names = [name for row in rows if (name := row.text("name"))]
        numbers = [number for row in rows if (number := row.text("number").upper())]
        codes = [code for row in rows if (code := row.text("uscc").upper())]
        found = Customer.objects.filter(
            Q(name__in=among(names)) | Q(number__in=among(numbers)) | Q(uscc__in=among(codes))
        ).with_defaults()
        self.customers = list(found)
        self.by_name = {customer.name: customer for customer in self.customers}
        self.by_number = {customer.number: customer for customer in self.customers}
        self.by_code = {c.uscc: c for c in self.customers if c.uscc and c.status != Customer.Status.MERGED}
        self.regions = _words_of(
            Region.objects.all(), lambda region: (region.code, region.name, region.name_en)
        )
        people = _people({customer.salesperson_id for customer in self.customers})
        for customer in self.customers:
            customer.salesperson = people[customer.salesperson_id]
        sellers = [p for p in people.values() if p.is_active and p.has_role(*RESPONSIBLE_ROLES)]
        self.sellers = _words_of(sellers, lambda person: (person.username, person.display_name))
        self.reach = Reach.of(actor)
        visible = Customer.objects.visible_to(actor, permission="customers.maintain")
        self.visible = set(
            visible.filter(pk__in=among(c.pk for c in self.customers)).values_list("pk", flat=True)
        )
        self.times_named, self.first_named = Counter(names), _first_rows(rows, "name")
        self.times_coded, self.first_coded = Counter(codes), _first_rows(rows, "uscc")

    def existing(self, row: ParsedRow) -> Customer | None:
        """The file the row is about: by its number, else by the full name (CM-02)."""
        if number := row.text("number").upper():
            return self.by_number.get(number)
        return self.by_name.get(row.text("name"))


def _people(keys: Iterable[int]) -> dict[int, User]:
    """Everybody who sells, and these; their roles are read with them, for each customer's is asked. Two queries."""
    sells = RoleGrant.objects.filter(role__in=RESPONSIBLE_ROLES).values("user")
    people = {p.pk: p for p in User.objects.filter(Q(pk__in=sells) | Q(pk__in=among(keys)))}
    held: dict[int, set[str]] = defaultdict(set)
    for key, role in RoleGrant.objects.filter(user__in=among(people)).values_list("user_id", "role"):
        held[key].add(role)
    for key, person in people.items():
        person.role_slugs = frozenset(held[key])
    return people


def _words_of(rows: Iterable[Any], words: Any) -> dict[str, list[Any]]:
    """Rows by every word that may stand for them."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        for word in {word.casefold() for word in words(row) if word}:
            found[word].append(row)
    return found


def _first_rows(rows: Sequence[ParsedRow], name: str) -> dict[str, int]:
    return {
        row.text(name).upper() if name == "uscc" else row.text(name): row.row_no for row in reversed(rows)
    }
