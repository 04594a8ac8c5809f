"""KP-01, KP-10, G-07: the month in figures, and the rows behind them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.management import call_command
from django.test import Client
from openpyxl import load_workbook

from core.attachments import open_attachment
from core.clock import clock_set_to
from core.jobs import run_next_job
from core.models import Job
from credit.services.reviews import cancel_order
from orders.models import Order
from reports.exports import monthly_workbook
from reports.queries.monthly import Figures, monthly_report, orders_of_month, postings_of_month
from reports.tasks import build_monthly_report
from tests.api.clients import client_for
from tests.conftest import Cast, Company
from tests.fulfillment.matters import approved, deliver, gone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
LAST_SECOND = datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
"""Midnight in Shanghai: December begins while it is still November in UTC."""


@pytest.mark.rule("KP-01", "KP-10")
def test_the_order_total_is_the_sum_of_the_months_approved_orders(cast: Cast, company: Company) -> None:
    first = approved(cast, company)
    second = approved(cast, company, ("A1023", "3"))
    report = monthly_report(cast.gm, NOVEMBER)
    assert (first.total, second.total) == (Decimal("11171.65"), Decimal("3322.20"))
    assert report.figures == Figures(orders=2, total=Decimal("14493.85"), lines=3, filled_lines=3)
    assert report.figures.total == sum(order.total for order in orders_of_month(cast.gm, NOVEMBER))
    assert report.figures.fill_rate == Decimal("100.00")


@pytest.mark.rule("KP-01", "G-04")
@pytest.mark.parametrize(
    ("moment", "month", "other"), [(LAST_SECOND, NOVEMBER, DECEMBER), (MIDNIGHT, DECEMBER, NOVEMBER)]
)
def test_months_are_cut_at_midnight_in_shanghai(
    cast: Cast, company: Company, moment: datetime, month: date, other: date
) -> None:
    with clock_set_to(moment):
        order = approved(cast, company)
    assert monthly_report(cast.gm, month).figures.total == order.total
    assert monthly_report(cast.gm, other).figures.orders == 0


@pytest.mark.rule("KP-01", "DL-03", "G-04")
def test_a_delivery_signed_after_midnight_is_posted_in_the_next_month(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    shipment = gone(cast, company, order)
    with clock_set_to(datetime(2026, 12, 1, 2, 0, tzinfo=UTC)):
        deliver(cast, shipment, signed_at=MIDNIGHT)
    november, december = monthly_report(cast.gm, NOVEMBER), monthly_report(cast.gm, DECEMBER)
    assert (november.figures.total, november.figures.posted) == (order.total, Decimal("0.00"))
    assert (december.figures.total, december.figures.posted) == (Decimal("0.00"), order.total)
    assert december.figures.posted == sum(one.gross for one in postings_of_month(cast.gm, DECEMBER))
    assert december.previous == november.figures


@pytest.mark.rule("KP-01")
def test_a_cancelled_or_unapproved_order_does_not_count(cast: Cast, company: Company) -> None:
    from tests.credit.matters import submitted

    waiting = submitted(cast, company)
    cancel_order(waiting, reason="客户取消", version=waiting.version, actor=cast.assistant)
    submitted(cast, company)
    assert monthly_report(cast.gm, NOVEMBER).figures == Figures()


@pytest.mark.rule("KP-10", "G-07")
def test_the_fill_rate_counts_lines_reserved_in_full(cast: Cast, company: Company) -> None:
    approved(cast, company, ("A1023", "120"), ("B2040", "7"))
    approved(cast, company, ("B2040", "1"))
    figures = monthly_report(cast.gm, NOVEMBER).figures
    assert (figures.lines, figures.filled_lines, figures.fill_rate) == (3, 2, Decimal("66.67"))


@pytest.mark.rule("G-07")
def test_a_month_without_lines_has_no_fill_rate(cast: Cast) -> None:
    figures = monthly_report(cast.gm, NOVEMBER).figures
    assert figures.fill_rate is None
    assert figures.total == Decimal("0.00")


@pytest.mark.rule("KP-01")
def test_regions_and_salespeople_add_up_to_the_total(cast: Cast, company: Company) -> None:
    approved(cast, company)
    approved(cast, company, ("A1023", "2"))
    report = monthly_report(cast.gm, NOVEMBER)
    assert [(region.region, group.salesperson) for region in report.regions for group in region.groups] == [
        ("S", cast.rep.username)
    ]
    assert sum((region.figures.total for region in report.regions), Decimal(0)) == report.figures.total


@pytest.mark.rule("RG-02")
def test_an_assistant_sees_the_figures_of_her_desk_only(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    assert monthly_report(cast.assistant, NOVEMBER).figures.total == order.total
    assert monthly_report(cast.north_assistant, NOVEMBER).figures == Figures()


def test_the_report_costs_the_same_for_one_order_and_for_many(
    cast: Cast, company: Company, django_assert_num_queries: object
) -> None:
    approved(cast, company)
    # orders, lines, postings by group; the same three as totals of the month before
    assert cast.gm.may("reports.view")
    for _size in range(2):
        with django_assert_num_queries(6):  # type: ignore[operator]
            monthly_report(cast.gm, NOVEMBER)
        for _more in range(3):
            approved(cast, company, ("B2040", "1"))


class TestPages:
    def test_every_figure_leads_to_rows_that_add_up_to_it(
        self, cast: Cast, company: Company, signed_in: object
    ) -> None:
        order = approved(cast, company)
        deliver(cast, gone(cast, company, order))
        browser: Client = signed_in(cast.gm)  # type: ignore[operator]
        assert "¥11,171.65" in browser.get("/reports/monthly/?month=2026-11").content.decode()
        for kind in ("orders", "postings", "lines"):
            page = browser.get(
                f"/reports/monthly/{kind}/?month=2026-11&region=S&salesperson={cast.rep.username}"
            )
            assert page.context["total"] == Decimal("11171.65")
            assert order.number in page.content.decode()
        assert browser.get("/reports/monthly/short-lines/?month=2026-11").context["total"] == Decimal("0.00")

    @pytest.mark.parametrize("wrong", ["2026-13", "2026-1", "²026-11", "1999-01", "x", "2026-11-01"])
    def test_a_month_that_is_none_is_not_found(self, cast: Cast, signed_in: object, wrong: str) -> None:
        browser: Client = signed_in(cast.gm)  # type: ignore[operator]
        assert browser.get("/reports/monthly/", {"month": wrong}).status_code == 404

    def test_the_report_is_closed_to_the_warehouse(self, cast: Cast, signed_in: object) -> None:
        browser: Client = signed_in(cast.guard)  # type: ignore[operator]
        assert browser.get("/reports/monthly/").status_code == 403

    def test_a_page_stays_within_its_statements(
        self, cast: Cast, company: Company, signed_in: object, django_assert_max_num_queries: object
    ) -> None:
        approved(cast, company)
        browser: Client = signed_in(cast.gm)  # type: ignore[operator]
        with django_assert_max_num_queries(10):  # type: ignore[operator]  # session, person, roles, six of the report
            browser.get("/reports/monthly/?month=2026-11")


class TestWorkbook:
    def test_the_export_is_made_by_a_job_and_holds_the_same_figures(
        self, cast: Cast, company: Company, signed_in: object
    ) -> None:
        order = approved(cast, company)
        browser: Client = signed_in(cast.gm)  # type: ignore[operator]
        answer = browser.post("/reports/monthly/export/", {"month": "2026-11"})
        job = Job.objects.get()
        assert answer["Location"] == f"/jobs/{job.uid}/"
        assert run_next_job()
        job.refresh_from_db()
        assert (job.state, job.done, job.total) == ("done", 2, 2)
        assert job.result is not None
        with open_attachment(job.result) as content:
            book = load_workbook(BytesIO(content.read()))
        totals = list(book.worksheets[0].values)[-1]
        assert totals[2:5] == (1, 11171.65, 0)
        assert book.worksheets[1]["A2"].value == order.number

    def test_a_name_that_looks_like_a_formula_stays_a_text(self, cast: Cast, company: Company) -> None:
        company.customer.short_name = "=HYPERLINK(1)"
        company.customer.save()
        approved(cast, company)
        book = load_workbook(BytesIO(monthly_workbook(cast.gm, NOVEMBER, lambda done, total: None)))
        cell = book.worksheets[1]["B2"]
        assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")

    @pytest.mark.rule("AR-01")
    def test_the_clock_has_last_months_report_made_for_the_management(self, cast: Cast) -> None:
        with clock_set_to(datetime(2026, 12, 4, 22, 0, tzinfo=UTC)):  # the 5th, 06:00 in Shanghai
            assert build_monthly_report() == 2
        assert {(job.queued_by, job.arguments["month"]) for job in Job.objects.all()} == {
            (cast.gm, "2026-11"), (cast.director, "2026-11"),
        }  # fmt: skip


class TestApi:
    def test_the_api_gives_the_figures_of_the_page_as_strings(self, cast: Cast, company: Company) -> None:
        approved(cast, company)
        body = client_for(cast.gm, "reports:read").get("/api/v1/reports/monthly/?month=2026-11").json()
        assert (body["month"], body["currency"]) == ("2026-11", "CNY")
        assert body["figures"] == {
            "orders": 1, "order_total": "11171.65", "posted": "0.00", "lines": 2, "lines_reserved_in_full": 2,
            "fill_rate": "100.00",
        }  # fmt: skip
        assert body["previous_month"]["fill_rate"] is None
        assert [(one["region"], one["region_label"]) for one in body["regions"]] == [("S", "South")]

    @pytest.mark.parametrize("query", ["?month=2026-13", "?month=", "?monat=2026-11", "?month=%00"])
    def test_a_wrong_parameter_is_refused(self, cast: Cast, query: str) -> None:
        answer = client_for(cast.gm, "reports:read").get(f"/api/v1/reports/monthly/{query}")
        assert answer.status_code == (200 if query == "?month=" else 400)

    def test_a_token_without_the_scope_is_refused(self, cast: Cast) -> None:
        assert client_for(cast.gm, "orders:read").get("/api/v1/reports/monthly/").status_code == 403


@pytest.mark.rule("KP-01")
def test_the_demo_company_balances_and_its_month_is_the_sum_of_its_orders(
    settings: object, tmp_path: object
) -> None:
    settings.APP_VAR = tmp_path  # type: ignore[attr-defined]
    call_command("demo_company", months=1, until="2026-11-20")
    from core.models import User

    report = monthly_report(User.objects.get(username="zhengguo"), NOVEMBER)
    valid = Order.objects.approved().filter(approved_on__gte=NOVEMBER, approved_on__lt=DECEMBER)
    assert report.figures.orders == valid.count() > 20
    assert report.figures.total == sum(order.total for order in valid)
    reached = set(Order.objects.values_list("status", flat=True))
    assert reached >= {
        "draft", "checking", "rep_review", "manager_review", "finance_review", "fulfilling", "partly_shipped",
        "shipped", "settled", "rejected", "cancelled",
    }  # fmt: skip
    assert Order.objects.filter(has_shortage=True).exists()
    orders = Order.objects.count()
    call_command("demo_company", months=1, until="2026-11-20")
    assert Order.objects.count() == orders
