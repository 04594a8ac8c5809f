"""Files that are no table, too much, or dangerous: a clear error at the file, and nothing is kept of a batch."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client
from openpyxl import Workbook

from core.errors import BusinessError
from core.imports import sources
from core.models import ImportBatch
from tests.conftest import Cast
from tests.files import xlsx_bytes
from tests.imports.files import PRODUCT_TITLES, checked, opened, said, text_table, upload_of, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon"), pytest.mark.rule("SY-03")]


def with_part(name: str, content: bytes) -> bytes:
    """A sound workbook with one more part."""
    packed = io.BytesIO(workbook(PRODUCT_TITLES, ("N-1", "接触器", "个", "", 13)))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def far_cell(place: str) -> bytes:
    book = Workbook()
    assert book.active is not None
    book.active["A1"], book.active[place] = "产品编码", 1
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def many_rows() -> bytes:
    return text_table(PRODUCT_TITLES, *[(f"N-{n}", "接触器", "个", "", "13") for n in range(100_000)])


BAD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "bomb": ("a.xlsx", lambda: with_part("xl/big.xml", b"0" * 60_000_000)),
    "macro": ("a.xlsx", lambda: with_part("xl/vbaProject.bin", b"x")),
    "entity": ("a.xlsx", lambda: with_part("xl/evil.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")),
    "far_column": ("a.xlsx", lambda: far_cell("XFD2")),
    "many_columns": ("a.xlsx", lambda: far_cell("OHZ2")),
    "far_row": ("a.xlsx", lambda: far_cell("A1048576")),
    "hundred_thousand": ("a.csv", many_rows),
    "wide_text": ("a.csv", lambda: b",".join([b"x"] * 10_001)),
    "picture": ("a.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 50),
    "workbook_as_text": ("a.csv", lambda: workbook(PRODUCT_TITLES)),
    "old_excel": ("a.xls", lambda: b"\xd0\xcf\x11\xe0" + b"\x00" * 50),
    "program": ("a.exe", lambda: b"MZ\x90\x00"),
    "empty": ("a.xlsx", lambda: b""),
    "empty_text": ("a.csv", lambda: b"\r\n\r\n"),
    "hollow": ("a.xlsx", xlsx_bytes),
    "no_titles": ("a.csv", lambda: b"N-1,12.5,3\r\nN-2,13,4\r\n"),
    "one_cell": ("a.csv", lambda: "产品编码".encode()),
    "nul": ("a.csv", lambda: b"code,name\x00\r\n1,2"),
    "no_encoding": ("a.csv", lambda: b"code,name\r\n\xff\xfe\xfa\x80\x81,2"),
    "open_quote": ("a.csv", lambda: b'code,name\r\n"' + b"x" * 30_000),
}


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_cannot_be_imported_is_refused_with_a_reason(
    cast: Cast, client: Client, case: str
) -> None:
    name, make = BAD[case]
    client.force_login(cast.catalogue)

    answer = client.post("/imports/new/", {"kind": "products", "file": upload_of(make(), name)})

    assert answer.status_code == 422
    assert "field-error" in answer.content.decode() or "error-summary" in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_titles_without_rows_are_named_at_the_check(cast: Cast, client: Client) -> None:
    batch = checked("products", workbook(PRODUCT_TITLES), cast.catalogue)

    client.force_login(cast.catalogue)
    assert batch.job is not None
    assert batch.job.state == "failed"
    assert "data-poll=" not in client.get(batch.get_absolute_url()).content.decode()


def test_a_formula_without_a_result_is_named_in_its_cell(cast: Cast) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["产品编码", "产品名称", "单位", "税率"])
    sheet.append(["N-1", '=A2&"!"', "个", 0.13])
    sheet.append(["N-2", "接触器", "个", "#REF!"])
    sheet["D3"].data_type = "e"
    content = io.BytesIO()
    book.save(content)

    batch = checked("products", content.getvalue(), cast.catalogue)

    assert [(row, title) for row, title, _value in said(batch)] == [(2, "产品名称"), (3, "税率")]


def test_the_first_rows_of_a_file_cost_no_more_than_they_are(cast: Cast) -> None:
    assert sources.MOST_ROWS == 50_000
    with pytest.raises(BusinessError) as refused:
        opened("products", many_rows(), cast.catalogue, "a.csv")
    assert "50,000" in str(refused.value)
