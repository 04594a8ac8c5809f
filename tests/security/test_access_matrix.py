"""Every route and method of the site against everybody who could knock at it: only the roles that the table
names get in (X1, IC-01)."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core.models import User
from core.roles import roles
from core.tokens import SCOPES, issue_token, revoke_token
from credit.models import BankLine
from tests.conftest import Cast, Company
from tests.security.matrix import (
    ADMIN,
    ADMIN_SITE,
    ANYBODY,
    API,
    DECISIONS,
    NOBODY,
    OWNER,
    PAGES,
    SIGNED_IN,
    TECHNICAL_APPS,
    UNFOLD,
    UNSAFE,
    Guard,
    admin_doors,
    every_door,
    registered_labels,
)
from tests.security.world import World, arguments_of, build_world, one_of_each

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def world(cast: Cast, company: Company) -> World:
    return build_world(cast, company)


# --- nothing is undeclared ----------------------------------------------------------------------------


@pytest.mark.rule("IC-01")
def test_every_route_and_method_is_declared() -> None:
    declared = PAGES | API
    undeclared = []
    for door in every_door():
        if door.name.startswith("admin:"):
            undeclared += [] if _is_known_in_admin(door.name) else [door.pattern]
        elif door.name not in declared:
            undeclared.append(door.pattern)
        elif door.methods and door.methods != set(declared[door.name]):
            undeclared.append(f"{door.pattern}: {sorted(door.methods)}")
    assert undeclared == []
    assert set(declared) - {door.name for door in every_door()} == set()


def _is_known_in_admin(name: str) -> bool:
    name = name.removeprefix("admin:")
    is_technical = name.split("_changelist")[0].startswith(tuple(TECHNICAL_APPS))
    return is_technical or f"admin:{name}" in admin_doors() or name in ADMIN_SITE | UNFOLD


@pytest.mark.rule("IC-01")
def test_every_object_of_ours_in_the_administration_is_declared() -> None:
    technical = {label for label in registered_labels() if label.split(".")[0] in TECHNICAL_APPS}
    assert registered_labels() - technical == set(ADMIN)


@pytest.mark.rule("IC-01", "IC-02")
def test_the_acts_that_decide_belong_to_the_roles_of_the_step_matrix() -> None:
    carried = {
        permission: {slug for slug, role in roles().items() if permission in role.permissions}
        for permission in DECISIONS
    }
    assert carried == DECISIONS


# --- who gets in --------------------------------------------------------------------------------------


def gets_in(guard: Guard, user: User | None) -> bool:
    """What the table says of a person; None is somebody who has not signed in."""
    if guard == ANYBODY:
        return True
    if user is None or guard == NOBODY:
        return False
    if guard == SIGNED_IN:
        return True
    if guard == OWNER:
        return user.username == "wangqiang"
    needed = (guard,) if isinstance(guard, str) else guard
    return any(permission in roles()[slug].permissions for slug in user.role_slugs for permission in needed)


def is_turned_away(response: HttpResponse) -> bool:
    to_sign_in = response.status_code == 302 and "/login/" in response["Location"]
    return response.status_code in (401, 403, 404) or to_sign_in


def knock(client: Client, method: str, address: str, **extra: Any) -> HttpResponse:
    """One request whose effects are taken back, those on the session among them."""
    cookies = deepcopy(client.cookies)
    body = extra.pop("body", "{}" if "/api/" in address else "")
    with transaction.atomic():
        response = client.generic(method, address, body, **extra)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def cells(doors: dict[str, dict[str, Guard]]) -> Iterator[tuple[str, str, Guard]]:
    for name, methods in doors.items():
        for method, guard in methods.items():
            yield name, method, guard


def of_json(etag: str = "") -> dict[str, Any]:
    given = {"content_type": "application/json", "HTTP_IDEMPOTENCY_KEY": str(uuid.uuid4())}
    return {**given, **({"HTTP_IF_MATCH": etag} if etag else {})}


def of_form() -> dict[str, Any]:
    return {"content_type": "application/x-www-form-urlencoded"}


def address_of(name: str, world: World, company: Company) -> str:
    try:
        address = reverse(name)
    except Exception:
        address = reverse(name, args=arguments_of(name, world, company))
    return address + (
        f"?customer={company.customer.number}" if name in ("order_form", "api-order-forms") else ""
    )


ENOUGH = 3
"""After so many who got in at a door, as they should, the next of them need not look at the same page."""


class Doorkeeper:
    """Knocks for one person after another and notes where somebody gets in or not against the table."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.turned_away = 0
        self.let_in: Counter[str] = Counter()

    def judge(
        self, client: Client, who: str, user: User | None, guard: Guard, method: str, name: str, address: str,
        **extra: Any,
    ) -> None:  # fmt: skip
        door, may_enter = f"{method} {name}", gets_in(guard, user)
        if may_enter and self.let_in[door] >= ENOUGH:
            return
        response = knock(client, method, address, **extra)
        is_out = is_turned_away(response) or response.get("Location") == reverse("admin:index")
        if guard == ANYBODY:
            is_out = response.status_code in (401, 403, 404)
        if response.status_code >= 500 or may_enter == is_out:
            self.wrong.append(f"{who} {door}: {response.status_code} {response.get('Location', '')}")
        self.let_in[door] += may_enter
        self.turned_away += is_out


