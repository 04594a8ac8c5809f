"""Typing an order in: a form that works as plain HTML and that a script makes fast."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.attachments import PICTURE_OR_PDF, WORKBOOK, store_attachment
from core.errors import BusinessError, Conflict
from core.pages import StaffPage, say_error
from core.templatetags.figures import amount_text, price, quantity_text
from customers.models import Customer
from inventory.prices import PriceSource
from orders.assessment import examine_draft
from orders.drafts import OrderDraft
from orders.forms import OrderEntry, lines_under
from orders.models import Contract, Order
from orders.queries import customer_options, order_for_page, product_options
from orders.services.placing import edit_order, place_order
from orders.services.submitting import submit_order
from orders.workflow import OrderStatus

MORE_ROWS = 10
ORIGINALS = (*PICTURE_OR_PDF, *WORKBOOK)


def more_rows_in(request: HttpRequest) -> QueryDict:
    """What a grid was sent with, and some more empty rows."""
    data = request.POST.copy()
    given = data.get("line-TOTAL_FORMS", "0")
    total = int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 0
    data["line-TOTAL_FORMS"] = str(min(total + MORE_ROWS, 1000))
    return data


class EntryPage(StaffPage):
    """Shared by new and edit: nothing typed is ever lost."""

    def show(self, entry: OrderEntry, status: int = 200) -> HttpResponse:
        context = {
            "entry": entry,
            "header": entry.header,
            "lines": entry.lines,
            "order": entry.order,
            "line_errors": [],
        }
        if entry.header.is_bound and status != 200:
            context["line_errors"] = entry.line_errors()
        return render(self.request, "orders/order_entry.html", context, status=status)

    def more_rows(self, request: HttpRequest, order: Order | None) -> HttpResponse | None:
        """Without script: the button that adds empty rows sends the form, and it comes back as typed."""
        if "add_rows" not in request.POST:
            return None
        return self.show(OrderEntry(self.user, data=more_rows_in(request), order=order))

    def finish(self, request: HttpRequest, order: Order, done: str) -> HttpResponse:
        """Submit as well, if that button was used; what keeps the order back is said on its page."""
        if "submit_order" in request.POST:
            try:
                submit_order(order, actor=self.user)
                done = _("%(number)s was saved and submitted.")
            except BusinessError as error:
                messages.success(request, done % {"number": order.number})
                say_error(request, error)
                return HttpResponseRedirect(order.get_absolute_url())
        messages.success(request, done % {"number": order.number})
        return HttpResponseRedirect(order.get_absolute_url())


class OrderNewPage(EntryPage):
    permission = "orders.enter"

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {"customer": request.GET.get("customer", "").replace("\x00", "")[:12]}
        contract = self.contract()
        if contract is None:
            return self.show(OrderEntry(self.user, initial=initial))
        initial = {"customer": contract.customer.number, "contract": contract.number}
        return self.show(OrderEntry(self.user, initial=initial, rows=lines_under(contract)))

    def contract(self) -> Contract | None:
        """`?contract=`: the one the order is to come under, with its lines."""
        number = self.request.GET.get("contract", "").replace("\x00", "")[:24]
        found = Contract.objects.visible_to(self.user).filter(number=number) if number else None
        return (
            found.select_related("customer").prefetch_related("lines").first() if found is not None else None
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        again = self.more_rows(request, None)
        if again is not None:
            return again
        entry = OrderEntry(self.user, data=request.POST, files=request.FILES)
        if not entry.is_readable():
            return self.show(entry, status=422)
        try:
            order = self.place(entry)
        except Conflict as error:
            if error.code == "duplicate_external_ref":  # the same form, sent twice
                return HttpResponseRedirect(Order(number=error.facts["existing"]).get_absolute_url())
            entry.put_error(error)
            return self.show(entry, status=422)
        except BusinessError as error:
            entry.put_error(error)
            return self.show(entry, status=422)
        return self.finish(request, order, _("%(number)s was saved as a draft."))

    def place(self, entry: OrderEntry) -> Order:
        upload = entry.header.cleaned_data.get("original")
        original = (
            store_attachment(upload, kind="original", actor=self.user, allowed=ORIGINALS) if upload else None
        )
        customer = entry.header.customer_chosen()
        assert customer is not None
        return place_order(customer, draft=entry.draft(), actor=self.user, original=original)


class OrderEditPage(EntryPage):
    permission = "orders.edit"

    def order(self, number: str) -> Order:
        order = None if "\x00" in number else order_for_page(self.user, number)
        if order is None:
            raise Http404
        return order

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        order = self.order(number)
        if order.status != OrderStatus.DRAFT:
            messages.error(
                request, _("%(number)s is not a draft any more and cannot be corrected.") % {"number": number}
            )
            return HttpResponseRedirect(order.get_absolute_url())
        return self.show(OrderEntry(self.user, order=order))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        order = self.order(number)
        again = self.more_rows(request, order)
        if again is not None:
            return again
        entry = OrderEntry(self.user, data=request.POST, order=order)
        if not entry.is_readable():
            return self.show(entry, status=422)
        try:
            order = edit_order(
                order, draft=entry.draft(), actor=self.user, version=entry.header.cleaned_data["version"]
            )
        except BusinessError as error:
            entry.put_error(error)
            return self.show(entry, status=409 if error.http_status in (409, 412) else 422)
        return self.finish(request, order, _("%(number)s was corrected."))


class TotalsView(StaffPage):
    """POST the form as it stands; answers what each line is and what all of it comes to. Saves nothing."""

    permission = ("orders.enter", "orders.edit")
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> JsonResponse:
        number = request.POST.get("order", "").replace("\x00", "")
        order = order_for_page(self.user, number) if number else None
        entry = OrderEntry(self.user, data=request.POST, order=order)
        entry.is_readable()
        customer = entry.header.customer_chosen() if hasattr(entry.header, "cleaned_data") else None
        customer = customer or _nobody_yet()
        try:
            return JsonResponse(_totals(entry, customer))
        except BusinessError as error:
            return JsonResponse({"lines": [], "total": "", "error": str(error)})


def _nobody_yet() -> Customer:
    """Prices can be shown before the customer is chosen."""
    return Customer(number="", name="")


def _totals(entry: OrderEntry, customer: Customer) -> dict[str, Any]:
    readable = [
        (index, form)
        for index, form in enumerate(entry.lines.forms)
        if form in entry.filled and not form.errors
    ]
    header = entry.header.cleaned_data
    draft = entry_draft(entry, [form for _index, form in readable])
    examined = examine_draft(customer, draft)
    problems: dict[int, list[str]] = {}
    for problem in examined.problems:
        parts = problem.pointer.split("/")
        if len(parts) == 4 and parts[1] == "lines":
            problems.setdefault(int(parts[2]), []).append(problem.detail)
    priced = {line.line_no - 1: line for line in examined.priced.lines}
    stated = header.get("stated_amount")
    total = examined.priced.totals.total
    return {
        "lines": [
            _line_shown(
                index,
                form,
                examined.products.get(form.cleaned_data["sku"].strip()),
                priced.get(n),
                problems.get(n, []),
            )
            for n, (index, form) in enumerate(readable)
        ],
        "net": amount_text(examined.priced.totals.net),
        "tax": amount_text(examined.priced.totals.tax),
        "total": amount_text(total),
        "difference": "" if stated is None or stated == total else amount_text(stated - total),
        "agrees": stated is not None and stated == total,
        "warnings": [
            warning.detail for warning in examined.priced.warnings if warning.code != "amount_mismatch"
        ],
    }


def entry_draft(entry: OrderEntry, forms: list[Any]) -> OrderDraft:
    """What of a form can be priced already, whatever its header still lacks."""
    header = entry.header.cleaned_data
    return OrderDraft(
        channel=Order.Channel.EMAIL,
        lines=tuple(form.draft() for form in forms),
        stated_amount=header.get("stated_amount"),
        freight=header.get("freight") or Order._meta.get_field("freight").get_default(),
    )


def _line_shown(index: int, form: Any, product: Any, line: Any, problems: list[str]) -> dict[str, Any]:
    return {
        "row": index,
        "name": product.name if product else "",
        "spec": product.spec if product else "",
        "unit": product.unit if product else "",
        "list_price": _price_in_force(product, line),
        "source": _source_shown(line),
        "amount": amount_text(line.amounts.gross) if line else "",
        "problem": " ".join(problems),
    }


def _price_in_force(product: Any, line: Any) -> str:
    """What holds when no price is typed: the customer's, the quantity's or the list's."""
    found = line.found.unit_price if line is not None and line.found is not None else None
    if found is None and product is not None:
        found = product.unit_price
    return "" if found is None else str(price(found))


