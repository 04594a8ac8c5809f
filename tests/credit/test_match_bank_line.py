"""The bank line is the proof: entered once, matched once, by somebody who had no hand in the order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from core.clock import today
from core.errors import (
    BusinessError,
    Conflict,
    InvalidInput,
    PermissionDenied,
    RuleRefused,
    SameActor,
    StaleVersion,
)
from core.models import Event, User
from credit.errors import AmountsDiffer
from credit.models import BankAccount, BankLine, LedgerEntry
from credit.queries import balance_of
from credit.services.bank import candidates_for, enter_bank_line, match_bank_line
from credit.services.checking import check_order
from tests import factories
from tests.conftest import Cast, Company
from tests.credit.matters import fresh, line_for, slip_for, submitted, traces

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def refused(act: Callable[[], object], error: type[BusinessError], rule: str) -> None:
    before = traces()
    with pytest.raises(error) as refusal:
        act()
    assert refusal.value.rule == rule
    assert traces() == before


@pytest.mark.rule("PM-03", "PM-01")
def test_a_match_posts_the_receipt_and_tells_the_order(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip = slip_for(cast, order)
    line = line_for(cast, company, slip, booked_on=today() - timedelta(days=1))

    slip = match_bank_line(slip, line, actor=cast.accountant, version=slip.version)

    order, account = fresh(order), company.customer.account
    assert (slip.status, slip.bank_line, order.paid, order.payment_status) == (
        "credited",
        line,
        order.total,
        "paid",
    )
    assert list(LedgerEntry.objects.values_list("account", "amount", "posted_on")) == [
        ("bank", Decimal("11074.00"), line.booked_on),
        ("advance", Decimal("-11074.00"), line.booked_on),
    ]
    assert (account.received, balance_of(company.customer)) == (Decimal("11074.00"), Decimal("0.00"))
    told = Event.objects.get(document_number=order.number, name="payment_received")
    assert (told.duty, told.actor) == ("match", cast.accountant)


@pytest.mark.rule("PM-03")
@pytest.mark.parametrize("difference", ["0.01", "-0.01"])
def test_unequal_amounts_are_refused(cast: Cast, company: Company, difference: str) -> None:
    slip = slip_for(cast, submitted(cast, company))
    line = line_for(cast, company, slip, amount=slip.amount + Decimal(difference))

    refused(lambda: match_bank_line(slip, line, actor=cast.accountant), AmountsDiffer, "PM-03")


@pytest.mark.rule("PM-03")
def test_one_line_proves_one_slip(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    first, second = slip_for(cast, order, "5000.00"), slip_for(cast, order, "5000.00")
    line = line_for(cast, company, first)
    match_bank_line(first, line, actor=cast.accountant)

    refused(lambda: match_bank_line(second, line, actor=cast.accountant), Conflict, "PM-03")


@pytest.mark.rule("PM-03")
def test_the_same_line_is_entered_once(cast: Cast, company: Company) -> None:
    slip = slip_for(cast, submitted(cast, company))
    line_for(cast, company, slip)

    refused(lambda: line_for(cast, company, slip), Conflict, "PM-03")


@pytest.mark.rule("SY-02")
def test_a_line_of_another_currency_proves_nothing(cast: Cast, company: Company) -> None:
    slip = slip_for(cast, submitted(cast, company))
    dollars = BankAccount.objects.create(
        code="USD", bank="中国银行", account_number="987654321", currency="USD"
    )
    line = enter_bank_line(
        dollars, reference="1", booked_on=today(), amount=slip.amount, payer=slip.payer, actor=cast.accountant
    )

    refused(lambda: match_bank_line(slip, line, actor=cast.accountant), RuleRefused, "SY-02")


@pytest.mark.rule("IC-01")
def test_whoever_recorded_the_slip_does_not_match_it(cast: Cast, company: Company) -> None:
    both = factories.person("slip_and_match", "sales_assistant", "sales_accountant")
    slip = slip_for(cast, submitted(cast, company), actor=both)
    line = line_for(cast, company, slip)

    refused(lambda: match_bank_line(slip, line, actor=both), SameActor, "IC-01")


@pytest.mark.rule("IC-01")
def test_a_slip_without_an_order_is_not_matched_by_its_uploader_either(cast: Cast, company: Company) -> None:
    both = factories.person("slip_and_match", "sales_assistant", "sales_accountant")
    slip = slip_for(cast, submitted(cast, company), actor=both, allocations=[])
    line = line_for(cast, company, slip)

    refused(lambda: match_bank_line(slip, line, actor=both), SameActor, "IC-01")


@pytest.mark.rule("IC-01")
@pytest.mark.parametrize("duty", ["enter", "check"])
def test_whoever_handled_the_order_does_not_match_its_money(cast: Cast, company: Company, duty: str) -> None:
    both = factories.person("desk_and_match", "sales_assistant", "sales_accountant", desks=(cast.south,))
    order = submitted(cast, company, keyed_by=both if duty == "enter" else cast.assistant)
    slip = slip_for(cast, order)
    if duty == "check":
        check_order(order, version=fresh(order).version, actor=both)
    line = line_for(cast, company, slip)

    refused(lambda: match_bank_line(slip, line, actor=both), SameActor, "IC-01")


@pytest.mark.rule("IC-01", "AP-06")
def test_a_matcher_does_not_check_the_order_afterwards(cast: Cast, company: Company) -> None:
    both = factories.person("match_and_check", "sales_assistant", "sales_accountant", desks=(cast.south,))
    order = submitted(cast, company)
    slip = slip_for(cast, order)
    match_bank_line(slip, line_for(cast, company, slip), actor=both)

    refused(lambda: check_order(order, version=fresh(order).version, actor=both), SameActor, "AP-06")


@pytest.mark.rule("IC-01")
@pytest.mark.parametrize("who", ["superuser", "assistant", "finance", "manager"])
def test_only_the_accountant_enters_and_matches(cast: Cast, company: Company, who: str) -> None:
    slip = slip_for(cast, submitted(cast, company))
    line = line_for(cast, company, slip)
    root = User.objects.create_superuser("root", password="a long test password")
    person = root if who == "superuser" else getattr(cast, who)

    refused(lambda: match_bank_line(slip, line, actor=person), PermissionDenied, "PM-03")
    refused(lambda: line_for(cast, company, slip, actor=person, reference="9"), PermissionDenied, "PM-03")


@pytest.mark.rule("AP-07")
def test_a_stale_slip_is_refused(cast: Cast, company: Company) -> None:
    slip = slip_for(cast, submitted(cast, company))
    line = line_for(cast, company, slip)

    refused(
        lambda: match_bank_line(slip, line, actor=cast.accountant, version=slip.version - 1),
        StaleVersion,
        "AP-07",
    )


@pytest.mark.rule("PM-03")
@pytest.mark.parametrize(
    "facts",
    [
        {"reference": " "},
        {"payer": ""},
        {"amount": Decimal("0.00")},
        {"amount": Decimal("1.001")},
        {"booked_on": None},
    ],
)
def test_a_faulty_line_is_refused(cast: Cast, company: Company, facts: dict[str, object]) -> None:
    slip = slip_for(cast, submitted(cast, company))
    if "booked_on" in facts:
        facts = {"booked_on": today() + timedelta(days=1)}

    refused(lambda: line_for(cast, company, slip, **facts), InvalidInput, "PM-03")


@pytest.mark.rule("PM-03")
def test_the_likeliest_line_comes_first_and_says_why(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip = slip_for(cast, order)
    other = line_for(cast, company, slip, reference="A", amount=Decimal("5.00"))
    stranger = line_for(cast, company, slip, reference="B", payer="张华")
    right = line_for(cast, company, slip, reference="C", remark=f"货款 {order.number}")

    found = candidates_for(slip)

    assert [candidate.line for candidate in found] == [right, stranger, other]
    assert [candidate.is_acceptable for candidate in found] == [True, True, False]
    assert found[0].score > 95
    assert len(found[0].reasons) == 4


@pytest.mark.rule("PM-03")
def test_a_taken_line_is_no_candidate(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    first, second = slip_for(cast, order, "5000.00"), slip_for(cast, order, "5000.00")
    match_bank_line(first, line_for(cast, company, first), actor=cast.accountant)

    assert candidates_for(second) == []
    assert BankLine.objects.unmatched().count() == 0
