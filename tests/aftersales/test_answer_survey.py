"""SV-01: the call after completion, once, within three working days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from aftersales.models import Survey
from aftersales.queries import orders_to_survey, surveys_due
from aftersales.services import answer_survey
from core.clock import clock_set_to
from core.errors import Conflict, InvalidInput, PermissionDenied, RuleRefused
from core.models import CalendarDay, Event
from orders.models import Order
from tests.api.clients import client_for
from tests.conftest import Cast, Company
from tests.fulfillment.matters import approved, deliver, gone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

FRIDAY = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
SCORES = {"quality": 4, "timeliness": 5, "attitude": 5}


@pytest.fixture
def completed(cast: Cast, company: Company) -> Iterator[Order]:
    """Signed for in full on Friday, 27 November 2026, paid in advance, so settled at once; still Friday."""
    with clock_set_to(FRIDAY):
        order = approved(cast, company)
        deliver(cast, gone(cast, company, order))
        yield Order.objects.get(pk=order.pk)


@pytest.mark.rule("SV-01", "G-05")
def test_a_survey_after_a_friday_completion_is_due_on_wednesday(completed: Order, cast: Cast) -> None:
    survey = answer_survey(completed, **SCORES, note="  准时  ", actor=cast.rep)
    assert survey.due_on == date(2026, 12, 2)
    assert (survey.average, survey.note, survey.is_on_time) == (Decimal("4.67"), "准时", True)
    event = Event.objects.get(name="answer_survey")
    assert event.root_number == completed.number
    assert event.data["average"] == "4.67"


@pytest.mark.rule("SV-01", "G-05")
def test_a_public_holiday_moves_the_due_day(completed: Order, cast: Cast) -> None:
    CalendarDay.objects.create(day=date(2026, 12, 1), kind="holiday")
    assert answer_survey(completed, **SCORES, actor=cast.rep).due_on == date(2026, 12, 3)


@pytest.mark.rule("SV-01")
def test_an_answer_after_the_due_day_is_taken_and_counts_as_late(completed: Order, cast: Cast) -> None:
    with clock_set_to(datetime(2026, 12, 2, 16, 0, tzinfo=UTC)):  # Thursday 00:00 in Shanghai
        assert answer_survey(completed, **SCORES, actor=cast.rep).is_on_time is False


@pytest.mark.rule("SV-01")
def test_a_survey_is_answered_once(completed: Order, cast: Cast) -> None:
    answer_survey(completed, **SCORES, actor=cast.rep)
    with pytest.raises(Conflict) as refusal:
        answer_survey(completed, quality=1, timeliness=1, attitude=1, actor=cast.service)
    assert refusal.value.rule == "SV-01"
    assert Survey.objects.get().quality == 4
    assert Event.objects.done().filter(name="answer_survey").count() == 1


@pytest.mark.rule("SV-01")
@pytest.mark.parametrize("wrong", [0, 6, -1, True, Decimal("4.5")])
def test_a_score_is_a_whole_number_from_one_to_five(completed: Order, cast: Cast, wrong: object) -> None:
    with pytest.raises(InvalidInput) as refusal:
        answer_survey(completed, quality=5, timeliness=wrong, attitude=wrong, actor=cast.rep)  # type: ignore[arg-type]
    assert [problem.pointer for problem in refusal.value.problems] == ["#/timeliness", "#/attitude"]
    assert not Survey.objects.exists()


@pytest.mark.rule("SV-01", "DL-02")
def test_an_order_that_is_not_completed_is_not_surveyed(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    with pytest.raises(RuleRefused) as refusal:
        answer_survey(order, **SCORES, actor=cast.rep)
    assert refusal.value.rule == "SV-01"
    assert not Survey.objects.exists()
    assert not Event.objects.done().filter(name="answer_survey").exists()


def test_who_has_no_part_in_surveys_may_not_answer(completed: Order, cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        answer_survey(completed, **SCORES, actor=cast.finance)
    assert not Survey.objects.exists()


@pytest.mark.rule("SV-01")
def test_a_completed_order_waits_until_it_is_answered(completed: Order, cast: Cast) -> None:
    due = surveys_due(list(orders_to_survey(cast.rep)))
    assert [(row.order.number, row.due_on, row.is_overdue) for row in due] == [
        (completed.number, date(2026, 12, 2), False)
    ]
    with clock_set_to(datetime(2026, 12, 3, 1, 0, tzinfo=UTC)):
        assert surveys_due(list(orders_to_survey(cast.rep)))[0].is_overdue
    answer_survey(completed, **SCORES, actor=cast.rep)
    assert not orders_to_survey(cast.rep).exists()


@pytest.mark.rule("RG-02")
def test_the_other_region_sees_neither_the_survey_nor_its_order(completed: Order, cast: Cast) -> None:
    assert not orders_to_survey(cast.other_rep).exists()
    assert not orders_to_survey(cast.north_assistant).exists()


class TestPage:
    def test_three_scores_are_recorded_and_the_next_customer_follows(
        self, completed: Order, cast: Cast, signed_in: object
    ) -> None:
        browser: Client = signed_in(cast.service)  # type: ignore[operator]
        page = browser.get("/surveys/")
        assert completed.number in page.content.decode()
        answer = browser.post("/surveys/", {"order": completed.number, **SCORES})
        assert (answer.status_code, answer["Location"]) == (302, "/surveys/")
        assert Survey.objects.get().recorded_by == cast.service

    def test_a_wrong_score_comes_back_with_what_was_typed(
        self, completed: Order, cast: Cast, signed_in: object
    ) -> None:
        browser: Client = signed_in(cast.service)  # type: ignore[operator]
        answer = browser.post(
            "/surveys/", {"order": completed.number, "quality": 4, "timeliness": 9, "attitude": 5}
        )
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.content.decode()
        assert not Survey.objects.exists()

    def test_a_double_click_records_once(self, completed: Order, cast: Cast, signed_in: object) -> None:
        browser: Client = signed_in(cast.service)  # type: ignore[operator]
        for _click in range(2):
            browser.post("/surveys/", {"order": completed.number, **SCORES})
        assert Survey.objects.count() == 1

    @pytest.mark.rule("RG-02")
    def test_another_regions_order_is_not_found(
        self, completed: Order, cast: Cast, signed_in: object
    ) -> None:
        browser: Client = signed_in(cast.north_assistant)  # type: ignore[operator]
        assert browser.post("/surveys/", {"order": completed.number, **SCORES}).status_code == 404
        assert not Survey.objects.exists()

    def test_the_page_is_closed_to_the_warehouse(self, cast: Cast, signed_in: object) -> None:
        browser: Client = signed_in(cast.picker)  # type: ignore[operator]
        assert browser.get("/surveys/").status_code == 403


class TestApi:
    def test_the_api_records_once_for_one_key(self, completed: Order, cast: Cast) -> None:
        client = client_for(cast.service, "aftersales:write")
        body = {"order": completed.number, **SCORES}
        answers = [
            client.post("/api/v1/surveys/", body, format="json", headers={"Idempotency-Key": "one"})
            for _attempt in range(2)
        ]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[1]["Idempotent-Replayed"] == "true"
        assert answers[0].json()["average"] == "4.67"
        assert Survey.objects.count() == 1

    def test_the_api_lists_what_is_due(self, completed: Order, cast: Cast) -> None:
        client = client_for(cast.rep, "aftersales:read")
        results = client.get("/api/v1/surveys/due/").json()["results"]
        assert results == [
            {
                "order": completed.number, "customer": completed.customer.number,
                "completed_on": "2026-11-27",
                "due_on": "2026-12-02", "is_overdue": False,
            }
        ]  # fmt: skip

    @pytest.mark.rule("SV-01")
    def test_the_api_names_rule_and_place_of_a_wrong_score(self, completed: Order, cast: Cast) -> None:
        client = client_for(cast.service, "aftersales:write")
        body = {"order": completed.number, **SCORES, "attitude": 6}
        answer = client.post("/api/v1/surveys/", body, format="json", headers={"Idempotency-Key": "one"})
        assert answer.status_code == 400
        assert answer.json()["rule"] == "SV-01"
        assert answer.json()["errors"][0]["pointer"] == "#/attitude"

    def test_an_order_out_of_scope_is_unknown(self, completed: Order, cast: Cast) -> None:
        client = client_for(cast.other_rep, "aftersales:write")
        body = {"order": completed.number, **SCORES}
        answer = client.post("/api/v1/surveys/", body, format="json", headers={"Idempotency-Key": "one"})
        assert answer.status_code == 404


@pytest.mark.rule("SV-01")
def test_the_order_page_says_whether_the_customer_has_been_asked(
    completed: Order, cast: Cast, signed_in: object
) -> None:
    browser: Client = signed_in(cast.rep)  # type: ignore[operator]
    address = f"/orders/{completed.number}/"
    assert f"/surveys/#{completed.number}" in browser.get(address).content.decode()
    answer_survey(completed, **SCORES, actor=cast.rep)
    page = browser.get(address).content.decode()
    assert "4.67" in page
    assert f"/surveys/#{completed.number}" not in page
