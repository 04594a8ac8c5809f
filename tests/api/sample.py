"""A small API on core alone, to show its manners: a list, a creating POST, a document with a transition."""

from __future__ import annotations

import time
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.urls import urlpatterns as own
from core.api import query
from core.api.fields import AmountStringField, QuantityStringField, TextField, WholeNumberField
from core.api.idempotency import idempotent
from core.api.views import ApiView, ListView
from core.errors import RuleRefused
from core.models import Event, Job, User
from core.numbering import next_number
from core.trail import record_act
from core.transactions import unit_of_work


@unit_of_work
def note_down(number: str, *, text: str, actor: User) -> Event:
    """A service: one effect, or a refusal."""
    event = record_act("sample.note", actor=actor, subject=number, note=text)
    if text == "refuse":
        raise RuleRefused("no", rule="G-01")
    if text == "break":
        raise ZeroDivisionError
    if text == "slow":
        time.sleep(0.3)
    return event


class NoteIn(serializers.Serializer[Any]):
    text = TextField(max_length=50)
    amount = AmountStringField(required=False)
    quantity = QuantityStringField(required=False)
    count = WholeNumberField(required=False)
    nested = serializers.JSONField(required=False)


class NoteOut(serializers.ModelSerializer[Event]):
    class Meta:
        model = Event
        fields = ("uid", "root_number", "note")


class NotesView(ApiView):
    required_scope = "orders"
    serializer_class = NoteOut

    @idempotent
    def post(self, request: Request) -> Any:
        body = self.read(NoteIn)
        return note_down(next_number("ZZ"), text=body["text"], actor=self.user)

    def answer(self, request: Request, result: Event) -> Response:
        return Response(
            NoteOut(result).data, status=201, headers={"Location": f"/notes/{result.root_number}/"}
        )


class JobOut(serializers.ModelSerializer[Job]):
    class Meta:
        model = Job
        fields = ("uid", "kind", "done", "total", "queued_at")


class JobsView(ListView):
    required_scope = "orders"
    serializer_class = JobOut
    filters = ("kind", "done", "on", "ready")
    orderings = {"queued": "queued_at", "kind": "kind", "done": "done"}
    default_ordering = "-queued"
    updated_field = "queued_at"
    search_fields = ("kind",)

    def rows(self) -> QuerySet[Job]:
        return Job.objects.filter(queued_by=self.user)

    def narrow(self, rows: QuerySet[Job]) -> QuerySet[Job]:
        kind, done = query.text(self.request, "kind"), query.whole_number(self.request, "done", default=-1)
        day = query.day(self.request, "on")
        query.yes_no(self.request, "ready")
        rows = rows.filter(kind=kind) if kind else rows
        rows = rows.filter(queued_at__date=day) if day else rows
        return rows.filter(done=done) if done >= 0 else rows


class JobByNameView(ApiView):
    def get(self, request: Request, name: str) -> Response:
        return Response({"count": Job.objects.filter(kind=name).count()})


urlpatterns = [
    path("api/v1/sample/notes/", NotesView.as_view()),
    path("api/v1/sample/other-notes/", NotesView.as_view()),
    path("api/v1/sample/jobs/", JobsView.as_view()),
    path("api/v1/sample/jobs/<str:name>/", JobByNameView.as_view()),
    *own,
]
