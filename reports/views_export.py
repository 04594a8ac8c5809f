"""The monthly report as a workbook, made in the background."""

from __future__ import annotations

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import View

from core.jobs import queue_job
from reports.months import month_from
from reports.views import person
from reports.views_monthly import PERMISSION


class ExportView(LoginRequiredMixin, View):
    """Queues the workbook; the job's page shows its progress and then the file."""

    def post(self, request: HttpRequest) -> HttpResponse:
        user = person(request)
        if not user.may(PERMISSION):
            raise PermissionDenied
        try:
            month = month_from(request.POST.get("month", ""))
        except ValueError as error:
            raise Http404 from error
        job = queue_job("monthly_report", {"month": f"{month:%Y-%m}"}, actor=user)
        return redirect("job", job.uid)
