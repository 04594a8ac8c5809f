"""The feed of events: complete, in order, and never beyond the reader's scope."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from core.feeds import events_within_scope
from core.models import Event, User
from core.tokens import issue_token
from core.trail import Fact, record_event
from customers.models import Customer
from tests.conftest import Cast, Company

pytestmark = pytest.mark.django_db
HEARD = Fact("contact_changed", "Contact changed")


def tell(customer: Customer, times: int = 1) -> list[int]:
    return [record_event(customer, HEARD, actor=None, data={"n": n}).pk for n in range(times)]  # type: ignore[arg-type]


def feed(user: User, cast: Cast, **params: Any) -> Any:
    maker = cast.admin if user.is_service else user
    secret = issue_token(user, name="feed", scopes=["events:read"], actor=maker).secret
    return Client().get("/api/v1/events/", params, headers={"Authorization": f"Bearer {secret}"})


def test_a_client_that_was_down_reads_on_where_it_stopped(cast: Cast, company: Company) -> None:
    first = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    told = tell(company.customer, 5)
    seen, after = [], str(first)
    for _page in range(10):
        body = feed(cast.erp, cast, after=after, limit=2).json()
        seen += [int(event["position"]) for event in body["results"]]
        after = body["next_after"]
        if not body["has_more"]:
            break
    assert seen == told
    assert feed(cast.erp, cast, after=after).json()["results"] == []
    late = tell(company.customer)
    assert [int(event["position"]) for event in feed(cast.erp, cast, after=after).json()["results"]] == late


@pytest.mark.rule("RG-02")
def test_nobody_reads_about_another_region_s_customer(cast: Cast, company: Company) -> None:
    own, other = tell(company.customer)[0], tell(company.northern_customer)[0]
    expected = {
        cast.assistant: {own},
        cast.rep: {own},
        cast.north_assistant: {other},
        cast.finance: {own, other},
    }
    for user, positions in expected.items():
        events = feed(user, cast, document=company.customer.number).json()["results"]
        events += feed(user, cast, document=company.northern_customer.number).json()["results"]
        assert {int(event["position"]) for event in events} & {own, other} == positions, user.username
    assert not events_within_scope(cast.guard).filter(pk__in=[own, other]).exists()


def test_settings_sign_ins_and_refusals_stay_inside_the_house(cast: Cast, company: Company) -> None:
    assert {event.document_type for event in events_within_scope(cast.gm)} <= {
        "customer",
        "order",
        "remittance",
    }


@pytest.mark.parametrize("after", ["-1", "x", "²", str(2**63), "%00"])
def test_a_position_that_cannot_be_meant_is_400(cast: Cast, company: Company, after: str) -> None:
    assert feed(cast.erp, cast, after=after).status_code == 400
