"""Prices from a file, into new versions or into versions that nobody has approved yet (SY-03, QT-03)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.errors import SameActor, StaleVersion
from core.imports.services import UndoPrevented, undo_batch
from core.models import ImportBatch
from inventory.models import Price, PriceList
from inventory.services.price_lists import approve_price_list
from tests import factories
from tests.conftest import Cast, Company
from tests.imports.files import checked, imported, said, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon"), pytest.mark.rule("SY-03", "QT-03")]

TITLES = ("价目表版本", "生效日期", "产品编码", "起订数量", "单价", "底价")
CODE, FROM = "PL2027-01", "2027-01-01"
GOOD = [
    (CODE, FROM, "A1023", 0, "1080.00", "950"),
    (CODE, FROM, "A1023", 10, "1000", ""),
    (CODE, FROM, "B2040", "", 12.5, ""),
]


def run(cast: Cast, *rows: Sequence[Any], titles: Sequence[str] = TITLES, **fixed: str) -> ImportBatch:
    return imported("prices", workbook(titles, *rows), cast.catalogue, **fixed)


def look(cast: Cast, *rows: Sequence[Any], titles: Sequence[str] = TITLES, **fixed: str) -> ImportBatch:
    return checked("prices", workbook(titles, *rows), cast.catalogue, **fixed)


def test_a_new_version_comes_in_with_its_breaks_and_waits_for_the_general_manager(
    cast: Cast, company: Company
) -> None:
    batch = run(cast, *GOOD)

    assert batch.status == "committed"
    price_list = PriceList.objects.get(code=CODE)
    assert (price_list.valid_from, price_list.valid_until, price_list.currency) == (
        date(2027, 1, 1),
        None,
        "CNY",
    )
    assert (price_list.is_approved, price_list.created_by) == (False, cast.catalogue)
    assert set(
        price_list.prices.values_list("product__sku", "minimum_quantity", "unit_price", "floor_price")
    ) == {
        ("A1023", Decimal(0), Decimal(1080), Decimal(950)),
        ("A1023", Decimal(10), Decimal(1000), None),
        ("B2040", Decimal(0), Decimal("12.5"), None),
    }
    approve_price_list(price_list, actor=cast.gm)


def test_what_is_the_same_in_all_rows_can_be_said_once(cast: Cast, company: Company) -> None:
    batch = run(
        cast, ("A1023", "1080"), ("B2040", "12"), titles=("货号", "价格"), price_list=CODE, valid_from=FROM,
        customer=company.customer.number,
    )  # fmt: skip

    assert batch.counts["create"] == 2
    assert PriceList.objects.get(code=CODE).customer == company.customer


def test_a_version_not_approved_yet_takes_changes_and_more_prices(cast: Cast, company: Company) -> None:
    run(cast, GOOD[0])

    batch = run(cast, (CODE, FROM, "A1023", 0, "1081.00", "950"), GOOD[1], GOOD[2])

    assert (batch.counts["create"], batch.counts["update"]) == (2, 1)
    assert (
        Price.objects.get(price_list__code=CODE, product__sku="A1023", minimum_quantity=0).unit_price == 1081
    )


@pytest.mark.rule("AP-07")
def test_prices_amended_after_the_general_manager_read_them_are_not_approved_unseen(
    cast: Cast, company: Company
) -> None:
    run(cast, *GOOD)
    seen = PriceList.objects.get(code=CODE)
    run(cast, (CODE, FROM, "A1023", 0, "1001.00", "950"))

    with pytest.raises(StaleVersion):
        approve_price_list(seen, actor=cast.gm, version=seen.version)

    stands = PriceList.objects.get(code=CODE)
    assert (stands.is_approved, stands.version) == (False, seen.version + 1)
    assert approve_price_list(stands, actor=cast.gm, version=stands.version).is_approved


@pytest.mark.rule("IC-01")
def test_who_amended_a_version_by_import_never_approves_it(cast: Cast, company: Company) -> None:
    run(cast, *GOOD)
    helper = factories.person("both", "catalogue", "general_manager")
    imported("prices", workbook(TITLES, (CODE, FROM, "A1023", 0, "1001.00", "950")), helper)
    entered = PriceList.objects.get(code=CODE)
    assert entered.created_by == cast.catalogue

    with pytest.raises(SameActor):
        approve_price_list(entered, actor=helper)

    assert not PriceList.objects.get(code=CODE).is_approved
    assert approve_price_list(entered, actor=cast.gm).is_approved


@pytest.mark.rule("IC-01")
def test_who_took_prices_out_by_undoing_an_import_never_approves_the_rest(
    cast: Cast, company: Company
) -> None:
    run(cast, GOOD[2])
    helper = factories.person("both", "catalogue", "general_manager")
    batch = run(cast, GOOD[0])
    before = PriceList.objects.get(code=CODE).version
    undo_batch(batch, actor=helper)
    entered = PriceList.objects.get(code=CODE)
    assert (entered.version, entered.prices.count()) == (before + 1, 1)

    with pytest.raises(SameActor):
        approve_price_list(entered, actor=helper)

    assert not PriceList.objects.get(code=CODE).is_approved


def test_an_approved_version_takes_nothing(cast: Cast, company: Company) -> None:
    batch = look(cast, (company.price_list.code, "", "A1023", 0, "1", ""))

    assert [(row, title) for row, title, _value in said(batch)] == [(2, "价目表版本")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ((CODE, FROM, "X-1", 0, "1", ""), "产品编码"),
        ((CODE, FROM, "A1023", 0, "-1", ""), "单价"),
        ((CODE, FROM, "A1023", 0, "1.23456", ""), "单价"),
        ((CODE, FROM, "A1023", 0, "teuer", ""), "单价"),
        ((CODE, FROM, "A1023", 0, "1", "2"), "底价"),
        ((CODE, FROM, "A1023", 5, "1", ""), "起订数量"),
        ((CODE, FROM, "A1023", -1, "1", ""), "起订数量"),
        ((CODE, "soon", "A1023", 0, "1", ""), "生效日期"),
        ((CODE, "", "A1023", 0, "1", ""), "生效日期"),
        (("C" * 25, FROM, "A1023", 0, "1", ""), "价目表版本"),
    ],
)  # fmt: skip
def test_a_wrong_price_is_named_with_its_column(
    cast: Cast, company: Company, row: tuple[Any, ...], column: str
) -> None:
    batch = look(cast, row)

    assert column in [title for _row, title, _value in said(batch)]
    assert {problem["title"] for problem in batch.rows.get().problems} == {column}
    assert all(problem["fix"] for problem in batch.rows.get().problems)
    assert not PriceList.objects.filter(code=CODE).exists()


def test_days_that_meet_those_of_another_version_are_refused(cast: Cast, company: Company) -> None:
    PriceList.objects.filter(pk=company.price_list.pk).update(valid_until=date(2027, 1, 31))

    batch = look(cast, GOOD[0])

    assert said(batch) == [(2, "生效日期", FROM)]
    assert company.price_list.code in batch.rows.get().problems[0]["problem"]


def test_rows_that_disagree_about_their_version_are_named(cast: Cast, company: Company) -> None:
    batch = look(cast, GOOD[0], (CODE, "2027-02-01", "B2040", 0, "12", ""))

    assert (3, "生效日期", "2027-02-01") in said(batch)


def test_the_prices_of_a_product_come_together_or_not_at_all(cast: Cast, company: Company) -> None:
    rows = (CODE, FROM, "A1023", 0, "x", ""), GOOD[1], GOOD[2]

    batch = imported("prices", workbook(TITLES, *rows), cast.catalogue, mode="valid")

    assert (batch.counts["error"], batch.counts["create"]) == (2, 1)
    assert list(PriceList.objects.get(code=CODE).prices.values_list("product__sku", flat=True)) == ["B2040"]


def test_undoing_takes_out_the_version_or_puts_back_its_prices(cast: Cast, company: Company) -> None:
    first = run(cast, GOOD[0])
    second = run(cast, (CODE, FROM, "A1023", 0, "1081.00", "950"), GOOD[2])

    with pytest.raises(UndoPrevented):
        undo_batch(first, actor=cast.catalogue)
    undo_batch(second, actor=cast.catalogue)
    assert list(PriceList.objects.get(code=CODE).prices.values_list("unit_price", flat=True)) == [
        Decimal(1080)
    ]
    undo_batch(first, actor=cast.catalogue)
    assert not PriceList.objects.filter(code=CODE).exists()


def test_an_approved_version_is_not_undone(cast: Cast, company: Company) -> None:
    batch = run(cast, *GOOD)
    approve_price_list(PriceList.objects.get(code=CODE), actor=cast.gm)

    with pytest.raises(UndoPrevented) as refused:
        undo_batch(batch, actor=cast.catalogue)

    assert len(refused.value.obstacles) == 3
    assert PriceList.objects.get(code=CODE).prices.count() == 3
