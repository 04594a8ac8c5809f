"""The catalogue in the administration: the clerk keeps it, the general manager approves prices (QT-03)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminTextareaWidget

from core.admin_base import BusinessAdmin, ReadOnlyAdmin
from core.errors import InvalidInput
from core.models import User
from core.money import BASE_CURRENCY
from inventory.models import (
    Batch,
    Price,
    PriceList,
    Product,
    Reservation,
    StockLevel,
    StockMovement,
    Warehouse,
)
from inventory.price_text import TypedPrice, at_its_line, read_price_lines
from inventory.rows import ProductRow
from inventory.services.catalogue import CHANGEABLE, create_products, create_warehouse, update_product
from inventory.services.price_lists import approve_price_list, create_price_list, withdraw_price_list

MAINTAINS = "inventory.maintain_catalogue"


@admin.register(Product)
class ProductAdmin(BusinessAdmin):
    """Code and unit stand for good; the rest is kept by the catalogue clerk."""

    view_permission = "inventory.view"
    add_permission = change_permission = MAINTAINS
    list_display = ("sku", "name", "spec", "unit", "tax_rate", "supply", "minimum_stock", "discontinued_on")
    list_filter = ("supply", "category")
    search_fields = ("sku", "barcode", "name", "spec", "pinyin")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The cost only for those who may see it."""
        fields = ["sku", "unit", "unit_decimals", *CHANGEABLE]
        return [
            name for name in fields if name != "standard_cost" or person(request).may("inventory.view_cost")
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> tuple[str, ...]:
        return ("sku", "unit", "unit_decimals") if obj is not None else ("discontinued_on",)

    def save_model(self, request: HttpRequest, obj: Product, form: forms.ModelForm, change: bool) -> None:
        given = form.cleaned_data
        if change:
            changes = {name: given[name] for name in form.changed_data if name in CHANGEABLE}
            update_product(obj, changes=changes, actor=person(request))
        else:
            row = ProductRow(
                **{name: given[name] for name in ProductRow.__dataclass_fields__ if name in given}
            )
            obj.pk = create_products([row], person(request))[0].pk


class PriceListForm(forms.ModelForm):
    rows = forms.CharField(
        label=_("Prices"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 16}),
        help_text=_(
            "One price a line, as in a spreadsheet: code, price without tax, floor price. A quantity price names "
            "its quantity: A1023 900 100+ means 900 from 100 on."
        ),
    )

    class Meta:
        model = PriceList
        fields = ("code", "name", "customer", "currency", "valid_from", "valid_until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].required = False

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"] or BASE_CURRENCY

    def clean_rows(self) -> list[TypedPrice]:
        return read_price_lines(self.cleaned_data["rows"])


class PriceInline(TabularInline):
    model = Price
    readonly_fields = ("product", "minimum_quantity", "unit_price", "floor_price")
    extra = 0
    can_delete = False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The floor price only for those who may see it."""
        sees_floor = person(request).may("inventory.view_floor")
        return self.readonly_fields if sees_floor else self.readonly_fields[:-1]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person(request).may("inventory.view_prices")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Price]:
        return (
            super()
            .get_queryset(request)
            .select_related("product")
            .order_by("product__sku", "minimum_quantity")
        )


class ReasonActionForm(ActionForm):
    note = forms.CharField(label=_("Reason"), required=False, max_length=500)


@admin.register(PriceList)
class PriceListAdmin(BusinessAdmin):
    """A version is entered once and never edited; in force when the general manager has approved it."""

    view_permission = "inventory.view_prices"
    add_permission = MAINTAINS
    list_display = (
        "code",
        "name",
        "customer",
        "currency",
        "valid_from",
        "valid_until",
        "shown_status",
        "created_by",
        "approved_by",
    )
    list_filter = ("currency",)
    search_fields = ("code", "name", "customer__number", "customer__name")
    list_select_related = ("created_by", "approved_by", "customer")
    autocomplete_fields = ("customer",)
    actions = ("approve", "withdraw")
    action_form = ReasonActionForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriceList]:
        return self.scoped(request, super().get_queryset(request))

    @admin.display(description=_("status"))
    def shown_status(self, price_list: PriceList) -> str:
        return price_list.status_label

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        given = {"form": PriceListForm} if obj is None else {}
        return super().get_form(request, obj, change, **(given | kwargs))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("code", "name", "customer", "currency", "valid_from", "valid_until", "rows")
        return (
            "code",
            "name",
            "customer",
            "currency",
            "valid_from",
            "valid_until",
            "created_by",
            "approved_at",
            "approved_by",
            "withdrawn_at",
            "withdrawn_by",
            "ended_by",
        )

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [] if obj is None else [PriceInline]

    def save_model(self, request: HttpRequest, obj: PriceList, form: forms.ModelForm, change: bool) -> None:
        given = form.cleaned_data
        names = ("code", "name", "customer", "currency", "valid_from", "valid_until")
        typed = given["rows"]
        try:
            made = create_price_list(
                **{name: given[name] for name in names},
                prices=[each.row for each in typed],
                actor=person(request),
            )
        except InvalidInput as error:
            error.problems = tuple(at_its_line(problem, typed) for problem in error.problems)
            raise
        obj.pk = made.pk

    @admin.action(description=_("Approve price list"), permissions=["approve"])
    def approve(self, request: HttpRequest, rows: QuerySet[PriceList]) -> None:
        self.each(request, rows, lambda price_list: approve_price_list(price_list, actor=person(request)))

    @admin.action(description=_("Withdraw price list"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, rows: QuerySet[PriceList]) -> None:
        reason, actor = request.POST.get("note", ""), person(request)
        self.each(request, rows, lambda row: withdraw_price_list(row, reason=reason, actor=actor))

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return person(request).may(MAINTAINS) or self.has_approve_permission(request)

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return person(request).may("inventory.approve_price_list")


@admin.register(Warehouse)
class WarehouseAdmin(BusinessAdmin):
    view_permission = "inventory.view"
    add_permission = MAINTAINS
    list_display = ("code", "name", "name_en", "is_default")

    def save_model(self, request: HttpRequest, obj: Warehouse, form: forms.ModelForm, change: bool) -> None:
        obj.pk = create_warehouse(**form.cleaned_data, actor=person(request)).pk


@admin.register(StockLevel)
class StockLevelAdmin(ReadOnlyAdmin):
    view_permission = "inventory.view"
    list_display = ("product", "warehouse", "on_hand", "reserved")
    list_filter = ("warehouse",)
    list_select_related = ("product", "warehouse")
    search_fields = ("product__sku", "product__name")
    ordering = ("product__sku", "warehouse__code")


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    view_permission = "inventory.view"
    list_display = ("document_number", "line_no", "product", "warehouse", "quantity", "reserved_at")
    list_select_related = ("product", "warehouse")
    search_fields = ("document_number", "product__sku")
    ordering = ("-id",)


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    view_permission = "inventory.view"
    list_display = (
        "posted_on",
        "kind",
        "product",
        "warehouse",
        "batch",
        "quantity",
        "document_number",
        "actor",
    )
    list_filter = ("kind", "warehouse")
    list_select_related = ("product", "warehouse", "batch", "actor")
    search_fields = ("document_number", "product__sku", "batch__number")
    ordering = ("-id",)


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    view_permission = "inventory.view"
    list_display = ("product", "number", "certificate", "released_on", "expires_on")
    list_select_related = ("product",)
    search_fields = ("number", "certificate", "product__sku")
    ordering = ("-id",)


def person(request: HttpRequest) -> User:
    """The signed-in person, who acts."""
    return request.user  # type: ignore[return-value]
