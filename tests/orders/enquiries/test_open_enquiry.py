"""An enquiry comes in, is corrected, changes hands, and a prospect becomes a customer (EN-01)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.clock import clock_set_to, now
from core.errors import Conflict, InvalidInput, PermissionDenied, RuleRefused, StaleVersion
from core.models import CalendarDay, Event
from inventory.models import CustomerPart
from orders.enquiries.drafts import EnquiryDraft, EnquiryLineDraft
from orders.enquiries.services import (
    confirm_demand,
    edit_enquiry,
    link_customer,
    open_enquiry,
    reassign_enquiry,
)
from orders.models import Enquiry
from tests.conftest import Cast, Company
from tests.factories import CustomerFactory
from tests.orders.enquiries.matters import asked, draft_for, enquiry_of, prospect_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def refused(error: Any) -> set[str]:
    return {problem.pointer for problem in error.value.problems}


def nothing_written() -> bool:
    return (
        not Enquiry.objects.exists()
        and not Event.objects.filter(document_type="enquiry", outcome="done").exists()
    )


@pytest.mark.rule("EN-01", "G-05")
def test_a_customers_call_is_written_down_and_the_clock_starts(cast: Cast, company: Company) -> None:
    enquiry = enquiry_of(cast, company, wanted_on=date(2026, 12, 1), special_needs="需要中文说明书")
    assert enquiry.number == "EN202611-0001"
    assert (enquiry.status, enquiry.owner, enquiry.region) == ("new", cast.rep, cast.south)
    assert (enquiry.contact_name, enquiry.contact_phone) == ("王芳", "0571-55500123")
    assert enquiry.response_due_on == date(2026, 11, 23)  # Saturday, then the first working day after it
    line = enquiry.lines.get()
    assert (line.description, line.spec, line.unit, line.quantity) == ("伺服电机", "750W", "台", Decimal(10))
    event = Event.objects.get(document_type="enquiry")
    assert (event.name, event.rule, event.data["due_on"]) == ("received", "EN-01", "2026-11-23")


@pytest.mark.rule("EN-01", "G-05")
def test_holidays_and_make_up_days_move_the_due_day(cast: Cast, company: Company) -> None:
    CalendarDay.objects.create(day=date(2026, 11, 23), kind="holiday", name="假")
    assert enquiry_of(cast, company).response_due_on == date(2026, 11, 24)
    CalendarDay.objects.create(day=date(2026, 11, 22), kind="make_up", name="班")
    assert enquiry_of(cast, company).response_due_on == date(2026, 11, 22)


@pytest.mark.rule("EN-01")
def test_the_clock_starts_when_the_question_came_in_not_when_it_was_typed(
    cast: Cast, company: Company
) -> None:
    thursday = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
    enquiry = enquiry_of(cast, company, received_at=thursday)
    assert (enquiry.response_due_on, enquiry.clock.is_overdue) == (date(2026, 11, 20), True)
    with pytest.raises(InvalidInput) as error:
        enquiry_of(cast, company, received_at=now() + timedelta(minutes=1))
    assert refused(error) == {"#/received_at"}


@pytest.mark.rule("EN-01")
def test_a_prospect_asks_for_something_we_may_not_have(cast: Cast) -> None:
    enquiry = prospect_of(cast)
    line = enquiry.lines.get()
    assert (enquiry.asked_by, enquiry.owner, enquiry.region) == ("宁波海天机械厂", cast.assistant, cast.south)
    assert (line.product, line.description, line.spec) == (None, "减速机", "1:50")
    assert enquiry.pinyin.startswith("nbht")


@pytest.mark.rule("EN-01")
def test_everything_wrong_is_said_at_its_place_and_nothing_is_kept(cast: Cast) -> None:
    draft = EnquiryDraft(
        channel="pigeon",
        lines=(
            asked("NOSUCH"),
            EnquiryLineDraft(quantity=Decimal(0), description="x"),
            EnquiryLineDraft(spec="only a specification"),
            EnquiryLineDraft(description="y", quantity=Decimal("1.2345")),
        ),
        contact_phone="phone me",
        contact_email="nobody",
        special_needs="身份证 330106199001011234",
    )
    with pytest.raises(InvalidInput) as error:
        open_enquiry(draft=draft, actor=cast.assistant)
    assert refused(error) == {
        "#/customer", "#/region", "#/channel", "#/contact_phone", "#/contact_email", "#/special_needs",
        "#/lines/0/sku", "#/lines/1/quantity", "#/lines/2/description", "#/lines/3/quantity",
    }  # fmt: skip
    assert nothing_written()


@pytest.mark.rule("EN-01", "G-01")
def test_pieces_are_whole_and_metres_have_one_decimal(cast: Cast, company: Company) -> None:
    with pytest.raises(InvalidInput) as error:
        open_enquiry(draft=draft_for(company, asked("A1023", "1.5"), asked("B2040", "1.25")), actor=cast.rep)
    assert refused(error) == {"#/lines/0/quantity", "#/lines/1/quantity"}
    assert open_enquiry(draft=draft_for(company, asked("B2040", "1.5")), actor=cast.rep).lines.count() == 1


def test_a_quantity_may_still_be_unknown_but_lines_may_not(cast: Cast, company: Company) -> None:
    assert enquiry_of(cast, company, lines=(asked("A1023", None),)).lines.get().quantity is None
    with pytest.raises(InvalidInput) as error:
        enquiry_of(cast, company, lines=())
    assert refused(error) == {"#/lines"}


def test_the_customers_own_part_number_finds_our_product(cast: Cast, company: Company) -> None:
    CustomerPart.objects.create(customer=company.customer, product=company.motor, part_number="HX-77")
    enquiry = enquiry_of(cast, company, lines=(asked("hx-77"), asked(company.cable.barcode, "2")))
    assert [line.product for line in enquiry.lines.order_by("line_no")] == [company.motor, company.cable]


@pytest.mark.rule("RG-02")
def test_nobody_takes_an_enquiry_of_another_desk(cast: Cast, company: Company) -> None:
    for person, draft in (
        (cast.other_rep, draft_for(company)),
        (cast.north_assistant, draft_for(company)),
        (cast.north_assistant, draft_for(None, asked("", None, description="x"), region=cast.south)),
    ):
        with pytest.raises(PermissionDenied) as error:
            open_enquiry(draft=draft, actor=person)
        assert error.value.rule == "RG-02"
    assert nothing_written()


@pytest.mark.parametrize("role", ["finance", "auditor", "picker", "gm", "admin", "planner"])
def test_who_does_not_sell_takes_no_enquiry(cast: Cast, company: Company, role: str) -> None:
    with pytest.raises(PermissionDenied):
        open_enquiry(draft=draft_for(company), actor=getattr(cast, role))
    assert nothing_written()


def test_a_reference_is_used_once(cast: Cast, company: Company) -> None:
    first = enquiry_of(cast, company, external_ref="WEB-1", actor=cast.erp)
    with pytest.raises(Conflict) as error:
        enquiry_of(cast, company, external_ref="WEB-1", actor=cast.erp)
    assert (error.value.code, error.value.facts["existing"]) == ("duplicate_external_ref", first.number)
    assert Enquiry.objects.count() == 1


def test_a_client_names_who_owns_a_prospects_enquiry(cast: Cast) -> None:
    with pytest.raises(InvalidInput) as error:
        prospect_of(cast, actor=cast.erp)
    assert refused(error) == {"#/owner"}
    assert prospect_of(cast, actor=cast.erp, owner=cast.rep).owner == cast.rep


@pytest.mark.rule("EN-01", "AU-01")
def test_a_correction_keeps_before_and_after(cast: Cast, company: Company) -> None:
    enquiry = enquiry_of(cast, company)
    edited = edit_enquiry(
        enquiry,
        draft=draft_for(company, asked("A1023", "12"), asked("B2040", "3.5"), channel="email"),
        actor=cast.assistant,
        version=enquiry.version,
    )
    assert (edited.channel, edited.version) == ("email", 2)
    assert [line.quantity for line in edited.lines.order_by("line_no")] == [Decimal(12), Decimal("3.5")]
    changes = Event.objects.get(name="edited").data["changes"]
    assert {(change["before"], change["after"]) for change in changes} == {
        ("phone", "email"),
        ("伺服电机 · 750W · 10 台", "伺服电机 · 750W · 12 台"),
        ("", "控制电缆 · 4×1.5 · 3.5 米"),
    }


def test_a_stale_page_corrects_nothing(cast: Cast, company: Company) -> None:
    enquiry = enquiry_of(cast, company)
    with pytest.raises(StaleVersion):
        edit_enquiry(enquiry, draft=draft_for(company, asked("B2040", "1")), actor=cast.rep, version=7)
    enquiry.refresh_from_db()
    assert (enquiry.version, enquiry.lines.get().product) == (1, company.motor)


@pytest.mark.rule("EN-02")
def test_only_a_change_of_the_demand_clears_its_confirmation(cast: Cast, company: Company) -> None:
    enquiry = enquiry_of(cast, company)
    enquiry = confirm_demand(enquiry, confirmed_by="王芳", confirmed_on=date(2026, 11, 21), actor=cast.rep)
    enquiry = edit_enquiry(enquiry, draft=draft_for(company, contact_name="李娜"), actor=cast.rep)
    assert enquiry.is_demand_confirmed
    enquiry = edit_enquiry(
        enquiry, draft=draft_for(company, contact_name="李娜", wanted_on=date(2026, 12, 9)), actor=cast.rep
    )
    assert (enquiry.is_demand_confirmed, enquiry.demand_confirmed_by) == (False, "")
    last = Event.objects.filter(name="edited").latest("id")
    assert last.data["confirmation_cleared"] is True


class TestReassign:
    def test_the_desk_hands_an_enquiry_to_who_may_see_it(self, cast: Cast, company: Company) -> None:
        enquiry = enquiry_of(cast, company)
        handed = reassign_enquiry(enquiry, owner=cast.assistant, actor=cast.manager, note="休假")
        assert handed.owner == cast.assistant
        event = Event.objects.get(name="reassigned")
        assert (event.note, event.data["changes"][0]["after"]) == ("休假", "陈丽")

    @pytest.mark.rule("RG-02")
    def test_not_to_somebody_of_another_desk_nor_to_who_does_not_sell(
        self, cast: Cast, company: Company
    ) -> None:
        enquiry = enquiry_of(cast, company)
        for owner in (cast.other_rep, cast.north_assistant, cast.finance, cast.erp, cast.rep):
            with pytest.raises(InvalidInput) as error:
                reassign_enquiry(enquiry, owner=owner, actor=cast.manager)
            assert refused(error) == {"#/owner"}
        enquiry.refresh_from_db()
        assert (enquiry.owner, enquiry.version) == (cast.rep, 1)

    def test_a_salesperson_hands_over_his_own_only(self, cast: Cast, company: Company) -> None:
        enquiry = reassign_enquiry(enquiry_of(cast, company), owner=cast.assistant, actor=cast.rep)
        with pytest.raises(PermissionDenied):
            reassign_enquiry(enquiry, owner=cast.second_assistant, actor=cast.rep)


class TestLinkCustomer:
    def test_a_prospects_enquiry_goes_to_the_desk_of_his_new_file(self, cast: Cast, company: Company) -> None:
        enquiry = prospect_of(cast)
        linked = link_customer(enquiry, customer=company.customer, actor=cast.assistant, version=1)
        assert (linked.customer, linked.region, linked.owner) == (
            company.customer,
            cast.south,
            cast.assistant,
        )
        assert linked.prospect_name == "宁波海天机械厂"

    def test_an_owner_who_may_not_see_the_file_gives_way_to_its_salesperson(
        self, cast: Cast, company: Company
    ) -> None:
        enquiry = prospect_of(cast, actor=cast.other_rep, region=cast.south)
        linked = link_customer(enquiry, customer=company.customer, actor=cast.manager)
        assert linked.owner == cast.rep

    def test_once_and_never_to_a_merged_file(self, cast: Cast, company: Company) -> None:
        enquiry = prospect_of(cast)
        merged = CustomerFactory(
            region=cast.south, salesperson=cast.rep, status="merged", merged_into=company.customer
        )
        with pytest.raises(RuleRefused) as error:
            link_customer(enquiry, customer=merged, actor=cast.assistant)
        assert error.value.rule == "CM-12"
        link_customer(enquiry, customer=company.customer, actor=cast.assistant)
        with pytest.raises(RuleRefused) as error:
            link_customer(enquiry, customer=company.customer, actor=cast.assistant)
        assert error.value.code == "customer_linked"


@pytest.mark.parametrize("lines", [2, 60])
def test_opening_costs_the_same_for_few_and_for_many_lines(
    cast: Cast, company: Company, django_assert_max_num_queries: Any, lines: int
) -> None:
    draft = draft_for(company, *(asked("A1023", str(n + 1)) for n in range(lines)))
    assert cast.rep.may("orders.handle_enquiries")
    # codes, part numbers; number; settings, calendar; enquiry, lines, scope, event; contact of the customer
    with clock_set_to(now()), django_assert_max_num_queries(14):
        open_enquiry(draft=draft, actor=cast.rep)
