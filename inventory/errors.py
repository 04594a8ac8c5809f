"""What the warehouse refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.utils.translation import ngettext

from core.errors import RuleRefused


@dataclass(frozen=True, slots=True)
class Shortage:
    """A product of which less is there, or held, than was to be taken."""

    product_id: int
    wanted: Decimal
    found: Decimal


class InsufficientStock(RuleRefused):
    """Less lies in the warehouse, or is reserved, than the act needs; nothing was moved (ST-01)."""

    code, rule, http_status = "insufficient_stock", "ST-01", 409

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        self.shortages = tuple(shortages)
        message = ngettext(
            "%(count)s product is not there in the quantity needed. Nothing was moved; look at the stock.",
            "%(count)s products are not there in the quantity needed. Nothing was moved; look at the stock.",
            len(self.shortages),
        ) % {"count": len(self.shortages)}
        listed = [
            {name: str(value) for name, value in asdict(shortage).items()} for shortage in self.shortages
        ]
        super().__init__(message, shortages=listed)