def _source_shown(line: Any) -> str:
    """Where the price comes from, and beside another than the list's the list price and the floor (QT-03)."""
    if line is None:
        return ""
    source = str(PriceSource(line.price_source).label)
    if line.price_source == PriceSource.LIST or line.list_price is None:
        return source
    words = {"source": source, "price": price(line.list_price)}
    if line.floor_price is None:
        return _("%(source)s; list %(price)s") % words
    return _("%(source)s; list %(price)s, floor %(floor)s") % {**words, "floor": price(line.floor_price)}


class ProductOptionsView(StaffPage):
    """`?q=` by code, barcode, the part number of `customer`, name or pinyin, for the code cell."""

    permission = ("orders.enter", "orders.edit")

    def get(self, request: HttpRequest) -> JsonResponse:
        text = request.GET.get("q", "").replace("\x00", "")[:40]
        try:
            found = product_options(text, self._customer())
        except BusinessError:
            found = []
        options = [
            {
                "value": option.product.sku,
                "text": f"{option.product.name} {option.product.spec}".strip(),
                "price": "" if option.unit_price is None else str(price(option.unit_price)),
                "note": _("%(quantity)s %(unit)s free")
                % {"quantity": quantity_text(option.available), "unit": option.product.unit},
            }
            for option in found
        ]
        return JsonResponse(options, safe=False)

    def _customer(self) -> Customer | None:
        number = self.request.GET.get("customer", "").replace("\x00", "")[:12]
        return Customer.objects.visible_to(self.user).filter(number=number).first() if number else None


class CustomerOptionsView(StaffPage):
    """`?q=` by number, name or pinyin initials: customers of the person's desks."""

    permission = ("orders.enter", "orders.view")

    def get(self, request: HttpRequest) -> JsonResponse:
        found = customer_options(self.user, request.GET.get("q", "").replace("\x00", "")[:60])
        options = [
            {
                "value": customer.number,
                "text": f"{customer.number} {customer.name}",
                "note": f"{customer.grade} · {customer.region or '—'} · {customer.get_settlement_display()}",
            }
            for customer in found
        ]
        return JsonResponse(options, safe=False)
