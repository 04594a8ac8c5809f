"""Opening and keeping the customer file (CM-01..CM-03, CM-09, CM-10)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.clock import now
from core.errors import Conflict, FieldProblem, InvalidInput, PermissionDenied, Problems, StaleVersion
from core.models import User
from core.numbering import next_number
from core.pinyin import pinyin_key
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import require_permission
from customers.models import Address, Contact, Customer, DeskAssignment, Region
from customers.uscc import credit_code_problem, is_valid_uscc

if TYPE_CHECKING:
    from core.models import Document

PHONE = re.compile(r"\+?[0-9][0-9\s().\-]{4,24}(?:(?:转|x|ext\.?|-)\s*[0-9]{1,6})?", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
IDENTITY_CARD = re.compile(r"[0-9]{17}[0-9Xx]")
CHANGEABLE = (
    "name",
    "short_name",
    "uscc",
    "industry",
    "kind",
    "region",
    "salesperson",
    "language",
    "source",
    "core_needs",
    "invoice_title",
)
RESPONSIBLE_ROLES = ("salesperson", "sales_manager")
MANDATORY = ("name", "industry", "region", "salesperson")


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
def create_customer(
    *,
    name: str,
    industry: str,
    region: Region,
    salesperson: User,
    contact: ContactDraft,
    address: AddressDraft,
    actor: User,
    kind: str = Customer.Kind.NEW,
    uscc: str = "",
    short_name: str = "",
    source: str = "",
    core_needs: str = "",
    invoice_title: str = "",
    language: str = "zh-hans",
) -> Customer:
    """Open a customer file under the next number (CM-01, CM-02). A new customer pays before delivery (CM-10).

    Who opens it must see it afterwards: an assistant on her desk, a salesperson with himself responsible
    (RG-02). Raises InvalidInput with a pointer per fault, Conflict when the company is on file already.
    """
    require_permission(actor, "customers.maintain", rule="RG-02")
    customer = Customer(
        name=name.strip(),
        industry=industry.strip(),
        region=region,
        salesperson=salesperson,
        kind=kind,
        uscc=uscc.strip().upper(),
        short_name=short_name.strip(),
        source=source.strip(),
        core_needs=core_needs.strip(),
        invoice_title=invoice_title.strip() or name.strip(),
        language=language,
    )
    problems = Problems()
    _collect_customer_problems(customer, problems)
    _collect_contact_problems(contact, problems, "#/contact")
    _collect_address_problems(address, problems, "#/address")
    problems.raise_if_any(rule="CM-02")
    _refuse_double(customer)
    _require_own_customer(customer, actor)
    customer.pinyin = _search_key(customer)
    customer.number = next_number("C", yearly=True)
    _save_with_history(customer, actor, gettext_noop("Customer file opened"))
    customer.default_contact = Contact.objects.create(customer=customer, **_values(contact))
    customer.default_address = Address.objects.create(customer=customer, **_values(address))
    Customer.objects.filter(pk=customer.pk).update(
        default_contact=customer.default_contact, default_address=customer.default_address
    )
    record_event(
        cast("Document", customer),
        Fact("customer_opened", gettext_noop("Customer file opened"), rule="CM-02"),
        actor=actor,
    )
    return customer


@unit_of_work
def update_customer(
    customer: Customer, *, changes: Mapping[str, Any], actor: User, version: int | None = None, note: str = ""
) -> Customer:
    """Change master data; old and new values go to the trail and the history (CM-02, AU-01).

    Terms, grade, status and number have their own ways. Raises InvalidInput, Conflict, StaleVersion.
    """
    require_permission(actor, "customers.maintain", rule="RG-02")
    customer = _locked(customer, actor, version)
    odd = sorted(set(changes) - set(CHANGEABLE))
    if odd:
        raise InvalidInput(
            _("These entries of a customer cannot be changed here: %(names)s.") % {"names": ", ".join(odd)}
        )
    before = {name: _shown(customer, name) for name in changes}
    for name, value in changes.items():
        setattr(customer, name, _cleaned(name, value))
    problems = Problems()
    _collect_customer_problems(customer, problems)
    problems.raise_if_any(rule="CM-02")
    _refuse_double(customer)
    _require_own_customer(customer, actor)
    customer.pinyin = _search_key(customer)
    return _save_change(
        customer, before, Fact("customer_changed", gettext_noop("Customer file changed")), actor, note
    )


@unit_of_work
def set_terms(
    customer: Customer,
    *,
    settlement: str,
    actor: User,
    prepaid_percent: Decimal | None = None,
    settlement_day: int | None = None,
    version: int | None = None,
    note: str = "",
) -> Customer:
    """Finance says how a customer pays; a new customer pays before delivery until then (CM-10).

    `prepaid_percent` is in percent, 30 for thirty, and belongs to instalments; `settlement_day` is the day of
    the month and belongs to monthly settlement, where leaving it empty is allowed.
    """
    require_permission(actor, "customers.set_terms", rule="CM-10")
    customer = _locked(customer, actor, version)
    problems = Problems()
    if settlement not in Customer.Settlement.values:
        problems.add("#/settlement", "unknown", _("There is no such settlement."))
    is_staged = settlement == Customer.Settlement.STAGED
    if is_staged != (prepaid_percent is not None) or (
        prepaid_percent is not None and not 0 < prepaid_percent <= 100
    ):
        problems.add(
            "#/prepaid_percent",
            "share",
            _("Instalments need a prepaid share up to 100 percent; other terms have none."),
        )
    if settlement_day is not None and (
        settlement != Customer.Settlement.MONTHLY or not 1 <= settlement_day <= 31
    ):
        problems.add(
            "#/settlement_day", "day", _("A settlement day from 1 to 31 belongs to monthly settlement only.")
        )
    problems.raise_if_any(rule="CM-10")
    names = ("settlement", "prepaid_percent", "settlement_day")
    before = {name: _shown(customer, name) for name in names}
    customer.settlement, customer.prepaid_percent, customer.settlement_day = (
        settlement,
        prepaid_percent,
        settlement_day,
    )
    fact = Fact("terms_set", gettext_noop("Payment terms set"), duty="terms", rule="CM-10")
    return _save_change(customer, before, fact, actor, note)


@unit_of_work
def add_contact(
    customer: Customer, *, contact: ContactDraft, actor: User, is_default: bool = False
) -> Contact:
    """Add a person to talk to; as default, new orders name this one (CM-02, CM-03)."""
    require_permission(actor, "customers.maintain", rule="RG-02")
    customer = _locked(customer, actor)
    problems = Problems()
    _collect_contact_problems(contact, problems, "#")
    problems.raise_if_any(rule="CM-02")
    made = Contact.objects.create(customer=customer, **_values(contact))
    before = {"default_contact": _shown(customer, "default_contact")} if is_default else {}
    if is_default:
        customer.default_contact = made
    _save_change(customer, before, Fact("contact_added", gettext_noop("Contact added")), actor, made.name)
    return made


@unit_of_work
def add_address(
    customer: Customer, *, address: AddressDraft, actor: User, is_default: bool = False
) -> Address:
    """Add a delivery address; as default, new orders go there (CM-02)."""
    require_permission(actor, "customers.maintain", rule="RG-02")
    customer = _locked(customer, actor)
    problems = Problems()
    _collect_address_problems(address, problems, "#")
    problems.raise_if_any(rule="CM-02")
    made = Address.objects.create(customer=customer, **_values(address))
    before = {"default_address": _shown(customer, "default_address")} if is_default else {}
    if is_default:
        customer.default_address = made
    _save_change(customer, before, Fact("address_added", gettext_noop("Address added")), actor, str(made))
    return made


def _locked(customer: Customer, actor: User, version: int | None = None) -> Customer:
    """The customer as it is now, locked, if the person may see it."""
    found = (
        Customer.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .with_defaults()
        .filter(pk=customer.pk)
        .first()
    )
    if found is None:
        raise PermissionDenied(_("This customer belongs to another desk."), rule="RG-02")
    if version is not None and version != found.version:
        raise StaleVersion(
            _("%(number)s has changed since you opened it. Reload it, look at the change and decide again.")
            % {"number": found.number},
            version=found.version,
        )
    return found


def _save_change(
    customer: Customer, before: Mapping[str, str], fact: Fact, actor: User, note: str
) -> Customer:
    customer.version += 1
    customer.updated_at = now()
    _save_with_history(customer, actor, fact.label)
    changed = {
        name: [old, _shown(customer, name)] for name, old in before.items() if old != _shown(customer, name)
    }
    record_event(
        cast("Document", customer), fact, actor=actor, note=note, data={"changed": changed} if changed else {}
    )
    return customer


def _save_with_history(customer: Customer, actor: User, reason: str) -> None:
    customer._history_user, customer._history_date, customer._change_reason = actor, now(), reason  # type: ignore[attr-defined]
    customer.save()


def _collect_customer_problems(customer: Customer, problems: Problems) -> None:
    for name in MANDATORY:
        if not (
            getattr(customer, f"{name}_id") if name in ("region", "salesperson") else getattr(customer, name)
        ):
            problems.add(f"#/{name}", "required", _("This entry is required."))
    for name in ("name", "short_name", "industry", "source", "invoice_title"):
        _collect_too_long(Customer, name, getattr(customer, name), problems, "#")
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
    if IDENTITY_CARD.search(customer.core_needs):
        problems.add("#/core_needs", "private", _("Keep identity card numbers out of the customer file."))


def _collect_contact_problems(contact: ContactDraft, problems: Problems, pointer: str) -> None:
    for name in ("name", "title", "phone"):
        if not getattr(contact, name).strip():
            problems.add(f"{pointer}/{name}", "required", _("This entry is required."))
    for name in ("name", "title", "phone", "email"):
        _collect_too_long(Contact, name, getattr(contact, name), problems, pointer)
    if contact.phone.strip() and not PHONE.fullmatch(contact.phone.strip()):
        problems.add(
            f"{pointer}/phone", "phone", _("Enter the business phone with digits, such as 0571-8888 6666.")
        )
    if contact.email and not EMAIL.fullmatch(contact.email.strip()):
        problems.add(f"{pointer}/email", "email", _("Enter an e-mail address such as name@company.example."))


def _collect_address_problems(address: AddressDraft, problems: Problems, pointer: str) -> None:
    for name in ("province", "city", "detail"):
        if not getattr(address, name).strip():
            problems.add(f"{pointer}/{name}", "required", _("This entry is required."))
    for name in ("province", "city", "district", "detail"):
        _collect_too_long(Address, name, getattr(address, name), problems, pointer)


def _collect_too_long(model: type[Model], name: str, value: str, problems: Problems, pointer: str) -> None:
    longest: int | None = getattr(model._meta.get_field(name), "max_length", None)
    if longest is not None and len(value.strip()) > longest:
        problems.add(
            f"{pointer}/{name}", "too_long", _("At most %(count)s characters fit here.") % {"count": longest}
        )


def _refuse_double(customer: Customer) -> None:
    """One company, one file: the full name is unique, and so is the credit code (CM-02)."""
    others = Customer.objects.exclude(pk=customer.pk)
    same = others.filter(name=customer.name).first()
    if same is None and customer.uscc:
        same = others.filter(uscc=customer.uscc).exclude(status=Customer.Status.MERGED).first()
    if same is not None:
        raise Conflict(
            _("This company is on file as %(number)s %(name)s. Use that file.")
            % {"number": same.number, "name": same.name},
            rule="CM-02",
            code="customer_on_file",
            problems=[FieldProblem("#/name", "customer_on_file", same.number)],
        )


def _require_own_customer(customer: Customer, actor: User) -> None:
    """Nobody moves a customer to where he no longer sees it (RG-02)."""
    scopes = actor.row_scopes
    if "all" in scopes or ("own" in scopes and customer.salesperson_id == actor.pk):
        return
    if "region" in scopes and DeskAssignment.objects.of(actor).filter(region=customer.region_id).exists():
        return
    raise PermissionDenied(
        _("You may keep customers of your own desk only. Ask the desk of this region to do it."), rule="RG-02"
    )


def _search_key(customer: Customer) -> str:
    return pinyin_key(customer.short_name or customer.name)


def _values(draft: ContactDraft | AddressDraft) -> dict[str, str]:
    return {field.name: getattr(draft, field.name).strip() for field in fields(draft)}


def _cleaned(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.strip().upper() if name == "uscc" else value.strip()


def _shown(customer: Customer, name: str) -> str:
    """What the trail keeps: codes and slugs, which every reader sees in his own language."""
    value = getattr(customer, name)
    if isinstance(value, Region):
        return value.code
    return "" if value is None else str(value)
