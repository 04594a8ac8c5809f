"""What is applied for, before it is a contract (合同申报单). Plain values, no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orders.drafts import LineDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractDraft:
    """An application for a contract (CT-01).

    `lines` make the amount; a framework contract has none, and a supplement may do without. `amount` is
    then the ceiling or the addition, tax included. `clauses` left None are our standard texts; a text given
    empty stays empty and keeps the application from being submitted (CT-03). `supplement_to` is the number
    of the contract that a supplement adds to (CT-07).
    """

    kind: str
    title: str
    lines: tuple[LineDraft, ...] = ()
    amount: Decimal | None = None
    freight: Decimal = Decimal("0.00")
    supplement_to: str = ""
    order_intention: str = ""
    policy_basis: str = ""
    language: str = "zh-hans"
    terms: str = ""
    prepaid_percent: Decimal | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    clauses: Mapping[str, str] | None = None
    has_nonstandard_terms: bool = False
    nonstandard_terms: str = ""
    is_nonstandard_product: bool = False
    has_new_requirements: bool = False
    is_over_capacity: bool = False
    external_ref: str = ""
