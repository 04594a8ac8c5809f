"""`/api/v1/surveys/`: the surveys due and given, and a new answer (SV-01)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.models import Survey
from aftersales.queries import answered_surveys, orders_to_survey, surveys_due
from aftersales.services import answer_survey
from core.api import query
from core.api.fields import TextField, WholeNumberField
from core.api.idempotency import idempotent
from core.api.pagination import paginate
from core.api.schema import PAGE
from core.api.views import ApiView, ListView
from core.errors import NotFound
from orders.models import Order


class SurveyOut(serializers.ModelSerializer[Survey]):
    """The three scores of one completed order; `average` has 2 decimals."""

    order = serializers.CharField(source="order.number")
    customer = serializers.CharField(source="order.customer.number")
    average = serializers.DecimalField(max_digits=3, decimal_places=2)
    is_on_time = serializers.BooleanField()
    recorded_by = serializers.CharField(source="recorded_by.username")

    class Meta:
        model = Survey
        fields = (
            "order",
            "customer",
            "quality",
            "timeliness",
            "attitude",
            "average",
            "note",
            "due_on",
            "answered_on",
            "is_on_time",
            "recorded_by",
        )


class SurveyIn(serializers.Serializer[Any]):
    order = TextField(max_length=24)
    quality = WholeNumberField()
    timeliness = WholeNumberField()
    attitude = WholeNumberField()
    note = TextField(max_length=2000, required=False, allow_blank=True, default="")


class SurveysView(ListView):
    """GET: answered surveys. POST: record an answer, once per order."""

    required_scope = "aftersales"
    permissions = {"GET": "aftersales.view", "POST": "aftersales.answer_survey"}
    filters = ("order",)
    orderings = {"answered": "pk"}
    default_ordering = "-answered"
    serializer_class = SurveyOut
    body_serializer = SurveyIn

    def rows(self) -> QuerySet[Survey]:
        return answered_surveys(self.user)

    def narrow(self, rows: QuerySet[Survey]) -> QuerySet[Survey]:
        order = query.text(self.request, "order")
        return rows.filter(order__number=order) if order else rows

    @idempotent
    def post(self, request: Request) -> Survey:
        body = self.read(SurveyIn)
        order = Order.objects.visible_to(self.user).filter(number=body.pop("order")).first()
        if order is None:
            raise NotFound(_("There is no such order."))
        return answer_survey(order, **body, actor=self.user)

    def answer(self, request: Request, result: Survey) -> Response:
        return Response(self.serialize(result), status=201)


class DueSurveyOut(serializers.Serializer[Any]):
    """A completed order whose customer has not been asked yet."""

    order = serializers.CharField(source="order.number")
    customer = serializers.CharField(source="order.customer.number")
    completed_on = serializers.DateField(source="order.completed_on")
    due_on = serializers.DateField()
    is_overdue = serializers.BooleanField()


class DueSurveysView(ApiView):
    """GET: whom to ask next, the oldest completion first."""

    required_scope = "aftersales"
    permissions = {"GET": "aftersales.view"}
    parameters = ("limit", "cursor", "ordering")
    serializer_class = DueSurveyOut
    envelope = PAGE

    def get(self, request: Request) -> Response:
        rows = orders_to_survey(self.user).select_related("customer")
        page = paginate(rows, request, orderings={"completed": "completed_on"}, default="completed")
        due = surveys_due(list(page.results))
        return Response(page.body(DueSurveyOut(due, many=True).data))
