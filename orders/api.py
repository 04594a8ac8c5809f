"""Orders over the API, through the same services as the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.comments import DocumentCommentsView
from core.api.etag import require_if_match, with_etag
from core.api.fields import AmountStringField, PriceStringField, QuantityStringField
from core.api.idempotency import idempotent
from core.api.views import (
    ApiView,
    DocumentEventsView,
    DocumentMixin,
    DocumentView,
    EventSerializer,
    ListView,
    TransitionView,
    UploadMixin,
)
from core.attachments import PICTURE_OR_PDF, store_attachment
from core.errors import FieldProblem, InvalidInput, NotFound
from customers.models import Customer
from inventory.services.stock import availability_for
from orders.api_fields import (
    ConfirmationIn,
    OrderIn,
    OrderOut,
    OrderPatchIn,
    UploadIn,
    draft_after,
    draft_from,
)
from orders.assessment import PricedOrder, assess_draft
from orders.intake.excel_form import import_order_form, issue_order_form
from orders.models import Order, OrderLine
from orders.notices import due_now
from orders.queries import OrderFilter, orders_matching
from orders.services.placing import edit_order, place_order, reopen_order, warnings_before_placing
from orders.services.submitting import confirm_by_customer, submit_order
from orders.views.excel import workbook_response
from orders.workflow import OrderStatus

XLSX = OpenApiResponse(OpenApiTypes.BINARY, "The workbook, xlsx")
LINES = Prefetch("lines", OrderLine.objects.order_by("line_no"))


class OrderScope:
    """Every endpoint of orders begins with what the caller may see (RG-02)."""

    required_scope = "orders"
    serializer_class: Any = OrderOut
    request: Any

    def documents(self) -> QuerySet[Order]:
        return Order.objects.visible_to(self.request.user).for_display().prefetch_related(LINES)

    def customer_named(self, code: str) -> Customer:
        customer = Customer.objects.visible_to(self.request.user).with_defaults().filter(number=code).first()
        if customer is None:
            detail = _("There is no customer %(code)s in your scope.") % {"code": code}
            raise InvalidInput(detail, problems=[FieldProblem("#/customer", "unknown_customer", detail)])
        return customer


class OrdersView(OrderScope, ListView):
    """GET: the orders in scope, the newest first. POST: place an order as a draft."""

    permissions = {"GET": "orders.view", "POST": "orders.enter"}
    filters = ("status", "region", "customer", "payment_status", "delivery_status", "shortage")
    orderings = {"created": "created_at", "number": "number", "updated": "updated_at", "total": "total"}
    default_ordering = "-created"
    updated_field = "updated_at"
    search_fields = ("number", "customer_po", "customer__name", "customer__number")
    includes = ("lines",)

    def rows(self) -> QuerySet[Order]:
        rows = orders_matching(self.user, self._filter()).for_display()
        return rows.prefetch_related(LINES) if "lines" in self.included() else rows

    def _filter(self) -> OrderFilter:
        request = self.request
        return OrderFilter(
            statuses=query.names(request, "status", OrderStatus.values),
            regions=query.names(request, "region"),
            payments=query.names(request, "payment_status", Order.PaymentStatus.values),
            deliveries=query.names(request, "delivery_status", Order.DeliveryStatus.values),
            customer=query.text(request, "customer", longest=12),
            is_short=bool(query.yes_no(request, "shortage")),
        )

    @extend_schema(request=OrderIn, responses={201: OrderOut})
    @idempotent
    def post(self, request: Request) -> Order:
        data = self.read(OrderIn)
        return place_order(self.customer_named(data["customer"]), draft=draft_from(data), actor=self.user)

    def answer(self, request: Request, result: Any) -> Response:
        return created(self, result)


def created(view: Any, order: Order) -> Response:
    response = Response(OrderOut(order, context={"request": view.request, "view": view}).data, status=201)
    response["Location"] = reverse("api-order", args=[order.number])
    return with_etag(response, order)


class OrderView(OrderScope, DocumentView):
    """GET: one order with its lines. PATCH: correct a draft, with If-Match."""

    permissions = {"GET": "orders.view", "PATCH": "orders.edit"}

    @extend_schema(request=OrderPatchIn, responses=OrderOut)
    def patch(self, request: Request, number: str) -> Response:
        order = self.document()
        version = require_if_match(request, order)
        draft = draft_after(order, self.read(OrderPatchIn))
        edit_order(order, draft=draft, actor=self.user, version=version)
        return self.shown(self.document())


class SubmitView(OrderScope, TransitionView):
    """Submits a draft for the remittance check (VA-01, VA-02)."""

    permissions = {"POST": "orders.submit"}

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        return submit_order(document, version=version, note=self.note_of(body), actor=self.user)


class ReopenView(OrderScope, TransitionView):
    """Takes a rejected order back to draft."""

    permissions = {"POST": "orders.edit"}

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        return reopen_order(document, version=version, note=self.note_of(body), actor=self.user)


class ConfirmByCustomerView(UploadMixin, OrderScope, TransitionView):
    """POST: the customer confirmed the order as it stands; the paper as `file` (multipart)."""

    permissions = {"POST": "orders.confirm_by_customer"}
    body_serializer = ConfirmationIn

    def act(self, document: Order, *, version: int, body: dict[str, Any]) -> Any:
        upload = body.get("file")
        paper = (
            store_attachment(upload, kind="confirmation", actor=self.user, allowed=PICTURE_OR_PDF)
            if upload
            else None
        )
        return confirm_by_customer(
            document,
            confirmed_by=body["confirmed_by"],
            confirmed_on=body["confirmed_on"],
            attachment=paper,
            version=version,
            actor=self.user,
        )


class OrderEventsView(OrderScope, DocumentEventsView):
    """The trail of the order's whole matter, oldest first."""

    permissions = {"GET": "orders.view"}
    serializer_class = EventSerializer

    def documents(self) -> QuerySet[Order]:
        return Order.objects.visible_to(self.request.user)


