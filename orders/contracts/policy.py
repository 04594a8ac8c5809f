"""Who has to sign which contract. Pure (CT-01, CT-03, CT-06)."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal


def needs_legal_review(gross: Decimal | None, *, limit: Decimal, has_nonstandard_terms: bool) -> bool:
    """CT-03: from the limit on, the limit itself included (G-08), or when terms are not the standard ones.

    `gross` is what the contract may come to, tax included, a supplement counted with the contract it adds
    to; None has no ceiling and may come to anything.
    """
    return has_nonstandard_terms or gross is None or gross >= limit


def missing_parts(signed: Collection[str], needed: Collection[str]) -> list[str]:
    """Whose signature is still wanted, in order."""
    return [part for part in needed if part not in signed]
