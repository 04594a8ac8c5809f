"""Credit limits: proposed by sales, approved or refused by finance (CM-11)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.etag import with_etag
from core.api.fields import AmountStringField, AvailableActionsField, LabelField, TextField
from core.api.idempotency import idempotent
from core.api.views import DocumentEventsView, DocumentView, ListView, TransitionView
from core.errors import FieldProblem, InvalidInput
from credit.models import CreditLimitChange
from credit.services.limits import approve_limit, propose_limit, refuse_limit
from credit.workflow import LimitStatus
from customers.models import Customer


class CreditLimitOut(serializers.ModelSerializer[CreditLimitChange]):
    """`old_limit` is empty while the default limit held."""

    status_label = LabelField(source="get_status_display")
    customer = serializers.CharField(source="customer.number")
    old_limit = AmountStringField(read_only=True, allow_null=True)
    new_limit = AmountStringField(read_only=True)
    proposed_by = serializers.CharField(source="created_by.username")
    decided_by = serializers.CharField(source="decided_by.username", allow_null=True, default=None)
    available_actions = AvailableActionsField()

    class Meta:
        model = CreditLimitChange
        fields = (
            "number",
            "version",
            "status",
            "status_label",
            "customer",
            "currency",
            "old_limit",
            "new_limit",
            "reason",
            "assessment",
            "proposed_by",
            "created_at",
            "decided_by",
            "decided_at",
            "decision_note",
            "available_actions",
        )


class CreditLimitIn(serializers.Serializer[Any]):
    customer = TextField(max_length=12)
    new_limit = AmountStringField(min_value=Decimal(0))
    reason = TextField(max_length=500)
    assessment = TextField(max_length=4000, required=False, allow_blank=True, default="")


def limits_for(user: Any) -> QuerySet[CreditLimitChange]:
    return CreditLimitChange.objects.visible_to(user).select_related("customer", "created_by", "decided_by")


class CreditLimitsView(ListView):
    """GET: limit changes in scope. POST: propose a limit; nothing changes until finance approves."""

    required_scope = "remittances"
    permissions = {"GET": "credit.view", "POST": "credit.propose_limit"}
    filters = ("status", "customer")
    orderings = {"number": "number", "created": "created_at"}
    default_ordering = "-created"
    search_fields = ("number", "customer__name")
    serializer_class = CreditLimitOut
    body_serializer = CreditLimitIn

    def rows(self) -> QuerySet[CreditLimitChange]:
        return limits_for(self.user)

    def narrow(self, rows: QuerySet[CreditLimitChange]) -> QuerySet[CreditLimitChange]:
        status = query.choice(self.request, "status", LimitStatus.values)
        customer = query.text(self.request, "customer")
        rows = rows.filter(status=status) if status else rows
        return rows.filter(customer__number=customer) if customer else rows

    @idempotent
    def post(self, request: Request) -> CreditLimitChange:
        entry = self.read(CreditLimitIn)
        customer = Customer.objects.visible_to(self.user).filter(number=entry.pop("customer")).first()
        if customer is None:
            text = _("There is no such customer.")
            raise InvalidInput(text, code="unknown", problems=[FieldProblem("#/customer", "unknown", text)])
        return propose_limit(customer, **entry, actor=self.user)

    def answer(self, request: Request, result: CreditLimitChange) -> Response:
        body = CreditLimitOut(limits_for(self.user).get(pk=result.pk), context={"request": request}).data
        return with_etag(Response(body, status=201), result)


class CreditLimitView(DocumentView):
    """One limit change."""

    required_scope = "remittances"
    permissions = {"GET": "credit.view"}
    serializer_class = CreditLimitOut

    def documents(self) -> QuerySet[CreditLimitChange]:
        return limits_for(self.user)


class CreditLimitEventsView(DocumentEventsView):
    required_scope = "remittances"
    permissions = {"GET": "credit.view"}

    def documents(self) -> QuerySet[CreditLimitChange]:
        return limits_for(self.user)


class ApproveLimitView(TransitionView):
    """POST: grant the limit; it holds for every check from now on. Never by the proposer."""

    required_scope = "remittances"
    permissions = {"POST": "credit.approve_limit"}
    serializer_class = CreditLimitOut
    is_idempotent = True

    def documents(self) -> QuerySet[CreditLimitChange]:
        return limits_for(self.user)

    def act(self, document: CreditLimitChange, *, version: int, body: dict[str, Any]) -> Any:
        return approve_limit(document, version=version, note=self.note_of(body), actor=self.user)


class RefuseLimitView(ApproveLimitView):
    """POST: refuse the limit with a reason."""

    is_idempotent = False

    def act(self, document: CreditLimitChange, *, version: int, body: dict[str, Any]) -> Any:
        return refuse_limit(document, version=version, reason=self.note_of(body), actor=self.user)
