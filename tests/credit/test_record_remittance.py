"""A slip is a claim: what it must be, what it may pay, and what is refused (PM-01, PM-02, RM-08)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from core.attachments import WORKBOOK, store_attachment
from core.clock import today
from core.errors import BusinessError, Conflict, InvalidInput, PermissionDenied, RuleRefused
from core.models import Event
from credit.models import Remittance
from credit.queries import balance_of, propose_allocations
from credit.services.remittances import allocate_remittance, record_remittance, void_remittance
from orders.services.placing import cancel_order
from tests import factories
from tests.conftest import Cast, Company
from tests.credit.matters import fresh, matched, picture, slip_for, submitted, traces

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def workbook_bytes() -> bytes:
    content = BytesIO()
    Workbook().save(content)
    return content.getvalue()


def refused(act: Callable[[], object], error: type[BusinessError], rule: str, pointer: str = "") -> None:
    before = traces()
    with pytest.raises(error) as refusal:
        act()
    assert refusal.value.rule == rule
    if pointer:
        assert pointer in [problem.pointer for problem in refusal.value.problems]
    assert traces() == before


@pytest.mark.rule("PM-01")
def test_a_slip_is_registered_with_its_image_and_its_order(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)

    slip = slip_for(cast, order, "11074.00", reference=" 2026 1121 0001 ")

    assert slip.number.startswith("RS202611-")
    assert (slip.status, slip.amount, slip.allocated) == (
        "registered",
        Decimal("11074.00"),
        Decimal("11074.00"),
    )
    assert (slip.reference, slip.image.document_number) == ("202611210001", slip.number)
    assert fresh(order).paid == 0, "only the bank proves it"
    event = Event.objects.get(document_number=order.number, name="record_remittance")
    assert (event.duty, event.data["slip"], event.data["amount"]) == ("slip", slip.number, "11074.00")


@pytest.mark.rule("PM-02")
def test_the_same_bank_reference_is_refused(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip_for(cast, order, "100.00", reference="777")

    refused(lambda: slip_for(cast, order, "50.00", reference="7 77"), Conflict, "PM-02")


@pytest.mark.rule("PM-02")
def test_the_same_image_is_refused(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip_for(cast, order, "100.00", image=picture(cast.assistant, content=factories.png(0x123456)))
    again = picture(cast.assistant, content=factories.png(0x123456))

    refused(lambda: slip_for(cast, order, "50.00", image=again), Conflict, "PM-02")


@pytest.mark.rule("PM-02")
def test_a_void_slip_may_be_recorded_again(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip = slip_for(cast, order, "100.00", reference="777")
    void_remittance(slip, reason="填错", actor=cast.assistant)

    assert slip_for(cast, order, "100.00", reference="777").status == "registered"


@pytest.mark.rule("PM-02")
def test_without_a_reference_a_twin_needs_a_reason(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip_for(cast, order, "100.00", reference="")

    refused(lambda: slip_for(cast, order, "100.00", reference=""), RuleRefused, "PM-02", "#/duplicate_reason")

    slip = slip_for(cast, order, "100.00", reference="", duplicate_reason="同日两笔")
    assert Event.objects.get(document_number=slip.number).note == "同日两笔"


@pytest.mark.rule("PM-02")
def test_another_payer_needs_a_note(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)

    refused(lambda: slip_for(cast, order, payer="张华"), InvalidInput, "PM-01", "#/third_party_note")

    assert slip_for(cast, order, payer="张华", third_party_note="法人代付").is_third_party


@pytest.mark.rule("PM-01")
@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"payer": "  "}, "#/payer"),
        ({"bank": ""}, "#/bank"),
        ({"amount": Decimal("0.00"), "allocations": []}, "#/amount"),
        ({"amount": Decimal("-5.00"), "allocations": []}, "#/amount"),
        ({"amount": Decimal("5.001"), "allocations": []}, "#/amount"),
        ({"paid_on": "tomorrow"}, "#/paid_on"),
    ],
)
def test_a_faulty_slip_is_refused_at_its_place(
    cast: Cast, company: Company, facts: dict[str, object], pointer: str
) -> None:
    order = submitted(cast, company)
    if facts.get("paid_on") == "tomorrow":
        facts = {"paid_on": today() + timedelta(days=1)}

    refused(lambda: slip_for(cast, order, **facts), InvalidInput, "PM-01", pointer)  # type: ignore[arg-type]


@pytest.mark.rule("PM-01")
def test_all_faults_are_told_at_once(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)

    with pytest.raises(InvalidInput) as refusal:
        slip_for(cast, order, payer="", bank="", amount=Decimal(0), allocations=[])

    assert {problem.pointer for problem in refusal.value.problems} == {"#/payer", "#/bank", "#/amount"}


@pytest.mark.rule("PM-01")
def test_a_workbook_is_no_slip(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    workbook = store_attachment(
        SimpleUploadedFile("slip.xlsx", workbook_bytes()), kind="slip", actor=cast.assistant, allowed=WORKBOOK
    )

    refused(lambda: slip_for(cast, order, image=workbook), InvalidInput, "PM-01", "#/file")


@pytest.mark.rule("SY-02")
def test_another_currency_is_refused(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)

    refused(lambda: slip_for(cast, order, "100.00", currency="USD"), RuleRefused, "SY-02")


@pytest.mark.rule("RM-08")
@pytest.mark.parametrize("amount", ["0.00", "-1.00", "0.001", "11074.01"])
def test_a_part_is_a_cent_at_least_and_at_most_what_the_order_needs(
    cast: Cast, company: Company, amount: str
) -> None:
    order = submitted(cast, company)
    parts = [(order, Decimal(amount))]

    refused(
        lambda: slip_for(cast, order, "20000.00", allocations=parts), RuleRefused, "RM-08", "#/allocations"
    )


@pytest.mark.rule("RM-08")
def test_the_parts_never_exceed_the_slip(cast: Cast, company: Company) -> None:
    first, second = submitted(cast, company), submitted(cast, company, ("A1023", "1"))
    parts = [(first, Decimal("900.00")), (second, Decimal("100.01"))]

    refused(lambda: slip_for(cast, first, "1000.00", allocations=parts), RuleRefused, "RM-08")

    slip = slip_for(
        cast, first, "1000.00", allocations=[(first, Decimal("900.00")), (second, Decimal("100.00"))]
    )
    assert slip.allocated == slip.amount


@pytest.mark.rule("RM-08")
def test_two_slips_never_exceed_the_order(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip_for(cast, order, "11000.00")

    refused(lambda: slip_for(cast, order, "74.01"), RuleRefused, "RM-08")


@pytest.mark.rule("RM-08")
def test_a_slip_of_another_customer_pays_nothing(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    image = picture(cast.north_assistant)

    def act() -> Remittance:
        return record_remittance(
            company.northern_customer,
            payer=company.northern_customer.name,
            bank="B",
            reference="1",
            paid_on=today(),
            amount=Decimal("100.00"),
            image=image,
            allocations=[(order, Decimal("100.00"))],
            actor=cast.north_assistant,
        )

    refused(act, RuleRefused, "RM-08")


@pytest.mark.rule("RM-08")
def test_a_cancelled_order_takes_no_money(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    cancel_order(order, reason="x", actor=cast.assistant)

    refused(lambda: slip_for(cast, order, "100.00"), RuleRefused, "RM-08")


@pytest.mark.rule("RM-08")
def test_the_surplus_stays_the_customers_balance(cast: Cast, company: Company) -> None:
    order = submitted(cast, company)
    slip = slip_for(cast, order, "12000.00", allocations=[(order, order.total)])

    matched(cast, company, slip)

    account = company.customer.account
    assert (account.received, balance_of(company.customer)) == (Decimal("12000.00"), Decimal("926.00"))


@pytest.mark.rule("RM-08")
def test_the_balance_counts_only_when_it_is_allocated(cast: Cast, company: Company) -> None:
    first = submitted(cast, company)
    slip = matched(cast, company, slip_for(cast, first, "12000.00", allocations=[(first, first.total)]))
    second = submitted(cast, company, ("A1023", "1"))

    allocate_remittance(
        slip, allocations=[(second, Decimal("926.00"))], actor=cast.assistant, version=slip.version
    )

    second = fresh(second)
    assert (second.paid, second.payment_status) == (Decimal("926.00"), "part_paid")
    assert balance_of(company.customer) == 0


@pytest.mark.rule("RM-08")
def test_the_proposal_fills_the_oldest_waiting_order_first(cast: Cast, company: Company) -> None:
    first, second = submitted(cast, company), submitted(cast, company, ("A1023", "1"))

    split = propose_allocations(company.customer, amount=Decimal("11500.00"))

    assert split == [(first, Decimal("11074.00")), (second, Decimal("426.00"))]
    assert propose_allocations(company.customer, amount=Decimal("2000.00"), order=second) == [
        (second, Decimal("1107.40"))
    ]


@pytest.mark.rule("IC-01")
@pytest.mark.parametrize("who", ["manager", "finance", "accountant", "picker", "auditor"])
def test_other_roles_record_no_slips(cast: Cast, company: Company, who: str) -> None:
    order = submitted(cast, company)
    person = getattr(cast, who)
    image = picture(person)

    before = traces()
    with pytest.raises(PermissionDenied):
        slip_for(cast, order, actor=person, image=image)
    assert traces() == before
