"""Pages of reported changes, gradings, care plans and desks: forms that lose nothing, lists of constant cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.clock import today
from core.models import User
from customers.models import CarePlan, ChangeReport, DeskAssignment, GradeProposal, GradingRun
from customers.services import report_change, run_grading
from tests.conftest import Cast, Company
from tests.factories import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

SignedIn = Callable[[User], Client]


@pytest.mark.rule("CM-04")
def test_a_change_is_reported_and_applied_from_the_customers_page(
    company: Company, cast: Cast, signed_in: SignedIn
) -> None:
    client, customer = signed_in(cast.rep), company.customer
    page = client.get(f"{customer.get_absolute_url()}?tab=changes")
    assert reverse("customer_change_new", args=[customer.number]) in page.content.decode()
    new = reverse("customer_change_new", args=[customer.number])
    typed = {"kind": "need", "reported_on": "2026-11-20", "description": ""}
    refused = client.post(new, typed)
    assert refused.status_code == 422
    assert "2026-11-20" in refused.content.decode()
    assert client.post(new, {**typed, "description": "改用 1500W 电机"}).status_code == 302
    report = ChangeReport.objects.get()

    apply = reverse("customer_change_apply", args=[report.number])
    shown = client.get(apply).context["form"].initial
    entries = {name: value.pk if hasattr(value, "pk") else value for name, value in shown.items()}
    stale = client.post(apply, {**entries, "core_needs": "1500W", "version": 9, "note": "电话确认"})
    assert stale.status_code == 422
    assert "电话确认" in stale.content.decode()
    assert client.post(apply, {**entries, "core_needs": "1500W", "note": ""}).status_code == 302
    customer.refresh_from_db()
    report.refresh_from_db()
    assert (customer.core_needs, report.status) == ("1500W", "applied")


@pytest.mark.rule("CM-04", "RG-02")
def test_a_report_of_another_desk_is_not_found(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    report = report_change(company.customer, kind="need", description="x", actor=cast.rep)
    client = signed_in(cast.north_assistant)
    assert client.get(reverse("customer_change_apply", args=[report.number])).status_code == 404
    assert client.post(reverse("customer_change_withdraw", args=[report.number])).status_code == 404
    assert report.number not in client.get("/customer-changes/?show=all").content.decode()


@pytest.mark.rule("CM-04", "G-07")
def test_the_list_marks_what_is_overdue_and_shows_no_rate_without_a_report(
    company: Company, cast: Cast, signed_in: SignedIn
) -> None:
    client = signed_in(cast.manager)
    assert client.get("/customer-changes/").context["rates"].total.rate is None
    old, new = today() - timedelta(days=20), today()
    overdue = report_change(company.customer, kind="need", description="x", reported_on=old, actor=cast.rep)
    fresh = report_change(company.customer, kind="need", description="y", reported_on=new, actor=cast.rep)
    page = client.get("/customer-changes/?show=overdue").content.decode()
    assert overdue.number in page
    assert fresh.number not in page
    assert client.get("/customer-changes/?show=odd&month=x&cursor=odd").status_code == 200


@pytest.mark.rule("CM-07")
def test_the_manager_grades_and_decides_row_by_row(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.manager)
    assert client.post(reverse("grading_start")).status_code == 302
    run = GradingRun.objects.get()
    assert client.post(reverse("grading_start"), follow=True).status_code == 200
    assert GradingRun.objects.count() == 1
    plain, flagged = GradeProposal.objects.order_by("customer__number")
    GradeProposal.objects.filter(pk=flagged.pk).update(needs_review=True, new_grade="B")
    confirm = reverse("grading_confirm", args=[run.number])
    page = client.post(confirm, {"proposals": [plain.pk, flagged.pk]})
    assert page.status_code == 200
    assert [row.is_done for row in page.context["results"]] == [True, False]
    assert client.post(confirm, {"proposals": ["²", "x", "9" * 30]}).status_code == 302

    one = reverse("grade_proposal", args=[flagged.pk])
    assert sum(action.is_primary for action in client.get(one).context["actions"]) == 1
    client.post(reverse("grade_keep", args=[flagged.pk]), {"note": ""})
    assert GradeProposal.objects.get(pk=flagged.pk).status == "proposed"
    client.post(reverse("grade_confirm", args=[flagged.pk]), {"note": "已回访"})
    assert GradeProposal.objects.get(pk=flagged.pk).status == "confirmed"
    assert client.get(one).context["actions"] == []


@pytest.mark.rule("CM-08")
def test_the_salesperson_writes_the_care_plan(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    plan = CarePlan.objects.create(customer=company.customer, owner=cast.rep, due_on=today())
    client = signed_in(cast.rep)
    assert company.customer.number in client.get("/care-plans/").content.decode()
    write = reverse("care_plan_write", args=[plan.pk])
    typed = {"visit_every_days": "30", "measures": "每月拜访", "version": "1"}
    bad = client.post(write, {**typed, "visit_every_days": "0"})
    assert (bad.status_code, "每月拜访" in bad.content.decode()) == (422, True)
    assert client.post(write, typed).status_code == 302
    plan.refresh_from_db()
    assert (plan.status, plan.has_priority_supply) == ("running", False)
    assert client.get(f"{company.customer.get_absolute_url()}?tab=grades").status_code == 200
    assert signed_in(cast.north_assistant).get(write).status_code == 404


@pytest.mark.rule("RG-01", "RG-02")
def test_the_manager_gives_dated_cover_and_ends_it(company: Company, cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.manager)
    typed = {
        "region": cast.north.pk, "user": cast.assistant.pk, "starts_on": "2026-11-21", "ends_on": "2026-11-20",
        "reason": "刘梅休假",
    }  # fmt: skip
    bad = client.post("/desks/", typed)
    assert (bad.status_code, "刘梅休假" in bad.content.decode()) == (422, True)
    assert client.post("/desks/", {**typed, "ends_on": "2026-11-24"}).status_code == 302
    cover = DeskAssignment.objects.get(delegated_by=cast.manager)
    northern = company.northern_customer.get_absolute_url()
    assert signed_in(cast.assistant).get(northern).status_code == 200
    assert signed_in(cast.assistant).post("/desks/", typed).status_code == 403
    assert signed_in(cast.second_manager).post(f"/desks/{cover.pk}/end/").status_code == 404
    assert signed_in(cast.manager).post(f"/desks/{cover.pk}/end/").status_code == 302
    assert signed_in(cast.assistant).get(northern).status_code == 404


@pytest.mark.parametrize("count", [2, 60])
@pytest.mark.rule("CM-04", "CM-07", "CM-08")
def test_the_lists_cost_the_same_at_any_length(
    cast: Cast, signed_in: SignedIn, count: int, django_assert_max_num_queries: Any
) -> None:
    for _n in range(count):
        customer = CustomerFactory(region=cast.south, salesperson=cast.rep)
        report_change(customer, kind="need", description="x", actor=cast.rep)
        CarePlan.objects.create(customer=customer, owner=cast.rep, due_on=today())
    run = run_grading(actor=None)
    client = signed_in(cast.manager)
    for address, most in (
        ("/customer-changes/", 8),
        ("/grading/", 6),
        (f"{run.get_absolute_url()}?show=all", 9),
        ("/care-plans/", 7),
        ("/desks/", 9),
    ):
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200
