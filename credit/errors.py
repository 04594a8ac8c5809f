"""What credit refuses, as facts."""

from __future__ import annotations

from core.errors import RuleRefused


class SlipNotMatched(RuleRefused):
    """A slip that was counted in the check is not yet proved by a bank line (AP-04)."""

    code, rule = "slip_not_matched", "AP-04"


class ConfirmationMissing(RuleRefused):
    """Neither contract nor customer's confirmation of the present amount (CT-02, IN-02)."""

    code, rule = "confirmation_missing", "CT-02"


class CoverageMissing(RuleRefused):
    """What the check counted on is no longer there (RM-09)."""

    code, rule = "coverage_missing", "RM-09"


class AmountsDiffer(RuleRefused):
    """Slip and bank line are not of the same amount (PM-03)."""

    code, rule = "amounts_differ", "PM-03"


class PaymentGate(RuleRefused):
    """The remittance check holds the order; the decision itself is kept. For callers that need an error."""

    code = "payment_gate"
