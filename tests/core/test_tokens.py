"""Tokens: kept as a hash, within their scopes, gone at once, counted when guessed."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from core.clock import clock_set_to, now
from core.errors import InvalidInput, PermissionDenied
from core.models import ApiToken, Event
from core.tokens import issue_token, revoke_token
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_guesses_counted(db: None) -> None:
    cache.clear()


def ask(secret: str, path: str = "/api/v1/settings/") -> Any:
    return Client().get(path, headers={"Authorization": f"Bearer {secret}"})


def test_the_database_keeps_nothing_that_opens_a_door(cast: Cast) -> None:
    issued = issue_token(cast.erp, name="ERP", scopes=["settings:read"], actor=cast.admin)

    row = ApiToken.objects.get()
    assert row.token_hash == hashlib.sha256(issued.secret.encode()).hexdigest()
    assert issued.secret not in str(ApiToken.objects.values().get())
    assert issued.secret not in str(list(Event.objects.values()))
    assert len(issued.secret) > 50
    assert ask(issued.secret).status_code == 200


def test_a_revoked_token_is_refused_on_the_next_call(cast: Cast) -> None:
    issued = issue_token(cast.erp, name="ERP", scopes=["settings:read"], actor=cast.admin)
    assert ask(issued.secret).status_code == 200

    revoke_token(issued.token, actor=cast.admin)

    answer = ask(issued.secret)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_token_ends_on_its_day(cast: Cast) -> None:
    issued = issue_token(cast.erp, name="ERP", scopes=["settings:read"], days=30, actor=cast.admin)
    with clock_set_to(now() + timedelta(days=30, seconds=1)):
        assert ask(issued.secret).status_code == 401


def test_a_token_reaches_only_its_scopes(cast: Cast) -> None:
    issued = issue_token(cast.erp, name="ERP", scopes=["orders:write"], actor=cast.admin)
    answer = ask(issued.secret)
    assert answer.status_code == 403
    assert answer.json()["code"] == "scope_missing"
    assert answer.json()["scope"] == "settings:read"


def test_writing_includes_reading(cast: Cast) -> None:
    issued = issue_token(cast.erp, name="ERP", scopes=["settings:write"], actor=cast.admin)
    assert ask(issued.secret).status_code == 200


@pytest.mark.rule("IC-01")
def test_nobody_makes_a_token_that_acts_as_another_person(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        issue_token(cast.finance, name="x", scopes=["orders:read"], actor=cast.admin)
    with pytest.raises(PermissionDenied):
        issue_token(cast.erp, name="x", scopes=["orders:read"], actor=cast.finance)
    assert not ApiToken.objects.exists()


def test_a_wrong_request_for_a_token_lists_every_problem(cast: Cast) -> None:
    with pytest.raises(InvalidInput) as refused:
        issue_token(cast.erp, name=" ", scopes=["everything"], days=400, actor=cast.admin)
    assert [p.pointer for p in refused.value.problems] == ["#/scopes", "#/days", "#/name"]


def test_guessing_is_counted_over_all_processes(cast: Cast) -> None:
    codes = [ask(f"sd_{number}").status_code for number in range(22)]
    assert codes == [401] * 20 + [429] * 2
    answer = ask("sd_one_more")
    assert answer["Retry-After"] == "301"
    good = issue_token(cast.erp, name="ERP", scopes=["settings:read"], actor=cast.admin)
    assert ask(good.secret).status_code == 200
