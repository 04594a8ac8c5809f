"""The catalogue in the administration: the clerk keeps it, the general manager approves prices (QT-03)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget

from core.admin_base import BusinessAdmin, ReadOnlyAdmin
from core.errors import FieldProblem, InvalidInput
from core.models import User
from core.widgets import plain_number
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
from inventory.rows import PriceRow, ProductRow
from inventory.services.catalogue import CHANGEABLE, create_products, create_warehouse, update_product
from inventory.services.price_lists import approve_price_list, create_price_list

MAINTAINS = "inventory.maintain_catalogue"


@admin.register(Product)
class ProductAdmin(BusinessAdmin):
    """Code and unit stand for good; the rest is kept by the catalogue clerk."""

    view_permission = "inventory.view"
    add_permission = change_permission = MAINTAINS
    list_display = ("sku", "name", "spec", "unit", "tax_rate", "supply", "minimum_stock", "discontinued_on")
    list_filter = ("supply", "category")
    search_fields = ("sku", "barcode", "name", "spec", "pinyin")
    fields = ("sku", "unit", "unit_decimals", *CHANGEABLE)

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> tuple[str, ...]:
        return ("sku", "unit", "unit_decimals") if obj is not None else ("discontinued_on",)

    def save_model(self, request: HttpRequest, obj: Product, form: forms.ModelForm, change: bool) -> None:
        given = form.cleaned_data
        if change:
            changes = {name: given[name] for name in form.changed_data if name in CHANGEABLE}
            update_product(obj, changes=changes, actor=person(request))
        else:
            row = ProductRow(**{name: given[name] for name in ProductRow.__dataclass_fields__})
            obj.pk = create_products([row], person(request))[0].pk


class PriceListForm(forms.ModelForm):
    rows = forms.CharField(
        label=_("Prices"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 16}),
        help_text=_(
            "One product a line: code, list price, floor price (may be left out), as in a spreadsheet."
        ),
    )

    class Meta:
        model = PriceList
        fields = ("code", "name", "valid_from", "valid_until")

    def clean_rows(self) -> list[PriceRow]:
        return read_price_rows(self.cleaned_data["rows"])


def read_price_rows(text: str) -> list[PriceRow]:
    """Lines of code, price and floor, parted by tabs, semicolons or blanks."""
    rows = []
    for line_no, line in enumerate(text.splitlines(), start=1):
        parts = line.replace(";", "\t").split("\t") if "\t" in line or ";" in line else line.split()
        parts = [part.strip() for part in parts if part.strip()]
        if not parts:
            continue
        try:
            sku, price, floor = parts if len(parts) == 3 else (*parts, "")
            floor_price = Decimal(plain_number(floor)) if floor else None
            rows.append(PriceRow(sku, Decimal(plain_number(price)), floor_price))
        except (ValueError, ArithmeticError) as error:
            message = gettext("Line %(line)s is not a code with one or two prices: %(text)s")
            raise forms.ValidationError(message % {"line": line_no, "text": line[:60]}) from error
    return rows


class PriceInline(TabularInline):
    model = Price
    fields = ("product", "unit_price", "floor_price")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person(request).may("inventory.view_prices")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Price]:
        return super().get_queryset(request).select_related("product").order_by("product__sku")


@admin.register(PriceList)
class PriceListAdmin(BusinessAdmin):
    """A version is entered once and never edited; in force when the general manager has approved it."""

    view_permission = "inventory.view_prices"
    add_permission = MAINTAINS
    list_display = ("code", "name", "valid_from", "valid_until", "created_by", "approved_at", "approved_by")
    list_select_related = ("created_by", "approved_by")
    actions = ("approve",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        given = {"form": PriceListForm} if obj is None else {}
        return super().get_form(request, obj, change, **(given | kwargs))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("code", "name", "valid_from", "valid_until", "rows")
        return (
            "code",
            "name",
            "currency",
            "valid_from",
            "valid_until",
            "created_by",
            "approved_at",
            "approved_by",
        )

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [] if obj is None else [PriceInline]

    def save_model(self, request: HttpRequest, obj: PriceList, form: forms.ModelForm, change: bool) -> None:
        given = form.cleaned_data
        made = create_price_list(
            code=given["code"],
            name=given["name"],
            valid_from=given["valid_from"],
            valid_until=given["valid_until"],
            prices=given["rows"],
            actor=person(request),
        )
        obj.pk = made.pk

    def refuse(self, request: HttpRequest, error: Any) -> None:
        """Say which line a fault stands in."""
        if isinstance(error, InvalidInput) and error.problems:
            lines = [FieldProblem(p.pointer, p.code, _line_of(p)) for p in error.problems]
            error.problems = tuple(lines)
        super().refuse(request, error)

    @admin.action(description=_("Approve price list"), permissions=["approve"])
    def approve(self, request: HttpRequest, rows: QuerySet[PriceList]) -> None:
        self.each(request, rows, lambda price_list: approve_price_list(price_list, actor=person(request)))

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return person(request).may("inventory.approve_price_list")


def _line_of(problem: FieldProblem) -> str:
    parts = problem.pointer.split("/")
    if len(parts) > 2 and parts[1] == "prices" and parts[2].isdigit():
        return gettext("Line %(line)s: %(fault)s") % {"line": int(parts[2]) + 1, "fault": problem.detail}
    return problem.detail


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
