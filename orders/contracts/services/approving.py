"""Who signs a contract before it is made: manager, specialists, general manager, legal, both heads (CT-01).

Every signature is a row that never changes and an event with its duty; the same person never signs in two
duties that exclude each other, superusers neither (IC-01).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.clock import today
from core.errors import Conflict, FieldProblem, InvalidInput, PermissionDenied, TransitionNotAllowed
from core.models import User
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import require_in_scope, require_permission, require_version
from orders.contracts.policy import missing_parts
from orders.contracts.services.applying import snapshot
from orders.contracts.workflow import CONTRACT_WORKFLOW, COUNTERSIGNING_PARTS, SPECIAL_PARTS, ContractStatus
from orders.models import Contract, ContractSignature

Part = ContractSignature.Part
LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Signing:
    """Where a part signs: in which state, by which permission, in which duty."""

    status: str
    permission: str
    fact: Fact


def _fact(name: str, label: str, duty: str, rule: str) -> Fact:
    return Fact(name, label, duty=duty, rule=rule)


SIGNINGS: dict[str, Signing] = {
    Part.TECHNICAL: Signing(
        ContractStatus.SPECIAL_REVIEW,
        "orders.review_contracts_technical",
        _fact(
            "sign_technical",
            gettext_noop("Signed by the technical department"),
            "contract_technical",
            "CT-06",
        ),
    ),
    Part.QC: Signing(
        ContractStatus.SPECIAL_REVIEW,
        "orders.review_contracts_qc",
        _fact("sign_qc", gettext_noop("Signed by quality control"), "contract_qc", "CT-06"),
    ),
    Part.PRODUCTION: Signing(
        ContractStatus.SPECIAL_REVIEW,
        "orders.review_contracts_production",
        _fact("sign_production", gettext_noop("Signed by production"), "contract_production", "CT-06"),
    ),
    Part.PRICE: Signing(
        ContractStatus.SPECIAL_REVIEW,
        "orders.review_contracts_price",
        _fact("sign_price", gettext_noop("Price signed by finance"), "contract_price", "CT-06"),
    ),
    Part.SALES: Signing(
        ContractStatus.COUNTERSIGNING,
        "orders.countersign_sales",
        _fact("countersign_sales", gettext_noop("Countersigned by sales"), "countersign_sales", "CT-01"),
    ),
    Part.FINANCE: Signing(
        ContractStatus.COUNTERSIGNING,
        "orders.countersign_finance",
        _fact(
            "countersign_finance", gettext_noop("Countersigned by finance"), "countersign_finance", "CT-01"
        ),
    ),
}
"""The signatures of which several belong to one state; the last of them moves the contract on."""

PERMISSIONS_AT: dict[str, tuple[str, ...]] = {
    ContractStatus.MANAGER_REVIEW: ("orders.approve_contracts_manager",),
    ContractStatus.SPECIAL_REVIEW: tuple(SIGNINGS[part].permission for part in SPECIAL_PARTS),
    ContractStatus.GM_REVIEW: ("orders.approve_contracts_gm",),
    ContractStatus.LEGAL_REVIEW: ("orders.review_contracts_legal",),
    ContractStatus.COUNTERSIGNING: tuple(SIGNINGS[part].permission for part in COUNTERSIGNING_PARTS),
}
"""Whose turn it is; the same people may reject there."""


@unit_of_work
def approve_manager(
    contract: Contract, *, actor: User, version: int | None = None, note: str = ""
) -> ContractSignature:
    """The sales manager agrees; a special contract goes to its four reviews first (CT-01, CT-06)."""
    contract = _read(contract, version, actor, "orders.approve_contracts_manager", "CT-01")
    move = "approve_manager_special" if contract.is_special else "approve_manager"
    CONTRACT_WORKFLOW.move(contract, move, actor=actor, note=note, data=snapshot(contract))
    return keep_signature(contract, Part.MANAGER, actor=actor, note=note)


@unit_of_work
def sign_special(
    contract: Contract,
    *,
    part: str,
    actor: User,
    version: int | None = None,
    note: str = "",
    promised_on: date | None = None,
) -> ContractSignature:
    """One of technical, qc, production and price signs a special contract (CT-06).

    Production says from which day it can deliver. The fourth signature passes it to the general manager.
    """
    if part not in SPECIAL_PARTS:
        raise _unknown_part(part)
    if part == Part.PRODUCTION:
        _require_date(promised_on)
    return _sign(
        contract, part, SPECIAL_PARTS, "clear_special",
        actor=actor, version=version, note=note, promised_on=promised_on,
    )  # fmt: skip


@unit_of_work
def approve_gm(
    contract: Contract, *, actor: User, version: int | None = None, note: str = ""
) -> ContractSignature:
    """The general manager agrees; from the limit on or with non-standard terms legal comes next (CT-03)."""
    contract = _read(contract, version, actor, "orders.approve_contracts_gm", "CT-01")
    move = "approve_gm_legal" if contract.needs_legal_review else "approve_gm"
    CONTRACT_WORKFLOW.move(contract, move, actor=actor, note=note, data=snapshot(contract))
    return keep_signature(contract, Part.GM, actor=actor, note=note)


@unit_of_work
def approve_legal(
    contract: Contract, *, actor: User, version: int | None = None, note: str = ""
) -> ContractSignature:
    """Legal agrees to a large contract or to terms that are not the standard ones (CT-03)."""
    contract = _read(contract, version, actor, "orders.review_contracts_legal", "CT-03")
    CONTRACT_WORKFLOW.move(contract, "approve_legal", actor=actor, note=note, data=snapshot(contract))
    return keep_signature(contract, Part.LEGAL, actor=actor, note=note)


@unit_of_work
def countersign(
    contract: Contract, *, side: str, actor: User, version: int | None = None, note: str = ""
) -> ContractSignature:
    """Sales head and finance countersign (会签), in either order; the second hands it to the seal (CT-01)."""
    if side not in COUNTERSIGNING_PARTS:
        raise _unknown_part(side)
    return _sign(
        contract, side, COUNTERSIGNING_PARTS, "complete_countersigning",
        actor=actor, version=version, note=note,
    )  # fmt: skip


@unit_of_work
def approve_contract(
    contract: Contract,
    *,
    actor: User,
    version: int | None = None,
    note: str = "",
    part: str = "",
    promised_on: date | None = None,
) -> ContractSignature:
    """Give the signature whose turn it is, in the part that the person's role carries.

    `part` chooses where a role carries several. Raises PermissionDenied when it is nobody's of his.
    """
    status = Contract.objects.values_list("status", flat=True).get(pk=contract.pk)
    if status not in PERMISSIONS_AT:
        raise TransitionNotAllowed(
            _('%(number)s is "%(status)s"; no signature is wanted there. Reload the page to see what is.')
            % {"number": contract.number, "status": ContractStatus(status).label}
        )
    if status == ContractStatus.MANAGER_REVIEW:
        return approve_manager(contract, actor=actor, version=version, note=note)
    if status == ContractStatus.GM_REVIEW:
        return approve_gm(contract, actor=actor, version=version, note=note)
    if status == ContractStatus.LEGAL_REVIEW:
        return approve_legal(contract, actor=actor, version=version, note=note)
    chosen = part or next(iter(open_parts(contract, status, actor)), "")
    if status == ContractStatus.SPECIAL_REVIEW:
        return sign_special(
            contract,
            part=chosen or Part.TECHNICAL,
            actor=actor,
            version=version,
            note=note,
            promised_on=promised_on,
        )
    return countersign(contract, side=chosen or Part.SALES, actor=actor, version=version, note=note)


def open_parts(contract: Contract, status: str, actor: User) -> list[str]:
    """The parts still wanted in this state which the person's role carries. One statement."""
    signed = signed_parts(contract)
    return [
        part
        for part, signing in SIGNINGS.items()
        if signing.status == status and part not in signed and actor.may(signing.permission)
    ]


