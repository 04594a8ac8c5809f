"""Core's own endpoints: jobs, settings, files."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from core.api import query
from core.api.views import ApiView
from core.attachments import resource_of
from core.clock import today
from core.errors import NotFound
from core.jobs import title_of
from core.models import Attachment, Job
from core.parameters import PARAMETERS, parameters_on, shown_value
from core.views_files import fetchable_or_404, file_response


class JobSerializer(serializers.ModelSerializer[Job]):
    id = serializers.UUIDField(source="uid")
    title = serializers.SerializerMethodField()
    state_label = serializers.CharField(source="get_state_display")
    report_url = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = (
            *(
                "id",
                "kind",
                "title",
                "state",
                "state_label",
                "done",
                "total",
                "report",
                "report_url",
                "error",
            ),
            *("queued_at", "finished_at"),
        )

    def get_title(self, job: Job) -> str:
        return title_of(job)

    def get_report_url(self, job: Job) -> str | None:
        if job.result is None:
            return None
        return reverse("api-file", args=[job.result.uid], request=self.context["request"])


class JobView(ApiView):
    """GET `/jobs/{id}/`: how far one's own long work is."""

    serializer_class = JobSerializer

    def get(self, request: Request, uid: uuid.UUID) -> Response:
        job = Job.objects.filter(queued_by=self.user, uid=uid).select_related("result").first()
        if job is None:
            raise NotFound()
        return Response(JobSerializer(job, context={"request": request}).data)


class SettingSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    default = serializers.CharField(allow_null=True)
    rule = serializers.CharField()


class SettingsView(ApiView):
    """GET `/settings/?on=`: every setting of the rule book as it is in force on a day."""

    required_scope = "settings"
    parameters = ("on",)
    serializer_class = SettingSerializer
    envelope = {"on": {"type": "string", "format": "date"}}

    def get(self, request: Request) -> Response:
        on = query.day(request, "on") or today()
        values = parameters_on(on)
        rows = [
            {
                "key": key,
                "label": parameter.label,
                "kind": parameter.kind,
                "value": shown_value(values[key]) or None,
                "default": shown_value(parameter.default) or None,
                "rule": parameter.rule,
            }
            for key, parameter in PARAMETERS.items()
        ]
        return Response({"on": on.isoformat(), "results": SettingSerializer(rows, many=True).data})


class FileView(ApiView):
    """GET `/files/{id}/`: a file within scope; the download is recorded."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, uid: uuid.UUID) -> HttpResponseBase:
        return file_response(fetchable_or_404(uid, self.user, self._require_scope_of))

    def _require_scope_of(self, attachment: Attachment) -> None:
        """A token reads the files of those parts of the API it was given."""
        self.required_scope = resource_of(attachment)
        self._require_scope(self.request)
