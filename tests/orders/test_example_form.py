"""The checked-in example workbook is one of our forms, and reads as what stands in it.

A form belongs to the row of the database that issued it, so the test issues that very form first.
"""

import uuid
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orders.intake.excel_form import import_order_form, issue_order_form
from orders.models import OrderForm
from tests.workbooks import fill_in_form

EXAMPLE = Path(__file__).parent.parent / "fixtures" / "order_form_example.xlsx"
ISSUED_AS = uuid.UUID("3f0c9f0e-6d1b-4b7e-9a39-5a2f6d1c8e11")
D = Decimal


@pytest.fixture
def customer_of_the_form(company):
    """The customer the example was issued to: the number stands in the workbook."""
    company.customer.number, company.customer.name = "C2026001", "杭州华信电子有限公司"
    type(company.customer).objects.exclude(pk=company.customer.pk).filter(number="C2026001").update(
        number="C2026999"
    )
    company.customer.save()
    return company.customer


@pytest.fixture
def example(customer_of_the_form, company, cast, noon, monkeypatch) -> bytes:
    if not EXAMPLE.exists():
        monkeypatch.setattr("orders.intake.excel_form.uuid.uuid4", lambda: ISSUED_AS)
        _form, blank = issue_order_form(customer_of_the_form, actor=cast.assistant)
        OrderForm.objects.all().delete()
        EXAMPLE.parent.mkdir(exist_ok=True)
        EXAMPLE.write_bytes(
            fill_in_form(
                blank,
                quantities={"A1023": 10, "B2040": 7},
                stated_amount="11171.65",
                customer_po="HX-0815",
                promised_on=date(2026, 12, 1),
                address_remark="送余杭新仓，请提前电话",
                remarks={"A1023": "加急"},
            )
        )
    OrderForm.objects.create(
        uid=ISSUED_AS, customer=customer_of_the_form, price_list=company.price_list, issued_by=cast.assistant
    )
    return EXAMPLE.read_bytes()


@pytest.mark.django_db
@pytest.mark.rule("XL-01", "XL-02", "VA-02")
def test_the_example_workbook_becomes_an_order(example, cast):
    order = import_order_form(SimpleUploadedFile(EXAMPLE.name, example), actor=cast.assistant)

    assert (order.customer.number, order.customer_po, order.promised_on) == (
        "C2026001",
        "HX-0815",
        date(2026, 12, 1),
    )
    assert (order.total, order.stated_difference) == (D("11171.65"), D("0.00"))
    assert [(line.sku, line.quantity, line.remark) for line in order.lines.all()] == [
        ("A1023", 10, "加急"),
        ("B2040", 7, ""),
    ]
