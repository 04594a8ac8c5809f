"""Catalogue and stock over the API. What a person sees here does not depend on regions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.fields import LabelField, PriceStringField, QuantityStringField, RateStringField, TextField
from core.api.idempotency import idempotent
from core.api.views import ApiView, DocumentView, ListView, TransitionView
from core.errors import NotFound
from core.numbering import next_number
from customers.models import Customer
from inventory.models import Price, PriceList, Product, StockLevel, StockMovement, Warehouse
from inventory.queries import current_price_list, default_warehouse
from inventory.rows import PriceRow, ProductRow
from inventory.services.catalogue import create_products
from inventory.services.price_lists import approve_price_list, create_price_list
from inventory.services.stock import RECEIPT_SERIES, Receipt, ReceiptLine, availability_for, receive_stock

MOST_LINES = 1000


class ProductOut(serializers.ModelSerializer[Product]):
    tax_rate = RateStringField()
    minimum_stock = QuantityStringField()
    supply_label = LabelField(source="get_supply_display")

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
            "discontinued_on",
            "updated_at",
        )


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
    """One product by its SKU."""

    required_scope = "catalogue"
    permissions = {"GET": "inventory.view"}
    lookup_field = "sku"
    serializer_class = ProductOut

    def documents(self) -> QuerySet[Product]:
        return Product.objects.all()


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


class PriceOut(serializers.Serializer[Any]):
    """A list price without tax. The floor price is for the house only."""

    sku = serializers.CharField(source="product.sku")
    name = serializers.CharField(source="product.name")
    spec = serializers.CharField(source="product.spec")
    unit = serializers.CharField(source="product.unit")
    unit_decimals = serializers.IntegerField(source="product.unit_decimals")
    tax_rate = RateStringField(source="product.tax_rate")
    unit_price = PriceStringField()
    available = serializers.SerializerMethodField(help_text="In the default warehouse, now; nothing is held.")

    def get_available(self, price: Price) -> str:
        return QuantityStringField().to_representation(self.context["available"][price.product_id])


class PricesView(ListView):
    """GET the prices a customer would be quoted on a day, all of them or by `sku` (QT-03).

    With `quantity`, each row says whether that much is available now.
    """

    required_scope = "catalogue"
    permissions = {"GET": "inventory.view_prices"}
    filters = ("customer", "sku", "quantity", "on")
    orderings = {"sku": "product__sku"}
    default_ordering = "sku"
    search_fields = ("product__sku", "product__name", "product__pinyin")
    serializer_class = PriceOut

    def rows(self) -> QuerySet[Price]:
        self.price_list = current_price_list(self._currency(), query.day(self.request, "on"))
        return Price.objects.filter(
            price_list=self.price_list, product__discontinued_on__isnull=True
        ).select_related("product")

    def narrow(self, rows: QuerySet[Price]) -> QuerySet[Price]:
        skus = [sku for given in self.request.query_params.getlist("sku") for sku in given.split(",") if sku]
        return rows.filter(product__sku__in=skus[:MOST_LINES]) if skus else rows

    def serialize(self, value: Any, *, many: bool = False) -> Any:
        available = availability_for([price.product_id for price in value], default_warehouse())
        rows = PriceOut(value, many=True, context={"request": self.request, "available": available}).data
        quantity = self._quantity()
        for price, row in zip(value, rows, strict=True):
            row |= {"currency": self.price_list.currency, "price_list": self.price_list.code}
            if quantity is not None:
                row |= {"quantity": str(quantity), "is_available": available[price.product_id] >= quantity}
        wanted = query.names(self.request, "fields", None)
        return [{name: row[name] for name in row if not wanted or name in wanted} for row in rows]

    def _currency(self) -> str:
        code = query.text(self.request, "customer")
        if not code:
            return "CNY"
        customer = Customer.objects.visible_to(self.user).filter(number=code).only("currency").first()
        if customer is None:
            raise NotFound(_("There is no customer %(code)s on your desk.") % {"code": code})
        return customer.currency

    def _quantity(self) -> Decimal | None:
        given = query.text(self.request, "quantity")
        if not given:
            return None
        try:
            return QuantityStringField(min_value=Decimal("0.001")).run_validation(given)
        except serializers.ValidationError as error:
            detail = _("Send a quantity as text, such as 12.5.")
            raise query.bad_parameter("quantity", detail) from error


class PriceRowOut(serializers.ModelSerializer[Price]):
    sku = serializers.CharField(source="product.sku")
    unit_price = PriceStringField()

    class Meta:
        model = Price
        fields = ("sku", "unit_price")


class PriceListOut(serializers.ModelSerializer[PriceList]):
    approved_by = serializers.CharField(source="approved_by.username", allow_null=True, default=None)
    prices = PriceRowOut(many=True)

    class Meta:
        model = PriceList
        fields = (
            "code",
            "name",
            "currency",
            "valid_from",
            "valid_until",
            "is_approved",
            "approved_at",
            "approved_by",
            "prices",
        )


class PriceRowIn(serializers.Serializer[Any]):
    sku = TextField(max_length=24)
    unit_price = PriceStringField(min_value=Decimal(0))
    floor_price = PriceStringField(min_value=Decimal(0), required=False, allow_null=True)


class PriceListIn(serializers.Serializer[Any]):
    code = TextField(max_length=24)
    name = TextField(max_length=60)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(required=False, allow_null=True)
    prices = serializers.ListField(child=PriceRowIn(), min_length=1, max_length=20_000)


def price_lists(included: set[str]) -> QuerySet[PriceList]:
    lists = PriceList.objects.select_related("approved_by")
    return lists.prefetch_related("prices__product") if "prices" in included else lists


class PriceListsView(ListView):
    """GET the versions of the price list. POST enters a new version, in force only once approved (QT-03)."""

    required_scope = "catalogue"
    permissions = {"GET": "inventory.view_prices", "POST": "inventory.maintain_catalogue"}
    filters = ("approved", "on")
    orderings = {"code": "code", "valid_from": "valid_from"}
    default_ordering = "-valid_from"
    includes = ("prices",)
    serializer_class = PriceListOut
    body_serializer = PriceListIn

    def rows(self) -> QuerySet[PriceList]:
        return price_lists(self.included())

    def narrow(self, rows: QuerySet[PriceList]) -> QuerySet[PriceList]:
        is_approved = query.yes_no(self.request, "approved")
        if is_approved is not None:
            rows = rows.filter(approved_at__isnull=not is_approved)
        day = query.day(self.request, "on")
        return rows if day is None else rows.in_force(day)  # type: ignore[attr-defined]

    @idempotent
    def post(self, request: Request) -> PriceList:
        given = self.read(PriceListIn)
        rows = [PriceRow(**row) for row in given.pop("prices")]
        return create_price_list(**given, prices=rows, actor=self.user)

    def answer(self, request: Request, result: PriceList) -> Response:
        return Response(self.serialize(result), status=201, headers={"ETag": result.etag})


class PriceListView(DocumentView):
    """One version of the price list; `include=prices` adds its rows."""

    required_scope = "catalogue"
    permissions = {"GET": "inventory.view_prices"}
    lookup_field = "code"
    includes = ("prices",)
    serializer_class = PriceListOut

    def documents(self) -> QuerySet[PriceList]:
        return price_lists(self.included())


class ApprovePriceListView(TransitionView):
    """POST: the general manager puts a price list in force (QT-03)."""

    required_scope = "catalogue"
    permissions = {"POST": "inventory.approve_price_list"}
    lookup_field = "code"
    serializer_class = PriceListOut
    includes = ("prices",)

    def documents(self) -> QuerySet[PriceList]:
        return price_lists(set())

    def act(self, document: PriceList, *, version: int, body: dict[str, Any]) -> PriceList:
        return approve_price_list(document, actor=self.user)


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
