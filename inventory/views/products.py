"""Pages of the products: list, one product with prices, stock, part numbers and history, and its forms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.components import Action, Tab
from core.errors import BusinessError, FieldProblem, InvalidInput
from core.keyset import keyset_page
from core.pages import ServiceFormPage, StaffPage, TransitionPage, safe_next, say_error, visible_or_404
from customers.models import Customer
from inventory.catalogue_forms import PartNumberForm, ProductForm
from inventory.models import CustomerPart, Product, StockLevel
from inventory.price_pages import events_of_product, parts_of_product
from inventory.prices import lists_in_force, price_book
from inventory.queries import products_found
from inventory.rows import ProductRow
from inventory.services.catalogue import (
    create_products,
    discontinue_product,
    reactivate_product,
    update_product,
)
from inventory.services.part_numbers import KEEPERS, PartNumberRow, remove_part_number, set_part_numbers

MAINTAINS = "inventory.maintain_catalogue"


class ProductListPage(StaffPage, TemplateView):
    """Products by code, with the list price of today. 4 statements."""

    template_name = "inventory/product_list.html"
    permission = "inventory.view"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = self.request.GET
        show, text, category = given.get("show", ""), given.get("q", ""), given.get("category", "")
        rows = products_found(text.replace("\x00", "")[:60])
        if show != "all":
            rows = rows.filter(discontinued_on__isnull=show != "discontinued")
        if category:
            rows = rows.filter(category=category.replace("\x00", "")[:60])
        page = keyset_page(
            rows, given.get("cursor", ""), key="sku", is_descending=given.get("sort") == "-sku"
        )
        may_see_prices = self.user.may("inventory.view_prices")
        lists = lists_in_force(None) if may_see_prices else None
        book = price_book(lists, [row.sku for row in page.rows]) if lists is not None else None
        return super().get_context_data(
            page=page,
            products=[(row, book.price_for(row.sku) if book is not None else None) for row in page.rows],
            tabs=self._tabs(show),
            categories=_categories(),
            q=text,
            category=category,
            show=show,
            may_see_prices=may_see_prices,
            may_see_cost=self.user.may("inventory.view_cost"),
            may_maintain=self.user.may(MAINTAINS),
            **kwargs,
        )

    def _tabs(self, show: str) -> list[Tab]:
        kinds = {"": _("On sale"), "discontinued": _("Discontinued"), "all": _("All products")}
        rest = self.request.GET.copy()
        for name in ("show", "cursor"):
            rest.pop(name, None)
        return [
            Tab(label, f"?show={kind}&{rest.urlencode()}".rstrip("&"), is_current=kind == show)
            for kind, label in kinds.items()
        ]


def _categories() -> list[str]:
    return list(
        Product.objects.exclude(category="")
        .order_by("category")
        .values_list("category", flat=True)
        .distinct()
    )


class ProductScope:
    kwargs: dict[str, Any]

    def product(self) -> Product:
        return visible_or_404(Product.objects.all(), sku=self.kwargs["number"])


class ProductPage(ProductScope, StaffPage, TemplateView):
    """One product. 8 statements."""

    template_name = "inventory/product_detail.html"
    permission = "inventory.view"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        product = self.product()
        prices: dict[str, Any] = {}
        if self.user.may("inventory.view_prices"):
            lists = lists_in_force(None)
            prices = {
                "price_list": lists.general,
                "prices": price_book(lists, [product.sku]).breaks_of(product.sku),
                "may_see_floor": self.user.may("inventory.view_floor"),
            }
        levels = StockLevel.objects.available().filter(product=product).select_related("warehouse")
        return super().get_context_data(
            product=product,
            levels=list(levels.order_by("warehouse__code")),
            parts=parts_of_product(product, self.user),
            events=events_of_product(product),
            actions=self._actions(product),
            may_see_cost=self.user.may("inventory.view_cost"),
            may_keep_parts=any(self.user.may(permission) for permission in KEEPERS),
            **prices,
            **kwargs,
        )

    def _actions(self, product: Product) -> list[Action]:
        if not self.user.may(MAINTAINS):
            return []
        edit = Action(
            _("Change the product"),
            reverse("product_edit", args=[product.sku]),
            method="get",
            icon="pencil",
            key="E",
            is_primary=True,
        )
        if product.discontinued_on is None:
            rest = Action(
                _("Discontinue the product"),
                reverse("product_discontinue", args=[product.sku]),
                icon="circle-x",
                is_danger=True,
                fields={"version": product.version},
                wants_reason=True,
            )
        else:
            rest = Action(
                _("Put on sale again"),
                reverse("product_reactivate", args=[product.sku]),
                icon="refresh",
                fields={"version": product.version},
                wants_reason=True,
            )
        return [edit, rest]


class ProductNewPage(ServiceFormPage):
    template_name = "inventory/product_form.html"
    permission = MAINTAINS
    form_class = ProductForm
    done_message = gettext_lazy("Product %(number)s was added.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def act(self, form: ProductForm) -> Product:
        with faults_of_one_row():
            return create_products([ProductRow(**form.values())], self.user)[0]


class ProductEditPage(ProductScope, ServiceFormPage):
    template_name = "inventory/product_form.html"
    permission = MAINTAINS
    form_class = ProductForm
    done_message = gettext_lazy("Product %(number)s was changed.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user, "product": self.product()}

    def get_initial(self) -> dict[str, Any]:
        product = self.product()
        names = ("name", "spec", "category", "barcode", "supply", "minimum_stock", "standard_cost", "version")
        rate = f"{product.tax_rate.normalize():f}"
        return {name: getattr(product, name) for name in names} | {"tax_rate": rate}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(product=self.product(), **kwargs)

    def act(self, form: ProductForm) -> Product:
        version = form.cleaned_data["version"]
        return update_product(self.product(), changes=form.values(), version=version, actor=self.user)


class _ProductStep(TransitionPage):
    permission = MAINTAINS
    lookup_field = "sku"

    def documents(self) -> QuerySet[Product]:
        return Product.objects.all()


class ProductDiscontinuePage(_ProductStep):
    done_message = gettext_lazy("Product %(number)s is discontinued.")

    def act(self, document: Product, *, version: int, note: str) -> Product:
        return discontinue_product(document, reason=note, version=version, actor=self.user)


class ProductReactivatePage(_ProductStep):
    done_message = gettext_lazy("Product %(number)s is on sale again.")

    def act(self, document: Product, *, version: int, note: str) -> Product:
        return reactivate_product(document, reason=note, version=version, actor=self.user)


class PartNumberNewPage(ProductScope, ServiceFormPage):
    """What a customer calls this product."""

    template_name = "inventory/part_number_form.html"
    permission = KEEPERS
    form_class = PartNumberForm
    done_message = gettext_lazy("The part number is kept.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial(self) -> dict[str, Any]:
        return {"customer": self.request.GET.get("customer", "").replace("\x00", "")[:12]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(product=self.product(), **kwargs)

    def act(self, form: PartNumberForm) -> Product:
        given, product = form.cleaned_data, self.product()
        row = PartNumberRow(given["part_number"], product.sku, given["name"])
        with faults_of_one_row():
            set_part_numbers(given["customer"], rows=[row], actor=self.user)
        return product


class PartNumberRemovePage(StaffPage):
    """POST: forget a part number, then back to where the person came from."""

    permission = KEEPERS
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        visible = Customer.objects.visible_to(self.user)
        parts = CustomerPart.objects.filter(customer__in=visible).select_related("product", "customer")
        part = visible_or_404(parts, pk=pk)
        back = safe_next(request, part.product.get_absolute_url())
        try:
            remove_part_number(part, actor=self.user)
        except BusinessError as error:
            say_error(request, error)
        else:
            messages.success(request, _("The part number was removed."))
        return redirect(back)


@contextmanager
def faults_of_one_row() -> Iterator[None]:
    """`#/rows/0/sku` of a service for many rows at the field of a form for one."""
    try:
        yield
    except InvalidInput as error:
        error.problems = tuple(
            FieldProblem(problem.pointer.replace("#/rows/0/", "#/"), problem.code, problem.detail)
            for problem in error.problems
        )
        raise
