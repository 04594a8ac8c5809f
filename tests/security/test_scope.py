"""Another desk's papers do not exist for a person: not by number, not in lists, counts, searches, exports, files,
nor as a key inside a body; and the warehouse sees no amounts (X1, X2, RG-02)."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from core.models import Event, User
from credit.models import Allocation, Remittance
from fulfillment.models import DispatchNotice
from orders.models import Order
from tests import factories
from tests.api.clients import client_for
from tests.conftest import Cast, Company
from tests.security.matrix import API, PAGES
from tests.security.test_access_matrix import address_of, cells, gets_in, knock, of_form, of_json
from tests.security.world import World, arguments_of, build_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

VARYING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[A-Za-z0-9]{64}|"
    r"\d{4}-\d\d-\d\d[T ][\d:.+Z]+|\d\d:\d\d(:\d\d)?"
)
NOT_OF_A_CUSTOMER = {
    "receipt", "work_pile", "monthly_rows", "api-product", "api-price-list", "api-price-list-approve", "job", "api-job",
    "my_token_revoke", "grading_run", "grading_confirm", "product", "product_part_new", "part_remove", "price_list",
    "import_template", "import_batch", "import_mapping", "import_commit", "import_undo", "import_problems",
}  # fmt: skip
KEYED = {"api-customer-contacts", "api-customer-addresses", "api-customer-part-numbers"}
"""They ask for a body they can read before they look for the customer."""
SHARED_BY_ALL_DESKS = {
    "api-stock-movements": "the stock of the house is one, its papers are numbers without a customer",
    "stock": "", "api-stock": "", "receipt": "", "ui": "", "ui-job": "",
}  # fmt: skip


@pytest.fixture
def world(cast: Cast, company: Company) -> World:
    return build_world(cast, company)


def outsiders(cast: Cast) -> list[User]:
    """Who may do the same work for another region: an assistant, a salesperson, and a manager there."""
    manager = factories.person("northern", "sales_manager", desks=(cast.north,))
    return [cast.north_assistant, cast.other_rep, manager]


def of_documents() -> list[tuple[str, str]]:
    """Routes with a document in their address, and their methods."""
    found = []
    for name, method, _guard in cells(PAGES | API):
        try:
            reverse(name)
        except NoReverseMatch:
            if name not in NOT_OF_A_CUSTOMER:
                found.append((name, method))
    return found


def body_of(response: HttpResponse, *names: str) -> str:
    """What was answered, without the name asked for and what differs in every answer."""
    text = b"".join(response).decode("utf-8", "replace")
    for name in names:
        text = text.replace(name, "…")
    return VARYING.sub("…", text)


def missing(argument: Any) -> Any:
    """The same kind of name, of which there is none."""
    return uuid.uuid4() if isinstance(argument, uuid.UUID) else re.sub(r"\d", "9", str(argument))


@pytest.mark.rule("RG-02")
def test_a_paper_of_another_desk_is_answered_like_one_that_is_missing(
    cast: Cast, company: Company, world: World
) -> None:
    wrong, count = [], 0
    for user in outsiders(cast):
        client = Client(raise_request_exception=False)
        client.force_login(user)
        for name, method in of_documents():
            extra = of_json('"any-1"') if name.startswith("api-") else of_form()
            there, *rest = arguments_of(name, world, company)
            absent = missing(there)
            answers = [
                knock(client, method, reverse(name, args=[x, *rest]), **extra) for x in (there, absent)
            ]
            guard = (PAGES | API)[name][method]
            count += gets_in(guard, user)
            expected = 404 if gets_in(guard, user) else 403
            codes = [answer.status_code for answer in answers]
            bodies = [body_of(a, str(x)) for a, x in zip(answers, (there, absent), strict=True)]
            if name in ("file", "api-file"):
                expected = 404
            if name in KEYED and codes == [400, 400]:
                expected = 400
            is_number = str(there).isdigit()  # a row's key is no name: it stands in dates and amounts as well
            if codes != [expected, expected] or (bodies[0] != bodies[1] and not is_number):
                wrong.append(f"{user.username} {method} {name}: {codes}, equal: {bodies[0] == bodies[1]}")
    assert wrong == [], "\n".join(wrong)
    assert count > 100


def southern_names(world: World, company: Company) -> list[str]:
    """Everything by which the southern customer's matters are known."""
    orders = Order.objects.filter(customer=company.customer).values_list("number", flat=True)
    slips = Remittance.objects.values_list("number", "payer")
    notices = DispatchNotice.objects.values_list("number", flat=True)
    customer = company.customer
    names = [
        *orders, *notices, world.shipment.number, world.shipment.gate_pass.number, customer.number, customer.name,
        customer.short_name, customer.uscc, *(text for pair in slips for text in pair),
    ]  # fmt: skip
    north = company.northern_customer
    return [name for name in names if name not in f"{north.name} {north.short_name}"]


