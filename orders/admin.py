"""Orders in the administration: looked at there, entered and moved on the pages and by the services."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin_base import ReadOnlyAdmin
from customers.models import Customer
from orders.admin_inlines import ReadOnlyInline
from orders.contracts import admin as contract_admin  # noqa: F401 - registers its own
from orders.enquiries import admin as enquiry_admin  # noqa: F401 - registers its own
from orders.models import CustomerConfirmation, Order, OrderForm, OrderLine
from orders.quotes import admin as quote_admin  # noqa: F401 - registers its own


class OrderLineInline(ReadOnlyInline):
    model = OrderLine
    fields = (
        "line_no",
        "sku",
        "name",
        "spec",
        "quantity",
        "unit",
        "unit_price",
        "discount_percent",
        "gross",
        "reserved",
        "shipped",
        "signed",
    )
    readonly_fields = fields


class ConfirmationInline(ReadOnlyInline):
    model = CustomerConfirmation
    fields = ("confirmed_on", "confirmed_by", "amount", "recorded_by", "recorded_at")
    readonly_fields = fields


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    view_permission = "orders.view"
    list_display = (
        "number",
        "customer",
        "region",
        "status",
        "payment_status",
        "delivery_status",
        "total",
        "promised_on",
    )
    list_filter = ("status", "payment_status", "delivery_status", "region", "channel", "has_shortage")
    list_select_related = ("customer", "region")
    search_fields = ("number", "customer_po", "customer__name", "customer__number")
    inlines = (OrderLineInline, ConfirmationInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        return self.scoped(request, super().get_queryset(request))


@admin.register(OrderForm)
class OrderFormAdmin(ReadOnlyAdmin):
    view_permission = "orders.view"
    list_display = ("uid", "customer", "price_list", "issued_at", "issued_by")
    list_select_related = ("customer", "price_list", "issued_by")
    search_fields = ("uid", "customer__number", "customer__name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderForm]:
        forms = super().get_queryset(request)
        return forms.filter(customer__in=Customer.objects.visible_to(request.user))