def sessions(world: World) -> Iterator[tuple[str, User | None, Client]]:
    """Everybody who signs in, and somebody who has not; everyone counts as staff, so that roles alone decide."""
    people: dict[str, User | None] = {"anonymous": None, **world.people}
    people.pop("erp_client")
    for who, user in people.items():
        client = Client(raise_request_exception=False)
        if user is not None:
            client.force_login(user)
        yield who, user, client


@pytest.mark.rule("IC-01", "RG-02")
def test_every_cell_of_pages_and_api_is_as_declared(cast: Cast, company: Company, world: World) -> None:
    keeper = Doorkeeper()
    for who, user, client in sessions(world):
        for name, method, guard in cells(PAGES | API):
            etag = company.customer.etag if method == "PATCH" else ""
            extra = of_json(etag) if name.startswith("api-") else of_form()
            extra |= {"body": f"line={world.bank_line.pk}"} if name == "remittance_match" else {}
            address = address_of(name, world, company)
            keeper.judge(client, who, user, guard, method, name, address, **extra)
    assert keeper.wrong == [], "\n".join(keeper.wrong)
    assert keeper.turned_away > 1_500


@pytest.mark.rule("IC-01", "RG-02")
def test_every_cell_of_the_administration_is_as_declared(cast: Cast, world: World) -> None:
    rows = one_of_each() | {
        "credit.OrderForReview": world.in_finance,
        "orders.ContractForApproval": world.open_contract,
    }
    keeper = Doorkeeper()
    for who, user, client in sessions(world):
        if who not in KNOCK_AT_ADMIN and not (
            user and any(roles()[slug].opens_admin for slug in user.role_slugs)
        ):
            continue
        for name, method, guard, address in _admin_cells(rows):
            keeper.judge(client, who, user, guard, method, name, address, **of_form())
    assert keeper.wrong == [], "\n".join(keeper.wrong)
    assert {label for label, row in rows.items() if row is None} == WITHOUT_A_ROW


WITHOUT_A_ROW = {"core.CompanyProfile", "core.CompanyBank", "customers.GradeHistory", "credit.CreditNote"}
"""Of these the list and the form for a new one are tried; `tests/admin` opens a row of each."""

KNOCK_AT_ADMIN = {"anonymous", "nobody", "superuser", "sales_assistant", "salesperson", "picker", "logistics"}
"""Beside those whose role opens the administration; the rest never count as staff."""


TURNS: dict[str, Guard] = {
    "credit.OrderForReview": "credit.pass_finance",
    "orders.ContractForApproval": "orders.approve_contracts_manager",
}
"""A queue shows a paper to the one whose turn it is: the order chosen waits for finance, the contract for the
sales manager."""


def _admin_cells(rows: dict[str, Any]) -> Iterator[tuple[str, str, Guard, str]]:
    for label, doors in ADMIN.items():
        base, row = f"admin:{label.lower().replace('.', '_')}", rows[label]
        yield f"{label} list", "GET", doors.view, reverse(f"{base}_changelist")
        yield f"{label} add", "GET", doors.add, reverse(f"{base}_add")
        yield f"{label} add", "POST", doors.add, reverse(f"{base}_add")
        if row is None:
            continue
        view = TURNS.get(label, doors.view)
        yield f"{label} change", "GET", view, reverse(f"{base}_change", args=[row.pk])
        yield f"{label} change", "POST", doors.change, reverse(f"{base}_change", args=[row.pk])
        yield f"{label} history", "GET", view, reverse(f"{base}_history", args=[row.pk])
        yield f"{label} delete", "GET", doors.delete, reverse(f"{base}_delete", args=[row.pk])
        yield f"{label} delete", "POST", doors.delete, reverse(f"{base}_delete", args=[row.pk])
        for extra in doors.extra or {}:
            if extra == "decide":
                yield f"{label} decide", "POST", view, reverse(f"{base}_decide", args=[row.pk])
            if extra == "simple_history":
                version = row.history.first().history_id
                yield f"{label} past", "GET", view, reverse(f"{base}_{extra}", args=[row.pk, version])


