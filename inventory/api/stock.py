"""Stock over the API. What a person sees here does not depend on regions."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.fields import LabelField, QuantityStringField, TextField
from core.api.idempotency import idempotent
from core.api.views import ApiView, ListView
from core.numbering import next_number
from inventory.models import Product, StockLevel, StockMovement, Warehouse
from inventory.queries import default_warehouse
from inventory.services.stock import RECEIPT_SERIES, Receipt, ReceiptLine, receive_stock

MOST_LINES = 1000


class WarehouseOut(serializers.ModelSerializer[Warehouse]):
    class Meta:
        model = Warehouse
        fields = ("code", "name", "name_en", "is_default")


class WarehousesView(ListView):
    """The warehouses."""

    required_scope = "stock"
    permissions = {"GET": "inventory.view"}
    orderings = {"code": "code"}
    default_ordering = "code"
    serializer_class = WarehouseOut

    def rows(self) -> QuerySet[Warehouse]:
        return Warehouse.objects.all()


class StockOut(serializers.Serializer[Any]):
    sku = serializers.CharField(source="product.sku")
    name = serializers.CharField(source="product.name")
    unit = serializers.CharField(source="product.unit")
    warehouse = serializers.CharField(source="warehouse.code")
    on_hand = QuantityStringField()
    reserved = QuantityStringField()
    available = QuantityStringField()
    minimum_stock = QuantityStringField(source="product.minimum_stock")


class StockView(ListView):
    """GET on hand, reserved and available by product and warehouse (ST-01, SY-04)."""

    required_scope = "stock"
    permissions = {"GET": "inventory.view"}
    filters = ("sku", "warehouse")
    orderings = {"sku": "product__sku"}
    default_ordering = "sku"
    search_fields = ("product__sku", "product__name", "product__pinyin")
    serializer_class = StockOut

    def rows(self) -> QuerySet[StockLevel]:
        return StockLevel.objects.available().select_related("product", "warehouse")

    def narrow(self, rows: QuerySet[StockLevel]) -> QuerySet[StockLevel]:
        return by_product_and_warehouse(self.request, rows)


class MovementOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    kind_label = LabelField(source="get_kind_display")
    sku = serializers.CharField(source="product.sku")
    warehouse = serializers.CharField(source="warehouse.code")
    batch = serializers.CharField(source="batch.number", allow_null=True, default=None)
    quantity = QuantityStringField()
    document = serializers.CharField(source="document_number")
    line = serializers.IntegerField(source="line_no")
    posted_on = serializers.DateField()
    at = serializers.DateTimeField()


class MovementsView(ListView):
    """GET what came in and went out, newest first."""

    required_scope = "stock"
    permissions = {"GET": "inventory.view"}
    filters = ("sku", "warehouse", "document", "kind")
    updated_field = "at"
    serializer_class = MovementOut

    def rows(self) -> QuerySet[StockMovement]:
        return StockMovement.objects.select_related("product", "warehouse", "batch")

    def narrow(self, rows: QuerySet[StockMovement]) -> QuerySet[StockMovement]:
        if document := query.text(self.request, "document"):
            rows = rows.filter(document_number=document)
        if kind := query.choice(self.request, "kind", StockMovement.Kind.values):
            rows = rows.filter(kind=kind)
        return by_product_and_warehouse(self.request, rows)


def by_product_and_warehouse(request: Request, rows: QuerySet[Any]) -> QuerySet[Any]:
    if sku := query.text(request, "sku"):
        rows = rows.filter(product__sku=sku)
    if warehouse := query.text(request, "warehouse"):
        rows = rows.filter(warehouse__code=warehouse)
    return rows


class ReceiptLineIn(serializers.Serializer[Any]):
    sku = TextField(max_length=24)
    quantity = QuantityStringField()
    batch = TextField(max_length=40)
    certificate = TextField(max_length=60)
    expires_on = serializers.DateField(required=False, allow_null=True)


class ReceiptIn(serializers.Serializer[Any]):
    """`reference` is the supplier's or the workshop's paper."""

    warehouse = serializers.SlugRelatedField("code", queryset=Warehouse.objects.all(), required=False)
    reference = TextField(max_length=200, required=False, allow_blank=True, default="")
    lines = serializers.ListField(child=ReceiptLineIn(), min_length=1, max_length=MOST_LINES)


class ReceivedLineOut(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    sku = serializers.CharField()
    batch = serializers.CharField()
    certificate = serializers.CharField()
    quantity = QuantityStringField()
    expires_on = serializers.DateField(allow_null=True)


class ReceiptOut(serializers.Serializer[Any]):
    """Goods that came in, as they were booked."""

    number = serializers.CharField()
    warehouse = serializers.CharField()
    posted_on = serializers.DateField()
    lines = ReceivedLineOut(many=True)


class ReceiptsView(ApiView):
    """POST: goods come in with batch and certificate (PP-02)."""

    required_scope = "stock"
    permissions = {"POST": "inventory.receive"}
    serializer_class = ReceiptOut
    body_serializer = ReceiptIn

    @idempotent
    def post(self, request: Request) -> Receipt:
        given = self.read(ReceiptIn)
        lines = given["lines"]
        self.products = dict(
            Product.objects.filter(sku__in=[line["sku"] for line in lines]).values_list("sku", "pk")
        )
        return receive_stock(
            given.get("warehouse") or default_warehouse(),
            lines=[
                ReceiptLine(
                    product_id=self.products.get(line["sku"], 0),
                    quantity=line["quantity"],
                    batch_number=line["batch"],
                    certificate=line["certificate"],
                    expires_on=line.get("expires_on"),
                )
                for line in lines
            ],
            document_number=next_number(RECEIPT_SERIES),
            reference=given["reference"],
            actor=self.user,
        )

    def answer(self, request: Request, result: Receipt) -> Response:
        skus = {product: sku for sku, product in self.products.items()}
        lines = [
            {
                "line": line_no,
                "sku": skus[line.product_id],
                "batch": line.batch_number,
                "certificate": line.certificate,
                "quantity": line.quantity,
                "expires_on": line.expires_on,
            }
            for line_no, line in enumerate(result.lines, start=1)
        ]
        body = {
            "number": result.number,
            "warehouse": result.warehouse_code,
            "posted_on": result.posted_on,
            "lines": lines,
        }
        return Response(ReceiptOut(body).data, status=201)
