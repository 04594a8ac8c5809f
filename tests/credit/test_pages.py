"""The pages of credit, as people of the cast use them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.clock import today
from core.models import User
from credit.models import BankLine, Remittance
from orders.models import Order
from tests import factories
from tests.conftest import Cast, Company
from tests.credit.matters import at_finance, checked, fresh, line_for, matched, slip_for, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
SignIn = Callable[[User], Client]


def step(client: Client, order: Order, name: str, **data: object) -> None:
    response = client.post(reverse(name, args=[order.number]), {"version": fresh(order).version, **data})
    assert response.status_code == 302


def slip_entry(order: Order, **facts: object) -> dict[str, object]:
    return {
        "file": SimpleUploadedFile("slip.png", factories.png(), "image/png"),
        "amount": order.total,
        "part": order.total,
        "paid_on": today().isoformat(),
        "reference": "R-1",
        "bank": "中国银行",
        "payer": order.customer.name,
        **facts,
    }


@pytest.mark.rule("PM-01", "RM-08")
def test_the_assistant_records_a_slip_from_the_order(cast: Cast, company: Company, signed_in: SignIn) -> None:
    order, client = submitted(cast, company), signed_in(cast.assistant)
    page = client.get(reverse("remittance_new", args=[order.number]))
    assert page.context["form"].initial["amount"] == order.total

    response = client.post(reverse("remittance_new", args=[order.number]), slip_entry(order))

    assert response.url == order.get_absolute_url()
    assert Remittance.objects.get().allocated == order.total


@pytest.mark.rule("PM-02")
def test_a_refused_slip_keeps_what_was_typed_and_the_file(
    cast: Cast, company: Company, signed_in: SignIn
) -> None:
    order, client = submitted(cast, company), signed_in(cast.assistant)
    slip_for(cast, order, "1.00", reference="R-1", bank="中国银行")
    address = reverse("remittance_new", args=[order.number])

    refused = client.post(address, slip_entry(order, part="100.00", amount="100.00"))
    assert (refused.status_code, Remittance.objects.count()) == (422, 1)
    kept = refused.context["form"]["kept_file"].value()
    again = slip_entry(order, part="100.00", amount="100.00", reference="R-2", kept_file=kept)
    del again["file"]

    assert client.post(address, again).status_code == 302
    assert Remittance.objects.count() == 2


@pytest.mark.rule("AP-01", "AP-04")
def test_check_and_reviews_on_the_page(cast: Cast, company: Company, client: Client) -> None:
    order = submitted(cast, company)
    matched(cast, company, slip_for(cast, order))
    for person, name in (
        (cast.assistant, "order_check"),
        (cast.rep, "order_pass_rep"),
        (cast.manager, "order_pass_manager"),
        (cast.finance, "order_pass_finance"),
    ):
        client.force_login(person)
        step(client, order, name, note="老客户")

    assert fresh(order).status == "fulfilling"


@pytest.mark.rule("AP-07")
def test_a_double_click_passes_once_and_says_so(cast: Cast, company: Company, signed_in: SignIn) -> None:
    order, client = checked(cast, company), signed_in(cast.rep)
    data = {"version": order.version}
    client.post(reverse("order_pass_rep", args=[order.number]), data)
    client.post(reverse("order_pass_rep", args=[order.number]), data)

    assert fresh(order).status == "manager_review"
    assert order.reviews.count() == 1


@pytest.mark.rule("AP-07")
@pytest.mark.parametrize("version", ["", "x", "1"])
def test_a_step_without_the_version_seen_is_refused(
    cast: Cast, company: Company, signed_in: SignIn, version: str
) -> None:
    order, client = at_finance(cast, company), signed_in(cast.finance)

    client.post(reverse("order_pass_finance", args=[order.number]), {"version": version})

    assert fresh(order).status == "finance_review"


@pytest.mark.rule("RM-04")
def test_a_hold_is_said_on_the_page_and_kept(cast: Cast, company: Company, signed_in: SignIn) -> None:
    order, client = submitted(cast, company), signed_in(cast.assistant)

    answer = client.post(
        reverse("order_check", args=[order.number]),
        {"version": order.version, "next": "/reviews/"},
        follow=True,
    )

    assert fresh(order).holds == ["remittance"]
    assert "R5" in answer.content.decode()


@pytest.mark.rule("PM-03")
def test_enter_accepts_the_likeliest_line_and_the_next_slip_comes(
    cast: Cast, company: Company, signed_in: SignIn
) -> None:
    order = submitted(cast, company)
    first, second = slip_for(cast, order, "5000.00"), slip_for(cast, order, "74.00")
    line = line_for(cast, company, first)
    client = signed_in(cast.accountant)
    desk = client.get(first.get_absolute_url())
    assert desk.context["best"].line == line
    assert "autofocus" in desk.content.decode()

    answer = client.post(
        reverse("remittance_match", args=[first.number]), {"version": first.version, "line": line.pk}
    )

    first.refresh_from_db()
    assert (first.status, answer.url) == ("credited", second.get_absolute_url())


@pytest.mark.rule("PM-03")
def test_the_accountant_enters_a_bank_line(cast: Cast, company: Company, signed_in: SignIn) -> None:
    client = signed_in(cast.accountant)
    entry = {
        "account": company.bank_account.pk,
        "booked_on": today().isoformat(),
        "amount": "5000.00",
        "payer": "华信",
        "reference": "IN-1",
        "remark": "",
    }

    assert client.post(reverse("bank_lines"), entry).status_code == 302
    again = client.post(reverse("bank_lines"), entry)

    assert (again.status_code, BankLine.objects.count()) == (422, 1)
    assert "PM-03" in again.content.decode()
    assert BankLine.objects.get().amount == Decimal("5000.00")


@pytest.mark.rule("AP-01", "AP-08")
def test_each_finds_his_own_orders_in_the_queue(cast: Cast, company: Company, client: Client) -> None:
    clean = at_finance(cast, company)
    waiting = submitted(cast, company, ("A1023", "1"))

    for person, numbers in (
        (cast.finance, [clean.number]),
        (cast.assistant, [waiting.number]),
        (cast.manager, []),
    ):
        client.force_login(person)
        page = client.get(reverse("reviews"))
        assert [row["order"].number for row in page.context["rows"]] == numbers
    client.force_login(cast.finance)
    assert client.get(reverse("reviews"), {"show": "clean"}).context["chosen"] == clean
    client.force_login(cast.assistant)
    exceptions = client.get(reverse("reviews"), {"show": "exceptions"})
    assert exceptions.context["chosen"] == waiting, "no slip covers it"


@pytest.mark.rule("RG-02")
@pytest.mark.parametrize(
    "name", ["order_check", "order_pass_rep", "order_reject", "order_cancel", "remittance_new"]
)
def test_another_desks_order_is_not_there(cast: Cast, company: Company, signed_in: SignIn, name: str) -> None:
    order = submitted(cast, company)
    person = cast.other_rep if name == "order_pass_rep" else cast.north_assistant

    assert signed_in(person).post(reverse(name, args=[order.number]), {"version": 1}).status_code == 404


@pytest.mark.rule("RG-02")
def test_another_desks_slip_is_not_there(cast: Cast, company: Company, signed_in: SignIn) -> None:
    slip = slip_for(cast, submitted(cast, company))

    assert signed_in(cast.north_assistant).get(slip.get_absolute_url()).status_code == 404
    assert slip.number not in signed_in(cast.north_assistant).get(reverse("remittances")).content.decode()


@pytest.mark.parametrize("name", ["reviews", "remittances", "bank_lines"])
def test_the_warehouse_opens_none_of_the_money_pages(
    cast: Cast, company: Company, signed_in: SignIn, name: str
) -> None:
    assert signed_in(cast.picker).get(reverse(name)).status_code == 403
