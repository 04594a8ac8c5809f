"""Products from a file: added, changed, left alone, refused row by row, and taken back (SY-03)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import PermissionDenied, RuleRefused, TransitionNotAllowed
from core.imports.services import UndoPrevented, start_commit, undo_batch
from core.jobs import run_next_job
from core.models import Event, ImportBatch
from inventory.models import Product
from inventory.services.catalogue import create_warehouse, update_product
from inventory.services.stock import ReceiptLine, receive_stock
from tests.conftest import Cast, Company
from tests.imports.files import PRODUCT_TITLES, checked, imported, said, text_table, workbook

ENGLISH = ("Code *", "Name", "Unit (UOM)", "Barcode", "VAT rate")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon"), pytest.mark.rule("SY-03")]

TWO = workbook(PRODUCT_TITLES, ("N-1", "接触器", "个", "690111", "13%"), ("N-2", "继电器", "个", "", 0.09))


def test_a_check_writes_nothing_and_says_what_would_come(cast: Cast) -> None:
    batch = checked("products", TWO, cast.catalogue)

    assert batch.status == "checked"
    assert batch.counts == {"rows": 2, "create": 2, "update": 0, "unchanged": 0, "error": 0, "problems": 0}
    assert not Product.objects.exists()


def test_new_products_come_in_with_every_entry(cast: Cast) -> None:
    titles = (*PRODUCT_TITLES, "规格型号", "产品类别", "单位小数位", "供应方式", "最低库存", "标准成本")
    row = ("N-1", "控制电缆", "米", "690111", "9%", "4×1.5", "电缆", 1, "外购", 12.5, "3.1415")

    batch = imported("products", workbook(titles, row), cast.catalogue)

    assert batch.status == "committed"
    product = Product.objects.get()
    assert (product.sku, product.name, product.unit, product.barcode) == ("N-1", "控制电缆", "米", "690111")
    assert (product.spec, product.category, product.supply) == ("4×1.5", "电缆", "buy")
    assert (product.tax_rate, product.unit_decimals) == (Decimal("0.09"), 1)
    assert (product.minimum_stock, product.standard_cost) == (Decimal("12.5"), Decimal("3.1415"))
    assert product.pinyin.startswith("kzdl")


def test_products_on_file_are_changed_and_equal_ones_left_alone(cast: Cast, company: Company) -> None:
    titles = ("产品编码", "产品名称", "最低库存")
    batch = imported(
        "products", workbook(titles, ("A1023", "伺服电机 II", 20), ("B2040", "控制电缆", 0)), cast.catalogue
    )

    assert {name: batch.counts[name] for name in ("create", "update", "unchanged")} == {
        "create": 0, "update": 1, "unchanged": 1,
    }  # fmt: skip
    company.motor.refresh_from_db()
    assert (company.motor.name, company.motor.minimum_stock) == ("伺服电机 II", Decimal(20))
    assert company.motor.spec == "750W"
    row = batch.rows.get(outcome="updated")
    assert (row.before["name"], row.after["name"]) == ("伺服电机", "伺服电机 II")


def test_an_import_once_more_changes_nothing(cast: Cast) -> None:
    imported("products", TWO, cast.catalogue)

    again = checked("products", TWO, cast.catalogue)

    assert again.counts["unchanged"] == 2
    with pytest.raises(RuleRefused):
        start_commit(again, mode="all", actor=cast.catalogue)
    assert Product.objects.count() == 2


def test_one_faulty_row_keeps_all_out_unless_only_the_valid_ones_are_wanted(cast: Cast) -> None:
    content = workbook(PRODUCT_TITLES, ("N-1", "接触器", "个", "", "13%"), ("N-2", "继电器", "个", "", "17%"))
    batch = checked("products", content, cast.catalogue)
    assert said(batch) == [(3, "税率", "17%")]

    with pytest.raises(RuleRefused):
        start_commit(batch, mode="all", actor=cast.catalogue)
    assert not Product.objects.exists()

    batch.refresh_from_db()
    start_commit(batch, mode="valid", actor=cast.catalogue)
    run_next_job()
    assert list(Product.objects.values_list("sku", flat=True)) == ["N-1"]


def test_the_bad_rows_alone_can_come_again(cast: Cast) -> None:
    bad = workbook(PRODUCT_TITLES, ("N-1", "接触器", "个", "", "13%"), ("N-2", "继电器", "个", "", "17%"))
    imported("products", bad, cast.catalogue, mode="valid")

    batch = imported("products", workbook(PRODUCT_TITLES, ("N-2", "继电器", "个", "", "13%")), cast.catalogue)

    assert batch.counts["create"] == 1
    assert Product.objects.count() == 2


def test_all_or_nothing_is_all_or_nothing_when_something_changed_after_the_check(cast: Cast) -> None:
    first, second = (checked("products", TWO, cast.catalogue) for _file in range(2))
    other = workbook(PRODUCT_TITLES, ("M-9", "开关", "个", "690111", "13%"))
    imported("products", other, cast.catalogue)

    start_commit(first, mode="all", actor=cast.catalogue)
    run_next_job()

    assert list(Product.objects.values_list("sku", flat=True)) == ["M-9"]
    first.refresh_from_db()
    assert first.status == "committing"
    assert first.job is not None
    assert first.job.state == "failed"
    start_commit(second, mode="all", actor=cast.catalogue)  # another batch is not held up by it


@pytest.mark.rule("AP-07")
def test_a_second_commit_and_a_repeated_job_do_nothing_twice(cast: Cast) -> None:
    batch = checked("products", TWO, cast.catalogue)
    stale = ImportBatch.objects.get(pk=batch.pk)
    start_commit(batch, mode="all", actor=cast.catalogue)

    with pytest.raises(TransitionNotAllowed):
        start_commit(stale, mode="all", actor=cast.catalogue)
    run_next_job()
    batch.job.__class__.objects.filter(pk=batch.job_id).update(state="queued")
    run_next_job()

    assert Product.objects.count() == 2
    assert Event.objects.filter(document_number=batch.number, name="finish_commit").count() == 1


def test_a_text_that_looks_like_a_formula_stays_a_text(cast: Cast) -> None:
    row = ("N-1", '=HYPERLINK("http://x","y")', "@SUM", "", "13%")

    imported("products", workbook(PRODUCT_TITLES, row), cast.catalogue)

    product = Product.objects.get()
    assert (product.name, product.unit) == ('=HYPERLINK("http://x","y")', "@SUM")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("utf8.csv", text_table(PRODUCT_TITLES, ("N-1", "接触器", "个", "", "13"))),
        ("mark.csv", text_table(PRODUCT_TITLES, ("N-1", "接触器", "个", "", "13"), encoding="utf-8-sig")),
        ("gbk.csv", text_table(PRODUCT_TITLES, ("N-1", "接触器", "个", "", "0.13"), encoding="gbk")),
        ("wide.csv", text_table(PRODUCT_TITLES, ("N-1", "接触器", "个", "", "13%"), encoding="utf-16", delimiter="\t")),
        ("semicolon.csv", text_table(PRODUCT_TITLES, ("N-1", "接触器", "个", "", "13％"), delimiter=";")),
        ("titled.xlsx", workbook(PRODUCT_TITLES, ("N-1", "接触器", "个", "", 13), above=[["2026 年产品目录"], []])),
        ("english.xlsx", workbook(ENGLISH, ("N-1", "接触器", "个", "", 13))),
    ],
)  # fmt: skip
def test_every_usual_file_is_read(cast: Cast, name: str, content: bytes) -> None:
    imported("products", content, cast.catalogue, name)

    product = Product.objects.get()
    assert (product.sku, product.name, product.tax_rate) == ("N-1", "接触器", Decimal("0.13"))


# --- undo ---------------------------------------------------------------------------------------------


def test_undoing_takes_out_what_was_added_and_puts_back_what_was_changed(
    cast: Cast, company: Company
) -> None:
    content = workbook(
        PRODUCT_TITLES, ("N-1", "接触器", "个", "", "13%"), ("A1023", "伺服电机 II", "台", "", "9%")
    )
    batch = imported("products", content, cast.catalogue)

    undo_batch(batch, actor=cast.catalogue)

    assert not Product.objects.filter(sku="N-1").exists()
    company.motor.refresh_from_db()
    assert (company.motor.name, company.motor.tax_rate) == ("伺服电机", Decimal("0.13"))
    batch.refresh_from_db()
    assert batch.status == "undone"


def test_what_is_used_or_changed_since_prevents_undoing_and_is_named(cast: Cast) -> None:
    batch = imported("products", TWO, cast.catalogue)
    used, changed = Product.objects.order_by("sku")
    warehouse = create_warehouse(code="W1", name="仓", actor=cast.catalogue)
    line = ReceiptLine(product_id=used.pk, quantity=Decimal(1), batch_number="B1", certificate="Q1")
    receive_stock(warehouse, lines=[line], document_number="GR202611-0009", actor=cast.checker)
    update_product(changed, changes={"name": "新继电器"}, actor=cast.catalogue)

    with pytest.raises(UndoPrevented) as refused:
        undo_batch(batch, actor=cast.catalogue)

    assert [(o.row_no, o.key) for o in refused.value.obstacles] == [(2, "N-1"), (3, "N-2")]
    used_by, changed_since = (obstacle.reason for obstacle in refused.value.obstacles)
    assert "库存" in used_by or "stock" in used_by
    assert used_by != changed_since
    assert Product.objects.count() == 2
    batch.refresh_from_db()
    assert batch.status == "committed"


@pytest.mark.rule("IC-01")
def test_who_does_not_keep_the_catalogue_imports_no_product(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        checked("products", TWO, cast.assistant)
    batch = checked("products", TWO, cast.catalogue)
    with pytest.raises(PermissionDenied):
        start_commit(batch, mode="all", actor=cast.assistant)
    assert not Product.objects.exists()


@pytest.mark.rule("AU-01")
def test_every_step_of_a_batch_is_in_the_trail(cast: Cast) -> None:
    batch = imported("products", TWO, cast.catalogue)
    undo_batch(batch, actor=cast.catalogue)

    names = list(Event.objects.filter(document_number=batch.number).values_list("name", flat=True))
    assert names == ["import_opened", "start_check", "finish_check", "start_commit", "finish_commit", "undo"]
    assert batch.original.document_number == batch.number
