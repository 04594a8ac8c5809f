"""Prices and versions of the price list over the API (QT-03)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.fields import LabelField, PriceStringField, QuantityStringField, RateStringField, TextField
from core.api.idempotency import idempotent
from core.api.views import DocumentView, ListView, TransitionView
from core.clock import today
from core.errors import FieldProblem, InvalidInput, NotFound
from core.money import BASE_CURRENCY
from customers.models import Customer
from inventory.models import Price, PriceList, Product
from inventory.prices import FoundPrice, ListsInForce, PriceSource, lists_in_force, price_book
from inventory.queries import available_by_default, no_price_list
from inventory.rows import PriceRow
from inventory.services.price_lists import approve_price_list, create_price_list, withdraw_price_list

MOST_SKUS = 1000


class PriceOut(serializers.Serializer[Any]):
    """What a customer pays for a product and a quantity, without tax, and where that price comes from.

    The floor price is for those who may see it (inventory.view_floor).
    """

    sku = serializers.CharField()
    name = serializers.CharField()
    spec = serializers.CharField()
    unit = serializers.CharField()
    unit_decimals = serializers.IntegerField()
    tax_rate = RateStringField()
    quantity = QuantityStringField(help_text="The quantity asked about, 0 without one")
    unit_price = PriceStringField()
    list_price = PriceStringField()
    floor_price = PriceStringField(allow_null=True)
    minimum_quantity = QuantityStringField(help_text="From this quantity on the price holds")
    source = serializers.ChoiceField(  # type: ignore[assignment]
        [PriceSource.CUSTOMER, PriceSource.CUSTOMER_BREAK, PriceSource.BREAK, PriceSource.LIST]
    )
    source_label = LabelField()
    price_list = serializers.CharField()
    valid_until = serializers.DateField(allow_null=True)
    currency = serializers.CharField()
    available = serializers.CharField(help_text="In the default warehouse, now; nothing is held.")


class PricesView(ListView):
    """GET the prices a customer would be given on a day, of all products or by `sku` (QT-03).

    The list agreed with the customer goes before the general one, a quantity price before the base price. With
    `quantity`, each row says whether that much is available now.
    """

    required_scope = "catalogue"
    permissions = {"GET": "inventory.view_prices"}
    filters = ("customer", "sku", "quantity", "on")
    orderings = {"sku": "sku"}
    default_ordering = "sku"
    search_fields = ("sku", "name", "pinyin")
    serializer_class = PriceOut

    def rows(self) -> QuerySet[Product]:
        day = query.day(self.request, "on") or today()
        customer = self._customer()
        currency = customer.currency if customer is not None else BASE_CURRENCY
        self.lists: ListsInForce = lists_in_force(customer, on=day, currency=currency)
        if not self.lists.ids:
            raise no_price_list(currency, day)
        priced = Price.objects.filter(price_list__in=self.lists.ids, product=OuterRef("pk"))
        return Product.objects.on_sale().filter(Exists(priced))

    def narrow(self, rows: QuerySet[Product]) -> QuerySet[Product]:
        skus = [sku for given in self.request.query_params.getlist("sku") for sku in given.split(",") if sku]
        return rows.filter(sku__in=skus[:MOST_SKUS]) if skus else rows

    def serialize(self, value: Any, *, many: bool = False) -> Any:
        book = price_book(self.lists, [product.sku for product in value])
        available = available_by_default([product.pk for product in value])
        quantity = self._quantity()
        wanted = query.names(self.request, "fields", None)
        shown = []
        for product in value:
            found = book.price_for(product.sku, quantity or Decimal(0))
            if found is None:
                continue
            row = self._row(product, found, quantity or Decimal(0), available[product.pk])
            if quantity is not None:
                row["is_available"] = available[product.pk] >= quantity
            shown.append({name: row[name] for name in row if not wanted or name in wanted})
        return shown

    def _row(
        self, product: Product, found: FoundPrice, quantity: Decimal, available: Decimal
    ) -> dict[str, Any]:
        price_list = self.lists.of(found.price_list_id)
        assert price_list is not None
        facts = {
            name: getattr(product, name)
            for name in ("sku", "name", "spec", "unit", "unit_decimals", "tax_rate")
        }
        prices = {
            name: getattr(found, name)
            for name in ("unit_price", "list_price", "floor_price", "minimum_quantity", "source")
        }
        row = PriceOut(
            {
                **facts,
                **prices,
                "quantity": quantity,
                "source_label": PriceSource(found.source).label,
                "price_list": price_list.code,
                "valid_until": price_list.valid_until,
                "currency": price_list.currency,
                "available": QuantityStringField().to_representation(available),
            },
            context={"request": self.request},
        ).data
        if not self.user.may("inventory.view_floor"):
            row.pop("floor_price")
        return dict(row)

    def _customer(self) -> Customer | None:
        code = query.text(self.request, "customer")
        if not code:
            return None
        customer = Customer.objects.visible_to(self.user).filter(number=code).only("currency").first()
        if customer is None:
            raise NotFound(_("There is no customer %(code)s on your desk.") % {"code": code})
        return customer

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
    minimum_quantity = QuantityStringField()
    unit_price = PriceStringField()
    floor_price = PriceStringField(allow_null=True)

    class Meta:
        model = Price
        fields = ("sku", "minimum_quantity", "unit_price", "floor_price")

    def to_representation(self, price: Price) -> dict[str, Any]:
        shown = super().to_representation(price)
        if not self.context["request"].user.may("inventory.view_floor"):
            shown.pop("floor_price", None)
        return shown


class PriceListOut(serializers.ModelSerializer[PriceList]):
    status = serializers.ChoiceField(["entered", "planned", "in_force", "ended", "withdrawn"])
    status_label = LabelField()
    customer = serializers.CharField(source="customer.number", allow_null=True, default=None)
    entered_by = serializers.CharField(source="created_by.username")
    approved_by = serializers.CharField(source="approved_by.username", allow_null=True, default=None)
    prices = PriceRowOut(many=True)

    class Meta:
        model = PriceList
        fields = (
            "code",
            "name",
            "status",
            "status_label",
            "customer",
            "currency",
            "valid_from",
            "valid_until",
            "entered_by",
            "is_approved",
            "approved_at",
            "approved_by",
            "withdrawn_at",
            "prices",
        )


class PriceRowIn(serializers.Serializer[Any]):
    """`minimum_quantity` above 0 is a quantity price; the floor price stands in the row from 0."""

    sku = TextField(max_length=24)
    minimum_quantity = QuantityStringField(min_value=Decimal(0), required=False)
    unit_price = PriceStringField(min_value=Decimal(0))
    floor_price = PriceStringField(min_value=Decimal(0), required=False, allow_null=True)


class PriceListIn(serializers.Serializer[Any]):
    code = TextField(max_length=24)
    name = TextField(max_length=60)
    customer = TextField(
        max_length=12, required=False, allow_null=True, help_text="Agreed with this customer"
    )
    currency = TextField(max_length=3, required=False)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(required=False, allow_null=True)
    prices = serializers.ListField(child=PriceRowIn(), min_length=1, max_length=20_000)


class PriceListScope:
    required_scope = "catalogue"
    serializer_class: Any = PriceListOut
    includes: Sequence[str] = ("prices",)
    request: Any

    def price_lists(self, included: set[str]) -> QuerySet[PriceList]:
        lists = PriceList.objects.visible_to(self.request.user)
        lists = lists.select_related("approved_by", "created_by", "customer")
        return lists.prefetch_related("prices__product") if "prices" in included else lists


class PriceListsView(PriceListScope, ListView):
    """GET the versions of the price list. POST enters a new version, in force only once approved (QT-03)."""

    permissions = {"GET": "inventory.view_prices", "POST": "inventory.maintain_catalogue"}
    filters = ("approved", "on", "customer", "currency")
    orderings = {"code": "code", "valid_from": "valid_from"}
    default_ordering = "-valid_from"
    body_serializer = PriceListIn

    def rows(self) -> QuerySet[PriceList]:
        return self.price_lists(self.included())

    def narrow(self, rows: QuerySet[PriceList]) -> QuerySet[PriceList]:
        is_approved = query.yes_no(self.request, "approved")
        if is_approved is not None:
            rows = rows.filter(approved_at__isnull=not is_approved)
        if customer := query.text(self.request, "customer"):
            rows = rows.filter(customer__number=customer)
        currency = query.text(self.request, "currency")
        if currency:
            rows = rows.filter(currency=currency)
        day = query.day(self.request, "on")
        return rows if day is None else rows.in_force(day, currency or BASE_CURRENCY)  # type: ignore[attr-defined]

    @idempotent
    def post(self, request: Request) -> PriceList:
        given = self.read(PriceListIn)
        rows = [PriceRow(**row) for row in given.pop("prices")]
        customer = self._agreed_with(given.pop("customer", None))
        return create_price_list(**given, customer=customer, prices=rows, actor=self.user)

    def _agreed_with(self, code: str | None) -> Customer | None:
        if not code:
            return None
        customer = Customer.objects.visible_to(self.user).filter(number=code).first()
        if customer is None:
            detail = _("There is no customer %(code)s in your scope.") % {"code": code}
            raise InvalidInput(detail, problems=[FieldProblem("#/customer", "unknown_customer", detail)])
        return customer

    def answer(self, request: Request, result: PriceList) -> Response:
        return Response(self.serialize(result), status=201, headers={"ETag": result.etag})


class PriceListView(PriceListScope, DocumentView):
    """One version of the price list; `include=prices` adds its rows."""

    permissions = {"GET": "inventory.view_prices"}
    lookup_field = "code"

    def documents(self) -> QuerySet[PriceList]:
        return self.price_lists(self.included())


class ApprovePriceListView(PriceListScope, TransitionView):
    """POST: the general manager puts a price list in force (QT-03)."""

    permissions = {"POST": "inventory.approve_price_list"}
    lookup_field = "code"

    def documents(self) -> QuerySet[PriceList]:
        return self.price_lists(set())

    def act(self, document: PriceList, *, version: int, body: dict[str, Any]) -> PriceList:
        return approve_price_list(document, actor=self.user, version=version)


class WithdrawPriceListView(PriceListScope, TransitionView):
    """POST: the clerk takes a version back that is not approved, with a reason (QT-03)."""

    permissions = {"POST": "inventory.maintain_catalogue"}
    lookup_field = "code"

    def documents(self) -> QuerySet[PriceList]:
        return self.price_lists(set())

    def act(self, document: PriceList, *, version: int, body: dict[str, Any]) -> PriceList:
        return withdraw_price_list(document, reason=self.note_of(body), actor=self.user, version=version)
