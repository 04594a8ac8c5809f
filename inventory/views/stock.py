"""Pages of the stock: what lies where, what is below its minimum, and goods coming in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from core.components import Tab
from core.errors import BusinessError
from core.form_once import AlreadySent, sent_once
from core.keyset import keyset_page
from core.numbering import next_number
from core.pages import StaffPage
from inventory.forms import ReceiptForm, ReceiptRows
from inventory.models import StockMovement, Warehouse
from inventory.queries import default_warehouse, products_found, products_in_stock
from inventory.services.stock import RECEIPT_SERIES, Receipt, ReceiptLine, receive_stock

OPTIONS_SHOWN = 20


class StockPage(StaffPage, TemplateView):
    """Products with on hand, reserved and available, in one warehouse or all (SY-04). 5 statements."""

    template_name = "inventory/stock_list.html"
    permission = "inventory.view"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = self.request.GET
        warehouses = list(Warehouse.objects.all())
        warehouse = next((found for found in warehouses if found.code == given.get("warehouse")), None)
        is_low = given.get("view") == "low"
        rows = products_in_stock(warehouse=warehouse, text=given.get("q", ""), is_below_minimum=is_low)
        return super().get_context_data(
            page=keyset_page(
                rows, given.get("cursor", ""), key="sku", is_descending=given.get("sort") == "-sku"
            ),
            tabs=self._tabs(is_low=is_low),
            warehouses=warehouses,
            warehouse=warehouse,
            q=given.get("q", ""),
            view=given.get("view", ""),
            is_low=is_low,
            may_receive=self.user.may("inventory.receive"),
            **kwargs,
        )

    def _tabs(self, *, is_low: bool) -> list[Tab]:
        query = self.request.GET.copy()
        for name in ("view", "cursor"):
            query.pop(name, None)
        rest = query.urlencode()
        low = f"?view=low&{rest}" if rest else "?view=low"
        return [
            Tab(_("All products"), f"?{rest}", is_current=not is_low),
            Tab(_("Below minimum"), low, is_current=is_low),
        ]


class ProductOptions(StaffPage):
    """`?q=` → products on sale for a search box, by code, barcode, name or pinyin."""

    permission = "inventory.view"

    def get(self, request: HttpRequest) -> JsonResponse:
        text = request.GET.get("q", "").replace("\x00", "")[:60]
        found = products_found(text).on_sale().order_by("sku")[:OPTIONS_SHOWN]  # type: ignore[attr-defined]
        options = [
            {
                "value": product.sku,
                "text": f"{product.sku} {product.name}",
                "note": f"{product.spec} {product.unit}".strip(),
            }
            for product in found
        ]
        return JsonResponse(options, safe=False)


class ReceivePage(StaffPage, TemplateView):
    """Goods come in: code, quantity, batch and certificate by row (PP-02)."""

    template_name = "inventory/receipt_form.html"
    permission = "inventory.receive"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", ReceiptForm(initial={"warehouse": default_warehouse()}))
        kwargs.setdefault("rows", ReceiptRows(prefix="row"))
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        if "more" in request.POST:
            return self._with_more_rows(request)
        form, rows = ReceiptForm(request.POST), ReceiptRows(request.POST, prefix="row")
        if form.is_valid() and rows.is_valid():
            key = request.POST.get("form_key", "")
            try:
                with sent_once(self.user, key=key, route=request.path, address=_receipt_page):
                    receipt = self._receive(form, rows)
            except AlreadySent as error:
                messages.info(request, str(error))
                return redirect(error.address)
            except BusinessError as error:
                _put_on_rows(error, form, rows)
            else:
                messages.success(
                    request, _("%(number)s: the goods are in stock.") % {"number": receipt.number}
                )
                return redirect("receipt", receipt.number)
        return self.render_to_response(self.get_context_data(form=form, rows=rows), status=422)

    def _receive(self, form: ReceiptForm, rows: Any) -> Receipt:
        lines = [
            ReceiptLine(
                product_id=rows.products[row.cleaned_data["sku"]].pk,
                quantity=row.cleaned_data["quantity"],
                batch_number=row.cleaned_data["batch"],
                certificate=row.cleaned_data["certificate"],
                expires_on=row.cleaned_data["expires_on"],
            )
            for row in rows.filled
        ]
        return receive_stock(
            form.cleaned_data["warehouse"],
            lines=lines,
            document_number=next_number(RECEIPT_SERIES),
            reference=form.cleaned_data["reference"],
            actor=self.user,
        )

    def _with_more_rows(self, request: HttpRequest) -> HttpResponse:
        """The same entries with eight rows more, for those who type without scripts, too."""
        typed = ReceiptRows(request.POST, prefix="row")
        rows = ReceiptRows(prefix="row", initial=[_typed(row) for row in typed.forms])
        form = ReceiptForm(initial={name: request.POST.get(name) for name in ReceiptForm.base_fields})
        return self.render_to_response(self.get_context_data(form=form, rows=rows))


def _receipt_page(receipt: Receipt) -> str:
    return reverse("receipt", args=[receipt.number])


def _typed(row: Any) -> dict[str, Any]:
    return {name: row[name].value() for name in row.fields}


def _put_on_rows(error: BusinessError, form: ReceiptForm, rows: Any) -> None:
    """`#/lines/1/batch` at the second row that was filled in, the rest above the form."""
    for problem in error.problems:
        _hash, _lines, index, name = [*problem.pointer.split("/"), "", "", ""][:4]
        if index.isdigit() and int(index) < len(rows.filled):
            rows.filled[int(index)].add_error(name if name in rows.forms[0].fields else None, problem.detail)
        else:
            form.add_error(None, problem.detail)
    if not error.problems:
        form.add_error(None, str(error))


class ReceiptPage(StaffPage, TemplateView):
    """What came in with one receipt, and the batches it made."""

    template_name = "inventory/receipt_detail.html"
    permission = "inventory.view"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        number = str(kwargs.pop("number")).replace("\x00", "")
        rows = StockMovement.objects.filter(document_number=number, kind=StockMovement.Kind.RECEIPT)
        lines = list(rows.select_related("product", "warehouse", "batch", "actor").order_by("line_no"))
        if not lines:
            raise Http404
        return super().get_context_data(number=number, lines=lines, first=lines[0], **kwargs)
