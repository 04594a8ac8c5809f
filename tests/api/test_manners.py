"""The manners every endpoint shares: strict input, problems in one form, cursor pages, keys for creating POSTs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.clock import now
from core.idempotency import LEASE
from core.models import Event, IdempotencyRecord, Job
from core.tokens import issue_token
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.sample")]
JOBS, NOTES = "/api/v1/sample/jobs/", "/api/v1/sample/notes/"


class Caller:
    """An API client with a token."""

    def __init__(self, secret: str) -> None:
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, params: Any = None, **headers: str) -> Any:
        return self.client.get(path, params, headers={**self.headers, **headers})

    def post(self, path: str, body: Any, key: str = "", **headers: str) -> Any:
        given = {**self.headers, **headers, **({"Idempotency-Key": key} if key else {})}
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.post(path, data, content_type="application/json", headers=given)


@pytest.fixture
def erp(cast: Cast) -> Caller:
    return Caller(issue_token(cast.erp, name="ERP", scopes=["orders:write"], actor=cast.admin).secret)


@pytest.fixture
def jobs(cast: Cast) -> list[Job]:
    moment = now()
    rows = [Job(kind=f"kind {n % 2}", done=n % 3, queued_by=cast.erp, queued_at=moment) for n in range(7)]
    return Job.objects.bulk_create(rows)


KILLERS = {
    "text for a whole number": {"done": "abc"},
    "superscript two": {"done": "²"},
    "2^63": {"done": str(2**63)},
    "5,000 digits": {"done": "9" * 5000},
    "NaN": {"done": "NaN"},
    "NUL in text": {"kind": "a\x00b"},
    "NUL in the search": {"q": "\x00"},
    "bad day": {"on": "2026-02-30"},
    "year 10000": {"on": "10000-01-01"},
    "bad moment": {"updated_since": "yesterday"},
    "moment in year 0001": {"updated_since": "0001-01-01T00:00:00+14:00"},
    "bogus ordering": {"ordering": "nothing"},
    "ordering over a relation": {"ordering": "queued_by__password"},
    "limit 0": {"limit": "0"},
    "limit 201": {"limit": "201"},
    "negative limit": {"limit": "-1"},
    "bad cursor": {"cursor": "AAAA"},
    "cursor of no base": {"cursor": "%%%"},
    "cursor with a foreign ordering": {"cursor": "WyJraW5kIiwiYSIsMSxmYWxzZV0"},
    "cursor with a huge id": {"cursor": "WyItcXVldWVkIiwiYSIsMTAwMDAwMDAwMDAwMDAwMDAwMDAwMCxmYWxzZV0"},
    "unknown parameter": {"colour": "red"},
    "unknown field": {"fields": "password"},
    "neither true nor false": {"ready": "1"},
}


@pytest.mark.parametrize("case", KILLERS)
def test_a_query_that_cannot_be_meant_is_a_clear_400(erp: Caller, jobs: list[Job], case: str) -> None:
    answer = erp.get(JOBS, KILLERS[case])
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["pointer"] == f"#/{next(iter(KILLERS[case]))}" or case.startswith("NUL")


@pytest.mark.parametrize("name", ["%00", "a%00b", "%ED%A0%80"])
def test_a_path_that_cannot_be_stored_does_not_exist(erp: Caller, name: str) -> None:
    assert erp.get(f"{JOBS}{name}/").status_code in (400, 404) or name == "%ED%A0%80"
    assert erp.get(f"{JOBS}{name}/").status_code < 500


BODIES = {
    "no JSON": b"{",
    "NUL": b'{"text": "a\\u0000b"}',
    "lone surrogate": b'{"text": "\\ud800"}',
    "lone surrogate as a name": b'{"\\udfff": 1}',
    "deep nesting": b'{"text": "a", "nested": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "33 levels": b'{"text": "a", "nested": ' + b"[" * 33 + b"]" * 33 + b"}",
    "NaN": b'{"text": "a", "amount": NaN}',
    "1e999": b'{"text": "a", "amount": 1e999}',
    "5,000-digit number": b'{"text": "a", "count": ' + b"9" * 5000 + b"}",
    "2^63": b'{"text": "a", "count": 9223372036854775808}',
    "amount as a float": b'{"text": "a", "amount": 0.1}',
    "amount as text NaN": b'{"text": "a", "amount": "NaN"}',
    "amount with 3 places": b'{"text": "a", "amount": "1.001"}',
    "amount 1e30": b'{"text": "a", "amount": "1e30"}',
    "quantity with 4 places": b'{"text": "a", "quantity": "1.0001"}',
    "quantity in full-width digits": '{"text": "a", "quantity": "１"}'.encode(),
    "an array": b"[]",
    "a bare number": b"7",
    "unknown field": b'{"text": "a", "status": "approved"}',
    "too long": b'{"text": "' + b"a" * 51 + b'"}',
    "not UTF-8": b'{"text": "\xff"}',
}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_that_cannot_be_meant_is_a_clear_400_and_changes_nothing(erp: Caller, case: str) -> None:
    answer = erp.post(NOTES, BODIES[case], key=case.replace(" ", "-"))
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not Event.objects.filter(name="sample.note").exists()
    assert not IdempotencyRecord.objects.exists()


def test_a_problem_says_everything_a_caller_needs(erp: Caller) -> None:
    answer = erp.post(NOTES, {"text": "refuse"}, key="k1", **{"X-Request-ID": "request-0001"})
    body = answer.json()
    assert answer.status_code == 422
    assert (body["code"], body["rule"], body["status"]) == ("rule_refused", "G-01", 422)
    assert body["request_id"] == answer["X-Request-ID"] == "request-0001"


def test_pages_follow_each_other_without_gap_or_repeat(erp: Caller, jobs: list[Job]) -> None:
    for ordering in ("queued", "-queued", "kind", "-kind", "done", "-done"):
        forward, url = [], f"{JOBS}?limit=2&ordering={ordering}"
        while url:
            page = erp.get(url).json()
            forward.append([row["uid"] for row in page["results"]])
            last, url = page, page["next"]
        backward, url = [forward[-1]], last["previous"]
        while url:
            page = erp.get(url).json()
            backward.insert(0, [row["uid"] for row in page["results"]])
            url = page["previous"]
        assert sorted(uid for page_ in forward for uid in page_) == sorted(str(job.uid) for job in jobs)
        assert forward == backward


def test_a_list_gives_only_the_fields_asked_for(erp: Caller, jobs: list[Job]) -> None:
    page = erp.get(
        JOBS, {"fields": "kind,done", "limit": "1", "q": "kind 1", "updated_since": "2020-01-01"}
    ).json()
    assert set(page["results"][0]) == {"kind", "done"}


def test_a_page_costs_one_query_beside_token_and_roles(erp: Caller, jobs: list[Job]) -> None:
    with CaptureQueriesContext(connection) as queries:
        erp.get(JOBS)
    assert len(queries) == 2  # token, page: the list names no permission


def test_a_creating_post_needs_a_key(erp: Caller) -> None:
    answer = erp.post(NOTES, {"text": "a"})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    assert erp.post(NOTES, {"text": "a"}, key="k" * 256).status_code == 400


def test_the_same_key_gives_the_same_answer_and_one_effect(erp: Caller) -> None:
    first = erp.post(NOTES, {"text": "a"}, key="k1")
    again = erp.post(NOTES, {"text": "a"}, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first["Location"] == again["Location"]
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Event.objects.filter(name="sample.note").count() == 1


def test_the_same_key_with_another_body_is_refused(erp: Caller) -> None:
    erp.post(NOTES, {"text": "a"}, key="k1")
    answer = erp.post(NOTES, {"text": "b"}, key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Event.objects.filter(name="sample.note").count() == 1


def test_a_key_belongs_to_one_client_and_one_route(erp: Caller, cast: Cast) -> None:
    own = Caller(
        issue_token(cast.assistant, name="own", scopes=["orders:write"], actor=cast.assistant).secret
    )
    answers = [
        erp.post(NOTES, {"text": "a"}, key="k1"),
        own.post(NOTES, {"text": "a"}, key="k1"),
        erp.post("/api/v1/sample/other-notes/", {"text": "a"}, key="k1"),
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json()["uid"] for answer in answers}) == 3


@pytest.mark.parametrize(("text", "status"), [("refuse", 422), ("break", 500)])
def test_a_run_that_came_to_nothing_gives_the_key_back(erp: Caller, text: str, status: int) -> None:
    assert erp.post(NOTES, {"text": text}, key="k1").status_code == status
    assert not IdempotencyRecord.objects.exists()
    assert not Event.objects.filter(name="sample.note").exists()
    assert erp.post(NOTES, {"text": "a"}, key="k1").status_code == 201


def test_a_running_key_is_409_and_a_dead_one_is_taken_over(erp: Caller) -> None:
    first = erp.post(NOTES, {"text": "a"}, key="k1")
    running = {"completed_at": None, "status": None, "body": None}
    IdempotencyRecord.objects.update(leased_until=now() + LEASE, **running)

    answer = erp.post(NOTES, {"text": "a"}, key="k1")
    assert (answer.status_code, answer["Retry-After"]) == (409, "1")

    IdempotencyRecord.objects.update(leased_until=now(), **running)
    taken_over = erp.post(NOTES, {"text": "a"}, key="k1")
    assert taken_over.status_code == 201
    assert taken_over.json()["uid"] != first.json()["uid"]
    assert erp.post(NOTES, {"text": "a"}, key="k1").json() == taken_over.json()


def test_a_run_that_lost_its_lease_leaves_nothing(erp: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.api import sample

    note_down = sample.note_down

    def overtaken(*args: Any, **kwargs: Any) -> Any:
        IdempotencyRecord.objects.update(leased_until=now())
        return note_down(*args, **kwargs)

    monkeypatch.setattr(sample, "note_down", overtaken)
    answer = erp.post(NOTES, {"text": "a"}, key="k1")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_taken_over")
    assert not Event.objects.filter(name="sample.note", outcome="done").exists()


def test_a_key_costs_two_statements(erp: Caller) -> None:
    with CaptureQueriesContext(connection) as queries:
        erp.post(NOTES, {"text": "a"}, key="k1")
    work = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]
    # token, claim, number, roles for the trail, the event, completion
    assert len(work) == 6, work


def test_labels_follow_the_caller_s_language(erp: Caller, cast: Cast) -> None:
    caller = Caller(issue_token(cast.erp, name="x", scopes=["settings:read"], actor=cast.admin).secret)
    english = caller.get("/api/v1/settings/", **{"Accept-Language": "en"}).json()["results"]
    assert english[0]["label"] == "Review levels of an order"
    assert english[1] == {
        "key": "credit.default_limit",
        "label": "Credit limit of a new customer",
        "kind": "amount",
        "value": "1000.00",
        "default": "1000.00",
        "rule": "RM-06",
    }


def test_unknown_media_types_and_methods_are_problems_too(erp: Caller) -> None:
    answer = erp.client.post(
        NOTES, "a=b", content_type="text/plain", headers={**erp.headers, "Idempotency-Key": "k"}
    )
    assert (answer.status_code, answer["Content-Type"]) == (415, "application/problem+json")
    answer = erp.client.delete(NOTES, headers=erp.headers)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
