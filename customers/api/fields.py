"""What the customer API reads and writes, and how a customer looks in it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from core.api.fields import (
    AmountStringField,
    AvailableActionsField,
    LabelField,
    PercentStringField,
    TextField,
    WholeNumberField,
)
from core.models import User
from customers.currencies import CURRENCIES
from customers.models import Address, Contact, Customer, Region
from customers.phones import phone_for
from customers.uscc import is_valid_uscc

TERMS = ("settlement", "prepaid_percent", "settlement_day")


class ContactSerializer(serializers.ModelSerializer[Contact]):
    """`phone` is masked for whoever may not see phones (CM-03)."""

    phone = serializers.SerializerMethodField()

    class Meta:
        model = Contact
        fields = ("id", "name", "title", "phone", "email")

    def get_phone(self, contact: Contact) -> str:
        return phone_for(self.context["request"].user, contact.phone)


class AddressSerializer(serializers.ModelSerializer[Address]):
    class Meta:
        model = Address
        fields = ("id", "province", "city", "district", "detail")


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
    uscc_is_valid = serializers.SerializerMethodField(
        help_text="The check digit agrees; null without a code."
    )
    merged_into = serializers.CharField(
        source="merged_into.number",
        allow_null=True,
        default=None,
        help_text="The file that goes on, if merged",
    )
    cumulative_amount = AmountStringField(read_only=True)
    available_actions = AvailableActionsField()
    contact = ContactSerializer(source="default_contact", allow_null=True)
    address = AddressSerializer(source="default_address", allow_null=True)
    contacts = ContactSerializer(many=True)
    addresses = AddressSerializer(many=True)

    class Meta:
        model = Customer
        fields = (
            "code",
            "name",
            "short_name",
            "uscc",
            "uscc_is_valid",
            "industry",
            "kind",
            "kind_label",
            "status",
            "status_label",
            "status_reason",
            "merged_into",
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
            "order_count",
            "cumulative_amount",
            "first_cooperation_on",
            "last_cooperation_on",
            "data_purpose",
            "consented_on",
            "contact",
            "address",
            "contacts",
            "addresses",
            "created_at",
            "updated_at",
            "version",
            "available_actions",
        )

    def get_uscc_is_valid(self, customer: Customer) -> bool | None:
        return is_valid_uscc(customer.uscc) if customer.uscc else None


class ContactIn(serializers.Serializer[Any]):
    name = TextField(max_length=40)
    title = TextField(max_length=40)
    phone = TextField(max_length=30)
    email = serializers.EmailField(required=False, allow_blank=True, default="")
    is_default = serializers.BooleanField(
        required=False, default=False, help_text="New orders name this one."
    )


class AddressIn(serializers.Serializer[Any]):
    province = TextField(max_length=30)
    city = TextField(max_length=30)
    district = TextField(max_length=30, required=False, allow_blank=True, default="")
    detail = TextField(max_length=160)
    is_default = serializers.BooleanField(required=False, default=False, help_text="New orders go there.")


class ErasureIn(serializers.Serializer[Any]):
    reason = TextField(max_length=200)


class MergeIn(serializers.Serializer[Any]):
    """`into` is the number of the file that goes on (CM-12)."""

    into = TextField(max_length=12)
    reason = TextField(max_length=200)


class ConsentIn(serializers.Serializer[Any]):
    """For what the contact data are kept (LG-01)."""

    purpose = TextField(max_length=120)
    consented_on = serializers.DateField(required=False, allow_null=True, default=None)


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
    currency = serializers.ChoiceField(
        [(code, code) for code in CURRENCIES],
        required=False,
        help_text="Stands from the first order on (SY-02).",
    )

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
