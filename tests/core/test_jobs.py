"""Background jobs: progress, result, faults and a process that died."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from core import jobs
from core.attachments import store_attachment
from core.clock import clock_set_to, now
from core.errors import RuleRefused
from core.jobs import LeaseLost, RunningJob, job, queue_job, run_next_job
from core.models import Job, User
from core.tokens import issue_token
from tests.conftest import Cast
from tests.files import PDF, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    before = dict(jobs._kinds)

    @job("count", "Count")
    def count(run: RunningJob) -> dict[str, Any]:
        for number in range(run.arguments["to"]):
            run.progress(number + 1, run.arguments["to"])
        return {"counted": run.arguments["to"]}

    @job("print", "Print")
    def print_it(run: RunningJob) -> Any:
        return store_attachment(upload("report.pdf", PDF), kind="report", actor=run.actor)

    @job("refuse", "Refuse")
    def refuse(run: RunningJob) -> None:
        raise RuleRefused("The month is closed.", rule="AR-01")

    @job("break", "Break")
    def break_down(run: RunningJob) -> None:
        raise ZeroDivisionError("secret detail")

    @job("overtaken", "Overtaken")
    def overtaken(run: RunningJob) -> None:
        Job.objects.filter(pk=run.row.pk).update(leased_until=now() + timedelta(hours=1))
        run.progress(1, 2)

    yield
    jobs._kinds.clear()
    jobs._kinds.update(before)


def test_a_job_runs_to_its_end_and_keeps_its_report(cast: Cast) -> None:
    queue_job("count", {"to": 3}, actor=cast.rep)
    assert run_next_job() is True
    assert run_next_job() is False
    row = Job.objects.get()
    assert (row.state, row.done, row.total, row.report, row.attempts) == ("done", 3, 3, {"counted": 3}, 1)


@pytest.mark.parametrize(
    ("kind", "error"), [("refuse", "The month is closed. (AR-01)"), ("break", "secret detail")]
)
def test_a_job_that_fails_says_why_without_its_inside(cast: Cast, kind: str, error: str) -> None:
    queue_job(kind, {}, actor=cast.rep)
    run_next_job()
    row = Job.objects.get()
    assert row.state == "failed"
    assert (error in row.error) is (kind == "refuse")


def test_a_job_whose_process_died_is_taken_up_again_three_times_at_most(cast: Cast) -> None:
    queue_job("count", {"to": 1}, actor=cast.rep)
    dead = {"state": "running", "leased_until": now() + timedelta(seconds=5)}
    Job.objects.update(**dead, attempts=1)
    assert run_next_job() is False
    with clock_set_to(now() + timedelta(seconds=6)):
        assert run_next_job() is True
    assert (Job.objects.get().state, Job.objects.get().attempts) == ("done", 2)

    Job.objects.update(state="running", leased_until=now(), attempts=3)
    assert run_next_job() is False
    assert Job.objects.get().state == "failed"


def test_a_job_taken_over_by_another_process_stops(cast: Cast) -> None:
    queue_job("overtaken", {}, actor=cast.rep)
    run_next_job()
    assert Job.objects.get().state == "running"
    assert issubclass(LeaseLost, Exception)


def test_an_unknown_kind_is_a_fault_of_the_caller(cast: Cast) -> None:
    with pytest.raises(LookupError):
        queue_job("nothing", {}, actor=cast.rep)


def test_only_whoever_asked_sees_the_job_and_its_file(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    made = queue_job("print", {}, actor=cast.rep)
    run_next_job()

    browser = signed_in(cast.rep)
    page = browser.get(f"/jobs/{made.uid}/")
    assert page.status_code == 200
    result = Job.objects.get().result
    assert result is not None
    assert f"/files/{result.uid}/" in page.content.decode()
    assert browser.get(f"/files/{result.uid}/").status_code == 200
    fragment = browser.get(f"/jobs/{made.uid}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment

    browser = signed_in(cast.other_rep)
    assert browser.get(f"/jobs/{made.uid}/").status_code == 404
    assert browser.get(f"/files/{result.uid}/").status_code == 404


def test_a_job_is_followed_through_the_api(cast: Cast, client: Client) -> None:
    secret = issue_token(cast.rep, name="own", scopes=["reports:read"], actor=cast.rep).secret
    made = queue_job("count", {"to": 2}, actor=cast.rep)
    headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}
    body = client.get(f"/api/v1/jobs/{made.uid}/", headers=headers).json()
    assert (body["state"], body["state_label"], body["done"], body["report_url"]) == (
        "queued",
        "Queued",
        0,
        None,
    )
    other = queue_job("count", {"to": 2}, actor=cast.other_rep)
    assert client.get(f"/api/v1/jobs/{other.uid}/", headers=headers).status_code == 404
