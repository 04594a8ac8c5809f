"""States and legal moves of the order, as data: the table "Order status" of the rule book."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Duty, Transition, Workflow


class OrderStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    CHECKING = "checking", _("Being checked")
    REP_REVIEW = "rep_review", _("Rep review")
    MANAGER_REVIEW = "manager_review", _("Manager review")
    MARKETING_REVIEW = "marketing_review", _("Marketing review")
    FINANCE_REVIEW = "finance_review", _("Finance review")
    APPROVED = "approved", _("Approved")
    FULFILLING = "fulfilling", _("Being prepared")
    PARTLY_SHIPPED = "partly_shipped", _("Partly shipped")
    SHIPPED = "shipped", _("Shipped")
    COMPLETED = "completed", _("Completed")
    SETTLED = "settled", _("Settled")
    REJECTED = "rejected", _("Rejected")
    CANCELLED = "cancelled", _("Cancelled")


class Hold(models.TextChoices):
    """Why an order waits while it is being checked; the status stays (Order status, holds)."""

    TOP_UP = "top_up", _("Waiting for top-up")
    REMITTANCE = "remittance", _("Waiting for remittance")
    LETTER = "letter", _("Waiting for letter")
    ARREARS = "arrears", _("Waiting for arrears")
    UNCLEAR_LINE = "unclear_line", _("Line to be clarified")
    AMOUNT_MISMATCH = "amount_mismatch", _("Amounts differ")


S = OrderStatus
UNDER_REVIEW = (S.REP_REVIEW, S.MANAGER_REVIEW, S.MARKETING_REVIEW, S.FINANCE_REVIEW)
IN_FULFILLMENT = (S.FULFILLING, S.PARTLY_SHIPPED)

ORDER_WORKFLOW = Workflow(
    document_type="order",
    transitions=(
        Transition(
            "submit",
            (S.DRAFT,),
            S.CHECKING,
            _("Submit for review"),
            "orders.submit",
            rule="VA-04",
            notify=("customer",),
        ),
        Transition(
            "pass_check",
            (S.CHECKING,),
            S.REP_REVIEW,
            _("Pass the check"),
            "credit.check",
            "check",
            rule="AP-01",
        ),
        Transition(
            "pass_rep",
            (S.REP_REVIEW,),
            S.MANAGER_REVIEW,
            _("Pass rep review"),
            "credit.pass_rep",
            "rep_review",
            rule="AP-02",
        ),
        Transition(
            "pass_manager",
            (S.MANAGER_REVIEW,),
            S.FINANCE_REVIEW,
            _("Pass manager review"),
            "credit.pass_manager",
            "manager_review",
            rule="AP-03",
        ),
        Transition(
            "pass_manager_to_marketing",
            (S.MANAGER_REVIEW,),
            S.MARKETING_REVIEW,
            _("Pass manager review"),
            duty="manager_review",
            rule="AP-01",
        ),
        Transition(
            "pass_marketing",
            (S.MARKETING_REVIEW,),
            S.FINANCE_REVIEW,
            _("Pass marketing review"),
            "credit.pass_marketing",
            "marketing_review",
            rule="AP-01",
        ),
        Transition(
            "pass_finance",
            (S.FINANCE_REVIEW,),
            S.APPROVED,
            _("Give final approval"),
            "credit.pass_finance",
            "finance_review",
            rule="AP-04",
            notify=("customer", "salesperson"),
        ),
        Transition(
            "reject",
            (S.CHECKING, *UNDER_REVIEW),
            S.REJECTED,
            _("Reject the order"),
            "credit.reject",
            needs_reason=True,
            rule="AP-05",
            notify=("salesperson",),
        ),
        Transition("reopen", (S.REJECTED,), S.DRAFT, _("Rework the order"), "orders.edit", rule="AP-05"),
        Transition(
            "return_to_check",
            UNDER_REVIEW,
            S.CHECKING,
            _("Return to the check"),
            rule="PM-03",
            notify=("salesperson",),
        ),
        Transition("release", (S.APPROVED,), S.FULFILLING, _("Release to the warehouse"), rule="ST-01"),
        Transition(
            "dispatch_part",
            IN_FULFILLMENT,
            S.PARTLY_SHIPPED,
            _("Part of the goods left"),
            rule="DS-06",
            notify=("customer",),
        ),
        Transition(
            "dispatch_rest",
            IN_FULFILLMENT,
            S.SHIPPED,
            _("All goods left"),
            rule="DS-06",
            notify=("customer",),
        ),
        Transition(
            "complete",
            (S.SHIPPED,),
            S.COMPLETED,
            _("All goods signed for"),
            rule="DL-02",
            notify=("customer",),
        ),
        Transition("settle", (S.COMPLETED,), S.SETTLED, _("Nothing is owed any more"), rule="CS-01"),
        Transition(
            "cancel",
            (S.DRAFT, S.CHECKING, *UNDER_REVIEW, S.REJECTED),
            S.CANCELLED,
            _("Cancel the order"),
            "orders.cancel",
            needs_reason=True,
            rule="CH-04",
            notify=("customer",),
        ),
    ),
    duties={
        # AP-06: one level per person and submission; whoever keyed the order never gives 复审 or 终审.
        "enter": Duty(lasting=True, rule="AP-06"),
        "check": Duty(
            frozenset({"rep_review", "manager_review", "marketing_review", "finance_review", "match"}),
            rule="AP-06",
        ),
        "rep_review": Duty(
            frozenset({"check", "manager_review", "marketing_review", "finance_review"}), rule="AP-06"
        ),
        "manager_review": Duty(
            frozenset({"enter", "check", "rep_review", "marketing_review", "finance_review"}), rule="AP-06"
        ),
        "marketing_review": Duty(
            frozenset({"enter", "check", "rep_review", "manager_review", "finance_review"}), rule="AP-06"
        ),
        "finance_review": Duty(
            frozenset(
                {"enter", "check", "rep_review", "manager_review", "marketing_review", "match", "slip"}
            ),
            rule="AP-06",
        ),
        # QT-03, IC-01: whoever keyed an order never allows its prices.
        "price_approval": Duty(frozenset({"enter"}), lasting=True, rule="IC-01"),
        # IC-01: receipt matching ↔ order handling; uploading a slip ↔ verifying it.
        "slip": Duty(frozenset({"match"}), lasting=True),
        "match": Duty(
            frozenset(
                {
                    "enter",
                    "check",
                    "slip",
                    "rep_review",
                    "manager_review",
                    "marketing_review",
                    "finance_review",
                }
            ),
            lasting=True,
        ),
        # IC-01: order approval ↔ dispatch, and maker ↔ signer ↔ picker ↔ checker.
        "dispatch_make": Duty(
            frozenset({"manager_review", "finance_review", "dispatch_sign", "pick", "pack_check"}),
            lasting=True,
        ),
        "dispatch_sign": Duty(frozenset({"dispatch_make", "pick", "pack_check"}), lasting=True),
        "pick": Duty(
            frozenset({"manager_review", "finance_review", "dispatch_make", "dispatch_sign", "pack_check"}),
            lasting=True,
        ),
        "pack_check": Duty(
            frozenset({"manager_review", "finance_review", "dispatch_make", "dispatch_sign", "pick"}),
            lasting=True,
        ),
        "gate": Duty(frozenset({"manager_review", "finance_review"}), lasting=True),
    },
)
