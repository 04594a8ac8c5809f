"""Reading all desks does not let anybody act on them: the scope follows the permission (RG-02, RG-03)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from core.errors import PermissionDenied
from core.models import RoleGrant, User
from core.panels import next_actions
from customers.models import Customer
from customers.services import ContactDraft, add_contact, update_customer
from orders.models import Order
from orders.services.placing import place_order
from orders.services.submitting import submit_order
from reports.queries.palette import palette_hits
from tests.api.clients import client_for
from tests.conftest import Cast, Company
from tests.credit.matters import draft_of, fresh, traces
from tests.factories import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def chenli(cast: Cast) -> User:
    """Assistant of the southern desk, who also reads contracts for the legal department everywhere."""
    RoleGrant.objects.create(user=cast.assistant, role="legal")
    return User.objects.get(pk=cast.assistant.pk)


@pytest.fixture
def northern(cast: Cast, company: Company) -> Order:
    return place_order(company.northern_customer, draft=draft_of(("A1023", "2")), actor=cast.north_assistant)


@pytest.mark.rule("RG-02")
def test_a_second_post_that_reads_all_desks_opens_them_for_reading_only(
    chenli: User, northern: Order, signed_in: Callable[[User], Client]
) -> None:
    client, before = signed_in(chenli), traces()
    assert client.get(northern.get_absolute_url()).status_code == 200
    assert client.get(northern.customer.get_absolute_url()).status_code == 200
    for door in ("order_submit", "order_check", "order_cancel", "order_reopen"):
        answer = client.post(
            reverse(door, args=[northern.number]), {"version": northern.version, "note": "x"}
        )
        assert answer.status_code == 404, door
    for door in ("order_edit", "order_confirm", "remittance_new"):
        assert client.get(reverse(door, args=[northern.number])).status_code == 404, door
    for door in ("customer_edit", "customer_contact_new", "customer_address_new"):
        assert client.get(reverse(door, args=[northern.customer.number])).status_code == 404, door
    assert traces() == before


@pytest.mark.rule("RG-02")
def test_the_api_keeps_the_same_scope(chenli: User, northern: Order) -> None:
    client = client_for(chenli, "orders:write", "customers:write", "remittances:write")
    before = traces()
    address = f"/api/v1/orders/{northern.number}/"
    shown = client.get(address)
    assert shown.status_code == 200
    match = {"HTTP_IF_MATCH": shown["ETag"], "HTTP_IDEMPOTENCY_KEY": str(uuid.uuid4())}
    for step in ("submit", "cancel"):
        assert client.post(f"{address}{step}/", {"note": "x"}, format="json", **match).status_code == 404, (
            step
        )
    order = {
        "customer": northern.customer.number, "promised_on": "2099-01-01", "stated_amount_absent": True,
        "lines": [{"sku": "A1023", "quantity": "1"}],
    }  # fmt: skip
    answer = client.post("/api/v1/orders/", order, format="json", HTTP_IDEMPOTENCY_KEY=str(uuid.uuid4()))
    assert answer.status_code == 400
    assert traces() == before


@pytest.mark.rule("RG-02")
def test_the_services_refuse_it_too_and_the_buttons_say_why(
    cast: Cast, company: Company, chenli: User, northern: Order
) -> None:
    before = traces()
    customer = northern.customer
    with pytest.raises(PermissionDenied) as refused:
        submit_order(northern, actor=chenli)
    assert refused.value.rule == "RG-02"
    with pytest.raises(PermissionDenied):
        update_customer(customer, changes={"industry": "机械"}, actor=chenli)
    with pytest.raises(PermissionDenied):
        add_contact(customer, contact=ContactDraft("李娜", "经理", "0571-5550"), actor=chenli)
    assert traces() == before

    chenli.come_through("orders.view")
    actions = next_actions(fresh(northern), chenli)
    assert actions
    assert all(action.disabled_reason for action in actions)
    own = place_order(company.customer, draft=draft_of(("A1023", "2")), actor=chenli)
    assert any(not action.disabled_reason for action in next_actions(own, chenli))


@pytest.mark.rule("RG-02")
def test_a_salesperson_who_also_keeps_a_desk_reviews_only_his_own_customers(
    cast: Cast, company: Company
) -> None:
    both = person("both", "salesperson", "sales_assistant", desks=(cast.south,))
    southern = company.customer.number
    assert set(numbers(both, "orders.view")) == {southern}
    assert set(numbers(both, "credit.check")) == {southern}
    assert set(numbers(both, "credit.pass_rep")) == set()  # it is Li Min's customer


@pytest.mark.rule("RG-03")
def test_the_accountant_reads_every_desk_and_changes_no_order(
    cast: Cast, company: Company, northern: Order, signed_in: Callable[[User], Client]
) -> None:
    southern = place_order(company.customer, draft=draft_of(("A1023", "2")), actor=cast.assistant)
    client = signed_in(cast.accountant)
    for order in (northern, southern):
        assert client.get(order.get_absolute_url()).status_code == 200
        assert client.get(reverse("order_filled_form", args=[order.number])).status_code == 200
    before = traces()
    for order in (northern, southern):
        for door in ("order_submit", "order_check", "order_cancel"):
            assert client.post(reverse(door, args=[order.number])).status_code == 403
    assert traces() == before


@pytest.mark.rule("RG-01", "RG-02")
def test_an_order_goes_to_the_desk_of_the_customer_file_whatever_the_address_says(
    cast: Cast, company: Company
) -> None:
    address = company.northern_customer.default_address
    assert address is not None
    assert address.city == "杭州市"  # in the south
    order = place_order(company.northern_customer, draft=draft_of(("A1023", "2")), actor=cast.north_assistant)
    assert order.region == cast.north
    assert list(Order.objects.visible_to(cast.assistant)) == []


def numbers(user: User, permission: str) -> list[str]:
    rows = Customer.objects.visible_to(user, permission=permission)
    return list(rows.values_list("number", flat=True))


@pytest.mark.rule("RG-02")
def test_searching_counts_only_the_posts_that_read_what_is_found(cast: Cast, northern: Order) -> None:
    """Logistics sees the goods of every desk, and no order of another."""
    RoleGrant.objects.create(user=cast.assistant, role="logistics")
    both = User.objects.get(pk=cast.assistant.pk)
    assert both.scopes_for("fulfillment.view") == {"all", "region"}
    assert palette_hits(both, northern.number) == []
    assert palette_hits(cast.north_assistant, northern.number) != []
