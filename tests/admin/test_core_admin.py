"""The administration calls services, opens only to roles, and a refusal changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin import site
from django.test import Client

from core.admin_base import BusinessAdmin
from core.clock import today
from core.models import (
    ApiToken,
    CalendarDay,
    CompanyBank,
    CompanyProfile,
    Event,
    Notice,
    ParameterValue,
    User,
)
from core.outbox import Recipient, queue_notices
from core.trail import record_act
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
OURS = [model for model, page in site._registry.items() if model._meta.app_label in ("core",)]


def address(model: Any, act: str = "changelist", *arguments: Any) -> str:
    base = f"/admin/core/{model._meta.model_name}/"
    return base + {"changelist": "", "add": "add/", "change": "{}/change/"}[act].format(*arguments)


def test_every_page_of_core_is_a_business_page() -> None:
    assert OURS
    assert all(isinstance(site._registry[model], BusinessAdmin) for model in OURS)


@pytest.mark.rule("IC-01")
@pytest.mark.parametrize(
    ("who", "opened"),
    [
        ("admin", {User, ParameterValue, CalendarDay, CompanyProfile, CompanyBank, ApiToken, Event, Notice}),
        (
            "auditor",
            {User, ParameterValue, CalendarDay, CompanyProfile, CompanyBank, ApiToken, Event, Notice},
        ),
        ("finance", {ParameterValue}),
        ("cfo", {ParameterValue, CompanyProfile, CompanyBank}),
        ("manager", set()),
    ],
)
def test_a_role_sees_its_pages_and_no_others(
    cast: Cast, signed_in: SignIn, who: str, opened: set[Any]
) -> None:
    browser = signed_in(getattr(cast, who))
    seen = {model for model in OURS if browser.get(address(model)).status_code == 200}
    assert seen == opened


@pytest.mark.rule("IC-01")
def test_being_superuser_opens_no_business_page(db: None, signed_in: SignIn) -> None:
    root = User.objects.create_superuser("root", password="x", display_name="Root")
    browser = signed_in(root)
    assert {browser.get(address(model)).status_code for model in OURS} == {403}


def new_person(**fields: Any) -> dict[str, Any]:
    return {
        "username": "lina", "display_name": "李娜", "email": "", "language": "zh-hans", "roles": ["salesperson"],
        "new_password": "correct horse battery", **fields,
    }  # fmt: skip


@pytest.mark.rule("IC-01")
def test_the_administrator_enters_a_person_with_roles(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in(cast.admin)
    assert browser.post(address(User, "add"), new_person()).status_code == 302
    made = User.objects.get(username="lina")
    assert (made.role_slugs, made.is_staff) == ({"salesperson"}, False)
    assert made.check_password("correct horse battery")

    answer = browser.post(
        address(User, "change", made.pk), new_person(roles=["sales_manager"], new_password="")
    )
    assert answer.status_code == 302
    changed = User.objects.get(username="lina")
    assert (changed.role_slugs, changed.is_staff) == ({"sales_manager"}, True)
    assert changed.check_password("correct horse battery")
    assert list(Event.objects.filter(root_number="lina").values_list("name", flat=True)) == [
        "person.create", "person.grant_role", "person.revoke_role", "person.grant_role",
    ]  # fmt: skip


@pytest.mark.rule("IC-01")
def test_incompatible_roles_are_said_at_their_field(cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in(cast.admin).post(address(User, "add"), new_person(roles=["salesperson", "finance"]))
    assert answer.status_code == 200
    assert "IC-01" in str(answer.context["adminform"].form.errors["roles"])
    assert not User.objects.filter(username="lina").exists()


def test_a_refused_save_is_said_and_recorded(cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in(cast.admin).post(address(User, "add"), new_person(new_password="short"), follow=True)
    assert answer.status_code == 200
    assert [str(message) for message in answer.context["messages"]]
    assert not User.objects.filter(username="lina").exists()
    assert Event.objects.filter(outcome="refused", actor=cast.admin).count() == 1


@pytest.mark.rule("AU-01", "IC-01")
def test_a_setting_is_proposed_by_one_and_confirmed_by_another(cast: Cast, signed_in: SignIn) -> None:
    body = {"key": "survey.days", "new_value": "5", "effective_from": today().isoformat(), "reason": "试行"}
    assert signed_in(cast.admin).post(address(ParameterValue, "add"), body).status_code == 302
    value = ParameterValue.objects.get()
    assert value.confirmed_at is None

    act = {"action": "confirm", "_selected_action": [value.pk]}
    signed_in(cast.admin).post(address(ParameterValue), act)
    assert ParameterValue.objects.get().confirmed_at is None
    signed_in(cast.finance).post(address(ParameterValue), act)
    assert ParameterValue.objects.get().confirmed_by == cast.finance
    assert signed_in(cast.finance).get(address(ParameterValue, "add")).status_code == 403
    assert signed_in(cast.admin).get(address(ParameterValue, "change", value.pk)).status_code == 200


def test_a_wrong_value_is_said_at_its_field(cast: Cast, signed_in: SignIn) -> None:
    body = {
        "key": "survey.days",
        "new_value": "five",
        "effective_from": today().isoformat(),
        "reason": "试行",
    }
    answer = signed_in(cast.admin).post(address(ParameterValue, "add"), body)
    assert "new_value" in answer.context["adminform"].form.errors


def test_a_secret_is_shown_once(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in(cast.admin)
    body = {"user": cast.erp.pk, "name": "ERP", "scopes": ["orders:write"], "days": "90"}
    page = browser.post(address(ApiToken, "add"), body)
    token = ApiToken.objects.get()
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert f'value="{token.prefix}_' in page.content.decode()
    for path in (address(ApiToken), address(ApiToken, "change", token.pk)):
        assert f"{token.prefix}_" not in browser.get(path).content.decode()

    browser.post(address(ApiToken), {"action": "revoke", "_selected_action": [token.pk]})
    assert ApiToken.objects.get().revoked_at is not None


def test_a_holiday_is_entered_and_taken_back_with_a_trace(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in(cast.admin)
    browser.post(address(CalendarDay, "add"), {"day": "2027-01-01", "kind": "holiday", "name": "元旦"})
    day = CalendarDay.objects.get()
    browser.post(f"/admin/core/calendarday/{day.pk}/delete/", {"post": "yes"})
    assert not CalendarDay.objects.exists()
    assert list(Event.objects.values_list("name", flat=True)) == ["calendar.set", "calendar.remove"]


@pytest.mark.rule("IN-08")
def test_a_notice_given_up_is_sent_again(cast: Cast, signed_in: SignIn) -> None:
    queue_notices(record_act("x", actor=None), [Recipient("email", "a@example.com")])
    Notice.objects.update(state="dead", last_error="no such host")
    act = {"action": "send_again", "_selected_action": [Notice.objects.get().pk]}
    signed_in(cast.auditor).post(address(Notice), act)
    assert Notice.objects.get().state == "dead"
    signed_in(cast.admin).post(address(Notice), act)
    assert Notice.objects.get().state == "pending"


@pytest.mark.rule("AU-01")
@pytest.mark.parametrize("model", OURS)
def test_nothing_of_the_books_is_deleted_here(cast: Cast, signed_in: SignIn, model: Any) -> None:
    if model is CalendarDay:
        return
    address_of_one = f"/admin/core/{model._meta.model_name}/{cast.rep.pk}/delete/"
    answer = signed_in(cast.admin).post(address_of_one, {"post": "yes"})
    assert answer.status_code in (302, 403)  # 302: no such row
    assert User.objects.filter(pk=cast.rep.pk).exists()
