"""What each row of a file of customers would do, and what is wrong with it (CM-02, CM-03, CM-10, RG-02)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Problems
from core.imports.registry import CheckedRow, ParsedRow, RowProblem
from core.imports.undoing import kept_values
from core.models import User
from customers.imports.columns import ADDRESS, CONTACT, FIXES, help_of
from customers.imports.on_file import OnFile
from customers.models import Customer
from customers.services.bulk import BULK_FIELDS
from customers.services.checks import collect_customer_problems, not_your_desk
from customers.services.parts import (
    AddressDraft,
    ContactDraft,
    collect_address_problems,
    collect_contact_problems,
)

LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class CustomerPlan:
    """What a sound row would write: the file as it should be, and for a new one its contact and address."""

    customer: Customer
    existing: Mapping[str, Any] | None
    contact: ContactDraft
    address: AddressDraft


def check_customers(rows: Sequence[ParsedRow], actor: User) -> Iterator[CheckedRow]:
    """What each row would do, judged by the same functions as the page (CM-02, CM-03, CM-10, RG-02)."""
    on_file = OnFile(rows, actor)
    for row in rows:
        existing = on_file.existing(row)
        key = row.text("name") or row.text("number").upper()
        if existing is not None and existing.pk not in on_file.visible:
            yield CheckedRow(row, "error", key, (*row.problems, _other_desk()))
            continue
        problems = [*row.problems]
        plan = _plan(row, existing, on_file, problems)
        problems += _identity_problems(row, existing, on_file)
        problems += _settlement_problems(row, existing)
        problems += _entry_problems(row, plan, existing, on_file, problems)
        yield _judged(row, plan, key, problems)


def _other_desk() -> RowProblem:
    return RowProblem(
        "name",
        _("A company of this name or number is on file with another desk."),
        _("Leave the row out, or ask the desk of that region."),
    )


def _plan(
    row: ParsedRow, existing: Customer | None, on_file: OnFile, problems: list[RowProblem]
) -> CustomerPlan:
    """The file as the row wants it; what the row does not say stays, or is empty in a new file."""
    before = kept_values(existing, BULK_FIELDS) if existing is not None else None
    customer = existing if existing is not None else Customer(currency="CNY", kind="")
    for name in (
        "short_name",
        "industry",
        "kind",
        "language",
        "source",
        "core_needs",
        "invoice_title",
        "name",
    ):
        if row.has(name):
            setattr(customer, name, row.values[name])
    if row.has("uscc"):
        customer.uscc = row.text("uscc").upper()
    for name, known in (("region", on_file.regions), ("salesperson", on_file.sellers)):
        if row.has(name):
            _set_named(customer, name, row, known, problems)
    if existing is None:
        customer.invoice_title = customer.invoice_title or customer.name[:LONGEST_TITLE]
    contact = ContactDraft(**{draft: row.text(name) for name, draft in CONTACT.items()})
    address = AddressDraft(**{draft: row.text(name) for name, draft in ADDRESS.items()})
    return CustomerPlan(customer, before, contact, address)


def _set_named(
    customer: Customer, name: str, row: ParsedRow, known: Mapping[str, list[Any]], problems: list[RowProblem]
) -> None:
    """A region or a person by the word in the cell; two of the same name are not guessed at."""
    found = known.get(row.text(name).casefold(), [])
    if len(found) == 1:
        setattr(customer, name, found[0])
    elif found:
        problems.append(
            RowProblem(name, _("Several people have this name."), _("Enter the user name instead."))
        )
    elif name == "region":
        problems.append(RowProblem(name, _("There is no such region."), help_of(name)))
    else:
        problems.append(RowProblem(name, _("Nobody who sells has this name."), help_of(name)))


def _identity_problems(row: ParsedRow, existing: Customer | None, on_file: OnFile) -> Iterator[RowProblem]:
    """One company, one file, and one row in the file (CM-02)."""
    name, code = row.text("name"), row.text("uscc").upper()
    if row.has("number") and existing is None:
        yield RowProblem(
            "number",
            _("There is no customer with this number."),
            _("Correct it, or leave the cell empty for a new one."),
        )
    if not name and not row.has("number") and not row.is_faulty("name"):
        yield RowProblem("name", _("This entry is required."), str(FIXES["required"]))
    if name and on_file.times_named[name] > 1 and on_file.first_named[name] != row.row_no:
        yield _twice("name", on_file.first_named[name])
    if code and on_file.times_coded[code] > 1 and on_file.first_coded[code] != row.row_no:
        yield _twice("uscc", on_file.first_coded[code])
    owner = on_file.by_name.get(name)
    if owner is not None and existing is not None and owner.pk != existing.pk:
        yield _of_another("name", owner, on_file)
    holder = on_file.by_code.get(code)
    if holder is not None and (existing is None or holder.pk != existing.pk):
        yield _of_another("uscc", holder, on_file)
    if existing is not None and existing.status == Customer.Status.MERGED:
        yield RowProblem(
            "name",
            _("%(number)s was merged into another file and is kept as it was.") % {"number": existing.number},
            _("Leave the row out, or give the number of the file that goes on."),
        )


def _twice(name: str, row_no: int) -> RowProblem:
    return RowProblem(
        name, _("It already stands in row %(row)s.") % {"row": row_no}, _("Keep one of the two rows.")
    )


def _of_another(name: str, customer: Customer, on_file: OnFile) -> RowProblem:
    """Named only to who may see that customer (RG-02)."""
    if customer.pk not in on_file.visible:
        return RowProblem(name, _other_desk().problem, _other_desk().fix)
    return RowProblem(
        name,
        _("This company is on file as %(number)s %(name)s.")
        % {"number": customer.number, "name": customer.name},
        _("Enter that number and full name to change that file, or leave the row out."),
    )


def _settlement_problems(row: ParsedRow, existing: Customer | None) -> Iterator[RowProblem]:
    """No import gives credit: a new customer pays before delivery, an old one as finance said (CM-10)."""
    wanted = row.values.get("settlement")
    given = existing.settlement if existing is not None else Customer.Settlement.PREPAID
    if wanted is not None and wanted != given:
        yield RowProblem(
            "settlement",
            _("A new customer pays before delivery until finance sets other terms.")
            if existing is None
            else _("The terms of a customer on file are set by finance."),
            _("Enter cash before delivery; finance changes it in the customer's file.")
            if existing is None
            else _("Put back the terms on file, or leave the cell empty."),
        )


def _entry_problems(
    row: ParsedRow,
    plan: CustomerPlan,
    existing: Customer | None,
    on_file: OnFile,
    known: Sequence[RowProblem],
) -> Iterator[RowProblem]:
    named = {problem.column for problem in known}
    if existing is None and not row.has("kind") and "kind" not in named:
        named.add("kind")
        yield RowProblem("kind", _("This entry is required."), help_of("kind"))
    found = Problems()
    collect_customer_problems(plan.customer, found)
    if existing is None:
        collect_contact_problems(plan.contact, found, "#/contact")
        collect_address_problems(plan.address, found, "#/address")
    for problem in found.found:
        column = _column_of(problem.pointer)
        if column not in named:
            named.add(column)
            yield RowProblem(column, problem.detail, str(FIXES.get(problem.code) or help_of(column)))
    if existing is not None:
        yield from _part_problems(row, existing)
    if not {"region", "salesperson"} & named and not on_file.reach.covers(plan.customer):
        yield RowProblem(
            "region", not_your_desk(), _("Enter a region of your desk, or yourself as salesperson.")
        )


def _part_problems(row: ParsedRow, existing: Customer) -> Iterator[RowProblem]:
    """Contact and address of a customer on file change on his page, where the change is accounted for (CM-04)."""
    for part, columns in ((existing.default_contact, CONTACT), (existing.default_address, ADDRESS)):
        for column, field in columns.items():
            stands = getattr(part, field, "") if part is not None else ""
            if row.has(column) and row.text(column) != stands:
                yield RowProblem(
                    column,
                    _("The file says otherwise for this customer."),
                    _("Change it on the customer's page, or leave the cell empty."),
                )


def _column_of(pointer: str) -> str:
    """`#/contact/phone` is the column phone, `#/address/detail` the column address."""
    parts = pointer.removeprefix("#/").split("/")
    if len(parts) == 1:
        return parts[0]
    names = CONTACT if parts[0] == "contact" else ADDRESS
    return next(column for column, field in names.items() if field == parts[1])


def _judged(row: ParsedRow, plan: CustomerPlan, key: str, problems: Sequence[RowProblem]) -> CheckedRow:
    if problems:
        return CheckedRow(row, "error", key, tuple(problems))
    if plan.existing is None:
        return CheckedRow(row, "create", key, plan=plan)
    is_same = kept_values(plan.customer, BULK_FIELDS) == plan.existing
    return CheckedRow(row, "unchanged" if is_same else "update", key, plan=plan)
