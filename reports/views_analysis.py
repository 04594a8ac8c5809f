"""How customers keep their contracts and pay, quarter by quarter (CT-05)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from core.clock import month_of, next_month, today
from core.jobs import queue_job
from core.pages import StaffPage
from reports.jobs import CUSTOMER_ANALYSIS
from reports.months import month_from
from reports.queries.customer_analysis import customer_analysis, overdue_totals, period_until

PERMISSION = "credit.view"
ROWS_PER_PAGE = 100


def _until(text: str) -> date | None:
    try:
        return month_from(text) if text else None
    except ValueError as error:
        raise Http404 from error


class CustomerAnalysisPage(StaffPage, TemplateView):
    """The analysis until the end of `?until=2026-09`; of the last finished quarter when it is left out."""

    permission = PERMISSION
    template_name = "reports/customer_analysis.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        period = period_until(_until(self.request.GET.get("until", "")))
        rows = customer_analysis(self.user, period)
        months = (period.ends.year - period.begins.year) * 12 + period.ends.month - period.begins.month + 1
        following = month_of(period.ends)
        for _month in range(months):
            following = next_month(following)
        return super().get_context_data(
            period=period,
            page=Paginator(rows, ROWS_PER_PAGE).get_page(self.request.GET.get("page")),
            totals=overdue_totals(rows),
            earlier=month_of(period.begins - timedelta(days=1)),
            later=following if following <= month_of(today()) else None,
            **kwargs,
        )


class CustomerAnalysisExport(StaffPage):
    """Queues the workbook; the job's page shows its progress and then the file."""

    http_method_names = ("post", "options")
    permission = PERMISSION

    def post(self, request: HttpRequest) -> HttpResponse:
        until = period_until(_until(request.POST.get("until", ""))).ends
        job = queue_job(CUSTOMER_ANALYSIS, {"until": f"{until:%Y-%m}"}, actor=self.user)
        return redirect("job", job.uid)
