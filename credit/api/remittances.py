"""Slips: recorded, allocated, voided."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.etag import with_etag
from core.api.fields import AmountStringField, AvailableActionsField, LabelField, TextField, WholeNumberField
from core.api.idempotency import idempotent
from core.api.views import DocumentEventsView, DocumentView, ListView, TransitionView, UploadMixin
from core.attachments import store_attachment
from core.errors import FieldProblem, InvalidInput
from credit.models import Allocation, Remittance
from credit.services.remittances import allocate_remittance, record_remittance, void_remittance
from credit.workflow import RemittanceStatus
from customers.models import Customer
from orders.models import Order

CENT = Decimal("0.01")


def problem(pointer: str, code: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, code=code, problems=[FieldProblem(pointer, code, detail)])


class AllocationOut(serializers.ModelSerializer[Allocation]):
    order = serializers.CharField(source="order.number")
    amount = AmountStringField(read_only=True)
    applied = AmountStringField(read_only=True)

    class Meta:
        model = Allocation
        fields = ("order", "amount", "applied")


class RemittanceOut(serializers.ModelSerializer[Remittance]):
    status_label = LabelField(source="get_status_display")
    customer = serializers.CharField(source="customer.number")
    amount = AmountStringField(read_only=True)
    allocated = AmountStringField(read_only=True)
    allocations = serializers.SerializerMethodField()
    file = serializers.UUIDField(source="image.uid")
    bank_line = WholeNumberField(source="bank_line_id", read_only=True)
    available_actions = AvailableActionsField()

    class Meta:
        model = Remittance
        fields = (
            "number",
            "version",
            "status",
            "status_label",
            "customer",
            "payer",
            "third_party_note",
            "bank",
            "reference",
            "paid_on",
            "amount",
            "allocated",
            "currency",
            "allocations",
            "file",
            "bank_line",
            "matched_at",
            "created_at",
            "available_actions",
        )

    @extend_schema_field(AllocationOut(many=True))
    def get_allocations(self, slip: Remittance) -> Any:
        return AllocationOut(
            [each for each in slip.allocations.all() if each.released_at is None], many=True
        ).data


class AllocationIn(serializers.Serializer[Any]):
    order = TextField(max_length=24)
    amount = AmountStringField(min_value=CENT)


@extend_schema_field(AllocationIn(many=True))
class AllocationsField(serializers.Field):
    """A list of `{order, amount}`; in a multipart body the same list as JSON text."""

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        if isinstance(data, str):
            try:
                data = json.loads(data)
            except (ValueError, RecursionError):
                raise serializers.ValidationError(
                    _("Send a JSON list of objects with order and amount.")
                ) from None
        entries = AllocationIn(data=data, many=True)
        if not isinstance(data, list) or len(data) > 200:
            raise serializers.ValidationError(_("Send a JSON list of objects with order and amount."))
        entries.is_valid(raise_exception=True)
        return list(entries.validated_data)


class RemittanceIn(serializers.Serializer[Any]):
    customer = TextField(max_length=12)
    payer = TextField(max_length=120)
    bank = TextField(max_length=60)
    reference = TextField(max_length=64, required=False, allow_blank=True, default="")
    paid_on = serializers.DateField()
    amount = AmountStringField(min_value=CENT)
    currency = TextField(max_length=3, required=False, default="")
    file = serializers.FileField()
    allocations = AllocationsField(required=False)
    third_party_note = TextField(max_length=200, required=False, allow_blank=True, default="")
    duplicate_reason = TextField(max_length=200, required=False, allow_blank=True, default="")


def slips_for(user: Any) -> QuerySet[Remittance]:
    slips = Remittance.objects.visible_to(user).select_related("customer", "image")
    return slips.prefetch_related("allocations__order")


def orders_named(user: Any, entries: list[dict[str, Any]]) -> list[tuple[Order, Decimal]]:
    """The orders of an allocation, within the caller's scope; unknown ones are named at their place."""
    numbers = [entry["order"] for entry in entries]
    known = {order.number: order for order in Order.objects.visible_to(user).filter(number__in=numbers)}
    for place, number in enumerate(numbers):
        if number not in known:
            raise problem(
                f"#/allocations/{place}/order",
                "unknown",
                _("There is no order %(number)s.") % {"number": number},
            )
    return [(known[entry["order"]], entry["amount"]) for entry in entries]


class RemittancesView(UploadMixin, ListView):
    """GET the slips one may see. POST records a slip (multipart)."""

    required_scope = "remittances"
    permissions = {"GET": "credit.view", "POST": "credit.record_remittance"}
    filters = ("status", "customer")
    orderings = {"number": "number", "paid_on": "paid_on", "created": "created_at"}
    default_ordering = "-created"
    search_fields = ("number", "payer", "reference", "customer__name")
    serializer_class = RemittanceOut
    body_serializer = RemittanceIn

    def rows(self) -> QuerySet[Remittance]:
        return slips_for(self.user)

    def narrow(self, rows: QuerySet[Remittance]) -> QuerySet[Remittance]:
        status = query.choice(self.request, "status", RemittanceStatus.values)
        customer = query.text(self.request, "customer")
        rows = rows.filter(status=status) if status else rows
        return rows.filter(customer__number=customer) if customer else rows

    @idempotent
    def post(self, request: Request) -> Any:
        entry = self.read(RemittanceIn)
        customer = Customer.objects.visible_to(self.user).filter(number=entry.pop("customer")).first()
        if customer is None:
            raise problem("#/customer", "unknown", _("There is no such customer."))
        parts = entry.pop("allocations", None)
        allocations = None if parts is None else orders_named(self.user, parts)
        image = store_attachment(entry.pop("file"), kind="slip", actor=self.user, document_type="remittance")
        return record_remittance(customer, image=image, allocations=allocations, actor=self.user, **entry)

    def answer(self, request: Request, result: Remittance) -> Response:
        body = RemittanceOut(slips_for(self.user).get(pk=result.pk), context={"request": request}).data
        return with_etag(Response(body, status=201), result)


class RemittanceView(DocumentView):
    """One slip with its allocations."""

    required_scope = "remittances"
    permissions = {"GET": "credit.view"}
    serializer_class = RemittanceOut

    def documents(self) -> QuerySet[Remittance]:
        return slips_for(self.user)


class RemittanceEventsView(DocumentEventsView):
    required_scope = "remittances"
    permissions = {"GET": "credit.view"}

    def documents(self) -> QuerySet[Remittance]:
        return slips_for(self.user)


class AllocationsIn(serializers.Serializer[Any]):
    allocations = AllocationsField()


class AllocateView(TransitionView):
    """POST: give what is left of a slip to orders (RM-08)."""

    required_scope = "remittances"
    permissions = {"POST": "credit.record_remittance"}
    serializer_class = RemittanceOut
    body_serializer = AllocationsIn
    is_idempotent = True

    def documents(self) -> QuerySet[Remittance]:
        return slips_for(self.user)

    def act(self, document: Remittance, *, version: int, body: dict[str, Any]) -> Any:
        parts = orders_named(self.user, body["allocations"])
        return allocate_remittance(document, allocations=parts, actor=self.user, version=version)


class VoidView(TransitionView):
    """Voids a slip that no bank line proves, with a reason."""

    required_scope = "remittances"
    permissions = {"POST": "credit.void_remittance"}
    serializer_class = RemittanceOut

    def documents(self) -> QuerySet[Remittance]:
        return slips_for(self.user)

    def act(self, document: Remittance, *, version: int, body: dict[str, Any]) -> Any:
        return void_remittance(document, reason=self.note_of(body), actor=self.user, version=version)
