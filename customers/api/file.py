"""The customer file over the API: list, one customer, the file's own trail and comments."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import query
from core.api.comments import DocumentCommentsView
from core.api.etag import require_if_match, with_etag
from core.api.idempotency import idempotent
from core.api.views import DocumentEventsView, DocumentView, ListView
from core.comments import COMMENT_PERMISSION
from core.errors import FieldProblem, InvalidInput
from customers.api.fields import TERMS, CustomerIn, CustomerOut, CustomerPatch
from customers.models import Address, Contact, Customer, CustomerQuerySet
from customers.services import AddressDraft, ContactDraft, create_customer, set_terms, update_customer


def with_includes(customers: CustomerQuerySet, included: set[str]) -> QuerySet[Customer]:
    """Ready to be shown. Contacts and addresses cost a query each, and only if they were asked for."""
    wanted = {"contacts": Contact.objects.order_by("pk"), "addresses": Address.objects.order_by("pk")}
    return (
        customers.with_defaults()
        .select_related("merged_into")
        .prefetch_related(*(Prefetch(name, rows) for name, rows in wanted.items() if name in included))
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
        return with_includes(
            Customer.objects.visible_to(self.user).with_defaults().select_related("merged_into"),
            self.included(),
        )

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
        contact, address = given.pop("contact"), given.pop("address")
        for part in (contact, address):
            part.pop("is_default")  # the first ones are the default
        return create_customer(
            **given, contact=ContactDraft(**contact), address=AddressDraft(**address), actor=self.user
        )

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
        return with_includes(
            Customer.objects.visible_to(self.user).with_defaults().select_related("merged_into"),
            self.included(),
        )

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


class CustomerCommentsView(DocumentCommentsView):
    """GET: the comments on the customer file, oldest first. POST: add a comment; it stays in the trail."""

    required_scope = "customers"
    permissions = {"GET": "customers.view", "POST": COMMENT_PERMISSION}

    def documents(self) -> QuerySet[Customer]:
        return Customer.objects.visible_to(self.user)
