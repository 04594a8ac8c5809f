"""The price that holds: agreed with the customer, then by quantity, then from the list (QT-03)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.clock import today
from core.errors import InvalidInput, RuleRefused, SameActor, TransitionNotAllowed
from core.models import RoleGrant, User
from inventory.models import CustomerPart, PriceList, Product
from inventory.prices import PriceQuery, find_prices
from inventory.queries import products_by_typed_code, products_by_typed_codes
from inventory.rows import PriceRow
from inventory.services.part_numbers import PartNumberRow, set_part_numbers
from inventory.services.price_lists import approve_price_list, create_price_list, withdraw_price_list
from tests.conftest import Cast, Company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
D = Decimal


def entered(cast: Cast, *prices: PriceRow, code: str, begins_in: int = 0, **facts: Any) -> PriceList:
    start = today() + timedelta(days=begins_in)
    return create_price_list(
        code=code, name="价目表", valid_from=start, prices=prices, actor=cast.catalogue, **facts
    )


def approved(cast: Cast, *prices: PriceRow, code: str, **facts: Any) -> PriceList:
    return approve_price_list(entered(cast, *prices, code=code, **facts), actor=cast.gm)


GENERAL = (
    PriceRow("A1023", D(980), D(850)),
    PriceRow("A1023", D(930), minimum_quantity=D(50)),
    PriceRow("A1023", D(900), minimum_quantity=D(100)),
    PriceRow("B2040", D("12.3456")),
)


@pytest.fixture
def prices(company: Company, cast: Cast) -> Company:
    approved(cast, *GENERAL, code="PL2026-02")
    approved(
        cast,
        PriceRow("A1023", D(880)),
        PriceRow("A1023", D(840), minimum_quantity=D(200)),
        code="HX-1",
        customer=company.customer,
    )
    return company


@pytest.mark.rule("QT-03", "G-08")
@pytest.mark.parametrize(
    ("is_agreed", "quantity", "price", "source"),
    [
        (False, "1", "980", "list"),
        (False, "49.999", "980", "list"),
        (False, "50", "930", "break"),
        (False, "100", "900", "break"),
        (True, "1", "880", "customer"),
        (True, "199", "880", "customer"),
        (True, "200", "840", "customer_break"),
    ],
)
def test_the_agreed_price_goes_before_the_break_and_the_break_before_the_list(
    prices: Company, is_agreed: bool, quantity: str, price: str, source: str
) -> None:
    customer = prices.customer if is_agreed else prices.northern_customer

    found = find_prices(customer, lines=[PriceQuery("A1023", D(quantity))])["A1023", D(quantity)]

    assert (found.unit_price, found.source, found.list_price) == (D(price), source, D(980))
    assert found.floor_price == (D(840) if is_agreed else D(850))


@pytest.mark.rule("QT-03")
def test_what_is_not_agreed_comes_from_the_list_and_what_nobody_names_is_absent(prices: Company) -> None:
    lines = [PriceQuery("B2040", D(7)), PriceQuery("NONE", D(1))]

    found = find_prices(prices.customer, lines=lines)

    assert {key: price.source for key, price in found.items()} == {("B2040", D(7)): "list"}


@pytest.mark.rule("QT-03")
def test_finding_costs_two_statements_however_many_lines(
    prices: Company, django_assert_num_queries: Any
) -> None:
    for count in (1, 500):
        with django_assert_num_queries(2):
            find_prices(prices.customer, lines=[PriceQuery("A1023", D(n + 1)) for n in range(count)])


@pytest.mark.rule("QT-03", "SY-02")
def test_lists_in_another_currency_are_apart(prices: Company, cast: Cast) -> None:
    approved(cast, PriceRow("A1023", D("138.50")), code="USD-1", currency="USD")

    assert find_prices(None, lines=[PriceQuery("A1023")], currency="USD")["A1023", D(0)].unit_price == D(
        "138.50"
    )
    assert find_prices(None, lines=[PriceQuery("A1023")])["A1023", D(0)].unit_price == D(980)


@pytest.mark.rule("QT-03")
@pytest.mark.parametrize(
    ("rows", "pointer"),
    [
        ([PriceRow("A1023", D(9), minimum_quantity=D(10))], "#/prices/0/minimum_quantity"),
        ([PriceRow("A1023", D(9)), PriceRow("A1023", D(10), minimum_quantity=D(5))], "#/prices/1/unit_price"),
        (
            [PriceRow("A1023", D(9), D(8)), PriceRow("A1023", D(7), minimum_quantity=D(5))],
            "#/prices/1/unit_price",
        ),
        (
            [PriceRow("A1023", D(9)), PriceRow("A1023", D(8), minimum_quantity=D("1.5"))],
            "#/prices/1/minimum_quantity",
        ),
        ([PriceRow("A1023", D(9)), PriceRow("A1023", D(8), D(7), D(5))], "#/prices/1/floor_price"),
    ],
)
def test_quantity_prices_that_make_no_sense_are_refused_at_their_row(
    company: Company, cast: Cast, rows: list[PriceRow], pointer: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        entered(cast, *rows, code="PL2026-02")

    assert [problem.pointer for problem in refused.value.problems] == [pointer]
    assert PriceList.objects.count() == 1


# --- Versions -------------------------------------------------------------------------------------


@pytest.mark.rule("QT-03")
def test_a_version_meeting_another_is_refused_naming_it_but_may_follow_an_open_one(
    company: Company, cast: Cast
) -> None:
    row = PriceRow("A1023", D(950))
    entered(cast, row, code="PL-A", begins_in=10, valid_until=today() + timedelta(days=20))

    for begins_in, until in ((20, None), (5, 10), (12, 15), (10, 20)):
        ends = None if until is None else today() + timedelta(days=until)
        with pytest.raises(InvalidInput) as refused:
            entered(cast, row, code="PL-B", begins_in=begins_in, valid_until=ends)
        [problem] = refused.value.problems
        assert problem.pointer == "#/valid_from"
        assert "PL-A" in problem.detail
    entered(cast, row, code="PL-B", begins_in=21)
    entered(cast, row, code="USD", begins_in=12, currency="USD")
    entered(cast, row, code="HX", begins_in=12, customer=company.customer)


@pytest.mark.rule("QT-03")
def test_approval_ends_the_open_version_on_the_day_before_and_looks_again(
    company: Company, cast: Cast
) -> None:
    row = PriceRow("A1023", D(950))
    first = entered(cast, row, code="PL-A", begins_in=10)
    # Entered at the same moment by somebody else, so that neither saw the other.
    second = PriceList.objects.create(
        code="PL-B", name="并行录入", valid_from=today() + timedelta(days=5), created_by=cast.catalogue
    )
    approve_price_list(first, actor=cast.gm)
    company.price_list.refresh_from_db()
    assert company.price_list.valid_until == today() + timedelta(days=9)

    with pytest.raises(RuleRefused, match=r"PL2026-01|PL-A"):
        approve_price_list(second, actor=cast.gm)

    second.refresh_from_db()
    company.price_list.refresh_from_db()
    assert not second.is_approved
    assert (company.price_list.valid_until, company.price_list.ended_by) == (
        today() + timedelta(days=9),
        first,
    )


@pytest.mark.rule("QT-03")
def test_what_was_withdrawn_stands_in_nobodys_way(company: Company, cast: Cast) -> None:
    row = PriceRow("A1023", D(950))
    wrong = entered(cast, row, code="PL-A", begins_in=10, valid_until=today() + timedelta(days=20))
    withdraw_price_list(wrong, reason="录错", actor=cast.catalogue)

    right = entered(cast, row, code="PL-B", begins_in=10)

    assert approve_price_list(right, actor=cast.gm).is_approved
    with pytest.raises(TransitionNotAllowed):
        approve_price_list(wrong, actor=cast.gm)


@pytest.mark.rule("IC-01")
def test_the_maker_never_approves_whatever_his_roles(company: Company, cast: Cast) -> None:
    RoleGrant.objects.create(user=cast.catalogue, role="general_manager")
    made = entered(cast, PriceRow("A1023", D(950)), code="PL-A", begins_in=1)

    with pytest.raises(SameActor):
        approve_price_list(made, actor=User.objects.get(pk=cast.catalogue.pk))


# --- What was typed -------------------------------------------------------------------------------


@pytest.mark.rule("IN-05")
def test_code_barcode_part_number_name_and_initials_name_a_product(
    company: Company, cast: Cast, django_assert_num_queries: Any
) -> None:
    set_part_numbers(company.customer, rows=[PartNumberRow("HX-750", "A1023", "主轴")], actor=cast.assistant)
    Product.objects.filter(sku="B2040").update(pinyin="kzdl kongzhidianlan")
    typed = ["a1023", company.motor.barcode, "hx-750", "控制电缆", "KZDL", "nothing"]

    with django_assert_num_queries(2):
        found = products_by_typed_codes(typed, company.customer)

    assert found == {
        "a1023": ("A1023",),
        company.motor.barcode: ("A1023",),
        "hx-750": ("A1023",),
        "控制电缆": ("B2040",),
        "KZDL": ("B2040",),
    }
    assert "hx-750" not in products_by_typed_codes(typed, company.northern_customer)
    assert [p.sku for p in products_by_typed_code("HX-7", company.customer)] == ["A1023"]


@pytest.mark.rule("IN-05")
def test_part_numbers_come_in_all_or_none_and_known_ones_move(company: Company, cast: Cast) -> None:
    set_part_numbers(company.customer, rows=[PartNumberRow("HX-1", "A1023")], actor=cast.assistant)

    with pytest.raises(InvalidInput) as refused:
        set_part_numbers(
            company.customer,
            rows=[PartNumberRow("HX-2", "A1023"), PartNumberRow("HX-2", "B2040"), PartNumberRow("", "NONE")],
            actor=cast.assistant,
        )
    assert len(refused.value.problems) == 4
    assert CustomerPart.objects.count() == 1

    set_part_numbers(company.customer, rows=[PartNumberRow("HX-1", "B2040")], actor=cast.assistant)
    assert CustomerPart.objects.get().product == company.cable