LOOKS = {
    "palette": "q={word}", "customers": "q={word}", "customer-options": "q={word}", "orders": "q={word}",
    "order_customer_options": "q={word}", "remittances": "status=credited", "bank_lines": "matched=all",
    "api-orders": "q={word}", "api-customers": "q={word}", "api-shipments": "q={word}",
    "api-dispatch-notices": "q={word}", "api-bank-lines": "q=IN-", "monthly_report": "month=2026-11",
}  # fmt: skip


def looks(world: World, company: Company) -> list[tuple[str, str]]:
    """Every page and endpoint that shows more than one thing, plain and searched for what is not theirs."""
    found = []
    for name, method, _guard in cells(PAGES | API):
        is_list = name not in dict(of_documents()) and name not in SHARED_BY_ALL_DESKS
        if method != "GET" or not is_list or name in ("job", "api-job", "order_form", "api-order-forms"):
            continue
        address = address_of(name, world, company)
        found.append((name, address))
        for word in (world.settled.number, company.customer.short_name) if name in LOOKS else ():
            found.append((name, f"{address}?{LOOKS[name].format(word=word)}"))
    return found


def shown(client: Any, address: str, names: list[str], *, asked: str) -> list[str]:
    """Which of the names an answer holds, beyond the words that were asked for."""
    response = client.get(address, HTTP_ACCEPT="application/json" if "palette" in address else "*/*")
    assert response.status_code in (200, 302, 403, 404), f"{address}: {response.status_code}"
    text = b"".join(response).decode("utf-8", "replace") if response.status_code == 200 else ""
    return [name for name in names if name in text and name not in asked]


@pytest.mark.rule("RG-02")
def test_lists_searches_counts_and_reports_show_nothing_of_another_desk(
    cast: Cast, company: Company, world: World
) -> None:
    names = southern_names(world, company)
    insider = Client()
    insider.force_login(cast.assistant)
    seen = set()
    for name, address in looks(world, company):
        if shown(insider, address, names, asked=address):
            seen.add(name)
    assert seen >= {
        "home", "orders", "customers", "customer-options", "remittances", "reviews", "bank_lines", "dispatch_board",
        "palette", "order_customer_options", "api-orders", "api-customers", "api-remittances", "api-bank-lines",
        "api-dispatch-notices", "api-shipments", "api-gate-passes", "api-events", "surveys", "api-surveys-due",
        "monthly_rows",
    }  # fmt: skip

    leaks = []
    for user in outsiders(cast):
        client = Client()
        client.force_login(user)
        for _name, address in looks(world, company):
            found = shown(client, address, names, asked=address)
            leaks += [f"{user.username} {address}: {found}"] if found else []
    assert leaks == []


@pytest.mark.rule("RG-02", "KP-01")
def test_figures_and_counts_of_another_desk_are_nought(cast: Cast, company: Company, world: World) -> None:
    client = client_for(cast.north_assistant, "reports:read", "orders:read", "events:read")
    report = client.get("/api/v1/reports/monthly/?month=2026-11").json()
    assert (report["figures"]["orders"], report["figures"]["order_total"]) == (0, "0.00")
    assert client.get("/api/v1/orders/").json()["results"] == []
    assert client.get("/api/v1/events/").json()["results"] == []
    page = Client()
    page.force_login(cast.north_assistant)
    assert set(re.findall(r'data-count="(\d+)"', page.get("/work/tiles/").content.decode())) <= {"0"}


@pytest.mark.rule("RG-02")
def test_a_key_inside_a_body_is_looked_up_within_scope_too(
    cast: Cast, company: Company, world: World
) -> None:
    scopes = (
        "orders:write",
        "remittances:write",
        "dispatch:write",
        "aftersales:write",
        "catalogue:read",
        "stock:read",
    )
    client = client_for(cast.north_assistant, *scopes)
    south, north = company.customer.number, company.northern_customer.number
    before = traces()

    def post(address: str, body: dict[str, Any], kind: str = "json") -> tuple[int, str]:
        answer = client.post(f"/api/v1/{address}", body, format=kind, HTTP_IDEMPOTENCY_KEY=str(uuid.uuid4()))
        return answer.status_code, answer.content.decode()

    order = {
        "promised_on": "2099-01-01",
        "stated_amount_absent": True,
        "lines": [{"sku": "A1023", "quantity": "1"}],
    }
    slip = {"payer": "x", "bank": "y", "paid_on": "2026-11-21", "amount": "10.00"}

    def image() -> SimpleUploadedFile:
        return SimpleUploadedFile("slip.png", factories.png(), "image/png")

    for number in (south, "C2099999"):
        answers = [
            post("orders/", {**order, "customer": number}),
            post("orders/validate/", {**order, "customer": number}),
            post("remittances/", {**slip, "customer": number, "file": image()}, "multipart"),
        ]
        assert [status for status, _body in answers] == [400, 400, 400]
    for number in (world.checking.number, "SO209901-9999"):
        allocations = f'[{{"order": "{number}", "amount": "10.00"}}]'
        body = {**slip, "customer": north, "allocations": allocations, "file": image()}
        assert post("remittances/", body, "multipart")[0] == 400
        assert post("dispatch-notices/", {"order": number})[0] == 404
        assert post("surveys/", {"order": number, "quality": 5, "timeliness": 5, "attitude": 5})[0] == 404
    for address in (f"order-forms/?customer={south}", f"prices/?customer={south}"):
        assert client.get(f"/api/v1/{address}").status_code == 404
    assert traces() == before


