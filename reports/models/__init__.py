"""Tables of reports: what a month looked like when both sides signed it."""

from reports.models.register import (
    RegisterDifference,
    RegisterExplanation,
    RegisterMonth,
    RegisterRow,
    RegisterSignature,
)

__all__ = [
    "RegisterDifference",
    "RegisterExplanation",
    "RegisterMonth",
    "RegisterRow",
    "RegisterSignature",
]
