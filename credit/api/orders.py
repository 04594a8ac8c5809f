"""The steps of an order that credit takes."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from core.api.fields import AmountStringField, AvailableActionsField, LabelField
from core.api.views import TransitionView
from credit.services import reviews
from credit.services.checking import check_order
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


class OrderStepView(TransitionView):
    required_scope = "reviews"
    serializer_class = ReviewedOrderOut

    def documents(self) -> QuerySet[Order]:
        return Order.objects.visible_to(self.user).select_related("customer")


class CheckView(OrderStepView):
    """POST `check/`: the remittance check. A hold answers 422 `payment_gate`; its decision is kept."""

    permissions = {"POST": "credit.check"}

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        check_order(document, version=version, actor=self.user).require_pass()


class PassRepView(OrderStepView):
    permissions = {"POST": "credit.pass_rep"}

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        reviews.pass_rep(document, version=version, actor=self.user, note=self.note_of(body))


class PassManagerView(OrderStepView):
    permissions = {"POST": "credit.pass_manager"}

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        reviews.pass_manager(document, version=version, actor=self.user, note=self.note_of(body))


class PassMarketingView(OrderStepView):
    permissions = {"POST": "credit.pass_marketing"}

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        reviews.pass_marketing(document, version=version, actor=self.user, note=self.note_of(body))


class PassFinanceView(OrderStepView):
    permissions = {"POST": "credit.pass_finance"}

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        reviews.approve_order(document, version=version, actor=self.user, note=self.note_of(body))


class RejectView(OrderStepView):
    permissions = {"POST": "credit.reject"}

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        reviews.reject_order(document, reason=self.note_of(body), version=version, actor=self.user)


class CancelView(OrderStepView):
    required_scope = "orders"
    permissions = {"POST": "orders.cancel"}

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        reviews.cancel_order(document, reason=self.note_of(body), version=version, actor=self.user)
