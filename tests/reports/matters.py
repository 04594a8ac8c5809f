"""Contracts in force with orders, goods and money under them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from core.clock import now
from orders.models import Contract, Order
from tests.conftest import Cast, Company
from tests.fulfillment.matters import approved


def contract_in_force(cast: Cast, company: Company, number: str = "CT202611-0001", **facts: Any) -> Contract:
    """A framework contract of the southern customer as its registration leaves it, 50,000.00 by default."""
    customer = facts.pop("customer", company.customer)
    values: dict[str, Any] = {
        "kind": Contract.Kind.FRAMEWORK,
        "title": "年度框架合同",
        "customer": customer,
        "region": customer.region,
        "salesperson": customer.salesperson,
        "amount": Decimal("50000.00"),
        "terms": Order.Terms.PREPAID,
        "status": "in_force",
        "signed_on": date(2026, 11, 2),
        "registered_at": now(),
        "created_by": cast.rep,
    }
    return Contract.objects.create(number=number, **{**values, **facts})


def ordered_under(cast: Cast, company: Company, contract: Contract, *lines: tuple[str, str]) -> Order:
    """An approved and paid order under the contract."""
    return approved(cast, company, *(lines or (("A1023", "10"),)), contract=contract.number)
