"""The customer file over the API: list, one customer, contacts, addresses, the file's own trail."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.etag import require_if_match, with_etag
from core.api.fields import LabelField, PercentStringField, TextField, WholeNumberField
from core.api.idempotency import idempotent
from core.api.schema import PAGE
from core.api.views import ApiView, DocumentEventsView, DocumentMixin, DocumentView, ListView
from core.errors import FieldProblem, InvalidInput
from core.models import User
from customers.models import Address, Contact, Customer, Region
from customers.services import (
    AddressDraft,
    ContactDraft,
    add_address,
    add_contact,
    create_customer,
    set_terms,
    update_customer,
)

TERMS = ("settlement", "prepaid_percent", "settlement_day")


class ContactSerializer(serializers.ModelSerializer[Contact]):
    class Meta:
        model = Contact
        fields = ("name", "title", "phone", "email")


class AddressSerializer(serializers.ModelSerializer[Address]):
    class Meta:
        model = Address
        fields = ("province", "city", "district", "detail")


class CustomerOut(serializers.ModelSerializer[Customer]):
    code = serializers.CharField(source="number")
    region = serializers.CharField(source="region.code", allow_null=True)
    region_label = serializers.CharField(source="region.name", allow_null=True)
    salesperson = serializers.CharField(source="salesperson.username")
    salesperson_label = LabelField(source="salesperson.display_name")
    settlement_label = LabelField(source="get_settlement_display")
    status_label = LabelField(source="get_status_display")
    kind_label = LabelField(source="get_kind_display")
    prepaid_percent = PercentStringField(allow_null=True)
    contact = ContactSerializer(source="default_contact")
    address = AddressSerializer(source="default_address")
    contacts = ContactSerializer(many=True)
    addresses = AddressSerializer(many=True)

    class Meta:
        model = Customer
        fields = (
            "code",
            "name",
            "short_name",
            "uscc",
            "industry",
            "kind",
            "kind_label",
            "status",
            "status_label",
            "grade",
            "region",
            "region_label",
            "salesperson",
            "salesperson_label",
            "settlement",
            "settlement_label",
            "prepaid_percent",
            "settlement_day",
            "currency",
            "language",
            "source",
            "core_needs",
            "invoice_title",
            "first_cooperation_on",
            "last_cooperation_on",
            "contact",
            "address",
            "contacts",
            "addresses",
            "created_at",
            "updated_at",
            "version",
        )


class ContactIn(serializers.Serializer[Any]):
    name = TextField(max_length=40)
    title = TextField(max_length=40)
    phone = TextField(max_length=30)
    email = serializers.EmailField(required=False, allow_blank=True, default="")


class AddressIn(serializers.Serializer[Any]):
    province = TextField(max_length=30)
    city = TextField(max_length=30)
    district = TextField(max_length=30, required=False, allow_blank=True, default="")
    detail = TextField(max_length=160)


class CustomerFields(serializers.Serializer[Any]):
    """What sales keeps; number, grade and status have their own ways."""

    name = TextField(max_length=120)
    industry = TextField(max_length=60)
    region = serializers.CharField(max_length=8, help_text="Code of the region desk")
    salesperson = serializers.CharField(max_length=150, help_text="User name of the responsible salesperson")
    kind = serializers.ChoiceField(Customer.Kind.choices, required=False)
    uscc = TextField(max_length=18, required=False, allow_blank=True)
    short_name = TextField(max_length=40, required=False, allow_blank=True)
    source = TextField(max_length=60, required=False, allow_blank=True)  # type: ignore[assignment]
    core_needs = TextField(required=False, allow_blank=True)
    invoice_title = TextField(max_length=120, required=False, allow_blank=True)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)

    def validate_region(self, code: str) -> Region:
        region = Region.objects.filter(code=code).first()
        if region is None:
            raise serializers.ValidationError(
                _("There is no region %(code)s.") % {"code": code}, code="unknown_region"
            )
        return region

    def validate_salesperson(self, username: str) -> User:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise serializers.ValidationError(
                _("There is no person with the user name %(name)s.") % {"name": username},
                code="unknown_person",
            )
        return user


class CustomerIn(CustomerFields):
    contact = ContactIn()
    address = AddressIn()


class CustomerPatch(CustomerFields):
    """Master data, or the terms alone: these belong to finance (CM-10)."""

    settlement = serializers.ChoiceField(Customer.Settlement.choices, required=False)
    prepaid_percent = PercentStringField(required=False, allow_null=True)
    settlement_day = WholeNumberField(min_value=1, max_value=31, required=False, allow_null=True)


def with_includes(customers: QuerySet[Customer], included: set[str]) -> QuerySet[Customer]:
    """Contacts and addresses cost a query each, and only if they were asked for."""
    wanted = {"contacts": Contact.objects.order_by("pk"), "addresses": Address.objects.order_by("pk")}
    return customers.prefetch_related(
        *(Prefetch(name, rows) for name, rows in wanted.items() if name in included)
    )


class CustomersView(ListView):
    """GET the customers in scope; POST opens a customer file (CM-01, CM-02)."""

    required_scope = "customers"
    permissions = {"GET": "customers.view", "POST": "customers.maintain"}
    filters = ("region", "status", "grade", "settlement", "salesperson")
    orderings = {"code": "number", "name": "name", "updated": "updated_at"}
    default_ordering = "code"
    updated_field = "updated_at"
    search_fields = ("number", "name", "short_name", "uscc", "pinyin")
    includes = ("contacts", "addresses")
    serializer_class = CustomerOut
    body_serializer = CustomerIn

    def rows(self) -> QuerySet[Customer]:
        return with_includes(Customer.objects.visible_to(self.user).with_defaults(), self.included())

    def narrow(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        choices = {"status": Customer.Status, "grade": Customer.Grade, "settlement": Customer.Settlement}
        for name, allowed in choices.items():
            if value := query.choice(self.request, name, allowed.values):
                rows = rows.filter(**{name: value})
        if region := query.text(self.request, "region"):
            rows = rows.filter(region__code=region)
        if salesperson := query.text(self.request, "salesperson"):
            rows = rows.filter(salesperson__username=salesperson)
        return rows

    @idempotent
    def post(self, request: Request) -> Customer:
        given = self.read(CustomerIn)
        contact, address = ContactDraft(**given.pop("contact")), AddressDraft(**given.pop("address"))
        return create_customer(**given, contact=contact, address=address, actor=self.user)

    def answer(self, request: Request, result: Customer) -> Response:
        response = Response(self.serialize(result), status=201)
        response["Location"] = request.build_absolute_uri(f"{result.number}/")
        return with_etag(response, result)  # type: ignore[arg-type]


class CustomerView(DocumentView):
    """GET one customer. PATCH corrects master data, or the terms of payment alone (CM-10)."""

    required_scope = "customers"
    permissions = {"GET": "customers.view"}
    includes = ("contacts", "addresses")
    serializer_class = CustomerOut
    body_serializer = CustomerPatch

    def documents(self) -> QuerySet[Customer]:
        return with_includes(Customer.objects.visible_to(self.user).with_defaults(), self.included())

    def patch(self, request: Request, number: str) -> Response:
        customer = self.document()
        version = require_if_match(request, customer)
        given = self.read(CustomerPatch, partial=True)
        terms = {name: given.pop(name) for name in TERMS if name in given}
        if terms and given:
            detail = _("Send payment terms on their own: they belong to finance.")
            raise InvalidInput(
                detail, rule="CM-10", problems=[FieldProblem("#/settlement", "terms_alone", detail)]
            )
        if terms:
            kept = {"settlement": customer.settlement}
            set_terms(customer, **{**kept, **terms}, version=version, actor=self.user)
        else:
            update_customer(customer, changes=given, version=version, actor=self.user)
        return self.shown(self.document())


class CustomerEventsView(DocumentEventsView):
    """GET the trail of the customer file."""

    required_scope = "customers"
    permissions = {"GET": "customers.view"}

    def documents(self) -> QuerySet[Customer]:
        return Customer.objects.visible_to(self.user)


class _PartsView(DocumentMixin, ApiView):
    required_scope = "customers"
    permissions = {"GET": "customers.view", "POST": "customers.maintain"}
    serializer_class: type[serializers.ModelSerializer[Any]]
    envelope = PAGE
    parts = ""

    def documents(self) -> QuerySet[Customer]:
        return Customer.objects.visible_to(self.user)

    def get(self, request: Request, number: str) -> Response:
        rows = getattr(self.document(), self.parts).order_by("pk")
        return Response(
            {"results": self.serializer_class(rows, many=True).data, "next": None, "previous": None}
        )

    def answer(self, request: Request, result: Any) -> Response:
        return Response(self.serializer_class(result).data, status=201)


class ContactsView(_PartsView):
    """GET the people to talk to. POST adds a contact (CM-03)."""

    serializer_class = ContactSerializer
    body_serializer = ContactIn
    parts = "contacts"

    @idempotent
    def post(self, request: Request, number: str) -> Contact:
        return add_contact(self.document(), contact=ContactDraft(**self.read(ContactIn)), actor=self.user)


class AddressesView(_PartsView):
    """GET the delivery addresses. POST adds an address."""

    serializer_class = AddressSerializer
    body_serializer = AddressIn
    parts = "addresses"

    @idempotent
    def post(self, request: Request, number: str) -> Address:
        return add_address(self.document(), address=AddressDraft(**self.read(AddressIn)), actor=self.user)
