"""The steps of an order that credit takes."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.errors import problem_response
from core.api.fields import AmountStringField, AvailableActionsField, LabelField
from core.api.views import TransitionView
from credit.errors import PaymentGate
from credit.gate import NEEDED_KINDS
from credit.services import reviews
from credit.services.checking import CheckOutcome, check_order
from orders.models import Order


class ReviewedOrderOut(serializers.ModelSerializer[Order]):
    """An order after a step of the review chain: its three states and what may follow."""

    status_label = LabelField(source="get_status_display")
    payment_status_label = LabelField(source="get_payment_status_display")
    delivery_status_label = LabelField(source="get_delivery_status_display")
    customer = serializers.CharField(source="customer.number")
    total = AmountStringField(read_only=True)
    paid = AmountStringField(read_only=True)
    available_actions = AvailableActionsField()

    class Meta:
        model = Order
        fields = (
            "number",
            "customer",
            "version",
            "status",
            "status_label",
            "holds",
            "payment_status",
            "payment_status_label",
            "delivery_status",
            "delivery_status_label",
            "total",
            "paid",
            "currency",
            "has_shortage",
            "available_actions",
        )


class NeedOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(NEEDED_KINDS)
    amount = AmountStringField(allow_null=True, help_text="None where a paper is needed, not a sum")


class PaymentGateOut(serializers.Serializer[Any]):
    """What a hold of the remittance check says beside the problem: the figures of the gate."""

    row = serializers.ChoiceField(["R1", "R2", "R3", "R4", "R5", "M1", "M2", "M3", "M4"])
    holds = serializers.ListField(child=serializers.CharField())
    needs = NeedOut(many=True)
    ways_out = serializers.ListField(
        child=NeedOut(many=True), help_text="Each way clears the order by itself"
    )
    minimum_top_up = AmountStringField()
    due_now = AmountStringField(help_text="R0")
    paid = AmountStringField(help_text="P")
    shortfall = AmountStringField(help_text="S")
    available_credit = AmountStringField(help_text="AC")
    excess = AmountStringField(help_text="X")
    available_quota = AmountStringField(help_text="AQ")


class OrderStepView(TransitionView):
    required_scope = "reviews"
    serializer_class = ReviewedOrderOut

    def documents(self) -> QuerySet[Order]:
        return Order.objects.visible_to(self.user).select_related("customer")


class CheckView(OrderStepView):
    """POST: the remittance check. A hold answers 422 `payment_gate`; its decision is kept."""

    permissions = {"POST": "credit.check"}
    refusals = {"422": PaymentGateOut}

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> CheckOutcome:
        return check_order(document, version=version, actor=self.user)

    def answer(self, request: Request, result: CheckOutcome) -> Response:
        """A hold is answered, not raised: a retry with the same key gets the same refusal."""
        try:
            result.require_pass()
        except PaymentGate as gate:
            return problem_response(gate)
        return super().answer(request, result)


class PassRepView(OrderStepView):
    """The salesperson passes the order on (AP-01)."""

    permissions = {"POST": "credit.pass_rep"}

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        reviews.pass_rep(document, version=version, actor=self.user, note=self.note_of(body))


class PassManagerView(OrderStepView):
    """The sales manager passes the order on, with a note (AP-03)."""

    permissions = {"POST": "credit.pass_manager"}

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        reviews.pass_manager(document, version=version, actor=self.user, note=self.note_of(body))


class PassMarketingView(OrderStepView):
    """The marketing director passes the order on."""

    permissions = {"POST": "credit.pass_marketing"}

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        reviews.pass_marketing(document, version=version, actor=self.user, note=self.note_of(body))


class PassFinanceView(OrderStepView):
    """The final approval: reserves the stock, or as much of it as there is (AP-04, ST-01)."""

    permissions = {"POST": "credit.pass_finance"}
    is_idempotent = True

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        reviews.approve_order(document, version=version, actor=self.user, note=self.note_of(body))


class RejectView(OrderStepView):
    """Rejects the order, with a reason."""

    permissions = {"POST": "credit.reject"}

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        reviews.reject_order(document, reason=self.note_of(body), version=version, actor=self.user)


class CancelView(OrderStepView):
    """Cancels an order before its approval, with a reason, and frees what was allocated to it."""

    required_scope = "orders"
    permissions = {"POST": "orders.cancel"}

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        reviews.cancel_order(document, reason=self.note_of(body), version=version, actor=self.user)
