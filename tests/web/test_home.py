"""Home: every tile's figure is the length of the list behind it, for every role."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from core.models import User
from credit.services.reviews import pass_rep
from inventory.models import CustomerPart
from orders.models import Order
from orders.quotes.services import create_quote
from orders.services.placing import place_order
from reports.queries.palette import palette_hits
from reports.queries.work import PILES, papers_in, piles_for, rows_of, tiles_for
from tests.conftest import Cast, Company
from tests.credit.matters import at_finance, checked, draft_of, line_for, slip_for, submitted
from tests.factories import CustomerFactory
from tests.fulfillment.matters import approved, deliver, gone, noticed, picked, ready, signed
from tests.orders.enquiries.matters import enquiry_of, prospect_of
from tests.orders.quotes import quote_of
from tests.reports import papers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

ROLES = (
    "assistant", "north_assistant", "rep", "other_rep", "manager", "director",
    "accountant", "finance", "cfo", "gm",
    "picker", "checker", "guard", "logistics", "service", "catalogue", "auditor", "admin",
    "planner", "buyer", "qc", "legal", "engineer", "second_assistant",
)  # fmt: skip


@pytest.fixture
def busy(cast: Cast, company: Company) -> None:
    """One paper at least on every pile."""
    papers.offers(cast, company)
    papers.contracts(cast, company)
    papers.files(cast, company)
    one = (("B2040", "1"),)
    place_order(company.customer, draft=draft_of(*one), actor=cast.assistant)
    place_order(company.northern_customer, draft=draft_of(*one), actor=cast.north_assistant)
    submitted(cast, company, *one)
    held = submitted(cast, company, *one)
    Order.objects.filter(pk=held.pk).update(holds=["remittance"])
    checked(cast, company, submitted(cast, company, *one))
    reviewed = checked(cast, company, submitted(cast, company, *one))
    pass_rep(reviewed, version=reviewed.version, actor=cast.rep)
    at_finance(cast, company, submitted(cast, company, *one))
    slip = slip_for(cast, submitted(cast, company, *one))
    line_for(cast, company, slip)
    approved(cast, company, *one)
    approved(cast, company, ("A1023", "300"))
    noticed(cast, approved(cast, company, *one))
    signed(cast, approved(cast, company, *one))
    picked(cast, approved(cast, company, *one))
    ready(cast, approved(cast, company, *one))
    gone(cast, company, approved(cast, company, *one))
    deliver(cast, gone(cast, company, approved(cast, company, *one)))


def test_a_tile_counts_what_its_list_shows(busy: None, cast: Cast, signed_in: object) -> None:
    for role in ROLES:
        person: User = getattr(cast, role)
        browser: Client = signed_in(person)  # type: ignore[operator]
        shown = dict(
            re.findall(
                r'href="/work/([a-z-]+)/".*?tile-figure">(\d+)<', browser.get("/").content.decode(), re.DOTALL
            )
        )
        assert {slug: int(count) for slug, count in shown.items()} == {
            pile.slug: papers_in(pile, person).count() for pile in piles_for(person)
        }, role
        for slug, count in shown.items():
            page = browser.get(f"/work/{slug}/")
            assert page.content.decode().count("<tr data-row>") == int(count), (role, slug)


def test_every_pile_has_work_and_says_what_is_missing_and_where_it_is_supplied(
    busy: None, cast: Cast
) -> None:
    people = [getattr(cast, role) for role in ROLES]
    for pile in PILES:
        if pile.slug in ("rejected", "marketing-review", "price-lists", "to-confirm"):
            continue
        rows = [
            row
            for person in people
            if person.may(pile.permission)
            for row in rows_of(pile, papers_in(pile, person))
        ]
        assert rows, pile.slug
        assert all(row.lacks and str(row.act) and row.number for row in rows), pile.slug


@pytest.mark.rule("RG-02")
def test_the_desks_see_their_own_drafts_only(busy: None, cast: Cast) -> None:
    def drafts(person: User) -> int:
        return next(tile.count for tile in tiles_for(person) if tile.pile.slug == "drafts")

    assert (drafts(cast.assistant), drafts(cast.north_assistant)) == (1, 1)


@pytest.mark.rule("CT-02", "IN-03")
def test_an_order_waits_for_the_customer_until_he_has_confirmed_its_present_amount(
    cast: Cast, company: Company
) -> None:
    def waiting() -> int:
        return next(tile.count for tile in tiles_for(cast.assistant) if tile.pile.slug == "to-confirm")

    order = submitted(cast, company)
    assert waiting() == 0
    order.confirmations.update(amount="1.00")
    assert waiting() == 1


@pytest.mark.rule("EN-01", "QT-02", "QT-03")
def test_offers_wait_for_those_whose_turn_it_is(cast: Cast, company: Company) -> None:
    papers.offers(cast, company)

    def waiting(person: User) -> dict[str, int]:
        return {
            tile.pile.slug: tile.count
            for tile in tiles_for(person)
            if tile.count and tile.pile.source in ("enquiry", "quote")
        }

    desk = {"quotes-to-send": 1, "quotes-expiring": 1, "quotes-accepted": 1}
    assert waiting(cast.assistant) == {"enquiries": 1, "enquiries-overdue": 1, **desk}
    assert waiting(cast.rep) == {"enquiries": 1, **desk}
    assert waiting(cast.north_assistant) == {}
    assert waiting(cast.finance) == {"quote-finance": 1}
    assert waiting(cast.planner) == {"quote-production": 1}
    assert waiting(cast.buyer) == {"quote-purchasing": 1}
    assert waiting(cast.director) == waiting(cast.gm) == {"quote-price": 1}
    assert "quote-price" not in waiting(cast.manager)  # 7% is beyond the manager's 5%


@pytest.mark.rule("CT-01", "CT-03", "CT-06", "IC-01")
def test_contracts_wait_for_those_whose_turn_it_is(cast: Cast, company: Company) -> None:
    papers.contracts(cast, company)

    def waiting(person: User) -> dict[str, int]:
        return {
            tile.pile.slug.removeprefix("contract-"): tile.count
            for tile in tiles_for(person)
            if tile.count and tile.pile.source == "contract"
        }

    assert waiting(cast.manager) == {"manager": 1, "sales": 1, "register": 1, "rejected": 1}
    assert waiting(cast.gm) == {"gm": 1}
    assert waiting(cast.legal) == {"legal": 1}
    assert waiting(cast.engineer) == {"technical": 1}
    assert waiting(cast.qc) == {"qc": 1}
    assert waiting(cast.planner) == {"production": 1}
    assert waiting(cast.finance) == {"price": 1, "finance": 1}
    assert waiting(cast.second_assistant) == {"seal": 1, "register": 1, "rejected": 1}
    assert "seal" not in waiting(cast.assistant)  # who applied does not seal


@pytest.mark.rule("CM-04", "CM-07", "CM-08", "CM-11")
def test_customer_files_wait_for_those_who_keep_and_decide_them(cast: Cast, company: Company) -> None:
    papers.files(cast, company)

    def waiting(person: User) -> dict[str, int]:
        return {tile.pile.slug: tile.count for tile in tiles_for(person) if tile.count}

    kept = {"changes-overdue": 1, "changes": 1, "care-plans": 1}
    assert waiting(cast.assistant) == waiting(cast.rep) == kept
    assert waiting(cast.manager) == {**kept, "grades": 1}
    assert waiting(cast.finance) == waiting(cast.cfo) == {"credit-limits": 1}


def test_another_roles_list_is_not_found(busy: None, cast: Cast, signed_in: object) -> None:
    browser: Client = signed_in(cast.picker)  # type: ignore[operator]
    assert browser.get("/work/final-approval/").status_code == 404
    assert browser.get("/work/nothing-of-the-kind/").status_code == 404


def test_home_costs_the_same_for_little_and_for_much_work(
    cast: Cast, company: Company, signed_in: object, django_assert_max_num_queries: object
) -> None:
    browser: Client = signed_in(cast.assistant)  # type: ignore[operator]
    for size in (1, 6):
        for _order in range(size):
            submitted(cast, company, ("B2040", "1"))
            place_order(company.customer, draft=draft_of(("B2040", "2")), actor=cast.assistant)
        # session, person, roles; enquiries, quotations, contracts, orders, shipments, surveys, changes and
        # care plans counted; three panels; acts; month
        with django_assert_max_num_queries(20):  # type: ignore[operator]
            assert browser.get("/").status_code == 200


def test_the_tiles_refresh_by_themselves_every_minute(cast: Cast, signed_in: object) -> None:
    browser: Client = signed_in(cast.assistant)  # type: ignore[operator]
    fragment = browser.get("/work/tiles/").content.decode()
    assert 'data-poll="/work/tiles/"' in fragment
    assert 'data-poll-every="60000"' in fragment
    assert fragment in browser.get("/").content.decode()


def test_who_has_nothing_waiting_is_told_so(cast: Cast, signed_in: object) -> None:
    browser: Client = signed_in(cast.picker)  # type: ignore[operator]
    browser.cookies["django_language"] = "en"
    assert "blank" in browser.get("/").content.decode()


def test_home_asks_for_a_sign_in_and_shows_no_client(cast: Cast, client: Client, signed_in: object) -> None:
    assert client.get("/")["Location"].startswith("/login/")
    assert signed_in(cast.erp).get("/").status_code == 403  # type: ignore[operator]


class TestPalette:
    def test_four_characters_of_a_number_find_the_order(self, cast: Cast, company: Company) -> None:
        order = place_order(company.customer, draft=draft_of(("B2040", "1")), actor=cast.assistant)
        hits = palette_hits(cast.assistant, order.number[-4:])
        assert [hit.url for hit in hits if order.number in hit.label] == [f"/orders/{order.number}/"]

    @pytest.mark.rule("RG-02")
    def test_the_other_regions_orders_and_customers_are_not_found(self, cast: Cast, company: Company) -> None:
        order = place_order(company.customer, draft=draft_of(("B2040", "1")), actor=cast.assistant)
        for wanted in (order.number, company.customer.name):
            labels = " ".join(hit.label for hit in palette_hits(cast.north_assistant, wanted))
            assert order.number not in labels
            assert company.customer.name not in labels

    def test_the_dialog_gets_json_and_the_search_box_a_page(
        self, cast: Cast, company: Company, signed_in: object
    ) -> None:
        browser: Client = signed_in(cast.assistant)  # type: ignore[operator]
        found = browser.get("/palette/", {"q": "A1023"}, headers={"Accept": "application/json"}).json()[
            "results"
        ]
        assert found[0]["label"].startswith("A1023")
        assert "A1023" in browser.get("/palette/", {"q": "A1023"}).content.decode()

    @pytest.mark.parametrize("odd", ["", "x" * 500, "\x00", "%", "'", "²", "＝"])
    def test_odd_input_finds_nothing_and_breaks_nothing(
        self, cast: Cast, signed_in: object, odd: str
    ) -> None:
        browser: Client = signed_in(cast.assistant)  # type: ignore[operator]
        assert browser.get("/palette/", {"q": odd}, headers={"Accept": "application/json"}).status_code == 200

    @pytest.mark.rule("CM-12", "RG-02")
    def test_documents_customers_and_products_are_found_by_every_name_they_have(
        self, cast: Cast, company: Company
    ) -> None:
        customer = company.customer
        CustomerPart.objects.create(customer=customer, product=company.motor, part_number="HX-7788")
        CustomerFactory(
            number="C2020009", region=cast.south, salesperson=cast.rep, status="merged", merged_into=customer
        )
        papers = [
            enquiry_of(cast, company), prospect_of(cast),
            create_quote(customer, draft=quote_of(("A1023", "1")), actor=cast.rep),
        ]  # fmt: skip

        def kinds(person: User, wanted: str) -> set[str]:
            return {hit.url for hit in palette_hits(person, wanted)}

        for paper in papers:
            assert paper.get_absolute_url() in kinds(cast.assistant, paper.number)
            assert paper.get_absolute_url() not in kinds(cast.north_assistant, paper.number)
        assert papers[1].get_absolute_url() in kinds(cast.assistant, "nbht")
        for wanted in ("C2020009", customer.uscc, customer.uscc.lower()):
            assert customer.get_absolute_url() in kinds(cast.assistant, wanted)
            assert customer.get_absolute_url() not in kinds(cast.north_assistant, wanted)
        assert any("A1023" in hit.label for hit in palette_hits(cast.assistant, "hx-7788"))
        assert not any("A1023" in hit.label for hit in palette_hits(cast.north_assistant, "hx-7788"))

    def test_a_search_costs_six_statements_at_most(
        self, cast: Cast, company: Company, django_assert_max_num_queries: object
    ) -> None:
        assert cast.assistant.may("orders.view")
        with django_assert_max_num_queries(6):  # type: ignore[operator]
            palette_hits(cast.assistant, "A10")
