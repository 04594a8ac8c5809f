"""Sixteen callers with one key at the same moment: one effect, and nobody sees another answer."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from core.api import idempotency
from core.idempotency import Claim
from core.models import Event, IdempotencyRecord
from core.tokens import issue_token
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.api.sample")]
CALLERS, ROUNDS = 16, 5
PATH = "/api/v1/sample/notes/"


def call_together(secret: str, key: str) -> list[Any]:
    """All callers post the same body with the same key, started by one signal."""
    answers: list[Any] = []
    start = threading.Barrier(CALLERS)

    def call() -> None:
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": key}
        start.wait()
        try:
            answers.append(
                Client().post(
                    PATH, json.dumps({"text": "slow"}), content_type="application/json", headers=headers
                )
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_one_key_has_one_effect(cast: Cast) -> None:
    secret = issue_token(cast.erp, name="ERP", scopes=["orders:write"], actor=cast.admin).secret
    for number in range(ROUNDS):
        answers = call_together(secret, f"key-{number}")
        assert sorted({answer.status_code for answer in answers}) in ([201], [201, 409])
        assert all(answer["Retry-After"] == "1" for answer in answers if answer.status_code == 409)
        created = [answer.json()["uid"] for answer in answers if answer.status_code == 201]
        assert len(set(created)) == 1
        assert Event.objects.filter(name="sample.note").count() == number + 1
    assert IdempotencyRecord.objects.filter(completed_at__isnull=False).count() == ROUNDS


@pytest.mark.plants_faults
def test_without_the_claim_the_same_race_has_many_effects(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: were the key only looked up, all callers would go ahead."""

    class NoClaim(Claim):
        def complete(self, *_args: Any) -> None: ...

        def give_back(self) -> None: ...

    def look_only(client_id: int, key: str, route: str, fingerprint: str) -> Any:
        found = IdempotencyRecord.objects.filter(client=client_id, key=key, route=route).first()
        return found or NoClaim(0, None)  # type: ignore[arg-type]

    monkeypatch.setattr(idempotency, "claim_key", look_only)
    secret = issue_token(cast.erp, name="ERP", scopes=["orders:write"], actor=cast.admin).secret
    call_together(secret, "key")
    assert Event.objects.filter(name="sample.note").count() > 1
