"""The desk hands enquiries over in the administration, by the same act as on the page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.models import Event
from orders.models import Enquiry
from tests.conftest import Cast, Company
from tests.orders.enquiries.matters import enquiry_of, prospect_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

LIST = "admin:orders_enquiry_changelist"


def hand_over(browser: Client, owner: str, *rows: Enquiry) -> str:
    body = {"action": "reassign", "owner": owner, "_selected_action": [row.pk for row in rows]}
    return browser.post(reverse(LIST), body, follow=True).content.decode()


@pytest.mark.rule("EN-01", "RG-02")
def test_a_manager_hands_over_several_and_is_told_of_each_refusal(
    cast: Cast, company: Company, signed_in: Any
) -> None:
    first, second = enquiry_of(cast, company), prospect_of(cast, owner=cast.assistant)
    cast.manager.language = "en"
    cast.manager.save()
    browser = signed_in(cast.manager)
    page = hand_over(browser, "chenli", first, second)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.owner, second.owner) == (cast.assistant, cast.assistant)
    assert f"{second.number}:" in page  # she has it already
    assert "1 row done" in page
    assert Event.objects.filter(name="reassigned", outcome="done").count() == 1
    assert "Choose the new owner" in hand_over(browser, "", first)


def test_nobody_hands_over_without_the_post(cast: Cast, company: Company, signed_in: Any) -> None:
    enquiry = enquiry_of(cast, company)
    browser = signed_in(cast.auditor)
    assert enquiry.number in browser.get(reverse(LIST)).content.decode()
    assert browser.get(reverse("admin:orders_enquiry_change", args=[enquiry.pk])).status_code == 200
    hand_over(browser, "chenli", enquiry)
    enquiry.refresh_from_db()
    assert enquiry.owner == cast.rep
