"""The moves of a customer's state over the API, merging and the note of consent (CM-12, LG-01)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.api.views import TransitionView
from core.errors import FieldProblem, InvalidInput
from customers.api.fields import ConsentIn, CustomerOut, MergeIn
from customers.models import Customer
from customers.services import freeze_credit, resume_orders, stop_orders, unfreeze_credit
from customers.services.data_protection import note_consent
from customers.services.merging import MERGES, merge_customers


class _MoveView(TransitionView):
    required_scope = "customers"
    serializer_class = CustomerOut
    includes = ("contacts", "addresses")

    def documents(self) -> QuerySet[Customer]:
        return Customer.objects.visible_to(self.user).with_defaults().select_related("merged_into")


class FreezeView(_MoveView):
    """POST gives no more credit to this customer; a reason is needed."""

    permissions = {"POST": "customers.change_credit_status"}

    def act(self, document: Customer, *, version: int, body: dict[str, Any]) -> Customer:
        return freeze_credit(document, reason=self.note_of(body), version=version, actor=self.user)


class UnfreezeView(_MoveView):
    """POST lets credit be given again; a reason is needed."""

    permissions = {"POST": "customers.change_credit_status"}

    def act(self, document: Customer, *, version: int, body: dict[str, Any]) -> Customer:
        return unfreeze_credit(document, reason=self.note_of(body), version=version, actor=self.user)


class StopView(_MoveView):
    """POST takes no new orders of this customer; a reason is needed."""

    permissions = {"POST": "customers.change_status"}

    def act(self, document: Customer, *, version: int, body: dict[str, Any]) -> Customer:
        return stop_orders(document, reason=self.note_of(body), version=version, actor=self.user)


class ResumeView(_MoveView):
    """POST takes orders again; a reason is needed. What finance had frozen is frozen again."""

    permissions = {"POST": "customers.change_status"}

    def act(self, document: Customer, *, version: int, body: dict[str, Any]) -> Customer:
        return resume_orders(document, reason=self.note_of(body), version=version, actor=self.user)


class MergeView(_MoveView):
    """POST moves everything of this file to `into`; both numbers stay, this one leads to the other."""

    permissions = {"POST": MERGES}
    body_serializer = MergeIn
    is_idempotent = True

    def act(self, document: Customer, *, version: int, body: dict[str, Any]) -> Customer:
        target = self.documents().filter(number=body["into"]).first()
        if target is None:
            detail = _("There is no customer %(number)s on your desks.") % {"number": body["into"]}
            raise InvalidInput(
                detail, rule="CM-12", problems=[FieldProblem("#/into", "unknown_customer", detail)]
            )
        return merge_customers(
            document, target=target, reason=body["reason"], version=version, actor=self.user
        )


class ConsentView(_MoveView):
    """POST notes for what the contact data are kept, and since when with consent (LG-01)."""

    permissions = {"POST": "customers.maintain"}
    body_serializer = ConsentIn

    def act(self, document: Customer, *, version: int, body: dict[str, Any]) -> Customer:
        return note_consent(document, **body, version=version, actor=self.user)
