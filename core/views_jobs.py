"""The page of a background job: progress while it runs, then its file or its report."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.jobs import title_of
from core.models import Job
from core.pages import StaffPage, visible_or_404


class JobPage(StaffPage):
    """GET /jobs/<uid>/: whoever asked for the work sees it. The polling script gets the card alone."""

    http_method_names = ("get", "head", "options")

    def get(self, request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
        job = visible_or_404(Job.objects.filter(queued_by=self.user).select_related("result"), uid=uid)
        is_fragment = request.headers.get("HX-Request") == "true"
        template = "core/job_card.html" if is_fragment else "core/job_detail.html"
        context: dict[str, Any] = {
            "job": job,
            "title": title_of(job),
            "poll_url": reverse("job", args=[job.uid]),
        }
        return render(request, template, context)