@pytest.mark.rule("IC-01")
def test_only_a_superuser_opens_the_technical_pages_of_other_packages(world: World) -> None:
    addresses = [
        reverse(f"admin:{label.lower().replace('.', '_')}_changelist")
        for label in registered_labels()
        if label.split(".")[0] in TECHNICAL_APPS
    ]
    for who, user in world.people.items():
        client = Client()
        client.force_login(user)
        inside = [address for address in addresses if not is_turned_away(client.get(address))]
        assert inside == (addresses if who == "superuser" else []), who


# --- tokens -------------------------------------------------------------------------------------------


def bearer(user: User, cast: Cast, *scopes: str) -> tuple[Any, dict[str, Any]]:
    issued = issue_token(user, name="matrix", scopes=list(scopes), days=1, actor=cast.admin)
    return issued.token, {"HTTP_AUTHORIZATION": f"Bearer {issued.secret}"}


@pytest.mark.rule("IC-01")
def test_a_client_with_every_scope_does_what_its_role_says_and_opens_no_page(
    cast: Cast, company: Company, world: World
) -> None:
    _token, header = bearer(cast.erp, cast, *SCOPES)
    wrong = []
    for name, method, guard in cells(API):
        extra = of_json(company.customer.etag if method == "PATCH" else "") | header
        response = knock(Client(), method, address_of(name, world, company), **extra)
        if response.status_code >= 500 or gets_in(guard, cast.erp) == is_turned_away(response):
            wrong.append(f"{method} {name}: {response.status_code}")
    for name, method, guard in cells(PAGES):
        response = knock(Client(), method, address_of(name, world, company), **(of_form() | header))
        if name != "logout" and (guard == ANYBODY) == is_turned_away(response):
            wrong.append(f"{method} {name}: {response.status_code}")
    assert wrong == [], "\n".join(wrong)


OPEN_TO_ANY_TOKEN = {"api-schema", "api-docs", "api-job"}


@pytest.mark.rule("IC-01")
def test_a_token_without_the_scope_or_revoked_gets_nowhere(
    cast: Cast, company: Company, world: World
) -> None:
    token, without = bearer(cast.erp, cast, "settings:read")
    type(token).objects.filter(pk=token.pk).update(scopes=[])
    gone, revoked = bearer(cast.erp, cast, *SCOPES)
    revoke_token(gone, actor=cast.admin)
    wrong = []
    for name, method, _guard in cells(API):
        if name in OPEN_TO_ANY_TOKEN:
            continue
        address, extra = address_of(name, world, company), of_json(company.customer.etag)
        scopeless = knock(Client(), method, address, **(extra | without)).status_code
        ended = knock(Client(), method, address, **(extra | revoked)).status_code
        if (scopeless, ended) != (403, 401):
            wrong.append(f"{method} {name}: {scopeless} without a scope, {ended} revoked")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.rule("IC-01")
def test_a_token_that_may_read_may_not_write(cast: Cast, company: Company, world: World) -> None:
    _token, header = bearer(cast.erp, cast, *(scope for scope in SCOPES if scope.endswith(":read")))
    inside = [
        f"{method} {name}"
        for name, method, _guard in cells(API)
        if method in UNSAFE
        and knock(Client(), method, address_of(name, world, company), **(of_json() | header)).status_code
        != 403
    ]
    assert inside == []


# --- sessions -----------------------------------------------------------------------------------------


@pytest.mark.rule("AU-01")
def test_no_unsafe_request_of_a_session_passes_without_its_csrf_token(
    cast: Cast, company: Company, world: World
) -> None:
    client = Client(enforce_csrf_checks=True)
    wrong = []
    for name, method, guard in cells(PAGES | API):
        if method not in UNSAFE:
            continue
        permitted = next((p for p in world.people.values() if not p.is_service and gets_in(guard, p)), None)
        assert permitted is not None, name
        client.force_login(permitted)
        extra = of_json(company.customer.etag) if name.startswith("api-") else of_form()
        response = knock(client, method, address_of(name, world, company), **extra)
        if response.status_code != 403:
            wrong.append(f"{method} {name}: {response.status_code}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.rule("IC-01")
def test_a_role_taken_away_and_a_closed_account_act_on_the_next_request(cast: Cast, world: World) -> None:
    client = Client()
    client.force_login(cast.finance)
    assert client.get(reverse("reviews")).status_code == 200
    cast.finance.role_grants.all().delete()
    assert client.get(reverse("reviews")).status_code == 403
    User.objects.filter(pk=cast.finance.pk).update(is_active=False)
    assert is_turned_away(client.get(reverse("home")))
    assert BankLine.objects.exists()
