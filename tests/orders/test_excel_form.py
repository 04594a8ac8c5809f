"""The standard Excel order form goes out, comes back, and every fault in it is named with its cell."""

import io
import zipfile
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from core.errors import InvalidInput
from core.models import Attachment
from inventory.models import Product
from orders.intake.excel_form import FormRefused, import_order_form, issue_order_form, read_order_form
from orders.intake.form_reader import NotOurForm, read_workbook
from orders.models import Order
from tests import factories
from tests.orders.drafts import draft_of, placed
from tests.workbooks import fill_in_form

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def form(company, cast) -> bytes:
    return issue_order_form(company.customer, actor=cast.assistant)[1]


def uploaded(content: bytes, name: str = "订单.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def faults(content: bytes, actor) -> list[tuple[int, str, str]]:
    return [(p.row, p.column, p.code) for p in read_order_form(content, actor=actor).problems]


@pytest.mark.rule("XL-01")
def test_the_form_offers_the_catalogue_with_prices_and_locks_all_but_the_open_cells(form):
    sheet = load_workbook(io.BytesIO(form)).worksheets[0]

    assert [sheet[f"{column}9"].value for column in "BCDEFG"] == [
        "A1023",
        "伺服电机",
        "750W",
        "台",
        980,
        0.13,
    ]
    assert sheet.protection.sheet
    unlocked = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert {"H9", "L9", "H10", "L10", "H3", "H4", "H5", "C6"} <= unlocked
    assert not {"B9", "F9", "G9", "I9", "K9", "K3", "C3"} & unlocked


@pytest.mark.rule("XL-01")
def test_totals_compute_themselves(form):
    sheet = load_workbook(io.BytesIO(form)).worksheets[0]

    assert sheet["K3"].value == "=SUM(K9:K10)"
    assert "ROUND(H9*F9,2)" in sheet["I9"].value


@pytest.mark.rule("XL-02", "IN-01", "VA-02")
def test_a_filled_form_becomes_a_draft_with_the_workbook_as_its_original(form, company, cast):
    filled = fill_in_form(
        form,
        quantities={"A1023": 10, "B2040": D("7")},
        stated_amount="11171.65",
        customer_po="HX-0815",
        address_remark="送余杭新仓",
        remarks={"A1023": "加急"},
    )

    order = import_order_form(uploaded(filled), actor=cast.assistant)

    assert (order.channel, order.total, order.stated_difference) == ("excel", D("11171.65"), D("0.00"))
    assert (order.customer, order.customer_po, order.remarks) == (company.customer, "HX-0815", "送余杭新仓")
    assert [(line.sku, line.quantity, line.remark) for line in order.lines.all()] == [
        ("A1023", 10, "加急"),
        ("B2040", 7, ""),
    ]
    original = Attachment.objects.get(document_number=order.number)
    assert (original.kind, original.name) == ("order_form", "订单.xlsx")


@pytest.mark.rule("XL-02")
def test_rows_with_nothing_or_nought_are_ignored(form, company, cast):
    reading = read_order_form(
        fill_in_form(form, quantities={"A1023": 0, "B2040": "1.5"}), actor=cast.assistant
    )

    assert reading.problems == ()
    assert [(line.sku, line.quantity) for line in reading.draft.lines] == [("B2040", D("1.5"))]


@pytest.mark.rule("XL-02")
@pytest.mark.parametrize(
    ("quantity", "code"),
    [(-1, "not_positive"), ("十", "not_a_number"), (1.5, "fraction_not_allowed"), (True, "not_a_number")],
)
def test_a_bad_quantity_is_named_with_its_cell(form, cast, quantity, code):
    assert faults(fill_in_form(form, quantities={"A1023": quantity, "B2040": 1}), cast.assistant) == [
        (9, "H", code)
    ]


@pytest.mark.rule("XL-02")
def test_an_altered_price_an_unknown_and_a_doubled_product_are_named(form, cast):
    def spoil(sheet):
        sheet["F9"] = 900
        sheet["B11"], sheet["H11"] = "ZZZ", 1
        sheet["B12"], sheet["H12"], sheet["F12"] = "A1023", 1, 980

    found = faults(fill_in_form(form, quantities={"A1023": 1}, spoil=spoil), cast.assistant)

    assert found == [(9, "F", "price_altered"), (11, "B", "unknown_sku"), (12, "B", "duplicate_sku")]


@pytest.mark.rule("XL-02")
def test_a_discontinued_product_is_named(form, cast, noon):
    Product.objects.filter(sku="A1023").update(discontinued_on="2026-11-01")

    assert (9, "B", "discontinued") in faults(fill_in_form(form, quantities={"A1023": 1}), cast.assistant)


@pytest.mark.rule("XL-02")
def test_a_total_that_is_not_the_sum_is_named(form, cast):
    spoilt = fill_in_form(form, quantities={"A1023": 1}, spoil=lambda sheet: sheet.__setitem__("K3", 1000))

    assert faults(spoilt, cast.assistant) == [(3, "K", "total_differs")]


@pytest.mark.rule("XL-02")
def test_a_form_with_old_prices_is_refused(form, company, cast):
    factories.price_list(
        {company.motor: "990.00", company.cable: "12.00"},
        maker=cast.catalogue,
        approver=cast.gm,
        code="PL2026-02",
    )

    assert (1, "H", "outdated_form") in faults(fill_in_form(form, quantities={"A1023": 1}), cast.assistant)


@pytest.mark.rule("XL-02", "RG-02")
def test_a_form_of_another_desk_is_refused(form, cast):
    assert faults(fill_in_form(form, quantities={"A1023": 1}), cast.north_assistant) == [
        (3, "C", "other_desk")
    ]


@pytest.mark.rule("XL-02")
def test_a_form_we_did_not_issue_names_an_unknown_customer(form, company, cast):
    def spoil(sheet):
        sheet.parent["_form"]["B3"] = company.northern_customer.number

    assert faults(fill_in_form(form, quantities={"A1023": 1}, spoil=spoil), cast.assistant) == [
        (3, "C", "unknown_customer")
    ]


@pytest.mark.rule("XL-02")
def test_header_cells_are_checked_too(form, cast):
    def spoil(sheet):
        sheet["H4"], sheet["H5"], sheet["H3"] = "一万", "next week", "P" * 41

    found = faults(fill_in_form(form, quantities={"A1023": 1}, spoil=spoil), cast.assistant)

    assert found == [(3, "H", "too_long"), (4, "H", "not_a_number"), (5, "H", "not_a_day")]


@pytest.mark.rule("XL-02")
def test_one_fault_and_nothing_is_imported_but_the_upload_is_kept(form, cast):
    with pytest.raises(FormRefused) as refused:
        import_order_form(
            uploaded(fill_in_form(form, quantities={"A1023": 1, "B2040": -1})), actor=cast.assistant
        )

    assert refused.value.facts["cells"][0]["row"] == 10
    assert not Order.objects.exists()
    assert Attachment.objects.get().document_number == ""


@pytest.mark.rule("XL-02")
def test_an_empty_form_is_no_order(form, cast):
    with pytest.raises(FormRefused) as refused:
        import_order_form(uploaded(form), actor=cast.assistant)

    assert [p.code for p in refused.value.cell_problems] == ["no_lines"]


@pytest.mark.rule("XL-03")
def test_export_and_import_unchanged_gives_the_same_order(company, cast):
    order = placed(
        company, cast.assistant, ("A1023", "2"), ("B2040", "7.5"), stated_amount=D("2319.43"), remarks="=1+1"
    )

    _form, content = issue_order_form(company.customer, actor=cast.assistant, order=order)
    reading = read_order_form(content, actor=cast.assistant)

    assert reading.problems == ()
    expected = replace(
        draft_of(("A1023", "2"), ("B2040", "7.5"), stated_amount=D("2319.43"), remarks="=1+1"),
        channel="excel",
    )
    assert reading.draft == expected


@pytest.mark.rule("XL-03")
@pytest.mark.parametrize("text", ['=HYPERLINK("http://example.com")', "+1", "-1", "@SUM(A1)"])
def test_texts_that_look_like_formulas_stay_text(company, cast, text):
    Product.objects.filter(sku="A1023").update(name=text)
    company.customer.name = text

    _form, content = issue_order_form(company.customer, actor=cast.assistant)

    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert (sheet["C9"].value, sheet["C9"].data_type) == (text, "s")
    assert sheet["C9"].quotePrefix


@pytest.mark.rule("XL-02")
def test_another_workbook_is_not_taken_for_a_form(cast):
    from openpyxl import Workbook

    output = io.BytesIO()
    Workbook().save(output)

    with pytest.raises(NotOurForm):
        import_order_form(uploaded(output.getvalue()), actor=cast.assistant)
    with pytest.raises(InvalidInput):
        import_order_form(uploaded(b"PK\x03\x04 no zip"), actor=cast.assistant)
    assert not Order.objects.exists()


def test_a_cell_at_the_end_of_the_world_does_not_exhaust_memory(form):
    source = zipfile.ZipFile(io.BytesIO(form))
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(
                    b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                )
            target.writestr(name, content)

    with pytest.raises(NotOurForm):
        read_workbook(output.getvalue())


def test_reading_costs_the_same_however_many_rows(company, cast, django_assert_num_queries):
    products = factories.ProductFactory.create_batch(300)
    factories.price_list(
        {**dict.fromkeys(products, "10.00"), company.motor: "980.00"},
        maker=cast.catalogue,
        approver=cast.gm,
        code="PL2026-03",
    )
    _form, content = issue_order_form(company.customer, actor=cast.assistant)
    few = fill_in_form(content, quantities={"A1023": 1})
    many = fill_in_form(content, quantities={p.sku: 2 for p in products})
    actor = type(cast.assistant).objects.get(pk=cast.assistant.pk)

    for filled in (few, many):
        actor.role_slugs, actor.row_scopes  # noqa: B018 - read before counting
        with django_assert_num_queries(7):
            assert read_order_form(filled, actor=actor).problems == ()
