"""States and legal moves of the remittance slip (PM-01)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Transition, Workflow
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
