"""States and legal moves of the remittance slip (PM-01)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Duty, Transition, Workflow
from orders.workflow import ORDER_WORKFLOW


class RemittanceStatus(models.TextChoices):
    REGISTERED = "registered", _("Registered")
    CREDITED = "credited", _("Funds received")
    VOID = "void", _("Void")


REMITTANCE_WORKFLOW = Workflow(
    document_type="remittance",
    # IC-01: whoever uploads a slip never proves it; the same pair of duties stands on the order.
    duties={name: ORDER_WORKFLOW.duties[name] for name in ("slip", "match")},
    transitions=(
        Transition(
            "match",
            (RemittanceStatus.REGISTERED,),
            RemittanceStatus.CREDITED,
            _("Match to a bank line"),
            "credit.match",
            "match",
            rule="PM-03",
        ),
        Transition(
            "correct",
            (RemittanceStatus.REGISTERED,),
            RemittanceStatus.REGISTERED,
            _("Correct to the bank amount"),
            "credit.match",
            "match",
            needs_reason=True,
            rule="PM-03",
        ),
        Transition(
            "void",
            (RemittanceStatus.REGISTERED,),
            RemittanceStatus.VOID,
            _("Void the slip"),
            "credit.void_remittance",
            needs_reason=True,
            rule="PM-01",
        ),
    ),
)


class LimitStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")


LIMIT_WORKFLOW = Workflow(
    document_type="credit_limit_change",
    # CM-11, IC-01: whoever proposes a limit never grants it.
    duties={
        "propose_limit": Duty(frozenset({"decide_limit"})),
        "decide_limit": Duty(frozenset({"propose_limit"})),
    },
    transitions=(
        Transition(
            "approve",
            (LimitStatus.PROPOSED,),
            LimitStatus.APPROVED,
            _("Approve the limit"),
            "credit.approve_limit",
            "decide_limit",
            rule="CM-11",
        ),
        Transition(
            "refuse",
            (LimitStatus.PROPOSED,),
            LimitStatus.REFUSED,
            _("Refuse the limit"),
            "credit.approve_limit",
            "decide_limit",
            needs_reason=True,
            rule="CM-11",
        ),
    ),
)
