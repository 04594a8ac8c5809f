"""An enquiry comes in, is corrected, changes hands, and a prospect becomes a customer (EN-01)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.calendar import work_calendar
from core.clock import now
from core.errors import Conflict, FieldProblem, InvalidInput, PermissionDenied, Problems, RuleRefused
from core.models import User
from core.numbering import next_number
from core.parameters import parameters_on
from core.pinyin import pinyin_key
from core.sql import insert_rows
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import compare_and_set, require_in_scope, require_permission, require_version
from customers.models import Customer, Region
from customers.services.parts import EMAIL, IDENTITY_CARD, PHONE
from customers.services.saving import require_goes_on
from orders.enquiries.demand import DemandLine, demand_of
from orders.enquiries.drafts import EnquiryDraft
from orders.enquiries.policy import response_due
from orders.enquiries.workflow import EnquiryStatus
from orders.models import Enquiry, EnquiryLine

HANDLE = "orders.handle_enquiries"
OPEN = (EnquiryStatus.NEW, EnquiryStatus.IN_PROGRESS)
EDITABLE = (*OPEN, EnquiryStatus.QUOTED)
RECEIVED = Fact("received", gettext_noop("Enquiry received"), rule="EN-01")
EDITED = Fact("edited", gettext_noop("Enquiry corrected"), rule="EN-01")
REASSIGNED = Fact("reassigned", gettext_noop("Enquiry handed over"), rule="EN-01")
LINKED = Fact("linked", gettext_noop("Customer file linked"), rule="EN-01")
LONGEST_NEEDS = 2_000
LONGEST_TEXTS = {"prospect_name": 120, "contact_name": 40, "contact_phone": 30, "contact_email": 254}
DEMAND = ("wanted_on", "special_needs")
"""What of the header belongs to the demand note, beside the lines (EN-02)."""


def open_enquiry(*, draft: EnquiryDraft, actor: User) -> Enquiry:
    """Write down what a customer or prospect asks for; the response clock starts (EN-01, G-05).

    The customer's contact, desk and salesperson are filled in where the draft names none. Raises InvalidInput
    with a pointer for everything wrong, Conflict for a reference used before, PermissionDenied when the matter
    belongs to another desk (RG-02). At most 12 statements, however many lines.
    """
    require_permission(actor, HANDLE, rule="EN-01")
    problems = Problems()
    lines = demand_of(draft, draft.customer, problems)
    _check_header(draft, problems)
    problems.raise_if_any(rule="EN-01")
    number = next_number("EN")
    try:
        return _save_new(draft, lines, number=number, actor=actor)
    except IntegrityError as error:
        _explain_collision(draft, actor, error)
        raise


@unit_of_work
def _save_new(draft: EnquiryDraft, lines: Sequence[DemandLine], *, number: str, actor: User) -> Enquiry:
    received_at = draft.received_at or now()
    days = parameters_on().number("enquiry.response_days")
    customer = draft.customer
    owner = _owner_for(draft, actor)
    _require_able_owner(owner)
    enquiry = Enquiry(
        number=number,
        created_by=actor,
        customer=customer,
        owner=owner,
        received_at=received_at,
        response_due_on=response_due(received_at, working_days=days, calendar=work_calendar()),
        external_ref=draft.external_ref,
        updated_at=now(),
        **_header_of(draft, customer),
    )
    enquiry.save(force_insert=True)
    if customer is not None:
        require_goes_on(customer)
    insert_rows(EnquiryLine, [line.row(enquiry.pk, n) for n, line in enumerate(lines, start=1)])
    _require_within_scope(enquiry, actor)
    data = {"channel": enquiry.channel, "due_on": enquiry.response_due_on.isoformat(), "response_days": days}
    record_event(enquiry, RECEIVED, actor=actor, data={**data, "lines": len(lines)})
    return enquiry


@unit_of_work
def edit_enquiry(
    enquiry: Enquiry, *, draft: EnquiryDraft, actor: User, version: int | None = None
) -> Enquiry:
    """Replace header and lines; the event keeps before and after (EN-01, AU-01).

    Customer, owner and the moment of receipt stay. A change of lines, wanted date or special needs takes the
    customer's confirmation of the demand note away (EN-02). Raises what opening raises, TransitionNotAllowed
    once it is closed, StaleVersion.
    """
    enquiry = Enquiry.objects.locked().get(pk=enquiry.pk)
    require_version(enquiry, version)
    require_permission(actor, HANDLE, rule="EN-01")
    require_in_scope(enquiry, HANDLE, actor=actor)
    problems = Problems()
    lines = demand_of(draft, enquiry.customer, problems)
    _check_header(draft, problems, customer=enquiry.customer)
    problems.raise_if_any(rule="EN-01")
    header = _header_of(draft, enquiry.customer)
    before = {name: getattr(enquiry, name) for name in header}
    lines_before = [_line_text(line) for line in enquiry.lines.order_by("line_no")]
    lines_after = [_line_text(line) for line in lines]
    is_other_demand = lines_before != lines_after or any(before[name] != header[name] for name in DEMAND)
    was_confirmed = enquiry.is_demand_confirmed and is_other_demand
    compare_and_set(enquiry, sources=EDITABLE, changes={**header, **(UNCONFIRMED if was_confirmed else {})})
    if lines_before != lines_after:
        enquiry.lines.all().delete()
        insert_rows(EnquiryLine, [line.row(enquiry.pk, n) for n, line in enumerate(lines, start=1)])
    _require_within_scope(enquiry, actor)
    changes = [*_header_changes(before, header), *_line_changes(lines_before, lines_after)]
    if changes:
        data = {"changes": changes, "confirmation_cleared": was_confirmed}
        record_event(enquiry, EDITED, actor=actor, data=data)
    return enquiry


UNCONFIRMED = {"demand_confirmed_by": "", "demand_confirmed_on": None, "demand_attachment": None}


@unit_of_work
def reassign_enquiry(
    enquiry: Enquiry, *, owner: User, actor: User, version: int | None = None, note: str = ""
) -> Enquiry:
    """Hand an enquiry to another person, who must be able to see and handle it (EN-01, RG-02).

    A salesperson hands over his own, an assistant or manager any of the desk.
    """
    enquiry = Enquiry.objects.locked().get(pk=enquiry.pk)
    require_version(enquiry, version)
    require_permission(actor, HANDLE, rule="EN-01")
    require_in_scope(enquiry, HANDLE, actor=actor)
    if enquiry.owner_id != actor.pk and not {"region", "all"} & actor.scopes_for(HANDLE):
        raise PermissionDenied(
            _("Only the owner or the desk hands an enquiry to somebody else."), rule="RG-02"
        )
    if owner.pk == enquiry.owner_id:
        raise InvalidInput(
            problems=[
                FieldProblem(
                    "#/owner", "same_owner", _("%(person)s has it already.") % {"person": owner.display_name}
                )
            ]
        )
    _require_able_owner(owner)
    before = enquiry.owner
    compare_and_set(enquiry, sources=EDITABLE, changes={"owner": owner})
    _require_seen_by_owner(enquiry, owner)
    changes = [_change("owner", before.display_name, owner.display_name)]
    record_event(
        enquiry, REASSIGNED, actor=actor, note=note.strip()[:LONGEST_NEEDS], data={"changes": changes}
    )
    return enquiry


@unit_of_work
def link_customer(
    enquiry: Enquiry, *, customer: Customer, actor: User, version: int | None = None
) -> Enquiry:
    """A prospect has a customer file now; the enquiry goes to the file's desk (EN-01, RG-01).

    The prospect's name stays as it was told. An owner who may not see the customer gives way to the customer's
    salesperson.
    """
    enquiry = Enquiry.objects.locked().get(pk=enquiry.pk)
    require_version(enquiry, version)
    require_permission(actor, HANDLE, rule="EN-01")
    require_in_scope(enquiry, HANDLE, actor=actor)
    if enquiry.customer_id is not None:
        raise RuleRefused(
            _("%(number)s belongs to a customer file already.") % {"number": enquiry.number},
            rule="EN-01",
            code="customer_linked",
        )
    if customer.status == Customer.Status.MERGED:
        raise _merged(customer)
    if not Customer.objects.visible_to(actor, permission=HANDLE).filter(pk=customer.pk).exists():
        raise PermissionDenied(_("This customer belongs to another desk."), rule="RG-02")
    changes: dict[str, Any] = {"customer": customer, "region": customer.region}
    if not Customer.objects.visible_to(enquiry.owner, permission=HANDLE).filter(pk=customer.pk).exists():
        changes["owner"] = customer.salesperson
    compare_and_set(enquiry, sources=EDITABLE, changes=changes)
    require_goes_on(customer)
    shown = [_change("customer", enquiry.prospect_name, f"{customer.number} {customer.name}")]
    record_event(enquiry, LINKED, actor=actor, data={"customer": customer.number, "changes": shown})
    return enquiry


@unit_of_work
def open_customer_file(
    enquiry: Enquiry, *, open_file: Callable[[], Customer], actor: User, version: int | None = None
) -> Customer:
    """Open a customer file for a prospect and link it; both or neither. `open_file` calls the customer desk."""
    customer = open_file()
    link_customer(enquiry, customer=customer, actor=actor, version=version)
    return customer


# --- The stored shape -----------------------------------------------------------------------------


def _header_of(draft: EnquiryDraft, customer: Customer | None) -> dict[str, Any]:
    contact = customer.default_contact if customer is not None else None
    prospect = "" if customer is not None else draft.prospect_name.strip()
    header: dict[str, Any] = {
        "channel": draft.channel,
        "contact_name": draft.contact_name.strip() or (contact.name if contact else ""),
        "contact_phone": draft.contact_phone.strip() or (contact.phone if contact else ""),
        "contact_email": draft.contact_email.strip() or (contact.email if contact else ""),
        "region": customer.region if customer is not None else draft.region,
        "wanted_on": draft.wanted_on,
        "special_needs": draft.special_needs.strip(),
    }
    if customer is None:
        header |= {"prospect_name": prospect, "pinyin": pinyin_key(prospect)}
    return header


def _owner_for(draft: EnquiryDraft, actor: User) -> User:
    if draft.owner is not None:
        return draft.owner
    return draft.customer.salesperson if draft.customer is not None else actor


def _check_header(draft: EnquiryDraft, problems: Problems, *, customer: Customer | None = None) -> None:
    customer = customer or draft.customer
    if customer is None and not draft.prospect_name.strip():
        problems.add("#/customer", "required", _("Choose a customer, or enter the name of the prospect."))
    if customer is not None and draft.prospect_name.strip() and draft.customer is not None:
        problems.add(
            "#/prospect_name", "customer_chosen", _("Choose a customer or name a prospect, not both.")
        )
    if draft.customer is not None and draft.customer.status == Customer.Status.MERGED:
        problems.add("#/customer", "merged", _merged(draft.customer).message)
    if customer is None and draft.region is None:
        problems.add("#/region", "required", _("Choose the region desk of the prospect."))
    if draft.channel not in Enquiry.Channel.values:
        problems.add("#/channel", "unknown", _("Say how the enquiry came in."))
    if draft.received_at is not None and draft.received_at > now():
        problems.add("#/received_at", "in_the_future", _("The enquiry cannot have come in later than now."))
    _check_texts(draft, problems)


def _check_texts(draft: EnquiryDraft, problems: Problems) -> None:
    """Business data only, as in the customer file (CM-03)."""
    for name, longest in LONGEST_TEXTS.items():
        if len(getattr(draft, name).strip()) > longest:
            problems.add(
                f"#/{name}", "too_long", _("At most %(count)s characters fit here.") % {"count": longest}
            )
    phone, email = draft.contact_phone.strip(), draft.contact_email.strip()
    if phone and not PHONE.fullmatch(phone):
        problems.add(
            "#/contact_phone", "phone", _("Enter the business phone with digits, such as 0571-8888 6666.")
        )
    if email and not EMAIL.fullmatch(email):
        problems.add("#/contact_email", "email", _("Enter an e-mail address such as name@company.example."))
    needs = draft.special_needs
    if len(needs.strip()) > LONGEST_NEEDS:
        problems.add(
            "#/special_needs",
            "too_long",
            _("At most %(count)s characters fit here.") % {"count": LONGEST_NEEDS},
        )
    if IDENTITY_CARD.search(needs):
        problems.add("#/special_needs", "private", _("Keep identity card numbers out of the enquiry."))


def _merged(customer: Customer) -> RuleRefused:
    return RuleRefused(
        _("%(number)s was merged into another customer file. Use that file.") % {"number": customer.number},
        rule="CM-12",
        code="customer_merged",
    )


def _require_able_owner(owner: User) -> None:
    if owner.is_active and not owner.is_service and owner.may(HANDLE):
        return
    detail = _("%(person)s does not handle enquiries. Choose somebody who sells.") % {
        "person": owner.display_name
    }
    raise InvalidInput(detail, rule="EN-01", problems=[FieldProblem("#/owner", "role", detail)])


def _require_within_scope(enquiry: Enquiry, actor: User) -> None:
    """Nobody writes an enquiry that he would not see afterwards (RG-02)."""
    if not Enquiry.objects.visible_to(actor, permission=HANDLE).filter(pk=enquiry.pk).exists():
        raise PermissionDenied(
            _("This matter belongs to another desk. Ask that desk to take the enquiry."), rule="RG-02"
        )


def _require_seen_by_owner(enquiry: Enquiry, owner: User) -> None:
    if Enquiry.objects.visible_to(owner, permission=HANDLE).filter(pk=enquiry.pk).exists():
        return
    detail = _("%(person)s does not work for this desk or customer. Choose somebody who does.") % {
        "person": owner.display_name
    }
    raise InvalidInput(detail, rule="RG-02", problems=[FieldProblem("#/owner", "scope", detail)])


def _explain_collision(draft: EnquiryDraft, actor: User, error: IntegrityError) -> None:
    """Two sent the same reference at once and the database let one through: say which one it was."""
    if not draft.external_ref:
        return
    taken = Enquiry.objects.filter(created_by=actor, external_ref=draft.external_ref)
    number = taken.values_list("number", flat=True).first()
    if number is not None:
        raise Conflict(
            _("The reference %(reference)s is already used by %(number)s.")
            % {"reference": draft.external_ref, "number": number},
            rule="EN-01",
            code="duplicate_external_ref",
            existing=number,
        ) from error


# --- Before and after -----------------------------------------------------------------------------


def _header_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        _change(name, _shown(before[name]), _shown(after[name]))
        for name in after
        if before[name] != after[name] and name != "pinyin"
    ]


def _change(name: str, before: str, after: str) -> dict[str, str]:
    field: Any = Enquiry._meta.get_field(name)
    return {"label": str(field.verbose_name), "before": before, "after": after}


def _shown(value: Any) -> str:
    return value.code if isinstance(value, Region) else "" if value is None else str(value)


def _line_changes(before: Sequence[str], after: Sequence[str]) -> list[dict[str, str]]:
    found = []
    for n in range(max(len(before), len(after))):
        old, new = (rows[n] if n < len(rows) else "" for rows in (before, after))
        if old != new:
            found.append({"label": str(n + 1), "before": old, "after": new})
    return found[:60]


def _line_text(line: EnquiryLine | DemandLine) -> str:
    quantity = (
        f"{line.quantity.normalize():f} {line.unit}".strip() if line.quantity is not None else line.unit
    )
    return " · ".join(part for part in (line.description, line.spec, quantity) if part)
