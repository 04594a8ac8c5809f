"""Customers from a file: every entry of the customer file, nobody else's customers, no credit (CM-02, CM-10)."""

from __future__ import annotations

from typing import Any

import pytest

from core.imports.services import UndoPrevented, undo_batch
from core.models import Event, NumberSeries
from customers.models import Address, Contact, Customer
from tests.conftest import Cast, Company
from tests.factories import uscc_number
from tests.imports.files import checked, imported, said, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon"), pytest.mark.rule("SY-03")]

TITLES = (
    "客户全称", "统一社会信用代码", "行业", "客户类型", "区域", "负责业务员", "结算方式", "联系人", "职务", "业务电话",
    "省", "市", "区县", "详细地址",
)  # fmt: skip
ENGLISH = (
    "Full name", "Unified social credit code", "Industry", "Customer type", "Region desk", "Salesperson", "Settlement",
    "Contact", "Position", "Business phone", "Province", "City", "District", "Address",
)  # fmt: skip


def row(name: str = "杭州启明电子有限公司", **other: Any) -> list[Any]:
    usual = {
        "name": name, "uscc": uscc_number(7001), "industry": "电子", "kind": "新客户", "region": "南区",
        "salesperson": "李敏", "settlement": "款到发货", "contact": "王芳", "title": "采购经理",
        "phone": "0571-55500123", "province": "浙江省", "city": "杭州市", "district": "余杭区",
        "address": "文一西路 1 号",
    }  # fmt: skip
    return list({**usual, **other}.values())


@pytest.mark.rule("CM-01", "CM-02", "CM-10")
def test_a_new_customer_gets_a_number_a_contact_an_address_and_pays_before_delivery(cast: Cast) -> None:
    other = row("杭州启光电子有限公司", uscc="")
    batch = imported("customers", workbook(TITLES, row(), other), cast.assistant)

    assert batch.counts["create"] == 2
    customer, second = Customer.objects.with_defaults().order_by("number")
    assert (customer.number, second.number) == ("C2026001", "C2026002")
    assert (customer.name, customer.region, customer.salesperson) == (
        "杭州启明电子有限公司",
        cast.south,
        cast.rep,
    )
    assert (customer.settlement, customer.kind, customer.invoice_title) == ("prepaid", "new", customer.name)
    assert (customer.default_contact.name, customer.default_contact.title) == ("王芳", "采购经理")
    assert str(customer.default_address) == "浙江省杭州市余杭区文一西路 1 号"
    assert customer.uscc == uscc_number(7001)
    assert customer.pinyin


@pytest.mark.rule("CM-02")
def test_titles_and_words_in_english_are_understood(cast: Cast) -> None:
    english = row(kind="Prospect", region="South", salesperson="limin", settlement="Cash before delivery")

    imported("customers", workbook(ENGLISH, english), cast.assistant)

    assert Customer.objects.get().kind == "prospect"


@pytest.mark.rule("AU-01")
def test_each_customer_has_its_history_and_its_place_in_the_trail(cast: Cast, company: Company) -> None:
    NumberSeries.objects.create(series="C2026", last=500)
    content = workbook(
        (*TITLES, "核心需求"), [*row(), "交期"], [*row(company.customer.name, uscc="", **SAME), "价格"]
    )

    batch = imported("customers", content, cast.assistant)

    made = Customer.objects.get(name="杭州启明电子有限公司")
    assert list(made.events().values_list("name", "sequence")) == [("customer_opened", 1)]
    assert made.history.get().history_change_reason == batch.number
    event = company.customer.events().get(name="customer_changed")
    assert event.data["changed"] == {"core_needs": ["", "价格"]}


SAME = {"salesperson": "limin", "kind": "新"}


@pytest.mark.rule("CM-02")
@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"name": ""}, "客户全称"),
        ({"name": "长" * 121}, "客户全称"),
        ({"uscc": uscc_number(7001)[:-1] + "0"}, "统一社会信用代码"),
        ({"industry": ""}, "行业"),
        ({"kind": ""}, "客户类型"),
        ({"kind": "大客户"}, "客户类型"),
        ({"region": "西区"}, "区域"),
        ({"salesperson": "孙艳"}, "负责业务员"),
        ({"contact": ""}, "联系人"),
        ({"title": ""}, "职务"),
        ({"phone": "call me"}, "业务电话"),
        ({"province": ""}, "省"),
        ({"city": ""}, "市"),
        ({"address": ""}, "详细地址"),
    ],
)  # fmt: skip
def test_a_missing_or_wrong_entry_is_named_with_its_column(
    cast: Cast, change: dict[str, str], column: str
) -> None:
    batch = checked("customers", workbook(TITLES, row(**change)), cast.assistant)

    assert [title for _row, title, _value in said(batch)] == [column]
    problem = batch.rows.get().problems[0]
    assert problem["problem"]
    assert problem["fix"]
    assert not Customer.objects.exists()


