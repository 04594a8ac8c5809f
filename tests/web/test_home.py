"""Home: every tile's figure is the length of the list behind it, for every role."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from core.models import User
from credit.services.reviews import pass_rep
from orders.models import Order
from orders.services.placing import place_order
from reports.queries.palette import palette_hits
from reports.queries.work import PILES, papers_in, piles_for, rows_of, tiles_for
from tests.conftest import Cast, Company
from tests.credit.matters import at_finance, checked, draft_of, line_for, slip_for, submitted
from tests.fulfillment.matters import approved, deliver, gone, noticed, picked, ready, signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

ROLES = (
    "assistant", "north_assistant", "rep", "other_rep", "manager", "director",
    "accountant", "finance", "cfo", "gm",
    "picker", "checker", "guard", "logistics", "service", "catalogue", "auditor", "admin",
)  # fmt: skip


@pytest.fixture
def busy(cast: Cast, company: Company) -> None:
    """One paper at least on every pile."""
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


@pytest.mark.parametrize("role", ROLES)
def test_a_tile_counts_what_its_list_shows(busy: None, cast: Cast, signed_in: object, role: str) -> None:
    person: User = getattr(cast, role)
    browser: Client = signed_in(person)  # type: ignore[operator]
    shown = dict(
        re.findall(
            r'href="/work/([a-z-]+)/".*?tile-figure">(\d+)<', browser.get("/").content.decode(), re.DOTALL
        )
    )
    assert {slug: int(count) for slug, count in shown.items()} == {
        pile.slug: papers_in(pile, person).count() for pile in piles_for(person)
    }
    for slug, count in shown.items():
        page = browser.get(f"/work/{slug}/")
        assert page.content.decode().count("<tr data-row>") == int(count)


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
        # session, person, roles; orders, shipments, surveys counted; three panels; acts; month
        with django_assert_max_num_queries(14):  # type: ignore[operator]
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

    def test_a_search_costs_three_statements_at_most(
        self, cast: Cast, company: Company, django_assert_max_num_queries: object
    ) -> None:
        assert cast.assistant.may("orders.view")
        with django_assert_max_num_queries(3):  # type: ignore[operator]
            palette_hits(cast.assistant, "A10")
