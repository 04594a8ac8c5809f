"""Contacts and delivery addresses of a customer over the API. Their state is that of the customer file."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.etag import require_if_match, with_etag
from core.api.idempotency import idempotent
from core.api.schema import PAGE
from core.api.views import ApiView, DocumentMixin
from core.errors import NotFound
from customers.api.fields import AddressIn, AddressSerializer, ContactIn, ContactSerializer, ErasureIn
from customers.models import Address, Contact, Customer
from customers.services import (
    AddressDraft,
    ContactDraft,
    add_address,
    add_contact,
    edit_address,
    edit_contact,
    remove_address,
    remove_contact,
)


class _CustomerParts(DocumentMixin, ApiView):
    required_scope = "customers"
    serializer_class: type[serializers.ModelSerializer[Any]]
    parts = ""

    def documents(self) -> QuerySet[Customer]:
        return Customer.objects.visible_to(self.user)

    def shown_part(self, part: Any, status: int = 200) -> Response:
        return Response(self.serializer_class(part, context={"request": self.request}).data, status=status)


class _PartsView(_CustomerParts):
    permissions = {"GET": "customers.view", "POST": "customers.maintain"}
    envelope = PAGE

    def get(self, request: Request, number: str) -> Response:
        rows = getattr(self.document(), self.parts).order_by("pk")
        shown = self.serializer_class(rows, many=True, context={"request": request}).data
        return Response({"results": shown, "next": None, "previous": None})

    def answer(self, request: Request, result: Any) -> Response:
        return self.shown_part(result, status=201)


class ContactsView(_PartsView):
    """GET the people to talk to. POST adds a contact (CM-03)."""

    serializer_class = ContactSerializer
    body_serializer = ContactIn
    parts = "contacts"

    @idempotent
    def post(self, request: Request, number: str) -> Contact:
        given = self.read(ContactIn)
        is_default = given.pop("is_default")
        draft = ContactDraft(**given)
        return add_contact(self.document(), contact=draft, is_default=is_default, actor=self.user)


class AddressesView(_PartsView):
    """GET the delivery addresses. POST adds an address."""

    serializer_class = AddressSerializer
    body_serializer = AddressIn
    parts = "addresses"

    @idempotent
    def post(self, request: Request, number: str) -> Address:
        given = self.read(AddressIn)
        is_default = given.pop("is_default")
        draft = AddressDraft(**given)
        return add_address(self.document(), address=draft, is_default=is_default, actor=self.user)


class _PartView(_CustomerParts):
    """PATCH corrects it, with the ETag of the customer file as If-Match."""

    permissions = {"PATCH": "customers.maintain"}

    def part(self) -> tuple[Any, int]:
        """The row and the version of the file that the caller saw."""
        customer = self.document()
        found = getattr(customer, self.parts).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise NotFound()
        found.customer = customer
        return found, require_if_match(self.request, customer)

    def corrected(self, part: Any) -> Response:
        return with_etag(self.shown_part(part), self.document())


class ContactView(_PartView):
    """PATCH corrects a contact; orders already placed keep what they copied."""

    serializer_class = ContactSerializer
    body_serializer = ContactIn
    parts = "contacts"

    def patch(self, request: Request, number: str, pk: int) -> Response:
        contact, version = self.part()
        given = self.read(ContactIn, partial=True)
        is_default = given.pop("is_default", False)
        kept = {name: getattr(contact, name) for name in ("name", "title", "phone", "email")}
        draft = ContactDraft(**{**kept, **given})
        return self.corrected(
            edit_contact(contact, draft=draft, is_default=is_default, version=version, actor=self.user)
        )


class AddressView(_PartView):
    """PATCH corrects a delivery address; orders already placed keep what they copied."""

    serializer_class = AddressSerializer
    body_serializer = AddressIn
    parts = "addresses"

    def patch(self, request: Request, number: str, pk: int) -> Response:
        address, version = self.part()
        given = self.read(AddressIn, partial=True)
        is_default = given.pop("is_default", False)
        kept = {name: getattr(address, name) for name in ("province", "city", "district", "detail")}
        draft = AddressDraft(**{**kept, **given})
        return self.corrected(
            edit_address(address, draft=draft, is_default=is_default, version=version, actor=self.user)
        )


class _EraseView(_PartView):
    permissions = {"POST": "customers.maintain"}
    body_serializer = ErasureIn

    def erase(self, service: Any) -> Response:
        part, version = self.part()
        service(part, reason=self.read(ErasureIn)["reason"], version=version, actor=self.user)
        return with_etag(Response(status=204), self.document())


class ContactEraseView(_EraseView):
    """POST erases a contact with a reason; the erasure is noted without the person's data (LG-01)."""

    serializer_class = ContactSerializer
    parts = "contacts"

    def post(self, request: Request, number: str, pk: int) -> Response:
        return self.erase(remove_contact)


class AddressEraseView(_EraseView):
    """POST erases a delivery address with a reason (LG-01)."""

    serializer_class = AddressSerializer
    parts = "addresses"

    def post(self, request: Request, number: str, pk: int) -> Response:
        return self.erase(remove_address)
