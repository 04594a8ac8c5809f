"""Incompatible roles never meet in one person, and an API client never decides."""

from __future__ import annotations

import pytest
from django.test import Client

from core.errors import Conflict, InvalidInput, PermissionDenied, RuleRefused
from core.models import ApiToken, Event, RoleGrant, User
from core.people import create_person, deactivate_person, grant_role, revoke_role
from core.roles import roles
from core.tokens import issue_token
from tests.conftest import Cast
from tests.factories import person

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"
RECORDING = {
    "customers.view", "customers.maintain", "inventory.view",
    "inventory.view_prices", "orders.view", "fulfillment.view", "credit.view",
    "reports.view", "orders.enter", "orders.edit", "orders.submit", "credit.record_remittance", "inventory.receive",
    "fulfillment.track", "customers.see_phones", "core.comment", "orders.handle_enquiries", "orders.make_quotes",
    "orders.apply_for_contracts",
}  # fmt: skip


@pytest.mark.rule("IC-01")
def test_a_role_made_for_clients_only_records_facts() -> None:
    for role in roles().values():
        if role.is_for_clients:
            assert role.permissions <= RECORDING, role.slug


@pytest.mark.rule("IC-01")
def test_a_client_keeps_to_its_roles_whatever_it_was_granted(cast: Cast) -> None:
    RoleGrant.objects.create(user=cast.erp, role="finance")
    erp = User.objects.get(pk=cast.erp.pk)
    assert erp.may("orders.enter")
    assert not erp.may("credit.pass_finance")


@pytest.mark.rule("IC-01")
@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ("salesperson", "finance"),
        ("sales_assistant", "sales_accountant"),
        ("sales_manager", "picker"),
        ("picker", "cfo"),
        ("finance", "sales_accountant"),
        ("admin", "salesperson"),
        ("finance", "admin"),
    ],
)
def test_incompatible_roles_are_refused(cast: Cast, held: str, wanted: str) -> None:
    someone = person("someone", held)
    with pytest.raises(RuleRefused) as refused:
        grant_role(someone, wanted, actor=cast.admin)
    assert refused.value.rule == "IC-01"
    assert list(RoleGrant.objects.filter(user=someone).values_list("role", flat=True)) == [held]
    assert Event.objects.filter(outcome="refused", rule="IC-01").count() == 1


@pytest.mark.rule("IC-01")
@pytest.mark.parametrize(("is_service", "role"), [(True, "finance"), (False, "erp_client")])
def test_client_roles_and_staff_roles_do_not_mix(cast: Cast, is_service: bool, role: str) -> None:
    with pytest.raises(RuleRefused):
        create_person("new", display_name="New", roles=[role], is_service=is_service, actor=cast.admin)
    assert not User.objects.filter(username="new").exists()


def test_a_role_that_needs_the_admin_opens_it_and_closes_it_again(cast: Cast) -> None:
    made = create_person(
        "lina", display_name="李娜", roles=["salesperson"], password=PASSWORD, actor=cast.admin
    )
    assert (made.is_staff, made.may("orders.enter")) == (False, True)

    grant_role(made, "sales_manager", actor=cast.admin)
    assert User.objects.get(pk=made.pk).is_staff

    revoke_role(made, "sales_manager", actor=cast.admin)
    assert not User.objects.get(pk=made.pk).is_staff
    assert not made.may("credit.pass_manager")


def test_the_first_administrator_is_made_by_nobody_and_only_once(db: None) -> None:
    first = create_person("root", display_name="管理员", roles=["admin"], password=PASSWORD, actor=None)
    assert first.may("core.manage_people")
    with pytest.raises(PermissionDenied):
        create_person("second", display_name="二", roles=["admin"], password=PASSWORD, actor=None)


@pytest.mark.parametrize("who", ["finance", "manager", "gm", "assistant"])
def test_only_the_administrator_makes_people(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        create_person("new", display_name="New", actor=getattr(cast, who))


def test_being_superuser_carries_no_business_permission(cast: Cast) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD, display_name="Root")
    with pytest.raises(PermissionDenied):
        grant_role(cast.rep, "marketing_manager", actor=root)


def test_what_is_wrong_with_a_new_account_is_said_at_its_field(cast: Cast) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_person("a b", display_name="", password="short", actor=cast.admin)
    assert {p.pointer for p in refused.value.problems} >= {"#/username", "#/display_name"}
    with pytest.raises(Conflict):
        create_person("CHENLI", display_name="x", actor=cast.admin)


def test_closing_access_ends_session_and_tokens_at_once(cast: Cast, client: Client) -> None:
    client.force_login(cast.rep)
    secret = issue_token(cast.rep, name="own", scopes=["orders:read"], actor=cast.rep).secret

    deactivate_person(cast.rep, reason="离职", actor=cast.admin)

    assert client.get("/ui/").status_code == 302
    answer = Client().get("/api/v1/settings/", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 401
    assert ApiToken.objects.get().revoked_at is not None