class OrderCommentsView(OrderScope, DocumentCommentsView):
    """GET: the comments, oldest first. POST: add a comment; it stays in the trail."""

    serializer_class = EventSerializer

    def documents(self) -> QuerySet[Order]:
        return Order.objects.visible_to(self.request.user)


class ValidatedLineSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    sku = serializers.CharField()
    quantity = QuantityStringField()
    unit_price = PriceStringField()
    net = AmountStringField()
    tax = AmountStringField()
    gross = AmountStringField()
    available = QuantityStringField(help_text="Free in the warehouse now; another order may take it first")


class WarningSerializer(serializers.Serializer[Any]):
    pointer = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()
    rule = serializers.CharField()


class ValidatedSerializer(serializers.Serializer[Any]):
    """What saving this order would give."""

    currency = serializers.CharField()
    terms = serializers.CharField()
    net = AmountStringField()
    tax = AmountStringField()
    total = AmountStringField()
    due_now = AmountStringField(help_text="R0: due before approval, tax included")
    stated_difference = AmountStringField(allow_null=True)
    warnings = WarningSerializer(many=True)
    lines = ValidatedLineSerializer(many=True)


class ValidateView(OrderScope, ApiView):
    """POST: what placing this order would answer, refusals included; saves nothing."""

    permissions = {"POST": "orders.enter"}

    @extend_schema(request=OrderIn, responses=ValidatedSerializer)
    def post(self, request: Request) -> Response:
        data = self.read(OrderIn)
        customer = self.customer_named(data["customer"])
        priced = assess_draft(customer, draft_from(data))
        warnings = warnings_before_placing(customer, priced)
        free = availability_for([line.product.product_id for line in priced.lines], priced.warehouse)
        return Response(_validated(priced, warnings, free))


def _validated(priced: PricedOrder, warnings: list[Any], free: Any) -> dict[str, Any]:
    would_be = Order(total=priced.totals.total, terms=priced.terms, prepaid_percent=priced.prepaid_percent)
    stated = priced.draft.stated_amount
    return {
        "currency": priced.customer.currency,
        "terms": priced.terms,
        "net": str(priced.totals.net),
        "tax": str(priced.totals.tax),
        "total": str(priced.totals.total),
        "due_now": str(due_now(would_be)),
        "stated_difference": None if stated is None else str(stated - priced.totals.total),
        "warnings": [
            {"pointer": w.pointer, "code": w.code, "detail": w.detail, "rule": w.rule} for w in warnings
        ],
        "lines": [
            {
                "line": line.line_no,
                "sku": line.product.sku,
                "quantity": str(line.draft.quantity),
                "unit_price": str(line.unit_price),
                "net": str(line.amounts.net),
                "tax": str(line.amounts.tax),
                "gross": str(line.amounts.gross),
                "available": str(free.get(line.product.product_id, 0)),
            }
            for line in priced.lines
        ],
    }


class ImportView(UploadMixin, OrderScope, ApiView):
    """POST: a filled-in standard order form as `file`; the whole order or, with each fault's cell,
    nothing.
    """

    permissions = {"POST": "orders.enter"}

    @extend_schema(request={"multipart/form-data": UploadIn}, responses={201: OrderOut})
    @idempotent
    def post(self, request: Request) -> Order:
        return import_order_form(self.read(UploadIn)["file"], actor=self.user)

    def answer(self, request: Request, result: Any) -> Response:
        return created(self, result)


class OrderFormView(OrderScope, ApiView):
    """GET `?customer=`: the customer's standard order form with the prices of today."""

    permissions = {"GET": "orders.enter"}
    parameters = ("customer",)

    @extend_schema(
        parameters=[OpenApiParameter("customer", required=True)],
        responses={(200, "application/octet-stream"): XLSX},
    )
    def get(self, request: Request) -> HttpResponse:
        code = query.text(request, "customer", longest=12)
        customer = Customer.objects.visible_to(self.user).with_defaults().filter(number=code).first()
        if customer is None:
            raise NotFound()
        _form, content = issue_order_form(customer, actor=self.user)
        return workbook_response(content, f"{customer.number}.xlsx")


class FilledFormView(OrderScope, DocumentMixin, ApiView):
    """GET: the order as the standard form; imported unchanged it gives the same order (XL-03)."""

    permissions = {"GET": "orders.view"}

    @extend_schema(responses={(200, "application/octet-stream"): XLSX})
    def get(self, request: Request, number: str) -> HttpResponse:
        order = self.document()
        customer = Customer.objects.with_defaults().get(pk=order.customer_id)
        _form, content = issue_order_form(customer, actor=self.user, order=order)
        return workbook_response(content, f"{order.number}.xlsx")
