"""An enquiry is answered in time or late, confirmed, quoted, closed and reopened (EN-01, EN-02)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.attachments import store_attachment
from core.clock import clock_set_to
from core.errors import (
    BusinessError,
    InvalidInput,
    PermissionDenied,
    RuleRefused,
    StaleVersion,
    TransitionNotAllowed,
)
from core.models import Event
from orders.enquiries.services import (
    close_enquiry,
    confirm_demand,
    mark_quoted,
    reopen_enquiry,
    respond_enquiry,
)
from orders.models import Enquiry
from tests.conftest import Cast, Company
from tests.files import upload
from tests.orders.enquiries.matters import enquiry_of, prospect_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

LAST_SECOND = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
"""23:59:59 of the due day in Shanghai."""
MIDNIGHT = datetime(2026, 11, 23, 16, 0, 0, tzinfo=UTC)


@pytest.mark.rule("EN-01", "G-05")
def test_the_last_second_of_the_due_day_is_in_time_and_the_next_is_late(cast: Cast, company: Company) -> None:
    in_time, late = enquiry_of(cast, company), enquiry_of(cast, company)
    with clock_set_to(LAST_SECOND):
        assert not late.clock.is_overdue
        answered = respond_enquiry(in_time, actor=cast.rep, version=1, note="已报交期")
        assert (answered.status, answered.responded_at, answered.clock.is_on_time) == (
            "in_progress",
            LAST_SECOND,
            True,
        )
    with clock_set_to(MIDNIGHT):
        assert late.clock.is_overdue
        assert list(Enquiry.objects.overdue(date(2026, 11, 24))) == [late]
        assert respond_enquiry(late, actor=cast.rep).clock.is_on_time is False
    told = [event.data for event in Event.objects.filter(name="respond").order_by("id")]
    assert [(data["on_time"], data["hours"]) for data in told] == [(True, "60.00"), (False, "60.00")]


@pytest.mark.rule("EN-01")
def test_it_is_answered_once_and_by_who_may(cast: Cast, company: Company) -> None:
    enquiry = enquiry_of(cast, company)
    with pytest.raises(PermissionDenied):
        respond_enquiry(enquiry, actor=cast.finance)
    with pytest.raises(StaleVersion):
        respond_enquiry(enquiry, actor=cast.rep, version=9)
    respond_enquiry(enquiry, actor=cast.rep)
    with pytest.raises(TransitionNotAllowed):
        respond_enquiry(enquiry, actor=cast.rep)
    assert Event.objects.filter(name="respond", outcome="done").count() == 1


class TestConfirmDemand:
    @pytest.mark.rule("EN-02")
    def test_the_customer_confirms_with_his_paper(self, cast: Cast, company: Company) -> None:
        enquiry = enquiry_of(cast, company)
        paper = store_attachment(upload(), kind="confirmation", actor=cast.rep)
        enquiry = confirm_demand(
            enquiry,
            confirmed_by=" 王芳 ",
            confirmed_on=date(2026, 11, 21),
            attachment=paper,
            actor=cast.rep,
            version=1,
        )
        assert (enquiry.demand_confirmed_by, enquiry.demand_confirmed_on) == ("王芳", date(2026, 11, 21))
        assert enquiry.is_demand_confirmed
        paper.refresh_from_db()
        assert (paper.document_type, paper.document_number) == ("enquiry", enquiry.number)
        assert Event.objects.get(name="demand_confirmed").rule == "EN-02"

    @pytest.mark.rule("EN-02")
    @pytest.mark.parametrize(
        ("by", "day", "pointer"),
        [
            ("", date(2026, 11, 21), "#/confirmed_by"),
            ("x" * 61, date(2026, 11, 21), "#/confirmed_by"),
            ("王芳", date(2026, 11, 22), "#/confirmed_on"),
            ("王芳", date(2026, 11, 20), "#/confirmed_on"),
        ],
    )
    def test_by_somebody_and_neither_before_nor_in_the_future(
        self, cast: Cast, company: Company, by: str, day: date, pointer: str
    ) -> None:
        enquiry = enquiry_of(cast, company)
        with pytest.raises(InvalidInput) as error:
            confirm_demand(enquiry, confirmed_by=by, confirmed_on=day, actor=cast.rep)
        assert [problem.pointer for problem in error.value.problems] == [pointer]
        enquiry.refresh_from_db()
        assert (enquiry.version, enquiry.is_demand_confirmed) == (1, False)


class TestClose:
    @pytest.mark.rule("EN-01")
    def test_without_a_quotation_the_reason_is_mandatory(self, cast: Cast, company: Company) -> None:
        enquiry = enquiry_of(cast, company)
        refused: list[dict[str, Any]] = [{}, {"lost_reason": "no_such"}, {"lost_reason": "other"}]
        for given in refused:
            with pytest.raises(InvalidInput):
                close_enquiry(enquiry, actor=cast.rep, **given)
        enquiry.refresh_from_db()
        assert (enquiry.status, enquiry.version) == ("new", 1)
        closed = close_enquiry(enquiry, lost_reason="price", note="贵 8%", actor=cast.rep, version=1)
        assert (closed.status, closed.lost_reason) == ("closed", "price")
        assert closed.closed_at is not None
        assert closed.responded_at is None

    @pytest.mark.rule("EN-01")
    def test_a_quoted_one_closes_without_a_reason(self, cast: Cast, company: Company) -> None:
        enquiry = mark_quoted(enquiry_of(cast, company), quote_number="QT202611-0001", actor=cast.rep)
        assert close_enquiry(enquiry, actor=cast.rep).lost_reason == ""

    @pytest.mark.rule("EN-01")
    def test_reopened_the_clock_runs_on_if_nobody_had_answered(self, cast: Cast, company: Company) -> None:
        silent = close_enquiry(enquiry_of(cast, company), lost_reason="no_need", actor=cast.rep)
        silent = reopen_enquiry(silent, actor=cast.rep)
        assert (silent.status, silent.lost_reason, silent.closed_at) == ("new", "", None)
        answered = respond_enquiry(enquiry_of(cast, company), actor=cast.rep)
        answered = reopen_enquiry(
            close_enquiry(answered, lost_reason="price", actor=cast.rep), actor=cast.rep
        )
        assert answered.status == "in_progress"
        with pytest.raises(PermissionDenied):
            reopen_enquiry(close_enquiry(answered, lost_reason="price", actor=cast.rep), actor=cast.planner)


class TestMarkQuoted:
    @pytest.mark.rule("EN-01")
    def test_a_quotation_is_an_answer(self, cast: Cast, company: Company) -> None:
        enquiry = mark_quoted(enquiry_of(cast, company), quote_number="QT202611-0001", actor=cast.rep)
        assert (enquiry.status, enquiry.clock.is_on_time) == ("quoted", True)
        event = Event.objects.get(name="quote")
        assert (event.note, event.data["quote"], event.data["on_time"]) == (
            "QT202611-0001",
            "QT202611-0001",
            True,
        )

    @pytest.mark.rule("EN-01")
    def test_a_second_one_is_noted_and_the_first_answer_stays(self, cast: Cast, company: Company) -> None:
        enquiry = mark_quoted(enquiry_of(cast, company), quote_number="QT202611-0001", actor=cast.rep)
        first = enquiry.responded_at
        with clock_set_to(MIDNIGHT):
            enquiry = mark_quoted(enquiry, quote_number="QT202611-0002", actor=cast.rep)
        assert (enquiry.status, enquiry.responded_at) == ("quoted", first)
        assert Event.objects.get(name="quoted_again").note == "QT202611-0002"

    @pytest.mark.rule("EN-01")
    def test_neither_a_prospects_nor_a_closed_one(self, cast: Cast, company: Company) -> None:
        prospect = prospect_of(cast)
        closed = close_enquiry(enquiry_of(cast, company), lost_reason="price", actor=cast.rep)
        wrong: list[tuple[Enquiry, type[BusinessError]]] = [
            (prospect, RuleRefused),
            (closed, TransitionNotAllowed),
        ]
        for enquiry, fault in wrong:
            with pytest.raises(fault):
                mark_quoted(enquiry, quote_number="QT202611-0001", actor=cast.rep)
            enquiry.refresh_from_db()
        assert (prospect.status, closed.status) == ("new", "closed")
