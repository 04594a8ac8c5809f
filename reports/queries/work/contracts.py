"""Contracts that wait for one signature after another, for the seal and for the register (CT-01..CT-06)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import User
from orders.contracts.queries import ONE_SIGNATURE, has_acted, waits_for_signature
from orders.contracts.services.approving import SIGNINGS
from orders.contracts.workflow import COUNTERSIGNING_PARTS, SPECIAL_PARTS, ContractStatus
from orders.models import Contract
from reports.queries.work.piles import Pile, Source, WaitingRow, status

S = ContractStatus
ONE_BY_ONE: tuple[tuple[str, str, Any, Any, Any], ...] = (
    (
        S.MANAGER_REVIEW,
        "contract-manager",
        _("Contract applications"),
        _("Your approval"),
        _("Review the contract"),
    ),
    (S.GM_REVIEW, "contract-gm", _("Contracts to approve"), _("Your approval"), _("Review the contract")),
    (S.LEGAL_REVIEW, "contract-legal", _("Legal reviews"), _("Your agreement"), _("Review the contract")),
    (S.SEALING, "contract-seal", _("Contracts to seal"), _("The company's seal"), _("Seal the contract")),
)
PARTS: dict[str, Any] = {
    "technical": _("Special contracts: technical review"),
    "qc": _("Special contracts: quality review"),
    "production": _("Special contracts: delivery date"),
    "price": _("Special contracts: price"),
    "sales": _("Contracts to countersign for sales"),
    "finance": _("Contracts to countersign for finance"),
}


def _turn(waiting: Callable[[User], Q], duty: str) -> Callable[[User], Q]:
    """Whose turn it is, without those who have acted in a duty that excludes this one (IC-01)."""
    return lambda user: waiting(user) & ~has_acted(user, duty)


def _single(state: str, slug: str, label: Any, lacks: Any, act: Any) -> Pile:
    permission, duty = ONE_SIGNATURE[state]
    return Pile(slug, label, permission, "contract", _turn(status(state), duty), lacks, act, "writing-sign")


def _part(part: str) -> Pile:
    signing = SIGNINGS[part]
    return Pile(
        f"contract-{part}",
        PARTS[part],
        signing.permission,
        "contract",
        _turn(lambda user: waits_for_signature(part), signing.fact.duty),
        _("Your signature"),
        _("Review the contract"),
        "writing-sign",
    )


PILES: tuple[Pile, ...] = (
    *(_single(*given) for given in ONE_BY_ONE[:1]),
    *(_part(part) for part in SPECIAL_PARTS),
    *(_single(*given) for given in ONE_BY_ONE[1:3]),
    *(_part(part) for part in COUNTERSIGNING_PARTS),
    *(_single(*given) for given in ONE_BY_ONE[3:]),
    Pile(
        "contract-register",
        _("Contracts to register"),
        "orders.register_contracts",
        "contract",
        status(S.SEALED),
        _("The copy both sides have signed"),
        _("Enter in the register"),
        "list-check",
        "moving",
    ),
    Pile(
        "contract-rejected",
        _("Rejected contract applications"),
        "orders.apply_for_contracts",
        "contract",
        status(S.REJECTED),
        _("Rejected; the reason stands in its history"),
        _("Rework the application"),
        "arrow-back-up",
        "blocked",
    ),
)


def _row_of_contract(pile: Pile, contract: Contract) -> WaitingRow:
    url = contract.get_absolute_url()
    since = contract.updated_at or contract.submitted_at or contract.created_at
    return WaitingRow(
        contract.number,
        url,
        str(contract.customer),
        contract.amount,
        contract.currency,
        since,
        str(pile.lacks),
        pile.act,
        url,
    )


SOURCES = {
    "contract": Source(
        lambda user, permission: Contract.objects.visible_to(user, permission=permission),
        _row_of_contract,
        linked=("customer",),
    )
}
