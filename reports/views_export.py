"""The monthly report as a workbook, made in the background."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from core.jobs import queue_job
from core.pages import StaffPage
from reports.jobs import MONTHLY_REPORT
from reports.months import month_from
from reports.views_monthly import PERMISSION


class ExportView(StaffPage):
    """Queues the workbook; the job's page shows its progress and then the file."""

    http_method_names = ("post", "options")
    permission = PERMISSION

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            month = month_from(request.POST.get("month", ""))
        except ValueError as error:
            raise Http404 from error
        job = queue_job(MONTHLY_REPORT, {"month": f"{month:%Y-%m}"}, actor=self.user)
        return redirect("job", job.uid)