def signed_parts(contract: Contract) -> set[str]:
    """Who has signed the present submission. One statement."""
    return set(contract.signatures.filter(round=contract.round).values_list("part", flat=True))


@unit_of_work
def reject_contract(contract: Contract, *, reason: str, actor: User, version: int | None = None) -> Contract:
    """Send an application back with a reason; only those whose turn it is may (CT-01)."""
    contract = Contract.objects.locked().get(pk=contract.pk)
    require_version(contract, version)
    needed = PERMISSIONS_AT.get(contract.status, ())
    if needed and not any(actor.may(name) for name in needed):
        raise PermissionDenied(
            _('%(number)s is at "%(status)s". Only the person who decides there may reject it.')
            % {"number": contract.number, "status": contract.status_label},
            rule="CT-01",
        )
    CONTRACT_WORKFLOW.move(contract, "reject", actor=actor, version=version, note=reason)
    return contract


def keep_signature(
    contract: Contract, part: str, *, actor: User, note: str = "", promised_on: date | None = None
) -> ContractSignature:
    """Write one signature of the present submission. One statement."""
    signature = ContractSignature(
        contract=contract,
        round=contract.round,
        part=part,
        note=checked_note(note),
        promised_on=promised_on,
        actor=actor,
    )
    signature.save(force_insert=True)
    return signature


