"""Endpoints of credit: the steps of the review chain, slips, bank lines, matches, and a customer's credit."""

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
from core.api.views import ApiView, DocumentEventsView, DocumentView, ListView, TransitionView, UploadMixin
from core.attachments import store_attachment
from core.errors import FieldProblem, InvalidInput
from core.parameters import parameters_on
from credit.models import Allocation, BankAccount, BankLine, Remittance
from credit.queries import CreditStanding, credit_standing
from credit.services import reviews
from credit.services.bank import enter_bank_line, match_bank_line
from credit.services.checking import check_order
from credit.services.remittances import allocate_remittance, record_remittance, void_remittance
from credit.workflow import RemittanceStatus
from customers.models import Customer
from orders.models import Order

CENT = Decimal("0.01")


def problem(pointer: str, code: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, code=code, problems=[FieldProblem(pointer, code, detail)])


# --- The steps of an order ------------------------------------------------------------------------


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
            "number", "customer", "version", "status", "status_label", "holds", "payment_status", "payment_status_label",
            "delivery_status", "delivery_status_label", "total", "paid", "currency", "has_shortage", "available_actions",
        )  # fmt: skip


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


# --- Slips ----------------------------------------------------------------------------------------


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
            "number", "version", "status", "status_label", "customer", "payer", "third_party_note", "bank", "reference",
            "paid_on", "amount", "allocated", "currency", "allocations", "file", "bank_line", "matched_at", "created_at",
            "available_actions",
        )  # fmt: skip

    @extend_schema_field(AllocationOut(many=True))
    def get_allocations(self, slip: Remittance) -> Any:
        return AllocationOut(
            [each for each in slip.allocations.all() if each.released_at is None], many=True
        ).data


class AllocationIn(serializers.Serializer[Any]):
    order = TextField(max_length=24)
    amount = AmountStringField(min_value=CENT)


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
    """GET the slips one may see; POST (multipart) records one, with Idempotency-Key."""

    required_scope = "remittances"
    permissions = {"GET": "credit.view", "POST": "credit.record_remittance"}
    filters = ("status", "customer")
    orderings = {"number": "number", "paid_on": "paid_on", "created": "created_at"}
    default_ordering = "-created"
    search_fields = ("number", "payer", "reference", "customer__name")
    serializer_class = RemittanceOut

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
    """POST `allocate/`: give what is left of a slip to orders (RM-08)."""

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
    required_scope = "remittances"
    permissions = {"POST": "credit.void_remittance"}
    serializer_class = RemittanceOut

    def documents(self) -> QuerySet[Remittance]:
        return slips_for(self.user)

    def act(self, document: Remittance, *, version: int, body: dict[str, Any]) -> Any:
        return void_remittance(document, reason=self.note_of(body), actor=self.user, version=version)


# --- The bank -------------------------------------------------------------------------------------


class BankLineOut(serializers.ModelSerializer[BankLine]):
    account = serializers.CharField(source="account.code")
    currency = serializers.CharField(source="account.currency")
    amount = AmountStringField(read_only=True)
    remittance = serializers.SerializerMethodField()

    class Meta:
        model = BankLine
        fields = (
            "id", "account", "currency", "reference", "booked_on", "amount", "payer", "remark", "entered_at", "matched_at",
            "remittance",
        )  # fmt: skip

    def get_remittance(self, line: BankLine) -> str | None:
        return line.remittance.number if line.matched_at else None


class BankLineIn(serializers.Serializer[Any]):
    account = TextField(max_length=12)
    reference = TextField(max_length=64)
    booked_on = serializers.DateField()
    amount = AmountStringField(min_value=CENT)
    payer = TextField(max_length=120)
    remark = TextField(max_length=200, required=False, allow_blank=True, default="")


class BankLinesView(ListView):
    """GET `?matched=true|false`; POST enters one line, with Idempotency-Key."""

    required_scope = "bank"
    permissions = {"GET": "credit.view", "POST": "credit.enter_bank_lines"}
    filters = ("matched",)
    orderings = {"booked_on": "booked_on", "id": "pk"}
    search_fields = ("reference", "payer", "remark")
    serializer_class = BankLineOut

    def rows(self) -> QuerySet[BankLine]:
        return BankLine.objects.select_related("account", "remittance")

    def narrow(self, rows: QuerySet[BankLine]) -> QuerySet[BankLine]:
        wanted = query.yes_no(self.request, "matched")
        return rows if wanted is None else rows.filter(matched_at__isnull=not wanted)

    @idempotent
    def post(self, request: Request) -> Any:
        entry = self.read(BankLineIn)
        account = BankAccount.objects.filter(code=entry.pop("account")).first()
        if account is None:
            raise problem("#/account", "unknown", _("There is no such account."))
        return enter_bank_line(account, actor=self.user, **entry)

    def answer(self, request: Request, result: BankLine) -> Response:
        return Response(BankLineOut(result, context={"request": request}).data, status=201)


class MatchIn(serializers.Serializer[Any]):
    remittance = TextField(max_length=24)
    bank_line = WholeNumberField(min_value=1, max_value=2**53)
    version = WholeNumberField(required=False)


class BankMatchesView(ApiView):
    """POST: this bank line proves this slip (PM-03), with Idempotency-Key. Answers the slip."""

    required_scope = "bank"
    permissions = {"POST": "credit.match"}

    @idempotent
    def post(self, request: Request) -> Any:
        entry = self.read(MatchIn)
        slip = slips_for(self.user).filter(number=entry["remittance"]).first()
        line = BankLine.objects.filter(pk=entry["bank_line"]).first()
        if slip is None:
            raise problem("#/remittance", "unknown", _("There is no such slip."))
        if line is None:
            raise problem("#/bank_line", "unknown", _("There is no such bank line."))
        return match_bank_line(slip, line, actor=self.user, version=entry.get("version"))

    def answer(self, request: Request, result: Remittance) -> Response:
        slip = slips_for(self.user).get(pk=result.pk)
        return with_etag(Response(RemittanceOut(slip, context={"request": request}).data, status=201), slip)


# --- A customer's credit --------------------------------------------------------------------------


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
