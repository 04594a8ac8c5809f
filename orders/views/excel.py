"""The standard Excel form: download for a customer, upload when it is filled in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from core.attachments import CONTENT_TYPES
from core.components import RowResult
from core.errors import BusinessError
from core.pages import StaffPage, put_error_on_form, visible_or_404
from customers.models import Customer
from orders.forms import FormRequestForm, UploadForm
from orders.intake.excel_form import FormRefused, import_order_form, issue_order_form
from orders.models import Order


class UploadPage(StaffPage):
    """All or nothing; the faults are listed cell by cell and the upload stays on file (XL-02)."""

    permission = "orders.enter"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(UploadForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            order = import_order_form(form.cleaned_data["file"], actor=self.user)
        except FormRefused as error:
            return self.show(UploadForm(), faults=faults_of(error), error=error, status=422)
        except BusinessError as error:
            put_error_on_form(form, error)
            return self.show(form, status=422)
        messages.success(request, _("%(number)s was imported as a draft.") % {"number": order.number})
        return HttpResponseRedirect(order.get_absolute_url())

    def show(self, form: UploadForm, status: int = 200, **context: Any) -> HttpResponse:
        request_form = FormRequestForm(user=self.user)
        return render(
            self.request,
            "orders/order_upload.html",
            {"form": form, "request_form": request_form, **context},
            status=status,
        )


def faults_of(error: FormRefused) -> list[RowResult]:
    return [
        RowResult(
            label=_("Row %(row)s") % {"row": problem.row},
            place=f"{problem.sheet} {problem.column}{problem.row}",
            value=problem.value,
            is_done=False,
            message=problem.detail,
        )
        for problem in error.cell_problems
    ]


class OrderFormPage(StaffPage):
    """GET: the workbook of a customer, with today's prices (XL-01)."""

    permission = "orders.enter"

    def get(self, request: HttpRequest) -> HttpResponse:
        number = request.GET.get("customer", "")[:12]
        customer = visible_or_404(Customer.objects.visible_to(self.user).with_defaults(), number=number)
        try:
            form, content = issue_order_form(customer, actor=self.user)
        except BusinessError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect("../upload/")
        return workbook_response(content, f"{_('order form')} {customer.number} {form.price_list.code}.xlsx")


class FilledFormPage(StaffPage):
    """GET: an order as the standard form, its quantities in it (XL-03)."""

    permission = "orders.view"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        order = visible_or_404(Order.objects.visible_to(self.user), number=number)
        customer = Customer.objects.with_defaults().get(pk=order.customer_id)
        try:
            _form, content = issue_order_form(customer, actor=self.user, order=order)
        except BusinessError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(order.get_absolute_url())
        return workbook_response(content, f"{order.number}.xlsx")


def workbook_response(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=CONTENT_TYPES["xlsx"])
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response
