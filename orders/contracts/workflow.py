"""States and legal moves of the contract and its supplements (CT-01, CT-03, CT-06, CT-07)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Duty, Transition, Workflow


class ContractStatus(models.TextChoices):
    DRAFT = "draft", _("Application")
    MANAGER_REVIEW = "manager_review", _("Manager review")
    SPECIAL_REVIEW = "special_review", _("Special contract review")
    GM_REVIEW = "gm_review", _("General manager's review")
    LEGAL_REVIEW = "legal_review", _("Legal review")
    COUNTERSIGNING = "countersigning", _("Being countersigned")
    SEALING = "sealing", _("Waiting for the seal")
    SEALED = "sealed", _("Sealed, to be registered")
    IN_FORCE = "in_force", _("In force")
    ENDED = "ended", _("Ended")
    REJECTED = "rejected", _("Rejected")
    CANCELLED = "cancelled", _("Cancelled")


S = ContractStatus
DECIDING = (S.MANAGER_REVIEW, S.SPECIAL_REVIEW, S.GM_REVIEW, S.LEGAL_REVIEW, S.COUNTERSIGNING)
SPECIAL_PARTS = ("technical", "qc", "production", "price")
"""Each signs a special contract before it is made; production names a date, finance the price (CT-06)."""
COUNTERSIGNING_PARTS = ("sales", "finance")
SPECIAL_DUTIES = ("contract_technical", "contract_qc", "contract_production", "contract_price")
DECISIONS = (
    "contract_manager",
    *SPECIAL_DUTIES,
    "contract_gm",
    "contract_legal",
    "countersign_sales",
    "countersign_finance",
)

CONTRACT_WORKFLOW = Workflow(
    document_type="contract",
    transitions=(
        Transition(
            "submit",
            (S.DRAFT,),
            S.MANAGER_REVIEW,
            _("Submit the application"),
            "orders.apply_for_contracts",
            "contract_apply",
            rule="CT-01",
        ),
        Transition(
            "approve_manager",
            (S.MANAGER_REVIEW,),
            S.GM_REVIEW,
            _("Approve as sales manager"),
            "orders.approve_contracts_manager",
            "contract_manager",
            rule="CT-01",
        ),
        Transition(
            "approve_manager_special",
            (S.MANAGER_REVIEW,),
            S.SPECIAL_REVIEW,
            _("Approve as sales manager"),
            duty="contract_manager",
            rule="CT-06",
        ),
        Transition(
            "clear_special",
            (S.SPECIAL_REVIEW,),
            S.GM_REVIEW,
            _("Special contract cleared"),
            rule="CT-06",
        ),
        Transition(
            "approve_gm",
            (S.GM_REVIEW,),
            S.COUNTERSIGNING,
            _("Approve as general manager"),
            "orders.approve_contracts_gm",
            "contract_gm",
            rule="CT-01",
        ),
        Transition(
            "approve_gm_legal",
            (S.GM_REVIEW,),
            S.LEGAL_REVIEW,
            _("Approve as general manager"),
            duty="contract_gm",
            rule="CT-03",
        ),
        Transition(
            "approve_legal",
            (S.LEGAL_REVIEW,),
            S.COUNTERSIGNING,
            _("Agree as legal reviewer"),
            "orders.review_contracts_legal",
            "contract_legal",
            rule="CT-03",
        ),
        # Sales head and finance sign in either order; the second signature moves on.
        Transition(
            "complete_countersigning",
            (S.COUNTERSIGNING,),
            S.SEALING,
            _("Countersigned by sales and finance"),
            rule="CT-01",
        ),
        Transition(
            "seal", (S.SEALING,), S.SEALED, _("Affix the seal"), "orders.seal_contracts", "seal", rule="CT-01"
        ),
        Transition(
            "register",
            (S.SEALED,),
            S.IN_FORCE,
            _("Enter in the register"),
            "orders.register_contracts",
            rule="CT-04",
            notify=("salesperson",),
        ),
        # A customer's confirmation letter is filed as it comes in, and replaced by the next one (CT-02).
        Transition(
            "file_confirmation",
            (S.DRAFT,),
            S.IN_FORCE,
            _("Confirmation letter filed"),
            rule="CT-02",
        ),
        Transition("retire", (S.IN_FORCE,), S.ENDED, _("Confirmation letter replaced"), rule="CT-02"),
        Transition(
            "end",
            (S.IN_FORCE,),
            S.ENDED,
            _("End the contract"),
            "orders.register_contracts",
            needs_reason=True,
            rule="CT-04",
        ),
        Transition(
            "reject",
            DECIDING,
            S.REJECTED,
            _("Reject the application"),
            "orders.reject_contracts",
            needs_reason=True,
            rule="CT-01",
            notify=("salesperson",),
        ),
        Transition(
            "reopen",
            (S.REJECTED,),
            S.DRAFT,
            _("Rework the application"),
            "orders.apply_for_contracts",
            rule="CT-01",
        ),
        Transition(
            "cancel",
            (S.DRAFT, S.REJECTED, *DECIDING, S.SEALING),
            S.CANCELLED,
            _("Cancel the application"),
            "orders.apply_for_contracts",
            needs_reason=True,
            rule="CT-01",
        ),
    ),
    duties={
        # IC-01: who applies decides nowhere; sales manager, GM, specialists, legal and finance are different people.
        "contract_apply": Duty(frozenset({*DECISIONS, "seal"}), lasting=True),
        "contract_manager": Duty(
            frozenset({"contract_apply", *DECISIONS} - {"contract_manager", "countersign_sales"})
        ),
        **{
            duty: Duty(frozenset({"contract_apply", *DECISIONS} - {duty}), rule="CT-06")
            for duty in SPECIAL_DUTIES
            if duty != "contract_price"
        },
        # Finance signs the price of a special contract and countersigns the contract (CT-06, CT-01).
        "contract_price": Duty(
            frozenset({"contract_apply", *DECISIONS} - {"contract_price", "countersign_finance"}),
            rule="CT-06",
        ),
        "contract_gm": Duty(frozenset({"contract_apply", *DECISIONS} - {"contract_gm"})),
        "contract_legal": Duty(frozenset({"contract_apply", *DECISIONS} - {"contract_legal"}), rule="CT-03"),
        "countersign_sales": Duty(
            frozenset({"contract_apply", *DECISIONS} - {"countersign_sales", "contract_manager"})
        ),
        "countersign_finance": Duty(
            frozenset({"contract_apply", *DECISIONS} - {"countersign_finance", "contract_price"})
        ),
        # The seal lies with the sales section; whoever applied does not seal (CT-01).
        "seal": Duty(frozenset({"contract_apply"})),
    },
)
