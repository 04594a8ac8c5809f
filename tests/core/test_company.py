"""The letterhead is kept by one person, the bank account stood for by two (IN-07, IC-01)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.company import (
    ProfileDraft,
    company_details,
    confirm_company_bank,
    maintain_company,
    propose_company_bank,
)
from core.errors import Conflict, InvalidInput, PermissionDenied
from core.models import CompanyBank, CompanyProfile, Event, User
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
DRAFT = ProfileDraft(name="顺单机电有限公司", name_en="Shundan Co., Ltd.", address="杭州市")
SignIn = Callable[[User], Client]


def proposed(cast: Cast, number: str = "571 9066 1234 5678", currency: str = "CNY") -> CompanyBank:
    return propose_company_bank(
        bank="中国银行杭州分行", bank_en="Bank of China", account_number=number, currency=currency,
        reason="开户", actor=cast.admin,
    )  # fmt: skip


def test_papers_have_a_name_before_anybody_has_entered_one(db: None) -> None:
    details = company_details()
    assert (details.name_in("zh-hans"), details.name_in("en"), details.account_number) == (
        "顺单",
        "Shundan",
        "",
    )


@pytest.mark.rule("AU-01")
def test_the_administrator_keeps_the_profile_and_the_trail_what_it_was(cast: Cast) -> None:
    maintain_company(DRAFT, actor=cast.admin)
    maintain_company(ProfileDraft(name="顺单机电", name_en=DRAFT.name_en), actor=cast.admin)

    assert CompanyProfile.objects.get().name == "顺单机电"
    assert company_details().name_in("en") == "Shundan Co., Ltd."
    assert company_details().address_in("en") == ""
    changed = Event.objects.filter(name="company.maintain").last()
    assert changed is not None
    assert changed.data == {"name": ["顺单机电有限公司", "顺单机电"], "address": ["杭州市", ""]}


@pytest.mark.rule("IC-01")
@pytest.mark.parametrize("who", ["finance", "cfo", "manager", "gm"])
def test_nobody_else_keeps_the_profile(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        maintain_company(DRAFT, actor=getattr(cast, who))
    assert not CompanyProfile.objects.exists()


def test_a_company_without_a_name_is_refused(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        maintain_company(ProfileDraft(name=" "), actor=cast.admin)
    assert not CompanyProfile.objects.exists()


def test_there_is_one_row(cast: Cast) -> None:
    maintain_company(DRAFT, actor=cast.admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        CompanyProfile.objects.create(pk=2, name="另一家")


@pytest.mark.rule("IN-07", "IC-01")
def test_papers_name_an_account_only_after_the_cfo_has_confirmed_it(cast: Cast) -> None:
    first = proposed(cast)
    assert company_details().account_number == ""

    confirm_company_bank(first, actor=cast.cfo)
    second = proposed(cast, "9999")
    assert company_details().account_number == "571 9066 1234 5678"
    confirm_company_bank(second, actor=cast.cfo)

    assert company_details().account_number == "9999"
    acts = list(Event.objects.filter(root_number="company").values_list("name", "actor__username"))
    assert acts == [("company.propose_bank", "admin"), ("company.confirm_bank", "wuhao")] * 2


@pytest.mark.rule("IC-01")
@pytest.mark.parametrize("who", ["admin", "finance", "accountant", "manager", "gm", "auditor"])
def test_only_the_cfo_confirms_an_account(cast: Cast, who: str) -> None:
    row = proposed(cast)
    with pytest.raises(PermissionDenied):
        confirm_company_bank(row, actor=getattr(cast, who))
    assert company_details().account_number == ""


@pytest.mark.rule("IC-01")
def test_an_account_is_confirmed_once(cast: Cast) -> None:
    row = confirm_company_bank(proposed(cast), actor=cast.cfo)
    with pytest.raises(Conflict):
        confirm_company_bank(row, actor=cast.cfo)


@pytest.mark.rule("SY-02")
def test_a_paper_in_another_currency_never_names_the_account_for_yuan(cast: Cast) -> None:
    confirm_company_bank(proposed(cast), actor=cast.cfo)
    assert company_details("USD").account_number == ""
    confirm_company_bank(proposed(cast, "USD-1", "USD"), actor=cast.cfo)
    assert company_details("USD").account_number == "USD-1"


def test_the_details_cost_two_statements(cast: Cast) -> None:
    maintain_company(DRAFT, actor=cast.admin)
    with CaptureQueriesContext(connection) as asked:
        company_details()
    assert len(asked) == 2  # the profile, the account in force


@pytest.mark.rule("IN-07")
def test_both_work_on_the_pages_of_the_administration(cast: Cast, signed_in: SignIn) -> None:
    profile = {"name": "顺单机电有限公司", "uscc": "", "phone": "0571-1"}
    assert signed_in(cast.admin).post("/admin/core/companyprofile/add/", profile).status_code == 302
    assert company_details().phone == "0571-1"
    changed = profile | {"phone": "0571-2"}
    assert signed_in(cast.admin).post("/admin/core/companyprofile/1/change/", changed).status_code == 302
    assert company_details().phone == "0571-2"
    assert signed_in(cast.admin).get("/admin/core/companyprofile/add/").status_code == 403

    bank = {"currency": "CNY", "bank": "中国银行", "account_number": "571", "reason": "开户"}
    assert signed_in(cast.admin).post("/admin/core/companybank/add/", bank).status_code == 302
    act = {"action": "confirm", "_selected_action": [CompanyBank.objects.get().pk]}
    signed_in(cast.admin).post("/admin/core/companybank/", act)
    assert company_details().account_number == ""
    signed_in(cast.cfo).post("/admin/core/companybank/", act)
    assert company_details().account_number == "571"
