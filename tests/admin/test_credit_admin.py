"""Managers and finance approve in the administration, the accountant enters and matches there."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core.clock import today
from core.models import Event, User
from credit.models import BankLine
from credit.services.reviews import pass_rep
from orders.models import Order
from tests.conftest import Cast, Company
from tests.credit.matters import at_finance, checked, fresh, line_for, slip_for, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
SignIn = Callable[[User], Client]
QUEUE = "admin:credit_orderforreview_changelist"


def act(client: Client, action: str, *orders: Order, **data: object) -> str:
    chosen = {"action": action, "_selected_action": [order.pk for order in orders], **data}
    return client.post(reverse(QUEUE), chosen, follow=True).content.decode()


def decide(client: Client, order: Order, version: int, button: str, note: str = "") -> None:
    address = reverse("admin:credit_orderforreview_decide", args=[order.pk])
    assert client.post(address, {"version": version, button: "1", "note": note}).status_code == 302


@pytest.mark.rule("AP-04")
def test_finance_sees_limit_exposure_gate_and_stock_and_approves(
    cast: Cast, company: Company, signed_in: SignIn
) -> None:
    order, client = at_finance(cast, company), signed_in(cast.finance)
    queue = client.get(reverse(QUEUE)).content.decode()
    assert order.number in queue
    assert "1,000.00" in queue
    detail = client.get(reverse("admin:credit_orderforreview_change", args=[order.pk])).content.decode()
    assert "R1" in detail
    assert "11,074.00" in detail

    decide(client, order, order.version, "pass")

    assert fresh(order).status == "fulfilling"
    assert Event.objects.get(document_number=order.number, name="pass_finance").channel == "admin"


@pytest.mark.rule("AP-04", "AP-03")
def test_an_action_passes_row_by_row_and_says_what_was_refused(
    cast: Cast, company: Company, signed_in: SignIn
) -> None:
    first = checked(cast, company, submitted(cast, company, ("B2040", "3")))
    second = checked(cast, company)
    for order in (first, second):
        pass_rep(order, version=order.version, actor=cast.rep)

    answer = act(signed_in(cast.manager), "pass_orders", first, second)

    assert (fresh(first).status, fresh(second).status) == ("finance_review", "manager_review")
    assert f"{second.number}: " in answer
    assert "AP-03" in answer
    act(signed_in(cast.manager), "pass_orders", second, note="总经理已同意")
    assert fresh(second).status == "finance_review"


@pytest.mark.rule("AP-05")
def test_a_rejection_there_needs_its_reason_too(cast: Cast, company: Company, signed_in: SignIn) -> None:
    order, client = at_finance(cast, company), signed_in(cast.finance)

    decide(client, order, order.version, "reject")
    assert fresh(order).status == "finance_review"
    decide(client, order, order.version, "reject", note="付款方式不符")

    assert fresh(order).status == "rejected"


@pytest.mark.rule("AP-07")
def test_a_stale_page_there_changes_nothing(cast: Cast, company: Company, signed_in: SignIn) -> None:
    order, client = at_finance(cast, company), signed_in(cast.finance)

    decide(client, order, order.version - 1, "pass")

    assert fresh(order).status == "finance_review"


@pytest.mark.rule("IC-01")
@pytest.mark.parametrize("who", ["superuser", "accountant", "catalogue", "admin", "assistant"])
def test_others_find_no_queue_there(cast: Cast, company: Company, signed_in: SignIn, who: str) -> None:
    order = at_finance(cast, company)
    root = User.objects.create_superuser("root", password="a long test password")
    client = signed_in(root if who == "superuser" else getattr(cast, who))

    assert client.get(reverse(QUEUE)).status_code in (302, 403)
    address = reverse("admin:credit_orderforreview_decide", args=[order.pk])
    client.post(address, {"version": order.version, "pass": "1"})
    assert fresh(order).status == "finance_review"


@pytest.mark.rule("IC-01", "AU-01")
def test_nothing_is_deleted_there(cast: Cast, company: Company, signed_in: SignIn) -> None:
    order, client = at_finance(cast, company), signed_in(cast.finance)

    assert (
        client.post(
            reverse("admin:credit_orderforreview_delete", args=[order.pk]), {"post": "yes"}
        ).status_code
        == 403
    )
    assert "delete_selected" not in client.get(reverse(QUEUE)).content.decode()


@pytest.mark.rule("PM-03")
def test_the_accountant_enters_a_line_and_accepts_the_likeliest(
    cast: Cast, company: Company, signed_in: SignIn
) -> None:
    order = submitted(cast, company)
    slip = slip_for(cast, order)
    client = signed_in(cast.accountant)
    entry = {
        "account": company.bank_account.pk,
        "booked_on": today().isoformat(),
        "amount": "11074.00",
        "payer": slip.payer,
        "reference": "IN-1",
        "remark": "",
    }
    client.post(reverse("admin:credit_bankline_add"), entry)
    assert BankLine.objects.get().amount == Decimal("11074.00")
    again = client.post(reverse("admin:credit_bankline_add"), entry, follow=True).content.decode()
    assert BankLine.objects.count() == 1
    assert again

    chosen = {"action": "accept_likeliest", "_selected_action": [slip.pk]}
    client.post(reverse("admin:credit_remittance_changelist"), chosen)

    slip.refresh_from_db()
    assert (slip.status, fresh(order).payment_status) == ("credited", "paid")


@pytest.mark.rule("AU-01")
@pytest.mark.parametrize(
    "name", ["ledgerentry", "posting", "creditdecision", "review", "remittance", "bankline"]
)
def test_the_auditor_looks_and_touches_nothing(
    cast: Cast, company: Company, signed_in: SignIn, name: str
) -> None:
    slip = slip_for(cast, submitted(cast, company))
    line_for(cast, company, slip)
    client = signed_in(cast.auditor)

    assert client.get(reverse(f"admin:credit_{name}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:credit_{name}_add")).status_code == 403
