"""Contacts and addresses kept, erased with a reason; data that leave the house leave a note."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.db import DatabaseError, transaction
from openpyxl import load_workbook

from core.attachments import open_attachment
from core.errors import BusinessError, InvalidInput, PermissionDenied, RuleRefused, StaleVersion
from core.jobs import run_next_job
from core.models import Event, Job
from customers.models import Customer, DataRecord
from customers.services import (
    AddressDraft,
    ContactDraft,
    add_address,
    add_contact,
    edit_contact,
    remove_address,
    remove_contact,
    set_default_contact,
)
from customers.services.data_protection import export_customers, note_consent
from orders.models import Order
from tests.conftest import Cast, Company
from tests.factories import person
from tests.orders.drafts import placed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

LI = ContactDraft(name="李娜", title="财务", phone="0571-55500199")


def now_of(customer: Customer) -> Customer:
    return Customer.objects.get(pk=customer.pk)


@pytest.mark.rule("CM-02")
def test_a_contact_is_corrected_and_placed_orders_keep_what_they_copied(cast: Cast, company: Company) -> None:
    order = placed(company, cast.assistant)
    contact = company.customer.contacts.get()

    edit_contact(contact, draft=LI, actor=cast.assistant, version=1)

    assert company.customer.contacts.get().name == "李娜"
    assert Order.objects.get(pk=order.pk).contact_name == "王芳"
    assert now_of(company.customer).version == 2
    with pytest.raises(StaleVersion):
        edit_contact(contact, draft=LI, actor=cast.assistant, version=1)
    with pytest.raises(PermissionDenied):
        edit_contact(contact, draft=LI, actor=cast.north_assistant)


@pytest.mark.rule("CM-03")
@pytest.mark.parametrize("phone", ["330106199001011234", "33010619900101123X"])
def test_an_identity_card_number_is_no_business_phone(cast: Cast, company: Company, phone: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        add_contact(company.customer, contact=ContactDraft("李娜", "财务", phone), actor=cast.assistant)

    assert [problem.pointer for problem in refusal.value.problems] == ["#/phone"]
    assert company.customer.contacts.count() == 1


@pytest.mark.rule("LG-01")
def test_an_erased_contact_leaves_a_note_without_the_person(cast: Cast, company: Company) -> None:
    old = company.customer.contacts.get()
    other = add_contact(company.customer, contact=LI, actor=cast.assistant)

    remove_contact(old, reason="已离职", actor=cast.assistant)

    customer = now_of(company.customer)
    assert list(customer.contacts.all()) == [other]
    assert customer.default_contact == other
    record = DataRecord.objects.get(kind="erasure")
    assert (record.customer, record.purpose, record.actor) == (customer, "已离职", cast.assistant)
    assert "王芳" not in record.subject
    assert "采购经理" in record.subject
    events = Event.objects.done().filter(root_number=customer.number)
    assert [event.name for event in events.order_by("pk")] == ["contact_added", "contact_removed"]
    assert not any("王芳" in f"{event.note}{event.data}" for event in events)


@pytest.mark.rule("LG-01")
def test_the_last_contact_and_address_stay_and_no_reason_erases_nothing(cast: Cast, company: Company) -> None:
    contact, address = company.customer.contacts.get(), company.customer.addresses.get()
    with pytest.raises(RuleRefused):
        remove_contact(contact, reason="已离职", actor=cast.assistant)
    with pytest.raises(RuleRefused):
        remove_address(address, reason="搬迁", actor=cast.assistant)
    add_contact(company.customer, contact=LI, actor=cast.assistant)
    with pytest.raises(InvalidInput) as refusal:
        remove_contact(contact, reason="  ", actor=cast.assistant)

    assert refusal.value.problems[0].pointer == "#/reason"
    assert company.customer.contacts.count() == 2
    assert not DataRecord.objects.exists()


@pytest.mark.rule("CM-02")
def test_another_contact_and_address_become_the_default(cast: Cast, company: Company) -> None:
    other = add_contact(company.customer, contact=LI, actor=cast.assistant)
    set_default_contact(other, actor=cast.assistant)
    address = add_address(
        company.customer,
        address=AddressDraft("浙江省", "宁波市", "东海路 8 号"),
        is_default=True,
        actor=cast.assistant,
    )

    order = placed(Company(**{**vars(company), "customer": now_of(company.customer)}), cast.assistant)
    assert (order.contact_name, order.delivery_address) == ("李娜", "浙江省宁波市东海路 8 号")
    assert now_of(company.customer).default_address == address


@pytest.mark.rule("LG-01")
def test_the_purpose_of_contact_data_is_noted(cast: Cast, company: Company) -> None:
    noted = note_consent(
        company.customer, purpose="订单与发货联系", consented_on=None, actor=cast.assistant, version=1
    )

    assert (noted.data_purpose, noted.version) == ("订单与发货联系", 2)
    assert DataRecord.objects.get(kind="consent").purpose == "订单与发货联系"
    with pytest.raises(InvalidInput):
        note_consent(company.customer, purpose=" ", consented_on=None, actor=cast.assistant)
    with pytest.raises(PermissionDenied):
        note_consent(company.customer, purpose="联系", consented_on=None, actor=cast.auditor)


@pytest.mark.rule("LG-01", "CM-03", "XL-03")
def test_the_list_leaves_the_house_with_a_purpose_and_formulas_stay_text(
    cast: Cast, company: Company
) -> None:
    Customer.objects.filter(pk=company.customer.pk).update(
        short_name='=HYPERLINK("x")', core_needs="+1 天交货"
    )

    job = export_customers(wanted={"region": "S"}, purpose="年度拜访计划", actor=cast.manager)
    assert run_next_job()

    record = DataRecord.objects.get(kind="export")
    assert (record.purpose, record.rows, record.actor, record.customer) == (
        "年度拜访计划",
        1,
        cast.manager,
        None,
    )
    done = Job.objects.get(pk=job.pk)
    assert done.state == "done", done.error
    sheet = load_workbook(BytesIO(open_attachment(done.result).read())).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 2
    assert rows[1][:3] == (company.customer.number, company.customer.name, '=HYPERLINK("x")')
    assert sheet.cell(2, 3).data_type == "s"
    assert "+1 天交货" in rows[1]
    assert "0571-55500123" in rows[1]


@pytest.mark.rule("CM-03")
def test_who_may_not_see_phones_exports_them_masked(cast: Cast, company: Company) -> None:
    from django.db.models import QuerySet

    from customers.exports import customer_workbook

    rows: QuerySet[Customer] = Customer.objects.filter(pk=company.customer.pk)
    for user, phone in ((cast.auditor, "0571-****0123"), (cast.manager, "0571-55500123")):
        content = customer_workbook(rows, user, lambda done, total: None)
        sheet = load_workbook(BytesIO(content)).active
        assert phone in [cell.value for cell in sheet[2]]


@pytest.mark.rule("LG-01")
def test_without_purpose_or_permission_nothing_is_exported(cast: Cast, company: Company) -> None:
    for actor, purpose in (
        (cast.manager, " "),
        (cast.assistant, "拜访"),
        (cast.admin, "拜访"),
        (cast.auditor, "x"),
    ):
        with pytest.raises(BusinessError):
            export_customers(wanted={}, purpose=purpose, actor=actor)
    assert not Job.objects.exists()
    assert not DataRecord.objects.exists()


@pytest.mark.rule("LG-01", "RG-02")
def test_a_manager_exports_the_customers_of_his_own_desks(cast: Cast, company: Company) -> None:
    southern = person("nanfang", "sales_manager", desks=(cast.south,))
    export_customers(wanted={}, purpose="拜访", actor=southern)

    assert DataRecord.objects.get().rows == 1


@pytest.mark.rule("LG-01")
def test_records_of_data_protection_are_never_changed(cast: Cast, company: Company) -> None:
    export_customers(wanted={}, purpose="拜访", actor=cast.manager)
    for act in (lambda: DataRecord.objects.update(purpose="其他"), lambda: DataRecord.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert DataRecord.objects.get().purpose == "拜访"
