"""Customers in the administration: looked at with their history, moved by the same services, never deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.models import Event, User
from customers.models import Customer
from tests.conftest import Cast, Company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

SignedIn = Callable[[User], Client]
LIST = "admin:customers_customer_changelist"


def act(client: Client, action: str, *customers: Customer, note: str = "") -> Any:
    body = {"action": action, "_selected_action": [customer.pk for customer in customers], "note": note}
    return client.post(reverse(LIST), body, follow=True)


@pytest.mark.rule("CM-02")
def test_the_file_shows_cooperation_data_that_nobody_types_here(
    cast: Cast, company: Company, signed_in: SignedIn
) -> None:
    address = reverse("admin:customers_customer_change", args=[company.customer.pk])
    html = signed_in(cast.manager).get(address).content.decode()

    assert company.customer.uscc in html
    for name in ("order_count", "cumulative_amount", "grade", "status", "merged_into"):
        assert str(Customer._meta.get_field(name).verbose_name) in html  # type: ignore[union-attr]
        assert f'name="{name}"' not in html
    assert signed_in(cast.manager).post(address.replace("change", "delete")).status_code == 403


@pytest.mark.rule("CM-12")
def test_finance_freezes_here_by_the_same_service(cast: Cast, company: Company, signed_in: SignedIn) -> None:
    client = signed_in(cast.finance)
    act(client, "freeze", company.customer)
    assert Customer.objects.get(pk=company.customer.pk).status == "active"

    act(client, "freeze", company.customer, company.northern_customer, note="逾期")
    assert set(Customer.objects.values_list("status", flat=True)) == {"frozen"}
    event = Event.objects.done().get(document_number=company.customer.number)
    assert (event.name, event.channel, event.note) == ("freeze", "admin", "逾期")


@pytest.mark.rule("CM-12", "IC-01")
def test_an_act_of_another_post_is_not_offered_and_does_nothing(
    cast: Cast, company: Company, signed_in: SignedIn
) -> None:
    for user, action in ((cast.manager, "freeze"), (cast.finance, "stop"), (cast.auditor, "stop")):
        client = signed_in(user)
        assert f'value="{action}"' not in client.get(reverse(LIST)).content.decode()
        act(client, action, company.customer, note="想")
    assert Customer.objects.get(pk=company.customer.pk).status == "active"


@pytest.mark.rule("SY-02")
def test_a_refused_change_says_why_and_changes_nothing(
    cast: Cast, company: Company, signed_in: SignedIn
) -> None:
    from tests.orders.drafts import placed

    placed(company, cast.assistant)
    address = reverse("admin:customers_customer_change", args=[company.customer.pk])
    client = signed_in(cast.manager)
    form = client.get(address).context["adminform"].form
    body = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
    answer = client.post(address, {**body, "currency": "USD"}, follow=True)

    assert "CNY" in answer.content.decode()
    assert Customer.objects.get(pk=company.customer.pk).currency == "CNY"
