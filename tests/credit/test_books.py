"""Each check of the money finds the fault it is there for, and nothing when all is well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from core.books import run_checks
from core.models import Event
from credit.models import Allocation, CreditDecision, CustomerAccount, LedgerEntry, Posting, Remittance
from credit.services.reviews import approve_order
from orders.models import Order
from tests.conftest import Cast, Company
from tests.credit.matters import at_finance, fresh, slip_for, submitted
from tests.credit.test_post_receivable import sign

D = Decimal
CODES = ("M1", "M2", "M6", "M7", "M8", "M10", "M11", "M13", "C3", "D5")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon"), pytest.mark.plants_faults]


def found(*codes: str) -> set[str]:
    return {finding.code for finding in run_checks(codes or CODES)}


@pytest.fixture
def settled(cast: Cast, company: Company) -> Order:
    order = at_finance(cast, company)
    approve_order(order, version=order.version, actor=cast.finance)
    sign(fresh(order), "DP-1", {1: ("0", "10")})
    return fresh(order)


def without_guard(table: str) -> None:
    """Only whoever may drop triggers can plant these faults."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        else:
            cursor.execute(f"DROP TRIGGER {table}_no_update")
            cursor.execute(f"DROP TRIGGER {table}_no_delete")


def ledger_row(order: Order, amount: str, **facts: object) -> LedgerEntry:
    given: dict[str, object] = {
        "kind": "receipt",
        "source_type": "remittance",
        "source_number": "RS-X",
        "account": "bank",
        "currency": "CNY",
        "posted_on": date(2026, 11, 21),
        "customer_id": order.customer_id,
        "amount": D(amount),
    }
    return LedgerEntry.objects.create(**{**given, **facts})


def forget_constraint(table: str, name: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP INDEX {name}")
        else:
            cursor.execute(f"DROP INDEX {name}")


def plant_second_slip(order: Order) -> None:
    forget_constraint("credit_remittance", "remittance_image_once")
    slip = Remittance.objects.get()
    slip.pk, slip.number, slip.reference, slip.bank_line = None, "RS-TWIN", "OTHER", None
    slip.allocated, slip._state.adding = D("0.00"), True
    Remittance.objects.bulk_create([as_registered(slip)])


def as_registered(slip: Remittance) -> Remittance:
    return Remittance(
        **{
            field.attname: getattr(slip, field.attname)
            for field in Remittance._meta.concrete_fields
            if field.attname not in ("id", "status")
        }
    )


def plant_missing_ledger(order: Order) -> None:
    without_guard("credit_ledgerentry")
    LedgerEntry.objects.filter(kind="receipt").delete()


def plant_second_journal(order: Order) -> None:
    for account, amount in (("revenue", "-1.00"), ("output_tax", "1.00")):
        ledger_row(order, amount, account=account, source_number=Remittance.objects.get().number)


def plant_lost_decision(order: Order) -> None:
    without_guard("credit_creditdecision")
    CreditDecision.objects.all().delete()


def plant_two_duties(order: Order) -> None:
    passed = Event.objects.get(document_number=order.number, name="pass_rep")
    Event.objects.create(
        at=passed.at,
        business_date=passed.business_date,
        document_type="order",
        document_number=order.number,
        root_number=order.number,
        name="pass_finance",
        duty="finance_review",
        round=passed.round,
        actor=passed.actor,
        channel="web",
    )


FAULTS: list[tuple[str, Callable[[Order], object]]] = [
    ("M1", lambda order: ledger_row(order, "0.01")),
    ("M2", lambda order: ledger_row(order, "0.01", currency="USD")),
    ("M6", lambda order: Remittance.objects.update(allocated=D("1.00"))),
    ("M6", lambda order: Allocation.objects.update(amount=D("11074.01"))),
    ("M7", lambda order: Posting.objects.update(applied=D("1.00"))),
    ("M7", lambda order: Allocation.objects.update(applied=D("1.00"))),
    ("M8", plant_second_slip),
    ("M10", lambda order: CustomerAccount.objects.update(received=D("1.00"))),
    ("M10", lambda order: CustomerAccount.objects.update(receivable=D("1.00"))),
    ("M11", lambda order: Order.objects.update(paid=D("1.00"))),
    ("M11", lambda order: Order.objects.update(posted=D("1.00"))),
    ("M13", plant_missing_ledger),
    ("M13", plant_second_journal),
    ("C3", plant_lost_decision),
    ("D5", plant_two_duties),
]


def test_a_settled_order_has_no_findings(settled: Order) -> None:
    assert settled.status == "settled"
    assert found() == set()


@pytest.mark.parametrize(
    ("code", "plant"), FAULTS, ids=[f"{code}-{n}" for n, (code, _plant) in enumerate(FAULTS)]
)
def test_a_planted_fault_is_found(settled: Order, code: str, plant: Callable[[Order], object]) -> None:
    plant(settled)

    assert code in found()


def test_a_settled_order_that_is_not_paid_is_found(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip_for(cast, order)
    Order.objects.filter(pk=order.pk).update(status="settled")

    assert "M11" in found("M11")
