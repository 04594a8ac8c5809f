"""Frozen, stopped, merged: what a customer may still do with us, and who says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import BusinessError, PermissionDenied, RuleRefused, StaleVersion, TransitionNotAllowed
from core.models import Event
from customers.models import Customer
from customers.services import freeze_credit, resume_orders, stop_orders, unfreeze_credit, update_customer
from orders.models import Order
from tests import factories
from tests.conftest import Cast, Company
from tests.orders.drafts import placed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def now_of(customer: Customer) -> Customer:
    return Customer.objects.get(pk=customer.pk)


@pytest.mark.rule("CM-12")
def test_finance_freezes_credit_with_a_reason_and_gives_it_back(cast: Cast, company: Company) -> None:
    frozen = freeze_credit(company.customer, reason="逾期超过 30 天", actor=cast.finance, version=1)

    assert (frozen.status, frozen.status_reason, frozen.version) == ("frozen", "逾期超过 30 天", 2)
    event = Event.objects.get(document_number=frozen.number, name="freeze")
    assert (event.from_status, event.to_status, event.note, event.actor) == (
        "active",
        "frozen",
        "逾期超过 30 天",
        cast.finance,
    )
    assert now_of(frozen).history.latest("history_id").status == "frozen"  # type: ignore[attr-defined]

    active = unfreeze_credit(frozen, reason="已付清", actor=cast.finance)
    assert (active.status, active.status_reason) == ("active", "")


@pytest.mark.rule("CM-12")
def test_a_frozen_customer_still_orders_and_a_stopped_one_does_not(cast: Cast, company: Company) -> None:
    freeze_credit(company.customer, reason="逾期", actor=cast.finance)
    placed(replace(company, customer=now_of(company.customer)), cast.assistant)
    stopped = stop_orders(now_of(company.customer), reason="客户破产", actor=cast.manager)

    with pytest.raises(RuleRefused) as refusal:
        placed(replace(company, customer=stopped), cast.assistant)
    assert refusal.value.rule == "CM-12"
    assert Order.objects.count() == 1


@pytest.mark.rule("CM-12")
def test_sales_cannot_lift_the_freeze_of_finance_by_stopping_and_resuming(
    cast: Cast, company: Company
) -> None:
    freeze_credit(company.customer, reason="逾期", actor=cast.finance)
    stop_orders(now_of(company.customer), reason="停止合作", actor=cast.manager)
    resumed = resume_orders(now_of(company.customer), reason="恢复合作", actor=cast.manager)

    assert resumed.status == "frozen"

    unfreeze_credit(resumed, reason="已付清", actor=cast.finance)
    stop_orders(now_of(company.customer), reason="停止合作", actor=cast.manager)
    assert resume_orders(now_of(company.customer), reason="恢复合作", actor=cast.manager).status == "active"


@pytest.mark.rule("CM-12")
def test_only_finance_freezes_and_only_the_sales_manager_of_the_desk_stops(
    cast: Cast, company: Company
) -> None:

    north = factories.person("beifang", "sales_manager", desks=(cast.north,))
    for service, actor in (
        (freeze_credit, cast.manager),
        (freeze_credit, cast.rep),
        (stop_orders, cast.finance),
        (stop_orders, cast.rep),
        (stop_orders, cast.admin),
        (stop_orders, north),
    ):
        with pytest.raises(PermissionDenied):
            service(company.customer, reason="想", actor=actor)
    assert now_of(company.customer).status == "active"
    assert now_of(company.customer).version == 1


@pytest.mark.rule("CM-12")
def test_without_a_reason_or_from_another_state_nothing_moves(cast: Cast, company: Company) -> None:
    with pytest.raises(BusinessError):
        freeze_credit(company.customer, reason="  ", actor=cast.finance)
    with pytest.raises(TransitionNotAllowed):
        unfreeze_credit(company.customer, reason="已付清", actor=cast.finance)
    with pytest.raises(StaleVersion):
        freeze_credit(company.customer, reason="逾期", actor=cast.finance, version=7)

    assert now_of(company.customer).status == "active"
    assert not Event.objects.done().filter(document_number=company.customer.number).exists()


@pytest.mark.rule("SY-02")
def test_the_currency_stands_from_the_first_order_on(cast: Cast, company: Company) -> None:
    changed = update_customer(company.customer, changes={"currency": "usd"}, actor=cast.assistant)
    assert changed.currency == "USD"
    update_customer(changed, changes={"currency": "CNY"}, actor=cast.assistant)
    placed(replace(company, customer=now_of(company.customer)), cast.assistant)

    with pytest.raises(RuleRefused) as refusal:
        update_customer(now_of(company.customer), changes={"currency": "USD"}, actor=cast.assistant)

    assert refusal.value.problems[0].pointer == "#/currency"
    assert now_of(company.customer).currency == "CNY"
    update_customer(now_of(company.customer), changes={"language": "en"}, actor=cast.assistant)
    assert now_of(company.customer).language == "en"
