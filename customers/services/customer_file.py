"""Opening and keeping the customer file (CM-01..CM-03, CM-09, CM-10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.errors import Conflict, FieldProblem, InvalidInput, PermissionDenied, Problems, RuleRefused
from core.models import User
from core.money import BASE_CURRENCY
from core.numbering import next_number
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import require_permission
from customers.currencies import CURRENCIES, is_currency_used
from customers.models import Address, Contact, Customer, Region
from customers.services.checks import (
    Reach,
    collect_customer_problems,
    not_your_desk,
    search_key,
    unknown_currency,
)
from customers.services.parts import (
    AddressDraft,
    ContactDraft,
    collect_address_problems,
    collect_contact_problems,
    values_of,
)
from customers.services.saving import (
    locked_customer,
    require_live,
    save_change,
    save_with_history,
    shown_in_trail,
)

if TYPE_CHECKING:
    from core.models import Document

CHANGEABLE = (
    "name",
    "short_name",
    "uscc",
    "industry",
    "kind",
    "region",
    "salesperson",
    "currency",
    "language",
    "source",
    "core_needs",
    "invoice_title",
)


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
    currency: str = BASE_CURRENCY,
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
        currency=currency.strip().upper(),
    )
    problems = Problems()
    collect_customer_problems(customer, problems)
    collect_contact_problems(contact, problems, "#/contact")
    collect_address_problems(address, problems, "#/address")
    problems.raise_if_any(rule="CM-02")
    _refuse_double(customer)
    _require_own_customer(customer, actor)
    customer.pinyin = search_key(customer)
    customer.number = next_number("C", yearly=True)
    with _told_of_a_double(customer):
        save_with_history(customer, actor, gettext_noop("Customer file opened"))
    customer.default_contact = Contact.objects.create(customer=customer, **values_of(contact))
    customer.default_address = Address.objects.create(customer=customer, **values_of(address))
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

    Terms, grade, status and number have their own ways; the currency stands once anything is written in it
    (SY-02). Raises InvalidInput, Conflict, StaleVersion and RuleRefused.
    """
    require_permission(actor, "customers.maintain", rule="RG-02")
    customer = require_live(locked_customer(customer, actor, version))
    odd = sorted(set(changes) - set(CHANGEABLE))
    if odd:
        raise InvalidInput(
            _("These entries of a customer cannot be changed here: %(names)s.") % {"names": ", ".join(odd)}
        )
    before = {name: shown_in_trail(customer, name) for name in changes}
    if "currency" in changes:
        _refuse_new_currency(customer, _cleaned("currency", changes["currency"]))
    for name, value in changes.items():
        setattr(customer, name, _cleaned(name, value))
    problems = Problems()
    collect_customer_problems(customer, problems)
    problems.raise_if_any(rule="CM-02")
    _refuse_double(customer)
    _require_own_customer(customer, actor)
    customer.pinyin = search_key(customer)
    with _told_of_a_double(customer):
        return save_change(
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
    currency: str | None = None,
    version: int | None = None,
    note: str = "",
) -> Customer:
    """Finance says how a customer pays; a new customer pays before delivery until then (CM-10).

    `prepaid_percent` is in percent, 30 for thirty, and belongs to instalments; `settlement_day` is the day of
    the month and belongs to monthly settlement, where leaving it empty is allowed. `currency` may change as
    long as nothing is written in it (SY-02).
    """
    require_permission(actor, "customers.set_terms", rule="CM-10")
    customer = require_live(locked_customer(customer, actor, version, permission="customers.set_terms"))
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
    if currency is not None and currency not in CURRENCIES:
        problems.add("#/currency", "unknown", unknown_currency())
    problems.raise_if_any(rule="CM-10")
    names = ("settlement", "prepaid_percent", "settlement_day", "currency")
    before = {name: shown_in_trail(customer, name) for name in names}
    customer.settlement, customer.prepaid_percent, customer.settlement_day = (
        settlement,
        prepaid_percent,
        settlement_day,
    )
    if currency is not None:
        _refuse_new_currency(customer, currency)
        customer.currency = currency
    fact = Fact("terms_set", gettext_noop("Payment terms set"), duty="terms", rule="CM-10")
    return save_change(customer, before, fact, actor, note)


def _refuse_new_currency(customer: Customer, currency: str) -> None:
    """Orders, slips and limits are written in the currency of the file; from the first one on it stands (SY-02)."""
    if currency == customer.currency or not is_currency_used(customer):
        return
    detail = _(
        "%(number)s already trades in %(currency)s. Open another file for business in another currency."
    ) % {"number": customer.number, "currency": customer.currency}
    raise RuleRefused(
        detail,
        rule="SY-02",
        code="currency_in_use",
        problems=[FieldProblem("#/currency", "currency_in_use", detail)],
    )


def _refuse_double(customer: Customer) -> None:
    """One company, one file: the full name is unique, and so is the credit code (CM-02)."""
    others = Customer.objects.exclude(pk=customer.pk)
    at, same = "name", others.filter(name=customer.name).first()
    if same is None and customer.uscc:
        at, same = "uscc", others.filter(uscc=customer.uscc).exclude(status=Customer.Status.MERGED).first()
    if same is not None:
        detail = _("This company is on file as %(number)s %(name)s. Use that file.") % {
            "number": same.number,
            "name": same.name,
        }
        raise Conflict(
            detail,
            rule="CM-02",
            code="customer_on_file",
            problems=[FieldProblem(f"#/{at}", "customer_on_file", detail)],
        )


@contextmanager
def _told_of_a_double(customer: Customer) -> Iterator[None]:
    """Two people put the same company on file at once, and the database let one through: say which file."""
    try:
        with transaction.atomic():  # what failed must not spoil the reading of the other file
            yield
    except IntegrityError:
        _refuse_double(customer)
        raise


def _require_own_customer(customer: Customer, actor: User) -> None:
    """Nobody moves a customer to where he no longer sees it (RG-02)."""
    if not Reach.of(actor).covers(customer):
        raise PermissionDenied(not_your_desk(), rule="RG-02")


def _cleaned(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.strip().upper() if name in ("uscc", "currency") else value.strip()
