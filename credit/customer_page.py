"""What credit shows on the customer's page: limit and overdue in the header, slips and postings on a tab."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Min, Sum
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.clock import today
from core.components import Meter
from core.money import ZERO
from core.parameters import parameters_on
from credit.models import CustomerAccount, Posting, Remittance
from credit.queries import balance_of
from customers.models import Customer

LATEST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class CreditHeader:
    """Tax included, in the account's currency. `overdue_days` counts from the oldest unpaid due day."""

    currency: str
    limit: Decimal
    is_limit_formal: bool
    used: Decimal
    available: Decimal
    is_frozen: bool
    receivable: Decimal
    overdue: Decimal
    overdue_days: int

    def meter(self) -> Meter:
        return Meter(_("Credit limit"), self.used, self.limit, currency=self.currency)


def credit_header(customer: Customer, *, on: date | None = None) -> CreditHeader:
    """Limit, use and what is overdue of one customer. Two queries beside the settings."""
    day = on or today()
    account = CustomerAccount.objects.filter(customer=customer).first() or CustomerAccount(
        customer=customer, currency=customer.currency
    )
    default = parameters_on().amount("credit.default_limit")
    limit = default if account.limit is None else account.limit
    is_frozen = account.is_frozen or customer.status == Customer.Status.FROZEN
    late = Posting.objects.filter(order__customer=customer, due_on__lt=day, applied__lt=F("gross"))
    sums = late.aggregate(open=Sum(F("gross") - F("applied")), since=Min("due_on"))
    return CreditHeader(
        currency=account.currency,
        limit=limit,
        is_limit_formal=account.limit is not None,
        used=account.credit_used,
        available=ZERO if is_frozen else max(ZERO, limit - account.credit_used),
        is_frozen=is_frozen,
        receivable=account.receivable,
        overdue=sums["open"] or ZERO,
        overdue_days=(day - sums["since"]).days if sums["since"] else 0,
    )


def header_context(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    header = credit_header(customer)
    return {"credit": header, "meter": header.meter()}


def payments_context(request: HttpRequest, customer: Customer) -> Mapping[str, Any]:
    """The latest slips and postings, and what is open. Three queries."""
    slips = Remittance.objects.filter(customer=customer).order_by("-id")[:LATEST_SHOWN]
    postings = Posting.objects.filter(order__customer=customer).select_related("order").order_by("-id")
    day = today()
    return {
        "customer": customer,
        "slips": list(slips),
        "postings": [
            (
                posting,
                posting.gross - posting.applied,
                posting.applied < posting.gross and posting.due_on < day,
            )
            for posting in postings[:LATEST_SHOWN]
        ],
        "balance": balance_of(customer),
    }
