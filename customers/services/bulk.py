"""Many customer files at once, in a number of statements that does not depend on how many (SY-03, CM-01)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext_noop

from core.clock import now
from core.errors import PermissionDenied
from core.models import User
from core.numbering import next_number_block
from core.sql import among, delete_rows, insert_rows, update_rows
from core.trail import Fact, record_act, record_alike
from core.transactions import unit_of_work
from core.workflow import require_permission
from customers.models import Address, Contact, Customer
from customers.services.checks import Reach, not_your_desk, search_key
from customers.services.parts import AddressDraft, ContactDraft, values_of

if TYPE_CHECKING:
    from core.models import Document

BULK_FIELDS = (
    "name",
    "short_name",
    "uscc",
    "industry",
    "kind",
    "region_id",
    "salesperson_id",
    "language",
    "source",
    "core_needs",
    "invoice_title",
)
"""What a row of a file may say of a customer; terms, grade, state and currency have their own ways (CM-10)."""

OPENED = Fact("customer_opened", gettext_noop("Customer file opened"), rule="CM-02")
CHANGED = Fact("customer_changed", gettext_noop("Customer file changed"))


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer not saved yet, whose entries have been found sound, with his contact and address (CM-02)."""

    customer: Customer
    contact: ContactDraft
    address: AddressDraft


@unit_of_work
def open_customers(files: Sequence[NewCustomer], *, actor: User, note: str) -> list[Customer]:
    """Open customer files under one block of numbers (CM-01) and return them in the order given.

    Each pays before delivery until finance says otherwise (CM-10). The caller has judged every entry; what is
    asked here again is who may keep them (RG-02). `note` goes to history and trail.
    """
    require_permission(actor, "customers.maintain", rule="RG-02")
    _require_reach([file.customer for file in files], actor)
    moment = now()
    for file, number in zip(files, next_number_block("C", len(files), yearly=True), strict=True):
        file.customer.number, file.customer.pinyin = number, search_key(file.customer)
        file.customer.settlement = Customer.Settlement.PREPAID
        file.customer.created_at = file.customer.updated_at = moment
    insert_rows(Customer, [_columns(file.customer, without=("id",)) for file in files])
    numbers = among(file.customer.number for file in files)
    keys = dict(Customer.objects.filter(number__in=numbers).values_list("number", "pk"))
    for file in files:
        file.customer.pk = keys[file.customer.number]
    insert_rows(Contact, [{"customer": f.customer.pk, **values_of(f.contact)} for f in files])
    insert_rows(Address, [{"customer": f.customer.pk, **values_of(f.address)} for f in files])
    made = _with_defaults_set(keys)
    _add_history(made, actor, "+", note)
    record_alike(
        [cast("Document", customer) for customer in made],
        OPENED,
        actor=actor,
        data={customer.number: {"import": note} for customer in made},
    )
    by_key = {customer.pk: customer for customer in made}
    return [by_key[file.customer.pk] for file in files]


def _with_defaults_set(keys: Mapping[str, int]) -> list[Customer]:
    """The one contact and the one address of each new file become those of his orders."""
    wanted = among(keys.values())
    contacts = dict(Contact.objects.filter(customer__in=wanted).values_list("customer_id", "pk"))
    addresses = dict(Address.objects.filter(customer__in=wanted).values_list("customer_id", "pk"))
    update_rows(
        Customer,
        ["id"],
        ["default_contact", "default_address"],
        [{"id": k, "default_contact": contacts[k], "default_address": addresses[k]} for k in keys.values()],
    )
    return list(Customer.objects.filter(pk__in=wanted).order_by("pk"))


@unit_of_work
def change_customers(
    wanted: Mapping[int, Mapping[str, Any]], *, actor: User, note: str
) -> dict[int, Customer]:
    """Change master data of many customers, by key the fields of BULK_FIELDS, all or none (CM-02, AU-01).

    The caller has judged every entry. Locks the customers; returns them as they are now.
    """
    require_permission(actor, "customers.maintain", rule="RG-02")
    found = list(Customer.objects.filter(pk__in=among(wanted)).order_by("pk").select_for_update(of=("self",)))
    _require_reach(found, actor)
    moment, data = now(), {}
    for customer in found:
        before = {name: getattr(customer, name) for name in BULK_FIELDS}
        for name, value in wanted[customer.pk].items():
            setattr(customer, name, value)
        customer.pinyin, customer.updated_at = search_key(customer), moment
        customer.version += 1
        data[customer.number] = {
            "import": note,
            "changed": {
                n: [str(b), str(getattr(customer, n))] for n, b in before.items() if b != getattr(customer, n)
            },
        }
    _require_reach(found, actor)
    fields = [name.removesuffix("_id") for name in BULK_FIELDS]
    rows = [
        {name: getattr(customer, f"{name}_id" if name in ("region", "salesperson") else name)
         for name in ("id", *fields, "pinyin", "updated_at", "version")}
        for customer in found
    ]  # fmt: skip
    update_rows(Customer, ["id"], [*fields, "pinyin", "updated_at", "version"], rows)
    _add_history(found, actor, "~", note)
    record_alike([cast("Document", customer) for customer in found], CHANGED, actor=actor, data=data)
    return {customer.pk: customer for customer in found}


@unit_of_work
def remove_customers(keys: Sequence[int], *, actor: User, note: str) -> None:
    """Take customer files out that nothing uses; the caller has made sure of that. Their numbers stay used up."""
    require_permission(actor, "customers.maintain", rule="RG-02")
    gone = list(Customer.objects.filter(pk__in=among(keys)))
    _require_reach(gone, actor)
    Customer.objects.filter(pk__in=among(keys)).update(default_contact=None, default_address=None)
    delete_rows(Contact.objects.filter(customer__in=among(keys)))
    delete_rows(Address.objects.filter(customer__in=among(keys)))
    delete_rows(Customer.objects.filter(pk__in=among(keys)))
    _add_history(gone, actor, "-", note)
    record_act("customers_removed", actor=actor, note=note, data={"numbers": [c.number for c in gone]})


def _require_reach(customers: Sequence[Customer], actor: User) -> None:
    reach = Reach.of(actor)
    if not all(reach.covers(customer) for customer in customers):
        raise PermissionDenied(not_your_desk(), rule="RG-02")


def _columns(customer: Customer, *, without: Sequence[str] = ()) -> dict[str, Any]:
    return {
        field.attname: getattr(customer, field.attname)
        for field in Customer._meta.concrete_fields
        if field.name not in without
    }


def _add_history(customers: Sequence[Customer], actor: User, change: str, note: str) -> None:
    """The rows that simple-history would have written one by one."""
    model = Customer.history.model
    known = {field.attname for field in model._meta.concrete_fields}
    common = {
        "history_date": now(), "history_type": change, "history_change_reason": note[:100], "history_user": actor.pk,
    }  # fmt: skip
    insert_rows(
        model,
        [{**{n: v for n, v in _columns(c).items() if n in known}, **common} for c in customers],
    )
