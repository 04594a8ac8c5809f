"""Opening and keeping the customer file (CM-01..CM-03, CM-09, CM-10)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.clock import today
from core.errors import Conflict, InvalidInput, PermissionDenied, StaleVersion
from core.models import Event
from customers.models import Customer
from customers.services import (
    AddressDraft,
    ContactDraft,
    add_address,
    create_customer,
    set_terms,
    update_customer,
)
from tests.conftest import Cast, Company
from tests.factories import uscc_number

pytestmark = pytest.mark.django_db


def opened(cast: Cast, **changes: Any) -> Customer:
    given: dict[str, Any] = {
        "name": "宁波东海机电有限公司",
        "industry": "机电",
        "region": cast.south,
        "salesperson": cast.rep,
        "contact": ContactDraft("周平", "采购主管", "0574-8765 4321"),
        "address": AddressDraft("浙江省", "宁波市", "东海路 8 号", "鄞州区"),
        "actor": cast.assistant,
        **changes,
    }
    return create_customer(**given)


@pytest.mark.rule("CM-01")
def test_numbers_run_through_the_year_and_grow_past_999(cast: Cast) -> None:
    from core.models import NumberSeries

    year = f"{today():%Y}"
    first = opened(cast)
    second = opened(cast, name="第二家")
    NumberSeries.objects.filter(series=f"C{year}").update(last=999)
    thousandth = opened(cast, name="第一千家")

    assert [first.number, second.number, thousandth.number] == [f"C{year}001", f"C{year}002", f"C{year}1000"]


@pytest.mark.rule("CM-01")
def test_a_refused_file_uses_up_no_number(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        opened(cast, industry="")

    assert opened(cast).number.endswith("001")


@pytest.mark.rule("CM-02", "CM-10")
def test_a_new_customer_pays_before_delivery_and_is_graded_c(cast: Cast) -> None:
    customer = Customer.objects.get(pk=opened(cast, uscc=uscc_number(5).lower()).pk)

    assert (customer.settlement, customer.grade, customer.kind) == ("prepaid", "C", "new")
    assert (customer.default_contact.name, customer.default_address.city) == ("周平", "宁波市")
    assert (customer.uscc, customer.invoice_title) == (uscc_number(5), "宁波东海机电有限公司")
    assert customer.pinyin.startswith("nbdhjdyxgs ningbodonghai")
    assert Event.objects.get(root_number=customer.number).name == "customer_opened"


@pytest.mark.rule("CM-02")
@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": "  "}, "#/name"),
        ({"industry": ""}, "#/industry"),
        ({"region": None}, "#/region"),
        ({"contact": ContactDraft("周平", "", "0574-87654321")}, "#/contact/title"),
        ({"contact": ContactDraft("周平", "主管", "0574")}, "#/contact/phone"),
        ({"contact": ContactDraft("周平", "主管", "0574-87654321", "no address")}, "#/contact/email"),
        ({"address": AddressDraft("", "宁波市", "东海路")}, "#/address/province"),
        ({"uscc": "91350100M000100Y4Z"}, "#/uscc"),
    ],
)
def test_what_is_mandatory_is_asked_for(cast: Cast, changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        opened(cast, **changes)

    assert [problem.pointer for problem in refused.value.problems] == [pointer]
    assert Customer.objects.count() == 0


@pytest.mark.rule("CM-03")
def test_identity_card_numbers_stay_out(cast: Cast) -> None:
    with pytest.raises(InvalidInput) as refused:
        opened(cast, core_needs="联系人身份证 11010519491231002X")

    assert refused.value.problems[0].code == "private"
    fields = {field.name for field in Customer._meta.get_fields()}
    assert fields.isdisjoint({"id_card", "mobile", "wechat", "birthday"})


@pytest.mark.rule("CM-02")
@pytest.mark.parametrize("same", ["name", "uscc"])
def test_a_company_is_on_file_once(company: Company, cast: Cast, same: str) -> None:
    with pytest.raises(Conflict) as refused:
        opened(cast, **{same: getattr(company.customer, same)})

    assert company.customer.number in refused.value.message


@pytest.mark.rule("RG-02")
def test_everybody_opens_files_of_his_own_scope_only(cast: Cast) -> None:
    for changes in (
        {"region": cast.north},
        {"actor": cast.rep, "salesperson": cast.other_rep},
        {"actor": cast.finance},
        {"actor": cast.admin},
    ):
        with pytest.raises(PermissionDenied):
            opened(cast, **changes)
    assert Customer.objects.count() == 0
    assert opened(cast, actor=cast.rep).salesperson == cast.rep


@pytest.mark.rule("AU-01")
def test_a_change_keeps_old_and_new_in_trail_and_history(company: Company, cast: Cast) -> None:
    customer = update_customer(
        company.customer, changes={"industry": "机电", "region": cast.south}, actor=cast.assistant, version=1
    )

    assert (customer.version, customer.industry) == (2, "机电")
    event = Event.objects.get(name="customer_changed")
    assert event.data["changed"] == {"industry": ["电子", "机电"]}
    kept = customer.history.first()
    assert (kept.industry, kept.history_user) == ("机电", cast.assistant)


@pytest.mark.rule("AP-07")
def test_a_stale_page_changes_nothing(company: Company, cast: Cast) -> None:
    update_customer(company.customer, changes={"industry": "机电"}, actor=cast.assistant, version=1)

    with pytest.raises(StaleVersion):
        update_customer(company.customer, changes={"industry": "化工"}, actor=cast.assistant, version=1)

    assert Customer.objects.get(pk=company.customer.pk).industry == "机电"


@pytest.mark.rule("RG-02")
def test_a_customer_of_another_desk_is_not_changed_nor_moved_away(company: Company, cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        update_customer(company.northern_customer, changes={"industry": "机电"}, actor=cast.assistant)
    with pytest.raises(PermissionDenied):
        update_customer(company.customer, changes={"region": cast.north}, actor=cast.assistant)

    moved = update_customer(company.customer, changes={"region": cast.north}, actor=cast.manager)
    assert moved.region == cast.north


@pytest.mark.parametrize("name", ["grade", "status", "settlement", "number", "version"])
def test_what_has_its_own_way_is_not_changed_here(company: Company, cast: Cast, name: str) -> None:
    with pytest.raises(InvalidInput):
        update_customer(company.customer, changes={name: "A"}, actor=cast.assistant)


@pytest.mark.rule("CM-10")
@pytest.mark.parametrize(
    ("terms", "pointer"),
    [
        ({"settlement": "staged"}, "#/prepaid_percent"),
        ({"settlement": "staged", "prepaid_percent": Decimal("100.01")}, "#/prepaid_percent"),
        ({"settlement": "staged", "prepaid_percent": Decimal(0)}, "#/prepaid_percent"),
        ({"settlement": "prepaid", "prepaid_percent": Decimal(30)}, "#/prepaid_percent"),
        ({"settlement": "prepaid", "settlement_day": 5}, "#/settlement_day"),
        ({"settlement": "monthly", "settlement_day": 32}, "#/settlement_day"),
        ({"settlement": "barter"}, "#/settlement"),
    ],
)
def test_terms_must_fit_together(company: Company, cast: Cast, terms: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        set_terms(company.customer, **terms, actor=cast.finance)

    assert refused.value.problems[0].pointer == pointer
    assert Customer.objects.get(pk=company.customer.pk).settlement == "prepaid"


@pytest.mark.rule("CM-10", "IC-01")
def test_finance_sets_the_terms_and_sales_does_not(company: Company, cast: Cast) -> None:
    for person in (cast.assistant, cast.rep, cast.manager, cast.gm):
        with pytest.raises(PermissionDenied):
            set_terms(company.customer, settlement="monthly", actor=person)

    customer = set_terms(company.customer, settlement="monthly", settlement_day=25, actor=cast.finance)

    assert (customer.settlement, customer.settlement_day, customer.version) == ("monthly", 25, 2)


def test_a_new_default_address_is_the_one_for_new_orders(company: Company, cast: Cast) -> None:
    made = add_address(
        company.customer,
        address=AddressDraft("江苏省", "苏州市", "工业园 5 号"),
        is_default=True,
        actor=cast.assistant,
    )

    assert Customer.objects.get(pk=company.customer.pk).default_address == made
