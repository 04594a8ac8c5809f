"""From the seal to the register and to the end of a contract (CT-01, CT-04, CT-07)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.attachments import attach_to
from core.clock import now, today
from core.errors import FieldProblem, InvalidInput, RuleRefused
from core.models import Attachment, User
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import compare_and_set, require_permission, require_version
from orders.contracts.ceiling import lock_contracts
from orders.contracts.services.applying import snapshot
from orders.contracts.services.approving import keep_signature
from orders.contracts.workflow import CONTRACT_WORKFLOW, ContractStatus
from orders.models import Contract, ContractSignature

SCANNED = Fact("scanned", gettext_noop("Signed copy filed"), rule="CT-04")
SUPPLEMENTED = Fact("supplemented", gettext_noop("Supplement in force"), rule="CT-07")
SCANNABLE = (ContractStatus.SEALED, ContractStatus.IN_FORCE)


@unit_of_work
def seal_contract(
    contract: Contract, *, actor: User, version: int | None = None, note: str = ""
) -> ContractSignature:
    """Affix the seal, which the sales section keeps; whoever applied does not seal (CT-01)."""
    contract = Contract.objects.locked().get(pk=contract.pk)
    CONTRACT_WORKFLOW.move(contract, "seal", actor=actor, version=version, note=note, data=snapshot(contract))
    return keep_signature(contract, ContractSignature.Part.SEAL, actor=actor, note=note)


@unit_of_work
def attach_signed_copy(
    contract: Contract, *, attachment: Attachment, actor: User, version: int | None = None
) -> Contract:
    """File the scan of the paper both sides have signed; a later one takes its place, both stay (AU-03)."""
    contract = Contract.objects.locked().get(pk=contract.pk)
    require_version(contract, version)
    require_permission(actor, "orders.register_contracts", rule="CT-04")
    _file_copy(contract, attachment, actor=actor)
    return contract


def _file_copy(contract: Contract, scan: Attachment, *, actor: User) -> None:
    compare_and_set(contract, sources=SCANNABLE, changes={"scan": scan})
    attach_to(scan, contract)
    record_event(contract, SCANNED, actor=actor, data={"file": scan.name, "sha256": scan.sha256})


@unit_of_work
def register_contract(
    contract: Contract,
    *,
    signed_on: date,
    signed_by_customer: str,
    actor: User,
    scan: Attachment | None = None,
    version: int | None = None,
) -> Contract:
    """Enter a sealed contract in the register; from now on orders may stand under it (CT-02, CT-04).

    Needs the signed copy: `scan`, or the one filed before. A supplement adds its amount to its contract,
    which is locked first (CT-07).
    """
    locked = lock_contracts([contract.supplement_to_id, contract.pk])
    contract = locked[contract.pk]
    require_version(contract, version)
    CONTRACT_WORKFLOW.require(contract, "register", actor=actor)
    signer = signed_by_customer.strip()
    _check_signing(contract, scan, signed_on, signer)
    if scan is not None:
        _file_copy(contract, scan, actor=actor)
    if contract.supplement_to_id is not None:
        _add_supplement(locked[contract.supplement_to_id], contract, actor=actor)
    CONTRACT_WORKFLOW.move(
        contract,
        "register",
        actor=actor,
        data={**snapshot(contract), "signed_on": signed_on.isoformat(), "signed_by": signer},
        changes={"signed_on": signed_on, "signed_by_customer": signer, "registered_at": now()},
    )
    return contract


def _check_signing(contract: Contract, scan: Attachment | None, signed_on: date, signer: str) -> None:
    problems = []
    if scan is None and contract.scan_id is None:
        problems.append(
            FieldProblem("#/file", "required", _("The signed copy is missing. File its scan first."))
        )
    if not signer or len(signer) > 60:
        problems.append(
            FieldProblem(
                "#/signed_by_customer",
                "required",
                _("Enter who signed for the customer, with at most 60 characters."),
            )
        )
    if signed_on > today():
        problems.append(
            FieldProblem("#/signed_on", "in_the_future", _("The day of signing cannot lie in the future."))
        )
    if problems:
        raise InvalidInput(problems[0].detail if len(problems) == 1 else "", rule="CT-04", problems=problems)


def _add_supplement(parent: Contract, supplement: Contract, *, actor: User) -> None:
    if parent.status != ContractStatus.IN_FORCE:
        raise RuleRefused(
            _("%(number)s is not in force any more and takes no supplement.") % {"number": parent.number},
            rule="CT-07",
            code="not_in_force",
        )
    assert supplement.amount is not None
    before = parent.ceiling
    grown = {"supplemented": parent.supplemented + supplement.amount}  # the row is locked
    compare_and_set(parent, sources=(ContractStatus.IN_FORCE,), changes=grown)
    data = {"supplement": supplement.number, "added": str(supplement.amount), "before": str(before)}
    record_event(
        parent, SUPPLEMENTED, actor=actor, note=supplement.number, data={**data, "after": str(parent.ceiling)}
    )


@unit_of_work
def end_contract(contract: Contract, *, reason: str, actor: User, version: int | None = None) -> Contract:
    """End a contract in force: no further order stands under it; those approved go on (CT-04).

    A supplement has no end of its own, it ends with its contract.
    """
    contract = Contract.objects.locked().get(pk=contract.pk)
    require_version(contract, version)
    CONTRACT_WORKFLOW.require(contract, "end", actor=actor)
    if contract.kind == Contract.Kind.SUPPLEMENT:
        raise RuleRefused(
            _("A supplement ends with its contract. End that one instead."), rule="CT-07", code="supplement"
        )
    CONTRACT_WORKFLOW.move(
        contract, "end", actor=actor, version=version, note=reason, changes={"ended_on": today()}
    )
    return contract
