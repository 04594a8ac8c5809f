"""Pages of the enquiry: list, form without script, steps, demand note, figures that lead to their lists."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from core.models import Event, User
from customers.models import Customer
from customers.phones import masked_phone
from orders.enquiries.services import close_enquiry, respond_enquiry
from orders.models import Enquiry
from tests.conftest import Cast, Company
from tests.factories import uscc_number
from tests.files import upload
from tests.orders.enquiries.matters import asked, enquiry_of, prospect_of
from tests.papers import read_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def typed(*rows: dict[str, str], **header: str) -> dict[str, str]:
    """What a browser sends: a header and five rows."""
    data = {"channel": "phone", "line-TOTAL_FORMS": "5", "line-INITIAL_FORMS": "0", **header}
    for n, row in enumerate(rows):
        data |= {f"line-{n}-{name}": value for name, value in row.items()}
    return data


@pytest.fixture
def rep(cast: Cast, signed_in: Any) -> Client:
    return signed_in(cast.rep)


@pytest.fixture
def english(rep: Client, cast: Cast) -> Client:
    User.objects.filter(pk=cast.rep.pk).update(language="en")
    return rep


class TestForm:
    @pytest.mark.rule("EN-01")
    def test_a_call_is_written_down_without_script(self, rep: Client, company: Company) -> None:
        page = rep.get("/enquiries/new/?customer=C2026001").content.decode()
        assert 'value="C2026001" selected' in page
        answer = rep.post(
            "/enquiries/new/",
            typed(
                {"sku": "A1023", "quantity": "10"},
                {},
                {"description": "减速机", "spec": "1:50", "quantity": "２", "unit": "台"},
                customer="C2026001",
                wanted_on="+10",
            ),
        )
        enquiry = Enquiry.objects.get()
        assert answer["Location"] == f"/enquiries/{enquiry.number}/"
        assert [str(line.quantity.normalize()) for line in enquiry.lines.all() if line.quantity] == [
            "1E+1",
            "2",
        ]
        assert f"{enquiry.wanted_on}" == "2026-12-01"

    @pytest.mark.rule("EN-01")
    def test_what_is_wrong_is_said_at_its_cell_and_nothing_typed_is_lost(self, english: Client) -> None:
        answer = english.post(
            "/enquiries/new/",
            typed(
                {"sku": "NOSUCH", "quantity": "3"},
                {"description": "Gearbox", "quantity": "many"},
                prospect_name="Ningbo Haitian",
                special_needs="by sea",
            ),
        )
        page = answer.content.decode()
        assert answer.status_code == 422
        for kept in ("NOSUCH", "Gearbox", "many", "Ningbo Haitian", "by sea"):
            assert kept in page
        answer = english.post(
            "/enquiries/new/", typed({"sku": "NOSUCH", "quantity": "3"}, prospect_name="Ningbo Haitian")
        )
        page = answer.content.decode()
        assert "There is no product NOSUCH" in page
        assert "Choose the region desk of the prospect" in page
        assert not Enquiry.objects.exists()

    def test_more_rows_come_without_script_and_keep_what_is_typed(self, rep: Client) -> None:
        page = rep.post("/enquiries/new/", typed({"sku": "A1023"}, add_rows="1")).content.decode()
        assert 'name="line-9-sku"' in page
        assert "A1023" in page

    def test_the_same_form_sent_twice_is_one_enquiry(self, rep: Client, company: Company) -> None:
        page = rep.get("/enquiries/new/").content.decode()
        key = re.findall(r'name="form_key" value="([^"]+)"', page)[0]
        data = typed({"sku": "A1023"}, customer="C2026001", form_key=key)
        first, second = rep.post("/enquiries/new/", data), rep.post("/enquiries/new/", data)
        assert first["Location"] == second["Location"]
        assert Enquiry.objects.count() == 1

    @pytest.mark.rule("EN-02")
    def test_a_correction_says_that_the_confirmation_is_gone(
        self, english: Client, cast: Cast, company: Company
    ) -> None:
        enquiry = enquiry_of(cast, company)
        english.post(
            f"/enquiries/{enquiry.number}/confirm/",
            {"confirmed_by": "王芳", "confirmed_on": "2026-11-21", "version": "1", "file": upload("ok.png")},
        )
        enquiry.refresh_from_db()
        assert enquiry.is_demand_confirmed
        assert "clears the confirmation" in english.get(f"/enquiries/{enquiry.number}/edit/").content.decode()
        stale = english.post(f"/enquiries/{enquiry.number}/edit/", typed({"sku": "B2040"}, version="1"))
        assert stale.status_code == 409
        answer = english.post(
            f"/enquiries/{enquiry.number}/edit/", typed({"sku": "B2040"}, version="2"), follow=True
        )
        assert "confirm the demand note again" in answer.content.decode()
        enquiry.refresh_from_db()
        assert not enquiry.is_demand_confirmed

    def test_codes_are_found_while_typing(self, rep: Client, company: Company) -> None:
        found = rep.get("/enquiries/options/products/", {"q": "伺服"}).json()
        assert [option["value"] for option in found] == ["A1023"]
        assert rep.get("/enquiries/options/products/", {"q": "\x00"}).json() == []


class TestPage:
    @pytest.mark.rule("EN-01")
    def test_one_step_is_the_next_one(self, english: Client, cast: Cast, company: Company) -> None:
        enquiry = enquiry_of(cast, company)

        def primary() -> list[str]:
            page = english.get(f"/enquiries/{enquiry.number}/").content.decode()
            found = re.findall(r'class="btn btn-primary"[^>]*>(?:<svg.*?</svg>)?([^<]+?)…?<', page, re.DOTALL)
            return [text.strip() for text in found]

        assert primary() == ["Record the first response"]
        english.post(f"/enquiries/{enquiry.number}/respond/", {"version": "1", "note": "Called back"})
        assert primary() == ["Make quotation"]
        enquiry.refresh_from_db()
        close_enquiry(enquiry, lost_reason="price", actor=cast.rep)
        assert primary() == ["Reopen the enquiry"]

    @pytest.mark.rule("EN-01")
    def test_closing_asks_why(self, english: Client, cast: Cast, company: Company) -> None:
        enquiry = enquiry_of(cast, company)
        answer = english.post(f"/enquiries/{enquiry.number}/close/", {"version": "1", "note": "typed"})
        assert answer.status_code == 422
        assert "Say why the enquiry is closed" in answer.content.decode()
        assert "typed" in answer.content.decode()
        english.post(f"/enquiries/{enquiry.number}/close/", {"version": "1", "lost_reason": "price"})
        enquiry.refresh_from_db()
        assert enquiry.status == "closed"

    @pytest.mark.rule("EN-01")
    def test_a_prospect_gets_a_customer_file_from_his_enquiry(self, english: Client, cast: Cast) -> None:
        enquiry = respond_enquiry(prospect_of(cast, actor=cast.rep), actor=cast.rep)
        page = english.get(f"/enquiries/{enquiry.number}/").content.decode()
        assert "Open a customer file for the prospect" in page
        form = english.get(f"/enquiries/{enquiry.number}/open-customer/").content.decode()
        assert "宁波海天机械厂" in form
        answer = english.post(
            f"/enquiries/{enquiry.number}/open-customer/",
            {
                "name": "宁波海天机械厂", "industry": "机械", "kind": "prospect", "uscc": uscc_number(77),
                "region": cast.south.pk, "salesperson": cast.rep.pk, "language": "zh-hans", "currency": "CNY",
                "contact_name": "赵工", "contact_title": "工程师", "contact_phone": "0574-8765 4321",
                "address_province": "浙江省", "address_city": "宁波市", "address_detail": "江南路 1 号",
            },
        )  # fmt: skip
        enquiry.refresh_from_db()
        assert answer["Location"] == f"/enquiries/{enquiry.number}/", answer.content.decode()[:3000]
        assert enquiry.customer == Customer.objects.get(name="宁波海天机械厂")

    def test_an_existing_file_is_linked(self, english: Client, cast: Cast, company: Company) -> None:
        enquiry = prospect_of(cast, actor=cast.rep)
        english.post(f"/enquiries/{enquiry.number}/link/", {"customer": "C2026001", "version": "1"})
        enquiry.refresh_from_db()
        assert enquiry.customer == company.customer

    def test_who_hands_his_enquiry_over_sees_it_no_more(self, rep: Client, cast: Cast) -> None:
        enquiry = prospect_of(cast, actor=cast.rep)
        answer = rep.post(f"/enquiries/{enquiry.number}/reassign/", {"owner": "chenli", "version": "1"})
        assert answer["Location"] == "/enquiries/"
        assert rep.get(f"/enquiries/{enquiry.number}/").status_code == 404

    @pytest.mark.rule("RG-02")
    def test_another_desks_enquiry_is_not_found(self, cast: Cast, company: Company, signed_in: Any) -> None:
        enquiry = enquiry_of(cast, company)
        browser = signed_in(cast.north_assistant)
        for path in ("", "note.pdf", "edit/", "close/", "confirm/", "reassign/"):
            assert browser.get(f"/enquiries/{enquiry.number}/{path}").status_code == 404
        assert browser.post(f"/enquiries/{enquiry.number}/respond/").status_code == 404
        assert not Event.objects.filter(name="respond").exists()

    @pytest.mark.rule("CM-03")
    def test_phones_are_masked_for_who_does_not_call(
        self, cast: Cast, company: Company, signed_in: Any
    ) -> None:
        enquiry = enquiry_of(cast, company)
        page = signed_in(cast.planner).get(f"/enquiries/{enquiry.number}/").content.decode()
        assert "0571-55500123" not in page

    @pytest.mark.rule("SY-08")
    def test_comments_stay_in_the_history_and_the_auditor_writes_none(
        self, cast: Cast, company: Company, signed_in: Any
    ) -> None:
        enquiry = enquiry_of(cast, company)
        address = f"/enquiries/{enquiry.number}/comment/"
        browser = signed_in(cast.planner)
        assert browser.post(address, {"text": "下周有产能"})["Location"].endswith("#history")
        assert "下周有产能" in browser.get(f"/enquiries/{enquiry.number}/").content.decode()
        browser = signed_in(cast.auditor)
        assert browser.post(address, {"text": "x"}).status_code == 403
        page = browser.get(f"/enquiries/{enquiry.number}/").content.decode()
        assert "下周有产能" in page
        assert address not in page
        assert Event.objects.filter(name="comment", outcome="done").count() == 1

    @pytest.mark.rule("EN-02")
    @pytest.mark.rule("CM-03")
    def test_its_phone_is_masked_for_posts_that_do_not_call(
        self, signed_in: Any, cast: Cast, company: Company
    ) -> None:
        enquiry = enquiry_of(cast, company)
        masked = masked_phone(enquiry.contact_phone)

        for person, shown in ((cast.rep, enquiry.contact_phone), (cast.planner, masked)):
            answer = signed_in(person).get(f"/enquiries/{enquiry.number}/note.pdf")
            assert shown in read_paper(answer.content).text

    def test_the_demand_note_is_a_paper(self, rep: Client, cast: Cast, company: Company) -> None:
        enquiry = enquiry_of(cast, company, special_needs="防水\n加长线")
        answer = rep.get(f"/enquiries/{enquiry.number}/note.pdf")
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")

    @pytest.mark.parametrize("lines", [2, 40])
    def test_the_page_costs_the_same_for_few_and_many_lines(
        self, rep: Client, cast: Cast, company: Company, django_assert_max_num_queries: Any, lines: int
    ) -> None:
        enquiry = enquiry_of(cast, company, lines=tuple(asked("A1023", str(n + 1)) for n in range(lines)))
        # session, person, roles; enquiry, lines, quotations; events; files
        with django_assert_max_num_queries(10):
            assert rep.get(f"/enquiries/{enquiry.number}/").status_code == 200

    def test_the_customers_page_lists_them(self, rep: Client, cast: Cast, company: Company) -> None:
        enquiry = enquiry_of(cast, company)
        page = rep.get("/customers/C2026001/?tab=enquiries").content.decode()
        assert enquiry.number in page
        assert "/enquiries/new/?customer=C2026001" in page


class TestList:
    @pytest.mark.rule("EN-01")
    def test_filters_and_search(self, rep: Client, cast: Cast, company: Company) -> None:
        first = enquiry_of(cast, company, channel="email")
        second = prospect_of(cast, actor=cast.rep)
        closed = close_enquiry(enquiry_of(cast, company), lost_reason="price", actor=cast.rep)

        def shown(query: str) -> set[str]:
            return set(
                re.findall(
                    r"data-row-link href=\"/enquiries/([^/]+)/",
                    rep.get(f"/enquiries/{query}").content.decode(),
                )
            )

        assert shown("") == {first.number, second.number}
        assert shown("?view=all") == {first.number, second.number, closed.number}
        assert shown("?view=closed&lost=price") == {closed.number}
        assert shown("?channel=email") == {first.number}
        assert shown("?owner=me") == {first.number, second.number}
        assert shown("?q=nbht") == {second.number}
        Customer.objects.filter(pk=company.customer.pk).update(pinyin="hxdz huaxindianzi")
        assert shown("?q=hxdz") == shown("?customer=C2026001") == {first.number}
        assert shown("?q=减速") == {second.number}
        assert shown("?q=A1023") == {first.number}
        assert shown("?overdue=1") == set()
        Enquiry.objects.filter(pk=first.pk).update(response_due_on="2026-11-20")
        assert shown("?overdue=1") == {first.number}

    @pytest.mark.parametrize(
        "odd", ["view=x", "since=2026-13", "owner=%00", "q=%00", "cursor=x", "outcome=x"]
    )
    def test_odd_addresses_break_nothing(self, rep: Client, odd: str) -> None:
        assert rep.get(f"/enquiries/?{odd}").status_code == 200
        assert rep.get(f"/enquiries/figures/?{odd}").status_code == 200

    @pytest.mark.parametrize("size", [1, 12])
    def test_the_list_costs_the_same_for_few_and_for_many(
        self, rep: Client, cast: Cast, company: Company, django_assert_max_num_queries: Any, size: int
    ) -> None:
        for _n in range(size):
            enquiry_of(cast, company)
        # session, person, roles; regions, owners; page, count
        with django_assert_max_num_queries(8):
            assert rep.get("/enquiries/?q=hx").status_code == 200

    @pytest.mark.rule("EN-01", "G-07")
    def test_every_figure_leads_to_a_list_of_that_length(
        self, rep: Client, cast: Cast, company: Company
    ) -> None:
        respond_enquiry(enquiry_of(cast, company), actor=cast.rep)
        close_enquiry(enquiry_of(cast, company, channel="visit"), lost_reason="price", actor=cast.rep)
        for by in ("month", "owner", "channel"):
            page = rep.get(f"/enquiries/figures/?by={by}").content.decode()
            links = re.findall(r'<a href="(/enquiries/\?[^"]+)">(\d+)</a>', page)
            assert len(links) > 14
            for address, figure in links:
                rows = rep.get(address.replace("&amp;", "&")).content.decode()
                assert rows.count("data-row-link") == int(figure), (address, figure)
