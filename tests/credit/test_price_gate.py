"""Prices below list and floor: allowed by the post whose limit reaches them before the order goes on (QT-03)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.clock import clock_set_to, now, today
from core.errors import Conflict, PermissionDenied, RuleRefused, SameActor, StaleVersion
from core.models import Event, ParameterValue, RoleGrant, User
from credit.services.checking import check_order
from credit.services.reviews import approve_order, pass_manager, pass_rep
from inventory.models import Price
from orders.drafts import LineDraft
from orders.models import Order, PriceApproval
from orders.queries import orders_with_prices_to_allow
from orders.services.placing import edit_order, place_order
from orders.services.price_approvals import PricesNotAllowed, approve_prices
from orders.services.submitting import confirm_by_customer, submit_order
from tests.api.clients import client_for
from tests.conftest import Cast, Company
from tests.credit.matters import draft_of, fresh, matched, picture, slip_for, traces

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
D = Decimal
SignIn = Callable[[User], Client]


def priced(cast: Cast, company: Company, discount: str = "0", **line: Any) -> Order:
    """Ten motors, list price 980.00, sold at a discount or a price typed in; a draft."""
    draft = replace(
        draft_of(("A1023", "10")),
        lines=(LineDraft("A1023", D(10), discount_percent=D(discount), **line),),
    )
    return place_order(company.customer, draft=draft, actor=cast.assistant)


def at_manager(cast: Cast, company: Company, order: Order) -> Order:
    confirm_by_customer(
        order,
        confirmed_by="王芳",
        confirmed_on=today(),
        attachment=picture(cast.assistant, "confirmation"),
        actor=cast.assistant,
    )
    submit_order(fresh(order), actor=cast.assistant)
    matched(cast, company, slip_for(cast, fresh(order)))
    check_order(order, version=fresh(order).version, actor=cast.assistant)
    pass_rep(order, version=fresh(order).version, actor=cast.rep)
    return fresh(order)


def passed(cast: Cast, order: Order) -> Order:
    pass_manager(order, version=fresh(order).version, actor=cast.manager, note="长期合作")
    return fresh(order)


@pytest.mark.rule("QT-03")
@pytest.mark.parametrize("discount", ["0", "0.01", "5"])
def test_the_managers_pass_allows_prices_up_to_his_limit(cast: Cast, company: Company, discount: str) -> None:
    order = passed(cast, at_manager(cast, company, priced(cast, company, discount)))

    approve_order(order, version=order.version, actor=cast.finance)

    assert fresh(order).status == "fulfilling"
    assert PriceApproval.objects.count() == 0


@pytest.mark.rule("QT-03")
def test_above_his_limit_the_manager_is_told_line_discount_limit_and_who_may_allow_it(
    cast: Cast, company: Company
) -> None:
    order = at_manager(cast, company, priced(cast, company, "5.01"))
    before = traces()

    with translation.override("en"), pytest.raises(PricesNotAllowed) as refused:
        pass_manager(order, version=order.version, actor=cast.manager, note="长期合作")

    assert refused.value.rule == "QT-03"
    for fact in ("1", "A1023", "5.01", "5%", "Marketing director", "General manager"):
        assert fact in refused.value.message
    assert refused.value.facts["lines"][0]["may_allow"] == ["marketing_director", "general_manager"]
    assert traces() == before


@pytest.mark.rule("QT-03")
def test_a_lower_price_typed_in_counts_as_a_discount(cast: Cast, company: Company) -> None:
    order = at_manager(cast, company, priced(cast, company, unit_price=D("930.99")))  # 5.00% would be 931.00

    assert (fresh(order).largest_discount, order.lines.get().price_source) == (D("5.00"), "manual")
    passed(cast, order)

    lower = at_manager(cast, company, priced(cast, company, "0.2", unit_price=D("931.00")))
    with pytest.raises(PricesNotAllowed):
        passed(cast, lower)


@pytest.mark.rule("QT-03", "IC-01")
@pytest.mark.parametrize(
    ("discount", "person", "may"),
    [
        ("3", "manager", True),
        ("5.01", "manager", False),
        ("5.01", "director", True),
        ("10", "director", True),
        ("10.01", "director", False),
        ("10.01", "gm", True),
    ],
)
def test_each_post_allows_up_to_its_own_limit(
    cast: Cast, company: Company, discount: str, person: str, may: bool
) -> None:
    order, actor = priced(cast, company, discount), getattr(cast, person)

    if may:
        approval = approve_prices(order, actor=actor, version=order.version, note="年度合作价")
        assert (approval.largest_discount, approval.is_below_floor) == (D(discount), False)
        assert order.events().named("prices_allowed").done().get().duty == "price_approval"
    else:
        with pytest.raises(PermissionDenied):
            approve_prices(order, actor=actor, version=order.version)
        assert (PriceApproval.objects.count(), fresh(order).version) == (0, order.version)


@pytest.mark.rule("QT-03")
@pytest.mark.parametrize("person", ["assistant", "rep", "finance", "cfo", "admin", "catalogue", "auditor"])
def test_nobody_else_allows_prices(cast: Cast, company: Company, person: str) -> None:
    order = priced(cast, company, "3")

    with pytest.raises(PermissionDenied):
        approve_prices(order, actor=getattr(cast, person))

    assert PriceApproval.objects.count() == 0


@pytest.mark.rule("QT-03")
def test_below_the_floor_only_the_general_manager(cast: Cast, company: Company) -> None:
    Price.objects.filter(product=company.motor).update(floor_price=D("975"))
    order = at_manager(cast, company, priced(cast, company, "1"))  # 970.20: 1% below list, below the floor
    assert fresh(order).is_below_floor

    with translation.override("en"):
        with pytest.raises(PricesNotAllowed, match="floor"):
            passed(cast, order)
        with pytest.raises(PermissionDenied, match="General manager"):
            approve_prices(order, actor=cast.director)

    approve_prices(order, actor=cast.gm)
    order = passed(cast, order)
    approve_order(order, version=order.version, actor=cast.finance)
    assert fresh(order).status == "fulfilling"


@pytest.mark.rule("QT-03")
def test_at_the_floor_is_not_below_it(cast: Cast, company: Company) -> None:
    Price.objects.filter(product=company.motor).update(floor_price=D("970.20"))

    assert not priced(cast, company, "1").is_below_floor


@pytest.mark.rule("AP-07", "QT-03")
def test_prices_changed_after_they_were_allowed_must_be_allowed_again(cast: Cast, company: Company) -> None:
    order = priced(cast, company, "8")
    approve_prices(order, actor=cast.director)
    more = replace(draft_of(("A1023", "10")), lines=(LineDraft("A1023", D(11), discount_percent=D(8)),))
    edit_order(fresh(order), draft=more, actor=cast.assistant)

    order = at_manager(cast, company, fresh(order))
    with pytest.raises(PricesNotAllowed):
        passed(cast, order)

    approve_prices(order, actor=cast.director)
    assert passed(cast, order).status == "finance_review"


@pytest.mark.rule("QT-03")
def test_what_is_allowed_or_needs_no_allowing_is_not_allowed_again(cast: Cast, company: Company) -> None:
    order = priced(cast, company, "8")
    approve_prices(order, actor=cast.director)

    with pytest.raises(Conflict, match="方芳"):
        approve_prices(order, actor=cast.gm)
    with pytest.raises(RuleRefused):
        approve_prices(priced(cast, company), actor=cast.gm)
    assert PriceApproval.objects.count() == 1


@pytest.mark.rule("IC-01")
def test_whoever_keyed_an_order_never_allows_its_prices(cast: Cast, company: Company) -> None:
    RoleGrant.objects.create(user=cast.assistant, role="general_manager")
    both = User.objects.get(pk=cast.assistant.pk)
    order = priced(cast, company, "8")

    with pytest.raises(SameActor):
        approve_prices(order, actor=both)

    assert PriceApproval.objects.count() == 0


@pytest.mark.rule("AP-07")
def test_a_stale_page_allows_nothing(cast: Cast, company: Company) -> None:
    order = priced(cast, company, "8")
    edit_order(order, draft=draft_of(("A1023", "3")), actor=cast.assistant)

    with pytest.raises(StaleVersion):
        approve_prices(order, actor=cast.director, version=1)


@pytest.mark.rule("QT-03", "AP-07")
def test_finance_looks_again_and_a_limit_lowered_since_changes_no_decision_taken(
    cast: Cast, company: Company
) -> None:
    order = passed(cast, at_manager(cast, company, priced(cast, company, "4")))
    ParameterValue.objects.create(
        key="discount.manager",
        value="3",
        effective_from=today() + timedelta(days=1),
        reason="新政策",
        proposed_at=now(),
        proposed_by=cast.admin,
        confirmed_at=now(),
        confirmed_by=cast.finance,
    )

    with clock_set_to(now() + timedelta(days=1)):
        approve_order(order, version=order.version, actor=cast.finance)
        assert fresh(order).status == "fulfilling"
        late = at_manager(cast, company, priced(cast, company, "4"))
        with pytest.raises(PricesNotAllowed):
            passed(cast, late)


@pytest.mark.rule("QT-03", "AP-04")
def test_finance_stops_what_slipped_past_the_manager(cast: Cast, company: Company) -> None:
    order = passed(cast, at_manager(cast, company, priced(cast, company)))
    Order.objects.filter(pk=order.pk).update(largest_discount=D(20))
    order.lines.update(discount_percent=D(20), price_source="manual")
    before = traces()

    with pytest.raises(PricesNotAllowed):
        approve_order(order, version=order.version, actor=cast.finance)

    assert traces() == before
    Order.objects.filter(pk=order.pk).update(largest_discount=D(0))
    order.lines.update(discount_percent=D(0), price_source="list")


@pytest.mark.rule("QT-03")
def test_the_page_shows_what_is_over_and_the_director_allows_it(
    cast: Cast, company: Company, signed_in: SignIn
) -> None:
    order = at_manager(cast, company, priced(cast, company, "8"))
    page = reverse("order", args=[order.number])
    manager = signed_in(cast.manager).get(page).content.decode()
    assert "8.00%" in manager
    assert "营销总监" in manager

    director = signed_in(cast.director)
    assert reverse("order_approve_prices", args=[order.number]) in director.get(page).content.decode()
    answer = director.post(
        reverse("order_approve_prices", args=[order.number]), {"version": order.version, "note": "同意"}
    )

    assert answer.status_code == 302
    assert PriceApproval.objects.get().actor == cast.director
    assert Event.objects.named("prices_allowed").done().count() == 1


@pytest.mark.rule("QT-03")
def test_the_director_finds_in_the_queue_what_waits_for_him_and_nothing_else(
    cast: Cast, company: Company, signed_in: SignIn
) -> None:
    waiting = at_manager(cast, company, priced(cast, company, "8"))
    at_manager(cast, company, priced(cast, company, "5"))
    client = signed_in(cast.director)

    assert [row["order"].number for row in client.get(reverse("reviews")).context["rows"]] == [waiting.number]
    assert list(orders_with_prices_to_allow(cast.director)) == [waiting]

    queue = reverse("admin:credit_orderforreview_changelist")
    client.post(queue, {"action": "allow_prices", "_selected_action": [waiting.pk], "note": "同意"})

    assert PriceApproval.objects.get().note == "同意"
    assert list(client.get(reverse("reviews")).context["rows"]) == []


@pytest.mark.rule("QT-03")
def test_the_api_allows_prices_by_the_same_service(cast: Cast, company: Company) -> None:
    order = priced(cast, company, "8")
    address = f"/api/v1/orders/{order.number}/approve-prices/"
    etag = {"HTTP_IF_MATCH": order.etag}

    erp = client_for(cast.erp, "orders:write", "reviews:write", actor=cast.admin)
    assert erp.post(address, {}, format="json", **etag).status_code == 403
    manager = client_for(cast.manager, "reviews:write").post(address, {}, format="json", **etag)
    assert (manager.status_code, manager.json()["rule"]) == (403, "QT-03")
    director = client_for(cast.director, "reviews:write").post(address, {"note": "ok"}, format="json", **etag)

    assert director.status_code == 200, director.content
    assert PriceApproval.objects.get().actor == cast.director
