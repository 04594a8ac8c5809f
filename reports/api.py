"""`/api/v1/reports/monthly/`: the figures of the page, as strings; a rate without a base is null (G-07)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.fields import AmountStringField
from core.api.views import ApiView
from core.money import BASE_CURRENCY
from reports.months import month_from
from reports.queries.monthly import MonthlyReport, monthly_report


class FiguresOut(serializers.Serializer[Any]):
    """Orders approved in the month and their total, gross amount posted in it, fill rate in percent."""

    orders = serializers.IntegerField()
    order_total = AmountStringField(source="total")
    posted = AmountStringField()
    lines = serializers.IntegerField()
    lines_reserved_in_full = serializers.IntegerField(source="filled_lines")
    fill_rate = serializers.DecimalField(max_digits=6, decimal_places=2, allow_null=True)


class GroupOut(serializers.Serializer[Any]):
    salesperson = serializers.CharField()
    salesperson_label = serializers.CharField(source="salesperson_name")
    figures = FiguresOut()


class RegionOut(serializers.Serializer[Any]):
    region = serializers.CharField()
    region_label = serializers.SerializerMethodField()
    figures = FiguresOut()
    salespeople = GroupOut(source="groups", many=True)

    def get_region_label(self, region: Any) -> str:
        return str(region.name_en if get_language() == "en" else region.name)


class MonthlyReportOut(serializers.Serializer[MonthlyReport]):
    """One business month, cut at midnight in Shanghai (G-04), within the caller's scope."""

    month = serializers.DateField(format="%Y-%m")
    currency = serializers.SerializerMethodField()
    figures = FiguresOut()
    previous_month = FiguresOut(source="previous")
    regions = RegionOut(many=True)

    def get_currency(self, report: MonthlyReport) -> str:
        return BASE_CURRENCY


class MonthlyReportView(ApiView):
    """GET `?month=2026-11`; the present month when it is left out (KP-01, KP-10)."""

    required_scope = "reports"
    permissions = {"GET": "reports.view"}
    parameters = ("month",)
    serializer_class = MonthlyReportOut

    def get(self, request: Request) -> Response:
        return Response(MonthlyReportOut(monthly_report(self.user, _month(request))).data)


def _month(request: Request) -> date:
    try:
        return month_from(query.text(request, "month"))
    except ValueError as error:
        raise query.bad_parameter("month", _("Send a month as YYYY-MM.")) from error
