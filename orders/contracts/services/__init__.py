"""Use cases of the contract: applying, approving, concluding; confirmation letters on the register."""

from orders.contracts.services.applying import (
    apply_for_contract,
    cancel_contract,
    edit_contract,
    reopen_contract,
    submit_contract,
)
from orders.contracts.services.approving import (
    approve_contract,
    approve_gm,
    approve_legal,
    approve_manager,
    countersign,
    reject_contract,
    sign_special,
)
from orders.contracts.services.concluding import (
    attach_signed_copy,
    end_contract,
    register_contract,
    seal_contract,
)

__all__ = [
    "apply_for_contract",
    "approve_contract",
    "approve_gm",
    "approve_legal",
    "approve_manager",
    "attach_signed_copy",
    "cancel_contract",
    "countersign",
    "edit_contract",
    "end_contract",
    "register_contract",
    "reject_contract",
    "reopen_contract",
    "seal_contract",
    "sign_special",
    "submit_contract",
]
