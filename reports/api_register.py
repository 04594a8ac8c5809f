"""`/api/v1/contracts/register/`: the register of a month, frozen once stock was taken of it (CT-04)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.fields import AmountStringField
from core.api.views import ApiView
from reports.months import month_from
from reports.queries.register import RegisterEntry
from reports.queries.register_month import MonthOfRegister, register_month


class RegisterEntryOut(serializers.Serializer[RegisterEntry]):
    """One contract; amounts include tax and are in its currency. `amount` is null where none was agreed."""

    number = serializers.CharField()
    customer = serializers.CharField(source="customer_number")
    customer_name = serializers.CharField()
    currency = serializers.CharField()
    amount = AmountStringField(allow_null=True)
    signed_on = serializers.DateField()
    terms = serializers.CharField()
    terms_label = serializers.CharField()
    ordered = AmountStringField()
    shipped = AmountStringField()
    signed_for = AmountStringField(source="delivered")
    posted = AmountStringField()
    paid_by_slips = AmountStringField(source="slips")
    received = AmountStringField()
    balance = AmountStringField()
    overdue = AmountStringField()


class RegisterTotalOut(serializers.Serializer[Any]):
    currency = serializers.CharField()
    contracts = serializers.IntegerField()
    amount = AmountStringField()
    ordered = AmountStringField()
    shipped = AmountStringField()
    signed_for = AmountStringField(source="delivered")
    posted = AmountStringField()
    paid_by_slips = AmountStringField(source="slips")
    received = AmountStringField()
    balance = AmountStringField()
    overdue = AmountStringField()


class RegisterDifferenceOut(serializers.Serializer[Any]):
    contract = serializers.CharField(source="row.number")
    figure = serializers.CharField(source="kind")
    sales = AmountStringField()
    finance = AmountStringField()
    explanation = serializers.SerializerMethodField()

    def get_explanation(self, difference: Any) -> str:
        return next((said.text for said in difference.explanations.all()), "")


class RegisterSignatureOut(serializers.Serializer[Any]):
    side = serializers.CharField()
    by = serializers.CharField(source="by.username")
    at = serializers.DateTimeField()


class RegisterOut(serializers.Serializer[MonthOfRegister]):
    """The month as of its last day, or of today while it runs, within the caller's scope."""

    month = serializers.DateField(format="%Y-%m")
    as_of = serializers.DateField(source="day")
    is_frozen = serializers.SerializerMethodField()
    is_signed = serializers.BooleanField()
    contracts = RegisterEntryOut(source="entries", many=True)
    totals = RegisterTotalOut(many=True)
    differences = RegisterDifferenceOut(many=True)
    signatures = serializers.SerializerMethodField()

    def get_is_frozen(self, shown: MonthOfRegister) -> bool:
        return shown.taken is not None

    def get_signatures(self, shown: MonthOfRegister) -> list[dict[str, Any]]:
        signed = sorted(shown.signatures.values(), key=lambda one: one.pk)
        return list(RegisterSignatureOut(signed, many=True).data)


class ContractRegisterView(ApiView):
    """GET `?month=2026-11`; the present month when it is left out."""

    required_scope = "reports"
    permissions = {"GET": "credit.view"}
    parameters = ("month",)
    serializer_class = RegisterOut

    def get(self, request: Request) -> Response:
        return Response(RegisterOut(register_month(self.user, _month(request))).data)


def _month(request: Request) -> date:
    try:
        return month_from(query.text(request, "month"))
    except ValueError as error:
        raise query.bad_parameter("month", _("Send a month as YYYY-MM.")) from error