@pytest.mark.rule("RG-02")
def test_a_page_form_takes_no_customer_or_order_of_another_desk(
    cast: Cast, company: Company, world: World
) -> None:
    client, south = Client(), company.customer.number
    client.force_login(cast.north_assistant)
    before = traces()
    lines = {
        "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-sku": "A1023", "lines-0-quantity": "1",
    }  # fmt: skip
    assert client.post("/orders/new/", {"customer": south, "channel": "email", **lines}).status_code == 422
    assert client.get(f"/orders/form/?customer={south}").status_code == 404
    survey = {"order": world.settled.number, "quality": "5", "timeliness": "5", "attitude": "5"}
    assert client.post("/surveys/", survey).status_code == 404
    assert traces() == before


def traces() -> tuple[int, ...]:
    done = Event.objects.done().exclude(document_number="").count()
    return (
        Order.objects.count(),
        Remittance.objects.count(),
        Allocation.objects.count(),
        DispatchNotice.objects.count(),
        done,
    )


@pytest.mark.rule("RG-02", "AU-01")
def test_the_administration_shows_a_manager_his_region_alone(
    cast: Cast, company: Company, world: World
) -> None:
    manager = outsiders(cast)[2]
    client = Client()
    client.force_login(manager)
    names = southern_names(world, company)
    for model in ("customers_customer", "orders_order", "orders_orderform", "credit_orderforreview"):
        assert shown(client, reverse(f"admin:{model}_changelist"), names, asked="") == [], model
    customer, order = company.customer, world.settled
    customer.refresh_from_db()
    customer.save()  # writes a line of history
    past = reverse(
        "admin:customers_customer_simple_history", args=[customer.pk, customer.history.first().history_id]
    )
    addresses = [
        reverse("admin:customers_customer_change", args=[customer.pk]),
        reverse("admin:customers_customer_history", args=[customer.pk]),
        past,
        reverse("admin:orders_order_change", args=[order.pk]),
        reverse("admin:orders_order_history", args=[order.pk]),
    ]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code in (302, 404), address
        assert customer.name not in answer.content.decode()
    assert client.post(past, {"name": "changed"}).status_code == 405
    assert (
        client.post(reverse("admin:credit_orderforreview_decide", args=[world.in_finance.pk])).status_code
        == 404
    )


@pytest.mark.rule("DS-02")
@pytest.mark.parametrize("role", ["picker", "checker", "guard", "logistics"])
def test_the_warehouse_sees_no_prices_and_no_amounts(
    role: str, cast: Cast, company: Company, world: World
) -> None:
    amounts = ["980.0", "1960.00", "1,960.00", "2214.80", "2,214.80", "254.80", "3321.90", "3,321.90"]
    client = Client()
    client.force_login(world.people[role])
    found = []
    for name, method, guard in cells(PAGES | API):
        if (
            method != "GET"
            or not gets_in(guard, world.people[role])
            or name in ("ui", "api-schema", "api-docs")
        ):
            continue
        response = client.get(address_of(name, world, company))
        text = b"".join(response).decode("utf-8", "replace")
        found += [f"{name}: {amount}" for amount in amounts if amount in text]
    assert found == []


@pytest.mark.rule("AU-03")
def test_a_file_needs_the_scope_of_its_part_of_the_api(cast: Cast, world: World) -> None:
    address = f"/api/v1/files/{world.image.uid}/"
    assert client_for(cast.assistant, "remittances:read").get(address).status_code == 200
    assert client_for(cast.assistant, "catalogue:read").get(address).status_code == 403
    assert client_for(cast.north_assistant, "remittances:read").get(address).status_code == 404
    assert client_for(cast.picker, "remittances:read").get(address).status_code == 404


@pytest.mark.rule("AU-01")
def test_refused_attempts_are_not_told_to_an_api_client(cast: Cast, world: World) -> None:
    client = Client()
    client.force_login(cast.picker)
    client.post(reverse("order_pass_finance", args=[world.in_finance.number]))
    assert Event.objects.filter(outcome="refused", root_number=world.in_finance.number).count() == 1
    address = f"/api/v1/orders/{world.in_finance.number}/events/"
    told = client_for(cast.erp, "orders:read", actor=cast.admin).get(address).json()["results"]
    assert {event["outcome"] for event in told} == {"done"}
    told = client_for(cast.auditor, "orders:read").get(address).json()["results"]
    assert "refused" in {event["outcome"] for event in told}
