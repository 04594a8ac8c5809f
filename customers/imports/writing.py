"""Writes the sound rows of a file of customers, and takes them back (SY-03)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from core.imports.registry import CheckedRow, Obstacle, Written, WrittenRow
from core.imports.undoing import kept_values, obstacles_among, uses_of
from core.models import ImportRow, User
from core.sql import among
from customers.imports.columns import ADDRESS, CONTACT
from customers.models import Address, Contact, Customer
from customers.services.bulk import (
    BULK_FIELDS,
    NewCustomer,
    change_customers,
    open_customers,
    remove_customers,
)


def write_customers(rows: Sequence[CheckedRow], actor: User, number: str) -> Written:
    """Open the new files and change those on file."""
    written = []
    new = [row for row in rows if row.outcome == "create"]
    if new:
        files = [NewCustomer(row.plan.customer, row.plan.contact, row.plan.address) for row in new]
        made = open_customers(files, actor=actor, note=number)
        prints = fingerprints([customer.pk for customer in made])
        written += [
            WrittenRow(
                row.row.row_no,
                customer.pk,
                after={**kept_values(customer, BULK_FIELDS), "parts": prints[customer.pk]},
            )
            for row, customer in zip(new, made, strict=True)
        ]
    changed = [row for row in rows if row.outcome == "update"]
    if changed:
        wanted = {
            row.plan.customer.pk: {name: getattr(row.plan.customer, name) for name in BULK_FIELDS}
            for row in changed
        }
        after = change_customers(wanted, actor=actor, note=number)
        written += [
            WrittenRow(
                row.row.row_no,
                row.plan.customer.pk,
                before=row.plan.existing,
                after=kept_values(after[row.plan.customer.pk], BULK_FIELDS),
            )
            for row in changed
        ]
    return Written(written)


def fingerprints(keys: Sequence[int]) -> dict[int, str]:
    """One digest over the contacts and addresses of each customer: no person is kept beside the file (LG-01)."""
    digests = {key: hashlib.sha256() for key in keys}
    for model, drafts in ((Contact, CONTACT), (Address, ADDRESS)):
        fields = ("customer_id", *drafts.values())
        for key, *values in (
            model._default_manager.filter(customer__in=among(keys)).order_by("pk").values_list(*fields)
        ):
            digests[key].update("\x1f".join([model.__name__, *values]).encode())
    return {key: digest.hexdigest() for key, digest in digests.items()}


def obstacles_to_customers(rows: Sequence[ImportRow], made: Mapping[str, Any]) -> list[Obstacle]:
    """Customers with whom something has been done, or whose file has been changed since."""
    keys = [row.object_id for row in rows if row.object_id is not None]
    new = [row.object_id for row in rows if row.before is None and row.object_id is not None]
    prints = fingerprints(new)
    stored = {
        customer.pk: {
            **kept_values(customer, BULK_FIELDS),
            **({"parts": prints[customer.pk]} if customer.pk in prints else {}),
        }
        for customer in Customer.objects.filter(pk__in=among(keys))
    }
    uses = uses_of(Customer, new, apart_from=(Contact, Address)) if new else {}
    return obstacles_among(rows, stored=stored, uses=uses)


def undo_customers(rows: Sequence[ImportRow], made: Mapping[str, Any], actor: User) -> None:
    """Remove the files that were opened and put back what was changed."""
    note = rows[0].batch.number if rows else ""
    new = [row.object_id for row in rows if row.before is None and row.object_id is not None]
    if new:
        remove_customers(new, actor=actor, note=note)
    wanted = {
        row.object_id: {
            name: int(value) if name.endswith("_id") and value is not None else value
            for name, value in row.before.items()
        }
        for row in rows
        if row.before is not None and row.object_id is not None
    }
    if wanted:
        change_customers(wanted, actor=actor, note=note)
