"""The checked-in example workbook is one of our forms, and reads as what stands in it.

`python -m tests.workbooks` says how it is made anew when the form's layout changes.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orders.intake.excel_form import import_order_form
from tests.conftest import Cast


@pytest.mark.django_db
@pytest.mark.usefixtures("noon")
@pytest.mark.rule("XL-01", "XL-02", "VA-02")
def test_the_example_workbook_becomes_an_order(example_workbook: bytes, cast: Cast) -> None:
    order = import_order_form(SimpleUploadedFile("example.xlsx", example_workbook), actor=cast.assistant)

    assert (order.customer.number, order.customer_po) == ("C2026001", "HX-0815")
    assert order.promised_on == date(2026, 12, 1)
    assert (order.total, order.stated_difference) == (Decimal("11171.65"), Decimal("0.00"))
    assert [(line.sku, line.quantity, line.remark) for line in order.lines.all()] == [
        ("A1023", 10, "加急"),
        ("B2040", 7, ""),
    ]
