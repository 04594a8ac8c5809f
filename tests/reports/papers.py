"""One paper at least on every pile that is worked before the order: enquiry, quotation, contract, customer file."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.clock import today
from credit.services.limits import propose_limit
from customers.models import CarePlan, GradeProposal, GradingRun
from customers.services import report_change
from orders.contracts.services import approve_gm, approve_manager, countersign, reject_contract
from orders.quotes.drafts import QuoteLineDraft
from tests.orders.contracts import at_countersigning, at_manager, contract_draft, sealed
from tests.orders.enquiries.matters import enquiry_of, prospect_of
from tests.orders.quotes import accepted, cleared, in_review, sent

D = Decimal
LONG_AGO = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


def offers(cast: Any, company: Any) -> None:
    company.cable.supply = "buy"
    company.cable.save()
    enquiry_of(cast, company)
    prospect_of(cast, received_at=LONG_AGO)
    dear = QuoteLineDraft("A1023", D(1), is_made_to_order=True, discount_percent=D("7"))
    in_review(cast, company, dear, QuoteLineDraft("B2040", D(7)))
    cleared(cast, company)
    sent(cast, company, valid_until=today() + timedelta(days=7))
    sent(cast, company, valid_until=today() + timedelta(days=8))
    accepted(cast, company)


def contracts(cast: Any, company: Any) -> None:
    at_manager(cast, company)
    approve_manager(at_manager(cast, company, contract_draft(is_over_capacity=True)), actor=cast.manager)
    approve_manager(at_manager(cast, company), actor=cast.manager)
    large = at_manager(cast, company, contract_draft(("A1023", "100")))
    approve_manager(large, actor=cast.manager)
    approve_gm(large, actor=cast.gm)
    at_countersigning(cast, company)
    sealing = at_countersigning(cast, company)
    countersign(sealing, side="sales", actor=cast.director)
    countersign(sealing, side="finance", actor=cast.finance)
    sealed(cast, company)
    reject_contract(at_manager(cast, company), reason="价格", actor=cast.manager)


def files(cast: Any, company: Any) -> None:
    customer = company.customer
    report_change(customer, kind="contact", description="换人", actor=cast.assistant)
    report_change(
        customer, kind="need", description="要大包装", reported_on=date(2026, 11, 2), actor=cast.assistant
    )
    run = GradingRun.objects.create(
        number="GR2026Q3", window_start=date(2025, 10, 1), window_end=date(2026, 9, 30), grade_a=D(500000),
        grade_b=D(100000), created_by=cast.manager,
    )  # fmt: skip
    GradeProposal.objects.create(
        run=run, customer=customer, old_grade="C", new_grade="A", purchases=D("510000"), needs_review=True
    )
    CarePlan.objects.create(customer=customer, owner=cast.rep, due_on=date(2026, 12, 1))
    propose_limit(customer, new_limit=D(5000), reason="订单增加", actor=cast.rep)
