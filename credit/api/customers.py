"""What a customer may use and owes."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import AmountStringField
from core.api.views import DocumentView
from core.parameters import parameters_on
from credit.queries import CreditStanding, credit_standing
from customers.models import Customer


class ExposureOut(serializers.Serializer[CreditStanding]):
    undelivered = AmountStringField(read_only=True)
    receivable = AmountStringField(read_only=True)
    total = AmountStringField(source="exposure", read_only=True)


class CreditOut(serializers.Serializer[CreditStanding]):
    currency = serializers.CharField()
    limit = AmountStringField(read_only=True)
    limit_is_formal = serializers.BooleanField(source="is_limit_formal")
    used = AmountStringField(read_only=True)
    available = AmountStringField(read_only=True)
    frozen = serializers.BooleanField(source="is_frozen")
    exposure = ExposureOut(source="*")
    overdue = AmountStringField(read_only=True)
    balance = AmountStringField(source="unallocated", read_only=True)


class CustomerCreditView(DocumentView):
    """GET `/customers/{n}/credit/`: limit, use, exposure, overdue and balance."""

    required_scope = "customers"
    permissions = {"GET": "credit.view"}
    serializer_class = CreditOut

    def documents(self) -> QuerySet[Customer]:
        return Customer.objects.visible_to(self.user)

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        default = parameters_on().amount("credit.default_limit")
        return Response(self.serialize(credit_standing(self.document(), default_limit=default)))