def checked_note(note: str) -> str:
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise InvalidInput(
            _("The note has more than %(most)s characters. Shorten it.") % {"most": LONGEST_NOTE},
            code="note_too_long",
        )
    return note


def _read(contract: Contract, version: int | None, actor: User, permission: str, rule: str) -> Contract:
    """The contract locked and as the person saw it; the person may sign."""
    contract = Contract.objects.locked().get(pk=contract.pk)
    require_version(contract, version)
    require_permission(actor, permission, rule=rule)
    require_in_scope(contract, permission, actor=actor)
    return contract


def _sign(
    contract: Contract,
    part: str,
    parts: tuple[str, ...],
    completes: str,
    *,
    actor: User,
    version: int | None,
    note: str,
    promised_on: date | None = None,
) -> ContractSignature:
    """One signature of several in a state. It leaves the version as it is, so that those who sign side by
    side do not get in each other's way; the last one moves the contract on."""
    signing = SIGNINGS[part]
    contract = _read(contract, version, actor, signing.permission, signing.fact.rule)
    if contract.status != signing.status:
        raise TransitionNotAllowed(
            _('%(number)s is "%(status)s"; nobody signs there as "%(part)s". Reload the page to see what is.')
            % {"number": contract.number, "status": contract.status_label, "part": Part(part).label}
        )
    signed = signed_parts(contract)
    if part in signed:
        raise Conflict(
            _('%(number)s is already signed as "%(part)s".')
            % {"number": contract.number, "part": Part(part).label},
            rule=signing.fact.rule,
            code="already_signed",
        )
    CONTRACT_WORKFLOW.require_duty(contract, signing.fact.duty, actor=actor)
    data = {**snapshot(contract), "part": part}
    if promised_on is not None:
        data["promised_on"] = promised_on.isoformat()
    record_event(contract, signing.fact, actor=actor, note=checked_note(note), data=data)
    signature = keep_signature(contract, part, actor=actor, note=note, promised_on=promised_on)
    if not missing_parts({*signed, part}, parts):
        CONTRACT_WORKFLOW.move(contract, completes, actor=actor)
    return signature


def _require_date(promised_on: date | None) -> None:
    if promised_on is None:
        detail = _("Enter the day from which production can deliver (CT-06).")
    elif promised_on < today():
        detail = _("The day of delivery lies in the past. Enter a later one.")
    else:
        return
    raise InvalidInput(detail, rule="CT-06", problems=[FieldProblem("#/promised_on", "required", detail)])


def _unknown_part(part: str) -> InvalidInput:
    detail = _('"%(part)s" signs no contract in this state.') % {"part": str(part)[:20]}
    return InvalidInput(detail, rule="CT-01", problems=[FieldProblem("#/part", "unknown_part", detail)])