@pytest.mark.rule("CM-10")
@pytest.mark.parametrize("terms", ["月结", "分期", "Monthly settlement"])
def test_no_file_gives_a_new_customer_credit(cast: Cast, terms: str) -> None:
    batch = checked("customers", workbook(TITLES, row(settlement=terms)), cast.assistant)

    assert said(batch) == [(2, "结算方式", terms)]


@pytest.mark.rule("CM-10")
def test_no_file_changes_the_terms_of_a_customer_on_file(cast: Cast, company: Company) -> None:
    Customer.objects.filter(pk=company.customer.pk).update(settlement="monthly")
    titles = ("客户编号", "结算方式")

    same = checked("customers", workbook(titles, (company.customer.number, "月结")), cast.assistant)
    other = checked("customers", workbook(titles, (company.customer.number, "款到发货")), cast.assistant)

    assert same.counts["unchanged"] == 1
    assert said(other) == [(2, "结算方式", "款到发货")]


@pytest.mark.rule("CM-02")
def test_the_same_company_twice_in_the_file_or_under_another_name_is_refused(
    cast: Cast, company: Company
) -> None:
    twice = row("杭州启光电子有限公司")
    known = row("另一个名字有限公司", uscc=company.customer.uscc)
    content = workbook(TITLES, row(), row(uscc=""), twice, known)

    batch = checked("customers", content, cast.assistant)

    assert [(line, title) for line, title, _value in said(batch)] == [
        (3, "客户全称"), (4, "统一社会信用代码"), (5, "统一社会信用代码"),
    ]  # fmt: skip


@pytest.mark.rule("RG-02")
def test_nobody_imports_into_another_desk_or_learns_what_is_on_file_there(
    cast: Cast, company: Company
) -> None:
    northern = company.northern_customer
    content = workbook(
        TITLES,
        row(northern.name, uscc="", region="N"), row("北京新客户有限公司", uscc=northern.uscc), row(region="北区"),
    )  # fmt: skip

    batch = checked("customers", content, cast.assistant)

    assert batch.counts["error"] == 3
    told = str([row.problems for row in batch.rows.all()])
    assert northern.number not in told
    assert northern.salesperson.username not in told


@pytest.mark.rule("RG-02")
def test_a_salesperson_brings_in_his_own_customers_only(cast: Cast) -> None:
    content = workbook(TITLES, row(), row("另一个客户有限公司", uscc="", salesperson="赵刚"))

    batch = imported("customers", content, cast.rep, mode="valid")

    assert [customer.salesperson for customer in Customer.objects.all()] == [cast.rep]
    assert batch.counts["error"] == 1


@pytest.mark.rule("CM-04")
def test_a_contact_on_file_is_not_replaced_by_a_file(cast: Cast, company: Company) -> None:
    titles = ("客户编号", "联系人", "业务电话")
    content = workbook(titles, (company.customer.number, "赵六", "0571-55500123"))

    batch = checked("customers", content, cast.assistant)

    assert said(batch) == [(2, "联系人", "赵六")]


def test_undoing_takes_the_files_out_with_contact_and_address_and_keeps_their_numbers_used_up(
    cast: Cast,
) -> None:
    batch = imported("customers", workbook(TITLES, row()), cast.assistant)

    undo_batch(batch, actor=cast.assistant)

    assert not Customer.objects.exists()
    assert not Contact.objects.exists()
    assert not Address.objects.exists()
    imported("customers", workbook(TITLES, row()), cast.assistant)
    assert Customer.objects.get().number == "C2026002"
    assert Event.objects.filter(name="customers_removed").get().data == {"numbers": ["C2026001"]}


def test_undoing_puts_back_what_was_changed(cast: Cast, company: Company) -> None:
    titles = ("客户编号", "行业", "负责业务员")
    batch = imported(
        "customers", workbook(titles, (company.customer.number, "机械", "wangqiang")), cast.assistant
    )
    company.customer.refresh_from_db()
    assert (company.customer.industry, company.customer.salesperson) == ("机械", cast.manager)

    undo_batch(batch, actor=cast.assistant)

    company.customer.refresh_from_db()
    assert (company.customer.industry, company.customer.salesperson) == ("电子", cast.rep)


def test_a_contact_added_since_prevents_undoing(cast: Cast) -> None:
    batch = imported("customers", workbook(TITLES, row()), cast.assistant)
    Contact.objects.create(customer=Customer.objects.get(), name="李四", title="经理", phone="0571-1234567")

    with pytest.raises(UndoPrevented) as refused:
        undo_batch(batch, actor=cast.assistant)

    assert [obstacle.row_no for obstacle in refused.value.obstacles] == [2]
    assert Customer.objects.exists()


@pytest.mark.rule("LG-01")
def test_what_the_import_keeps_of_its_rows_names_no_person(cast: Cast) -> None:
    batch = imported("customers", workbook(TITLES, row()), cast.assistant)

    kept = batch.rows.get()
    assert "王芳" not in str(kept.after)
    assert "55500123" not in str(kept.after)
