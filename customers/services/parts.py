"""Contacts and delivery addresses of a customer: added, corrected, made the default, erased (CM-02, LG-01)."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.errors import Conflict, Problems, RuleRefused
from core.models import User
from core.trail import Fact
from core.transactions import unit_of_work
from core.workflow import require_permission
from customers.models import Address, Contact, Customer, DataRecord
from customers.services.saving import collect_too_long, locked_customer, require_live, save_change

PHONE = re.compile(r"\+?[0-9][0-9\s().\-]{4,24}(?:(?:转|x|ext\.?|-)\s*[0-9]{1,6})?", re.IGNORECASE)
IDENTITY_CARD = re.compile(r"[0-9]{17}[0-9Xx]")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

LONGEST_REASON = 200

CONTACT_ADDED = Fact("contact_added", gettext_noop("Contact added"), rule="CM-02")
CONTACT_CHANGED = Fact("contact_changed", gettext_noop("Contact corrected"), rule="CM-02")
CONTACT_CHOSEN = Fact("contact_chosen", gettext_noop("Contact for new orders chosen"), rule="CM-02")
CONTACT_REMOVED = Fact("contact_removed", gettext_noop("Contact erased"), rule="LG-01")
ADDRESS_ADDED = Fact("address_added", gettext_noop("Address added"), rule="CM-02")
ADDRESS_CHANGED = Fact("address_changed", gettext_noop("Address corrected"), rule="CM-02")
ADDRESS_CHOSEN = Fact("address_chosen", gettext_noop("Address for new orders chosen"), rule="CM-02")
ADDRESS_REMOVED = Fact("address_removed", gettext_noop("Address erased"), rule="LG-01")


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """Business data only (CM-03)."""

    name: str
    title: str
    phone: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class AddressDraft:
    province: str
    city: str
    detail: str
    district: str = ""


@unit_of_work
def add_contact(
    customer: Customer, *, contact: ContactDraft, actor: User, is_default: bool = False
) -> Contact:
    """Add a person to talk to; as default, new orders name this one (CM-02, CM-03)."""
    customer = _kept(customer, actor)
    problems = Problems()
    collect_contact_problems(contact, problems, "#")
    problems.raise_if_any(rule="CM-02")
    made = Contact.objects.create(customer=customer, **values_of(contact))
    _save_part(customer, actor, CONTACT_ADDED, made.title, default_contact=made if is_default else None)
    return made


@unit_of_work
def add_address(
    customer: Customer, *, address: AddressDraft, actor: User, is_default: bool = False
) -> Address:
    """Add a delivery address; as default, new orders go there (CM-02)."""
    customer = _kept(customer, actor)
    problems = Problems()
    collect_address_problems(address, problems, "#")
    problems.raise_if_any(rule="CM-02")
    made = Address.objects.create(customer=customer, **values_of(address))
    _save_part(customer, actor, ADDRESS_ADDED, str(made), default_address=made if is_default else None)
    return made


@unit_of_work
def edit_contact(
    contact: Contact,
    *,
    draft: ContactDraft,
    actor: User,
    is_default: bool = False,
    version: int | None = None,
) -> Contact:
    """Correct a contact; orders already placed keep what they copied (CM-02, CM-04)."""
    customer = _kept(contact.customer, actor, version)
    problems = Problems()
    collect_contact_problems(draft, problems, "#")
    problems.raise_if_any(rule="CM-02")
    contact = _present(customer.contacts.filter(pk=contact.pk))
    _set_values(contact, values_of(draft))
    _save_part(
        customer, actor, CONTACT_CHANGED, contact.title, default_contact=contact if is_default else None
    )
    return contact


@unit_of_work
def edit_address(
    address: Address,
    *,
    draft: AddressDraft,
    actor: User,
    is_default: bool = False,
    version: int | None = None,
) -> Address:
    """Correct a delivery address; orders already placed keep what they copied (CM-02, CM-04)."""
    customer = _kept(address.customer, actor, version)
    problems = Problems()
    collect_address_problems(draft, problems, "#")
    problems.raise_if_any(rule="CM-02")
    address = _present(customer.addresses.filter(pk=address.pk))
    _set_values(address, values_of(draft))
    _save_part(
        customer, actor, ADDRESS_CHANGED, str(address), default_address=address if is_default else None
    )
    return address


@unit_of_work
def remove_contact(contact: Contact, *, reason: str, actor: User, version: int | None = None) -> None:
    """Erase a contact with everything kept of the person, and note the erasure with its reason (LG-01).

    The note names the position, never the person. The last contact stays: the file needs one (CM-02). If it
    was the one for new orders, the oldest of the others takes its place.
    """
    customer = _kept(contact.customer, actor, version)
    reason = _reason_of(reason)
    contact = _present(customer.contacts.filter(pk=contact.pk))
    other = customer.contacts.exclude(pk=contact.pk).order_by("pk").first()
    if other is None:
        raise RuleRefused(
            _("A customer keeps at least one contact. Add another one first."),
            rule="CM-02",
            code="last_contact",
        )
    is_default = customer.default_contact_id == contact.pk
    _save_part(customer, actor, CONTACT_REMOVED, reason, default_contact=other if is_default else None)
    _note_erasure(customer, f"{CONTACT_REMOVED.label}: {contact.title}", reason, actor)
    contact.delete()


@unit_of_work
def remove_address(address: Address, *, reason: str, actor: User, version: int | None = None) -> None:
    """Erase a delivery address, and note the erasure with its reason (LG-01). The last one stays (CM-02)."""
    customer = _kept(address.customer, actor, version)
    reason = _reason_of(reason)
    address = _present(customer.addresses.filter(pk=address.pk))
    other = customer.addresses.exclude(pk=address.pk).order_by("pk").first()
    if other is None:
        raise RuleRefused(
            _("A customer keeps at least one delivery address. Add another one first."),
            rule="CM-02",
            code="last_address",
        )
    is_default = customer.default_address_id == address.pk
    _save_part(customer, actor, ADDRESS_REMOVED, reason, default_address=other if is_default else None)
    _note_erasure(customer, f"{ADDRESS_REMOVED.label}: {address.city}", reason, actor)
    address.delete()


@unit_of_work
def set_default_contact(contact: Contact, *, actor: User) -> Contact:
    """New orders name this contact."""
    customer = _kept(contact.customer, actor)
    contact = _present(customer.contacts.filter(pk=contact.pk))
    _save_part(customer, actor, CONTACT_CHOSEN, contact.title, default_contact=contact)
    return contact


@unit_of_work
def set_default_address(address: Address, *, actor: User) -> Address:
    """New orders go to this address."""
    customer = _kept(address.customer, actor)
    address = _present(customer.addresses.filter(pk=address.pk))
    _save_part(customer, actor, ADDRESS_CHOSEN, str(address), default_address=address)
    return address


def _kept(customer: Customer, actor: User, version: int | None = None) -> Customer:
    """The customer locked, for those who keep it; a merged file is kept as it was (CM-12)."""
    require_permission(actor, "customers.maintain", rule="RG-02")
    return require_live(locked_customer(customer, actor, version))


def _present(rows: QuerySet[Any]) -> Any:
    """The row as it is now: somebody may have erased it meanwhile."""
    found = rows.first()
    if found is None:
        raise Conflict(_("This entry is no longer in the customer file. Reload the page."), code="gone")
    return found


def _reason_of(reason: str) -> str:
    reason = reason.strip()
    problems = Problems()
    if not reason:
        problems.add("#/reason", "required", _("Say why it is erased."))
    elif len(reason) > LONGEST_REASON:
        problems.add(
            "#/reason", "too_long", _("At most %(count)s characters fit here.") % {"count": LONGEST_REASON}
        )
    problems.raise_if_any(rule="LG-01")
    return reason


def _set_values(part: Contact | Address, values: dict[str, str]) -> None:
    for name, value in values.items():
        setattr(part, name, value)
    part.save(update_fields=list(values))


def _save_part(customer: Customer, actor: User, fact: Fact, note: str, **defaults: Any) -> None:
    """Save the file after a change of one of its parts; a default that is given becomes the default."""
    chosen = {name: part for name, part in defaults.items() if part is not None}
    for name, part in chosen.items():
        setattr(customer, name, part)
    save_change(customer, {}, fact, actor, note)


def _note_erasure(customer: Customer, subject: str, reason: str, actor: User) -> None:
    DataRecord.objects.create(
        kind=DataRecord.Kind.ERASURE, customer=customer, subject=subject, purpose=reason, actor=actor
    )


def collect_contact_problems(contact: ContactDraft, problems: Problems, pointer: str) -> None:
    for name in ("name", "title", "phone"):
        if not getattr(contact, name).strip():
            problems.add(f"{pointer}/{name}", "required", _("This entry is required."))
    for name in ("name", "title", "phone", "email"):
        collect_too_long(Contact, name, getattr(contact, name), problems, pointer)
    digits = "".join(sign for sign in contact.phone if sign.isalnum())
    if any(IDENTITY_CARD.search(text) for text in (contact.name, contact.title, digits)):
        problems.add(f"{pointer}/phone", "private", _("Keep identity card numbers out of the customer file."))
    elif contact.phone.strip() and not PHONE.fullmatch(contact.phone.strip()):
        problems.add(
            f"{pointer}/phone", "phone", _("Enter the business phone with digits, such as 0571-8888 6666.")
        )
    if contact.email and not EMAIL.fullmatch(contact.email.strip()):
        problems.add(f"{pointer}/email", "email", _("Enter an e-mail address such as name@company.example."))


def collect_address_problems(address: AddressDraft, problems: Problems, pointer: str) -> None:
    for name in ("province", "city", "detail"):
        if not getattr(address, name).strip():
            problems.add(f"{pointer}/{name}", "required", _("This entry is required."))
    for name in ("province", "city", "district", "detail"):
        collect_too_long(Address, name, getattr(address, name), problems, pointer)


def values_of(draft: ContactDraft | AddressDraft) -> dict[str, str]:
    return {field.name: getattr(draft, field.name).strip() for field in fields(draft)}
