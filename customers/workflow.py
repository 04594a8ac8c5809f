"""States of a customer and the legal moves between them (CM-12)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.workflow import Transition, Workflow

ACTIVE, FROZEN, STOPPED, MERGED = "active", "frozen", "stopped", "merged"

CUSTOMER_WORKFLOW = Workflow(
    document_type="customer",
    transitions=(
        Transition(
            "freeze",
            (ACTIVE,),
            FROZEN,
            _("Freeze credit"),
            "customers.change_credit_status",
            needs_reason=True,
            rule="CM-12",
        ),
        Transition(
            "unfreeze",
            (FROZEN,),
            ACTIVE,
            _("Unfreeze credit"),
            "customers.change_credit_status",
            needs_reason=True,
            rule="CM-12",
        ),
        Transition(
            "stop",
            (ACTIVE, FROZEN),
            STOPPED,
            _("Stop orders"),
            "customers.change_status",
            needs_reason=True,
            rule="CM-12",
        ),
        Transition(
            "resume",
            (STOPPED,),
            ACTIVE,
            _("Resume orders"),
            "customers.change_status",
            needs_reason=True,
            rule="CM-12",
        ),
        # One that finance had frozen before sales stopped it: sales cannot lift the freeze (IC-01).
        Transition("resume_frozen", (STOPPED,), FROZEN, _("Resume orders"), needs_reason=True, rule="CM-12"),
        Transition(
            "merge",
            (ACTIVE, FROZEN, STOPPED),
            MERGED,
            _("Merge into another file"),
            "customers.merge",
            needs_reason=True,
            rule="CM-12",
        ),
    ),
)
