"""Products and what customers call them, over the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.etag import require_if_match
from core.api.fields import LabelField, PriceStringField, QuantityStringField, RateStringField, TextField
from core.api.idempotency import idempotent
from core.api.views import DocumentView, ListView
from core.errors import NotFound
from customers.models import Customer
from inventory.models import CustomerPart, Product
from inventory.rows import ProductRow
from inventory.services.catalogue import create_products, update_product
from inventory.services.part_numbers import PartNumberRow, set_part_numbers


class ProductOut(serializers.ModelSerializer[Product]):
    tax_rate = RateStringField()
    minimum_stock = QuantityStringField()
    supply_label = LabelField(source="get_supply_display")
    standard_cost = PriceStringField(
        allow_null=True, help_text="Tax excluded; only for those who may see costs (inventory.view_cost)"
    )

    class Meta:
        model = Product
        fields = (
            "sku",
            "barcode",
            "name",
            "spec",
            "category",
            "unit",
            "unit_decimals",
            "tax_rate",
            "minimum_stock",
            "supply",
            "supply_label",
            "standard_cost",
            "discontinued_on",
            "updated_at",
        )

    def to_representation(self, product: Product) -> dict[str, Any]:
        shown = super().to_representation(product)
        if not self.context["request"].user.may("inventory.view_cost"):
            shown.pop("standard_cost", None)
        return shown


class ProductIn(serializers.Serializer[Any]):
    sku = TextField(max_length=24)
    name = TextField(max_length=120)
    unit = TextField(max_length=12)
    spec = TextField(max_length=120, required=False, allow_blank=True)
    category = TextField(max_length=60, required=False, allow_blank=True)
    barcode = TextField(max_length=32, required=False, allow_blank=True)
    unit_decimals = serializers.IntegerField(min_value=0, max_value=3, required=False)
    tax_rate = RateStringField(required=False)
    supply = serializers.ChoiceField(Product.Supply.choices, required=False)
    minimum_stock = QuantityStringField(min_value=Decimal(0), required=False)
    standard_cost = PriceStringField(min_value=Decimal(0), required=False, allow_null=True)


class ProductPatchIn(serializers.Serializer[Any]):
    """Only what is sent changes; code and unit never do. `discontinued_on` null puts it on sale again."""

    name = TextField(max_length=120, required=False)
    spec = TextField(max_length=120, required=False, allow_blank=True)
    category = TextField(max_length=60, required=False, allow_blank=True)
    barcode = TextField(max_length=32, required=False, allow_blank=True)
    tax_rate = RateStringField(required=False)
    supply = serializers.ChoiceField(Product.Supply.choices, required=False)
    minimum_stock = QuantityStringField(min_value=Decimal(0), required=False)
    standard_cost = PriceStringField(min_value=Decimal(0), required=False, allow_null=True)
    discontinued_on = serializers.DateField(required=False, allow_null=True)


class ProductsView(ListView):
    """GET the catalogue. POST adds a product, by the catalogue clerk."""

    required_scope = "catalogue"
    permissions = {"GET": "inventory.view", "POST": "inventory.maintain_catalogue"}
    filters = ("sku", "barcode", "category", "on_sale")
    orderings = {"sku": "sku", "name": "name", "updated": "updated_at"}
    default_ordering = "sku"
    updated_field = "updated_at"
    search_fields = ("sku", "barcode", "name", "spec", "pinyin")
    serializer_class = ProductOut
    body_serializer = ProductIn

    def rows(self) -> QuerySet[Product]:
        return Product.objects.all()

    def narrow(self, rows: QuerySet[Product]) -> QuerySet[Product]:
        for name in ("sku", "barcode", "category"):
            if value := query.text(self.request, name):
                rows = rows.filter(**{name: value})
        is_on_sale = query.yes_no(self.request, "on_sale")
        return rows if is_on_sale is None else rows.filter(discontinued_on__isnull=is_on_sale)

    @idempotent
    def post(self, request: Request) -> list[Product]:
        return create_products([ProductRow(**self.read(ProductIn))], self.user)

    def answer(self, request: Request, result: list[Product]) -> Response:
        return Response(self.serialize(result[0]), status=201)


class ProductView(DocumentView):
    """GET: one product by its SKU. PATCH: change its master data, with If-Match, by the catalogue clerk."""

    required_scope = "catalogue"
    permissions = {"GET": "inventory.view", "PATCH": "inventory.maintain_catalogue"}
    lookup_field = "sku"
    serializer_class = ProductOut

    def documents(self) -> QuerySet[Product]:
        return Product.objects.all()

    @extend_schema(request=ProductPatchIn, responses=ProductOut)
    def patch(self, request: Request, number: str) -> Response:
        product = self.document()
        version = require_if_match(request, product)
        update_product(product, changes=self.read(ProductPatchIn), version=version, actor=self.user)
        return self.shown(self.document())


class PartNumberOut(serializers.Serializer[Any]):
    """What a customer calls one of our products."""

    part_number = serializers.CharField()
    sku = serializers.CharField(source="product.sku")
    product_label = serializers.CharField(source="product.name")
    name = serializers.CharField()


class PartNumberIn(serializers.Serializer[Any]):
    part_number = TextField(max_length=40)
    sku = TextField(max_length=24)
    name = TextField(max_length=120, required=False, allow_blank=True)


class PartNumbersIn(serializers.Serializer[Any]):
    part_numbers = serializers.ListField(child=PartNumberIn(), min_length=1, max_length=5_000)


class PartNumbersView(ListView):
    """GET: the part numbers of a customer. POST: keep some, all or none; known ones are changed."""

    required_scope = "catalogue"
    permissions = {"GET": "inventory.view", "POST": "customers.maintain"}
    orderings = {"part_number": "part_number"}
    default_ordering = "part_number"
    search_fields = ("part_number", "name", "product__sku", "product__name")
    serializer_class = PartNumberOut
    body_serializer = PartNumbersIn

    def customer(self) -> Customer:
        customer = Customer.objects.visible_to(self.user).filter(number=self.kwargs["number"]).first()
        if customer is None:
            raise NotFound()
        return customer

    def rows(self) -> QuerySet[CustomerPart]:
        return CustomerPart.objects.filter(customer=self.customer()).select_related("product")

    @idempotent
    def post(self, request: Request, number: str) -> list[CustomerPart]:
        rows = [PartNumberRow(**row) for row in self.read(PartNumbersIn)["part_numbers"]]
        return set_part_numbers(self.customer(), rows=rows, actor=self.user)

    def answer(self, request: Request, result: list[CustomerPart]) -> Response:
        return Response({"results": self.serialize(result, many=True)}, status=201)
