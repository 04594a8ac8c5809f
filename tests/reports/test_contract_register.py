"""CT-04: the contract register, as sales and finance see it, and its monthly reconciliation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import load_workbook

from core.clock import clock_set_to
from core.errors import Conflict, InvalidInput, PermissionDenied, RuleRefused, SameActor
from core.models import Event, RoleGrant, User
from credit.models import Posting
from credit.services.checking import check_order
from credit.services.reviews import approve_order, pass_manager, pass_rep
from orders.models import Contract, Order
from reports.exports_register import register_workbook
from reports.models import (
    RegisterDifference,
    RegisterExplanation,
    RegisterMonth,
    RegisterRow,
    RegisterSignature,
)
from reports.queries.register import register_on, totals_of
from reports.queries.register_month import register_month
from reports.services.register import explain_differences, open_register_month, sign_register
from tests.api.clients import client_for
from tests.conftest import NOON, Cast, Company
from tests.credit.matters import fresh, matched, on_terms, slip_for, submitted
from tests.fulfillment.matters import deliver, gone
from tests.reports.matters import contract_in_force, end, ordered_under

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon"), pytest.mark.rule("CT-04")]
D = Decimal
SignIn = Callable[[User], Client]
NOVEMBER = date(2026, 11, 1)
TODAY, YESTERDAY = date(2026, 11, 21), date(2026, 11, 20)
DECEMBER_FIRST = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)


def test_a_contract_shows_what_was_ordered_shipped_posted_and_received(cast: Cast, company: Company) -> None:
    contract = contract_in_force(cast, company)
    order = ordered_under(cast, company, contract, ("A1023", "10"), ("B2040", "7"))

    entry = register_on(TODAY)[0]
    assert (entry.number, entry.customer_number, entry.amount) == ("CT202611-0001", "C2026001", D("50000.00"))
    assert (entry.ordered, entry.shipped, entry.posted) == (order.total, D(0), D(0))
    assert (entry.slips, entry.received, entry.balance) == (order.total, order.total, -order.total)

    shipment = gone(cast, company, order)
    assert register_on(TODAY)[0].shipped == D("11171.65")
    assert register_on(TODAY)[0].delivered == D("0.00")

    deliver(cast, shipment)
    entry = register_on(TODAY)[0]
    assert (entry.delivered, entry.posted, entry.balance) == (D("11171.65"), D("11171.65"), D("0.00"))
    assert entry.shipped == D("11171.65")
    assert entry.differences() == []


def test_the_register_is_that_of_its_day(cast: Cast, company: Company) -> None:
    contract = contract_in_force(cast, company)
    ordered_under(cast, company, contract)
    assert register_on(TODAY)[0].ordered == D("11074.00")
    assert register_on(YESTERDAY)[0].ordered == D("0.00")
    assert register_on(contract.signed_on - timedelta(days=1)) == []  # type: ignore[operator]


@pytest.mark.rule("CT-07")
def test_a_supplement_adds_to_its_contract_from_its_day_on(cast: Cast, company: Company) -> None:
    contract = contract_in_force(cast, company)
    contract_in_force(
        cast, company, "CT202611-0002", kind=Contract.Kind.SUPPLEMENT, supplement_to=contract,
        amount=D("5000.00"), signed_on=TODAY,
    )  # fmt: skip
    assert [(entry.number, entry.amount) for entry in register_on(TODAY)] == [
        ("CT202611-0001", D("55000.00"))
    ]
    assert register_on(YESTERDAY)[0].amount == D("50000.00")


def test_an_ended_contract_stays_listed_while_something_is_open(cast: Cast, company: Company) -> None:
    january, october = date(2026, 1, 1), date(2026, 10, 31)
    clear = contract_in_force(cast, company, signed_on=january)
    unpaid = contract_in_force(cast, company, "CT202611-0002", signed_on=january)
    ordered_under(cast, company, unpaid)
    end(clear, cast, october)
    end(unpaid, cast, october)
    assert [entry.number for entry in register_on(TODAY)] == [unpaid.number]
    assert {entry.number for entry in register_on(october)} == {clear.number, unpaid.number}


def test_an_unpaid_posting_is_overdue_from_the_day_after_it_was_due(cast: Cast, company: Company) -> None:
    on_terms(company, "staged", prepaid_percent=D(30))
    contract = contract_in_force(cast, company)
    order = submitted(cast, company, contract=contract.number)
    matched(cast, company, slip_for(cast, order, "3322.20"))
    for step, person in ((check_order, cast.assistant), (pass_rep, cast.rep), (pass_manager, cast.manager)):
        step(
            order,
            version=fresh(order).version,
            actor=person,
            **({"note": "可控"} if step is pass_manager else {}),
        )
    approve_order(order, version=fresh(order).version, actor=cast.finance)
    deliver(cast, gone(cast, company, fresh(order)))
    posting = Posting.objects.get(order=order)
    assert register_on(posting.due_on)[0].overdue == D("0.00")
    entry = register_on(posting.due_on + timedelta(days=1))[0]
    assert (entry.posted, entry.received, entry.balance, entry.overdue) == (
        D("11074.00"), D("3322.20"), D("7751.80"), D("7751.80"),
    )  # fmt: skip


@pytest.mark.rule("RG-02")
def test_a_desk_sees_its_own_contracts(cast: Cast, company: Company) -> None:
    contract_in_force(cast, company)
    contract_in_force(cast, company, "CT202611-0002", customer=company.northern_customer)
    assert [entry.number for entry in register_on(TODAY, cast.assistant)] == ["CT202611-0001"]
    assert [entry.number for entry in register_on(TODAY, cast.north_assistant)] == ["CT202611-0002"]
    assert len(register_on(TODAY, cast.cfo)) == 2


@pytest.mark.rule("SY-02")
def test_two_currencies_are_never_added(cast: Cast, company: Company) -> None:
    contract_in_force(cast, company)
    contract_in_force(cast, company, "CT202611-0002", currency="USD", amount=D("100.00"))
    contract_in_force(cast, company, "CT202611-0003", amount=None)
    totals = totals_of(register_on(TODAY))
    assert [(one.currency, one.contracts, one.amount) for one in totals] == [
        ("CNY", 2, D("50000.00")), ("USD", 1, D("100.00")),
    ]  # fmt: skip


def test_the_register_costs_the_same_for_one_contract_and_for_many(cast: Cast, company: Company) -> None:
    costs = []
    for size in (1, 6):
        for serial in range(size):
            contract = contract_in_force(cast, company, f"CT2026{size:02d}-{serial:04d}")
            if serial < 2:
                deliver(cast, gone(cast, company, ordered_under(cast, company, contract)))
        with CaptureQueriesContext(connection) as asked:
            register_on(TODAY)
        costs.append(len(asked))
    # contracts, supplements, orders, shipped, signed, freight, slips, postings, bank, due, paid of what is due
    assert costs == [11, 11]


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.usefixtures("in_english")
class TestReconciliation:
    def disputed(self, cast: Cast, company: Company) -> Order:
        """Sales has a slip of 500.00 that no bank line proves yet: one difference."""
        contract = contract_in_force(cast, company)
        order = submitted(cast, company, contract=contract.number)
        slip_for(cast, order, "500.00")
        return order

    def take(self, cast: Cast, actor: User | None = None) -> RegisterMonth:
        return open_register_month(NOVEMBER, actor=actor or cast.accountant)

    def explain(self, cast: Cast, taken: RegisterMonth, text: str = "水单在途") -> None:
        keys = RegisterDifference.objects.filter(row__register=taken).values_list("pk", flat=True)
        explain_differences(
            NOVEMBER, revision=taken.revision, texts=dict.fromkeys(keys, text), actor=cast.manager
        )

    def test_a_month_is_frozen_with_its_differences(self, cast: Cast, company: Company) -> None:
        self.disputed(cast, company)
        with clock_set_to(DECEMBER_FIRST):
            taken = self.take(cast)
        row = RegisterRow.objects.get()
        assert (row.number, row.ordered, row.slips, row.received) == (
            "CT202611-0001", D("0.00"), D("500.00"), D("0.00"),
        )  # fmt: skip
        difference = RegisterDifference.objects.get()
        assert (difference.kind, difference.sales, difference.finance) == (
            "received",
            D("500.00"),
            D("0.00"),
        )
        assert (taken.month, taken.revision) == (NOVEMBER, 1)

    def test_a_running_month_cannot_be_taken(self, cast: Cast, company: Company) -> None:
        contract_in_force(cast, company)
        with pytest.raises(InvalidInput, match="not over yet"):
            self.take(cast)
        assert not RegisterMonth.objects.exists()

    @pytest.mark.rule("IC-01")
    @pytest.mark.parametrize("who", ["assistant", "rep", "gm", "auditor", "admin", "planner"])
    def test_only_those_who_sign_take_stock(self, cast: Cast, company: Company, who: str) -> None:
        with clock_set_to(DECEMBER_FIRST), pytest.raises(PermissionDenied):
            self.take(cast, getattr(cast, who))
        assert not RegisterMonth.objects.exists()

    def test_nobody_signs_while_a_difference_is_unexplained(self, cast: Cast, company: Company) -> None:
        self.disputed(cast, company)
        with clock_set_to(DECEMBER_FIRST):
            self.take(cast)
            with pytest.raises(RuleRefused, match="1 difference has no explanation"):
                sign_register(NOVEMBER, revision=1, side="sales", actor=cast.manager)
        assert not RegisterSignature.objects.exists()

    @pytest.mark.rule("IC-01", "AU-01")
    def test_sales_and_finance_sign_as_two_people(self, cast: Cast, company: Company) -> None:
        self.disputed(cast, company)
        with clock_set_to(DECEMBER_FIRST):
            taken = self.take(cast)
            self.explain(cast, taken)
            sign_register(NOVEMBER, revision=1, side="sales", actor=cast.manager)
            with pytest.raises(PermissionDenied):
                sign_register(NOVEMBER, revision=1, side="finance", actor=cast.second_manager)
            with pytest.raises(Conflict):
                sign_register(NOVEMBER, revision=1, side="sales", actor=cast.second_manager)
            sign_register(NOVEMBER, revision=1, side="finance", actor=cast.accountant)
        shown = register_month(cast.cfo, NOVEMBER)
        assert shown.is_signed
        assert shown.signatures["sales"].by == cast.manager
        acts = list(Event.objects.filter(root_number="register-2026-11").values_list("name", flat=True))
        assert [name for name in acts if name.startswith("register")] == [
            "register.take", "register.sign", "register.sign",
        ]  # fmt: skip

    @pytest.mark.rule("IC-01")
    def test_one_person_with_both_permissions_signs_one_side(self, cast: Cast, company: Company) -> None:
        contract_in_force(cast, company)
        RoleGrant.objects.bulk_create([RoleGrant(user=cast.second_manager, role="sales_accountant")])
        both = User.objects.get(pk=cast.second_manager.pk)
        with clock_set_to(DECEMBER_FIRST):
            self.take(cast)
            sign_register(NOVEMBER, revision=1, side="sales", actor=both)
            with pytest.raises(SameActor):
                sign_register(NOVEMBER, revision=1, side="finance", actor=both)
        assert RegisterSignature.objects.count() == 1

    @pytest.mark.rule("RG-02")
    def test_who_does_not_see_all_contracts_does_not_sign_for_them(
        self, cast: Cast, company: Company
    ) -> None:
        contract_in_force(cast, company)
        contract_in_force(cast, company, "CT202611-0002", customer=company.northern_customer)
        southern = User.objects.get(pk=cast.second_manager.pk)
        southern.desk_assignments.filter(region=cast.north).delete()
        with clock_set_to(DECEMBER_FIRST):
            self.take(cast)
            with pytest.raises(RuleRefused, match="do not see"):
                sign_register(NOVEMBER, revision=1, side="sales", actor=User.objects.get(pk=southern.pk))
        assert not RegisterSignature.objects.exists()

    @pytest.mark.rule("AP-07")
    def test_stock_is_taken_anew_until_somebody_signs(self, cast: Cast, company: Company) -> None:
        self.disputed(cast, company)
        with clock_set_to(DECEMBER_FIRST):
            first = self.take(cast)
            self.explain(cast, first)
            second = self.take(cast, cast.manager)
            assert second.revision == 2
            with pytest.raises(Conflict, match="taken anew"):
                sign_register(NOVEMBER, revision=1, side="sales", actor=cast.manager)
            self.explain(cast, second)
            sign_register(NOVEMBER, revision=2, side="sales", actor=cast.manager)
            with pytest.raises(Conflict, match="has been signed"):
                self.take(cast)
            with pytest.raises(Conflict, match="no longer change"):
                self.explain(cast, second, "另一个解释")
        assert RegisterExplanation.objects.filter(text="另一个解释").count() == 0

    @pytest.mark.rule("AR-01")
    def test_a_signed_month_stays_and_what_changed_is_restated(self, cast: Cast, company: Company) -> None:
        contract_in_force(cast, company)
        with clock_set_to(DECEMBER_FIRST):
            self.take(cast)
            sign_register(NOVEMBER, revision=1, side="sales", actor=cast.manager)
            sign_register(NOVEMBER, revision=1, side="finance", actor=cast.cfo)
        with clock_set_to(NOON):
            ordered_under(cast, company, Contract.objects.get())
        with clock_set_to(DECEMBER_FIRST):
            shown = register_month(cast.cfo, NOVEMBER)
        assert shown.entries[0].ordered == D("0.00")
        assert [(one.figure, one.then, one.now) for one in shown.restated] == [
            ("ordered", D("0.00"), D("11074.00")), ("slips", D("0.00"), D("11074.00")),
            ("received", D("0.00"), D("11074.00")),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "model", [RegisterMonth, RegisterRow, RegisterDifference, RegisterExplanation, RegisterSignature]
    )
    def test_the_database_itself_refuses_to_change_it(self, cast: Cast, company: Company, model: Any) -> None:
        self.disputed(cast, company)
        with clock_set_to(DECEMBER_FIRST):
            taken = self.take(cast)
            self.explain(cast, taken)
            sign_register(NOVEMBER, revision=1, side="sales", actor=cast.manager)
        assert model.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(id=0)
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all()._raw_delete(using="default")
        assert model.objects.exists()

    def test_taking_stock_costs_the_same_for_one_contract_and_for_many(
        self, cast: Cast, company: Company
    ) -> None:
        costs = []
        for size in (1, 8):
            for serial in range(size):
                contract_in_force(cast, company, f"CT2026{size:02d}-{serial:04d}")
            with clock_set_to(DECEMBER_FIRST), CaptureQueriesContext(connection) as asked:
                self.take(cast)
            costs.append(len([one for one in asked if "SAVEPOINT" not in one["sql"]]))
        # 11 of the register, the month before and whether it is signed, the new one, rows, differences, trail
        assert costs[0] <= 17
        assert costs[1] - costs[0] <= 1  # the second time there is a month before to look at


class TestPages:
    def test_the_page_shows_rows_totals_and_no_invented_invoices(
        self, cast: Cast, company: Company, signed_in: SignIn
    ) -> None:
        contract = contract_in_force(cast, company)
        deliver(cast, gone(cast, company, ordered_under(cast, company, contract)))
        page = signed_in(cast.cfo).get("/contracts/register/?month=2026-11").content.decode()
        assert page.count("¥11,074.00") >= 4
        assert "CT202611-0001" in page

    def test_it_opens_for_those_who_see_money(self, cast: Cast, signed_in: SignIn) -> None:
        assert signed_in(cast.rep).get("/contracts/register/").status_code == 200
        assert signed_in(cast.planner).get("/contracts/register/").status_code == 403
        assert signed_in(cast.cfo).get("/contracts/register/?month=2026-13").status_code == 404

    def test_a_month_goes_from_stock_to_two_signatures(
        self, cast: Cast, company: Company, signed_in: SignIn
    ) -> None:
        TestReconciliation().disputed(cast, company)
        with clock_set_to(DECEMBER_FIRST):
            body = {"month": "2026-11"}
            browser = signed_in(cast.accountant)
            assert browser.post("/contracts/register/take/", body).status_code == 302
            browser = signed_in(cast.manager)
            page = browser.get("/contracts/register/?month=2026-11")
            assert page.content.decode().count("btn-primary") == 1
            key = RegisterDifference.objects.get().pk
            seen = body | {"version": "1"}
            browser.post("/contracts/register/sign/", seen | {"side": "sales"})
            assert not RegisterSignature.objects.exists()
            browser.post("/contracts/register/explain/", seen | {f"text-{key}": "水单在途"})
            assert RegisterExplanation.objects.get().text == "水单在途"
            browser.post("/contracts/register/sign/", seen | {"side": "sales"})
            browser = signed_in(cast.accountant)
            browser.post("/contracts/register/sign/", seen | {"side": "finance"})
            assert RegisterSignature.objects.count() == 2
            signed = browser.get("/contracts/register/?month=2026-11").content.decode()
        assert "水单在途" in signed
        assert "btn-primary" not in signed

    def test_an_explanation_refused_is_still_in_its_field(
        self, cast: Cast, company: Company, signed_in: SignIn
    ) -> None:
        TestReconciliation().disputed(cast, company)
        with clock_set_to(DECEMBER_FIRST):
            open_register_month(NOVEMBER, actor=cast.accountant)
            key = RegisterDifference.objects.get().pk
            body = {"month": "2026-11", "version": "1", f"text-{key}": "长" * 301}
            answer = signed_in(cast.manager).post("/contracts/register/explain/", body)
        assert answer.status_code == 422
        assert "长" * 301 in answer.content.decode()
        assert not RegisterExplanation.objects.exists()

    @pytest.mark.rule("RG-02")
    def test_the_workbook_holds_the_same_rows(self, cast: Cast, company: Company) -> None:
        contract_in_force(cast, company)
        contract_in_force(cast, company, "CT202611-0002", customer=company.northern_customer)
        for person, rows in ((cast.assistant, 1), (cast.cfo, 2)):
            book = load_workbook(BytesIO(register_workbook(person, NOVEMBER, lambda done, total: None)))
            sheet = book.worksheets[0]
            assert sheet.max_row == 1 + rows + 1
            assert sheet.cell(row=2, column=7).value == 50000
            assert sheet.cell(row=2 + rows, column=7).value == 50000 * rows

    def test_the_api_gives_the_same_figures_as_strings(self, cast: Cast, company: Company) -> None:
        contract_in_force(cast, company)
        client = client_for(cast.cfo, "reports:read")
        answer = client.get("/api/v1/contracts/register/?month=2026-11").json()
        assert answer["contracts"][0]["amount"] == "50000.00"
        assert answer["totals"][0]["contracts"] == 1
        assert (answer["is_frozen"], answer["as_of"]) == (False, "2026-11-21")
        assert client.get("/api/v1/contracts/register/?month=x").status_code == 400
