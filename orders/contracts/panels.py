"""The steps of a contract on its page, the customer's contracts, and the contract on the order's page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.errors import PermissionDenied
from core.models import User
from core.panels import register_action, register_panel
from core.tabs import register_tab
from customers.models import Customer
from orders.contracts.ceiling import BINDING_KINDS, is_usable, room_of
from orders.contracts.queries import contracts_of_customer
from orders.contracts.services.applying import obstacles_of
from orders.contracts.services.approving import PERMISSIONS_AT, SIGNINGS, Part, signed_parts
from orders.contracts.workflow import CONTRACT_WORKFLOW, COUNTERSIGNING_PARTS, SPECIAL_PARTS, ContractStatus
from orders.models import Contract, Order, Quote
from orders.quotes.panels import why_past_validity
from orders.quotes.workflow import QuoteStatus
from orders.services.contracts import LINKABLE, proposed_contract

S = ContractStatus
LABELS = {
    Part.TECHNICAL: _("Sign for the technical department"),
    Part.QC: _("Sign for quality control"),
    Part.PRODUCTION: _("Sign for production"),
    Part.PRICE: _("Sign the price for finance"),
    Part.SALES: _("Countersign for sales"),
    Part.FINANCE: _("Countersign for finance"),
}


def _application_address(quote: Quote) -> str:
    return f"{reverse('contract_new')}?quote={quote.number}"


def why_not_submit(contract: Contract, user: User) -> str:
    """The first thing that keeps the application back; the page lists all of them."""
    obstacles = obstacles_of(contract)
    return f"{obstacles[0].problem.detail} ({obstacles[0].rule})" if obstacles else ""


def _signed(contract: Contract) -> set[str]:
    """Read once per page: six buttons ask for it."""
    if "_signed" not in contract.__dict__:
        contract.__dict__["_signed"] = signed_parts(contract)
    found: set[str] = contract.__dict__["_signed"]
    return found


def _is_wanted(part: str) -> Any:
    def applies(contract: Contract, user: User) -> bool:
        return user.may(SIGNINGS[part].permission) and part not in _signed(contract)

    return applies


def _has_acted(part: str) -> Any:
    def refusal(contract: Contract, user: User) -> str:
        try:
            CONTRACT_WORKFLOW.require_duty(contract, SIGNINGS[part].fact.duty, actor=user)
        except PermissionDenied as error:
            return str(error)
        return ""

    return refusal


def may_reject(contract: Contract, user: User) -> bool:
    return any(user.may(name) for name in PERMISSIONS_AT.get(contract.status, ()))


def may_cancel(contract: Contract, user: User) -> bool:
    return contract.created_by_id == user.pk or user.may("orders.cancel_any")


def is_no_letter(contract: Contract, user: User) -> bool:
    return contract.kind in BINDING_KINDS and user.may("orders.register_contracts")


def may_order(contract: Contract, user: User) -> bool:
    return is_usable(contract) and user.may("orders.enter")


def contracts_tab(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """The customer's contracts. One statement; the page has checked the scope."""
    may_apply = request.user.may("orders.apply_for_contracts")  # type: ignore[union-attr]
    return {"contracts": contracts_of_customer(customer), "may_apply": may_apply}


def contract_of_order(request: HttpRequest, order: Order) -> dict[str, Any]:
    """Under which contract the order stands and what is left of it. One statement."""
    contract = order.contract
    proposal = proposed_contract(order.customer_id) if contract is None and order.status in LINKABLE else None
    room = room_of(contract) if contract is not None and contract.kind in BINDING_KINDS else None
    return {"contract": contract, "proposal": proposal, "room": room}


register_tab(
    "customer",
    "contracts",
    _("Contracts"),
    "orders/_customer_contracts.html",
    contracts_tab,
    rank=25,
    permission="orders.view",
)
register_panel(
    "order", "side", "orders/_contract_panel.html", contract_of_order, rank=10, permission="orders.view"
)
register_action(
    "order",
    "choose_contract",
    "order_contract",
    label=_("Choose the contract"),
    method="get",
    icon="file-text",
    permission="orders.edit",
    statuses=LINKABLE,
    rank=47,
)
register_action(
    "contract", "submit", "contract_submit", icon="arrow-right", key="S", rank=10, refusal=why_not_submit
)
register_action(
    "contract",
    "edit",
    "contract_edit",
    label=_("Correct the application"),
    method="get",
    icon="pencil",
    key="E",
    permission="orders.apply_for_contracts",
    statuses=(S.DRAFT,),
    rank=12,
)
register_action("contract", "reopen", "contract_reopen", icon="arrow-back-up", rank=10)
register_action("contract", "approve_manager", "contract_approve_manager", icon="check", key="A", rank=10)
register_action("contract", "approve_gm", "contract_approve_gm", icon="check", key="A", rank=10)
register_action("contract", "approve_legal", "contract_approve_legal", icon="check", key="A", rank=10)
for _part in SPECIAL_PARTS:
    register_action(
        "contract",
        f"sign_{_part}",
        f"contract_sign_{_part}",
        label=LABELS[Part(_part)],
        method="get",
        icon="writing-sign",
        permission=SIGNINGS[_part].permission,
        statuses=(S.SPECIAL_REVIEW,),
        applies=_is_wanted(_part),
        refusal=_has_acted(_part),
        rank=10,
    )
for _part in COUNTERSIGNING_PARTS:
    register_action(
        "contract",
        f"countersign_{_part}",
        f"contract_countersign_{_part}",
        label=LABELS[Part(_part)],
        icon="writing-sign",
        key="A",
        permission=SIGNINGS[_part].permission,
        statuses=(S.COUNTERSIGNING,),
        applies=_is_wanted(_part),
        refusal=_has_acted(_part),
        rank=10,
    )
register_action(
    "quote",
    "apply_for_contract",
    "contract_new",
    label=_("Apply for a contract"),
    method="get",
    icon="writing-sign",
    permission="orders.apply_for_contracts",
    statuses=(QuoteStatus.ACCEPTED,),
    refusal=why_past_validity,
    address=_application_address,
    rank=15,
)
register_action("contract", "seal", "contract_seal", icon="check", key="A", rank=10)
register_action("contract", "register", "contract_enter", method="get", icon="arrow-right", key="A", rank=10)
register_action(
    "contract",
    "order",
    "contract_order",
    label=_("Enter an order under this contract"),
    method="get",
    icon="plus",
    permission="orders.enter",
    statuses=(S.IN_FORCE,),
    applies=may_order,
    rank=20,
)
register_action(
    "contract",
    "scan",
    "contract_scan",
    label=_("File the signed copy"),
    method="get",
    icon="upload",
    permission="orders.register_contracts",
    statuses=(S.SEALED, S.IN_FORCE),
    applies=is_no_letter,
    rank=40,
)
register_action(
    "contract", "reject", "contract_reject", icon="x", key="R", is_danger=True, applies=may_reject, rank=60
)
register_action("contract", "end", "contract_end", is_danger=True, applies=is_no_letter, rank=70)
register_action("contract", "cancel", "contract_cancel", is_danger=True, applies=may_cancel, rank=80)
