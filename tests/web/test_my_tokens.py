"""A person's own API tokens: shown once, never more than the person may do, ended by a click."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from core.api.hashing import hash_token
from core.models import ApiToken, Event, User
from core.tokens import issue_token
from tests.conftest import Cast

SignedIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
SECRET = re.compile(r"sd_[0-9a-f]{8}_[\w-]{40,}")


def ask(client: Client, **changes: object) -> object:
    given = {"name": "Spreadsheet", "days": "30", "reads": ["stock:read"], "writes": ["orders:write"]}
    return client.post("/my/tokens/", {**given, **changes})


@pytest.mark.rule("AU-01")
def test_a_token_is_shown_once_and_works_within_its_scopes(signed_in: SignedIn, cast: Cast) -> None:
    client = signed_in(cast.assistant)

    issued = ask(client)
    (secret,) = set(SECRET.findall(issued.content.decode()))

    assert (issued.status_code, issued["Cache-Control"]) == (200, "no-store")
    assert not SECRET.search(client.get("/my/tokens/").content.decode())
    token = ApiToken.objects.get()
    assert (token.user, token.token_hash) == (cast.assistant, hash_token(secret))
    assert token.scopes == ["orders:write", "stock:read"]
    caller = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/orders/", headers=caller).status_code == 200
    assert Client().get("/api/v1/stock/", headers=caller).status_code == 200
    assert Client().get("/api/v1/customers/", headers=caller).status_code == 403
    assert Event.objects.get(name="token.issue").data["prefix"] == token.prefix


def test_a_revoked_token_ends_with_the_next_call(signed_in: SignedIn, cast: Cast) -> None:
    client = signed_in(cast.assistant)
    (secret,) = set(SECRET.findall(ask(client).content.decode()))
    token = ApiToken.objects.get()

    answer = client.post(f"/my/tokens/{token.prefix}/revoke/", follow=True)

    assert "Revoke token" not in answer.content.decode()
    assert "吊销令牌" not in answer.content.decode()
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/orders/", headers=headers).status_code == 401
    assert Event.objects.filter(name="token.revoke").count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"days": "0"},
        {"days": "366"},
        {"reads": [], "writes": []},
        {"reads": ["everything:write"]},
        {"reads": ["orders:write"]},
    ],
)
def test_a_bad_wish_is_told_at_its_place_and_issues_nothing(
    signed_in: SignedIn, cast: Cast, changes: dict[str, object]
) -> None:
    answer = ask(signed_in(cast.assistant), **changes)

    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_nobody_sees_or_revokes_the_tokens_of_others(signed_in: SignedIn, cast: Cast) -> None:
    token = issue_token(cast.rep, name="Mine", scopes=["orders:read"], actor=cast.rep).token
    client = signed_in(cast.assistant)

    assert token.prefix not in client.get("/my/tokens/").content.decode()
    assert client.post(f"/my/tokens/{token.prefix}/revoke/").status_code == 404
    assert client.post("/my/tokens/nothing/revoke/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_the_page_stands_in_the_menu_of_ones_name(signed_in: SignedIn, cast: Cast) -> None:
    assert 'href="/my/tokens/"' in signed_in(cast.picker).get("/ui/").content.decode()
