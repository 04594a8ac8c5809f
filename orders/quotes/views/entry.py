"""The quote builder: the order's grid as plain HTML, which the same script makes fast."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.errors import BusinessError, Conflict
from core.pages import StaffPage, say_error
from core.templatetags.figures import amount_text, percent, price
from customers.models import Customer
from inventory.prices import PriceSource
from orders.models import Enquiry, Quote
from orders.quotes.assessment import PricedQuoteLine, QuoteExamination, examine_quote
from orders.quotes.forms import QuoteEntry, header_like, rows_from_enquiry, rows_of
from orders.quotes.queries import enquiry_to_quote, posts_that_allow, quote_for_page
from orders.quotes.services import create_quote, edit_quote, submit_quote
from orders.quotes.workflow import QuoteStatus
from orders.views.entry import CustomerOptionsView, ProductOptionsView, more_rows_in

PAGE = "orders/quotes/quote_entry.html"


class BuilderPage(StaffPage):
    """Shared by new and edit: nothing typed is ever lost."""

    permission = "orders.make_quotes"

    def show(self, entry: QuoteEntry, status: int = 200, **more: Any) -> HttpResponse:
        context = {
            "entry": entry,
            "header": entry.header,
            "lines": entry.lines,
            "quote": entry.quote,
            "line_errors": [],
            "shows_margin": self.user.may("inventory.view_cost"),
            **more,
        }
        if entry.header.is_bound and status != 200:
            context["line_errors"] = entry.line_errors()
        return render(self.request, PAGE, context, status=status)

    def finish(self, request: HttpRequest, quote: Quote, done: str) -> HttpResponse:
        """Submit as well, if that button was used; what keeps the quotation back is said on its page."""
        if "submit_quote" in request.POST:
            try:
                submit_quote(quote, actor=self.user)
                done = _("%(number)s was saved and submitted.")
            except BusinessError as error:
                messages.success(request, done % {"number": quote.number})
                say_error(request, error)
                return HttpResponseRedirect(quote.get_absolute_url())
        messages.success(request, done % {"number": quote.number})
        return HttpResponseRedirect(quote.get_absolute_url())


class QuoteNewPage(BuilderPage):
    """`?customer=`, `?enquiry=` or `?from=` a quotation whose lines are taken over at today's prices."""

    def get(self, request: HttpRequest) -> HttpResponse:
        given = {name: str(value).replace("\x00", "")[:24] for name, value in request.GET.items()}
        enquiry = enquiry_to_quote(self.user, given["enquiry"]) if given.get("enquiry") else None
        model = quote_for_page(self.user, given["from"]) if given.get("from") else None
        initial: dict[str, Any] = {"customer": given.get("customer", "")[:12]}
        rows: list[dict[str, Any]] = []
        if model is not None:
            initial |= {"customer": initial["customer"] or model.customer.number, **header_like(model)}
            rows = rows_of(model, is_new=True)
        if enquiry is not None:
            initial |= _header_from(enquiry)
            rows = rows or rows_from_enquiry(enquiry)
        return self.show(QuoteEntry(self.user, initial=initial, rows=rows), enquiry=enquiry, model=model)

    def post(self, request: HttpRequest) -> HttpResponse:
        if "add_rows" in request.POST:
            return self.show(QuoteEntry(self.user, data=more_rows_in(request)))
        entry = QuoteEntry(self.user, data=request.POST)
        if not entry.is_readable():
            return self.show(entry, status=422)
        customer = entry.header.customer_chosen()
        assert customer is not None
        try:
            quote = create_quote(customer, draft=entry.draft(), enquiry=self.enquiry(entry), actor=self.user)
        except Conflict as error:
            if error.code == "duplicate_external_ref":  # the same form, sent twice
                return HttpResponseRedirect(Quote(number=error.facts["existing"]).get_absolute_url())
            entry.put_error(error)
            return self.show(entry, status=422)
        except BusinessError as error:
            entry.put_error(error)
            return self.show(entry, status=422)
        return self.finish(request, quote, _("%(number)s was saved as a draft."))

    def enquiry(self, entry: QuoteEntry) -> Enquiry | None:
        number = entry.header.cleaned_data.get("enquiry") or ""
        return enquiry_to_quote(self.user, number) if number else None


def _header_from(enquiry: Enquiry) -> dict[str, Any]:
    """Contact and customer of an enquiry; a prospect without a file is chosen by hand."""
    names = ("contact_name", "contact_phone", "contact_email")
    header: dict[str, Any] = {name: getattr(enquiry, name) for name in names}
    header["enquiry"] = enquiry.number
    if enquiry.customer is not None:
        header["customer"] = enquiry.customer.number
    return header


class QuoteEditPage(BuilderPage):
    def quote(self, number: str) -> Quote:
        quote = None if "\x00" in number else quote_for_page(self.user, number)
        if quote is None:
            raise Http404
        return quote

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        quote = self.quote(number)
        if quote.status != QuoteStatus.DRAFT:
            messages.error(
                request,
                _("%(number)s is not a draft any more. Revise it to make a new version.")
                % {"number": number},
            )
            return HttpResponseRedirect(quote.get_absolute_url())
        return self.show(QuoteEntry(self.user, quote=quote))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        quote = self.quote(number)
        if "add_rows" in request.POST:
            return self.show(QuoteEntry(self.user, data=more_rows_in(request), quote=quote))
        entry = QuoteEntry(self.user, data=request.POST, quote=quote)
        if not entry.is_readable():
            return self.show(entry, status=422)
        try:
            quote = edit_quote(
                quote, draft=entry.draft(), actor=self.user, version=entry.header.cleaned_data["version"]
            )
        except BusinessError as error:
            entry.put_error(error)
            return self.show(entry, status=409 if error.http_status in (409, 412) else 422)
        return self.finish(request, quote, _("%(number)s was corrected."))


class QuoteTotalsView(StaffPage):
    """POST the form as it stands; answers what each line is and what all of it comes to. Saves nothing."""

    permission = "orders.make_quotes"
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> JsonResponse:
        number = request.POST.get("quote", "").replace("\x00", "")
        quote = quote_for_page(self.user, number) if number else None
        entry = QuoteEntry(self.user, data=request.POST, quote=quote)
        entry.is_readable()
        customer = entry.header.customer_chosen() if hasattr(entry.header, "cleaned_data") else None
        shown = [
            (index, form)
            for index, form in enumerate(entry.lines.forms)
            if form in entry.filled and not form.errors
        ]
        draft = entry.draft_of([form for _index, form in shown])
        try:
            examined = examine_quote(customer or Customer(number="", name=""), draft)
        except BusinessError as error:
            return JsonResponse({"lines": [], "total": "", "error": str(error)})
        rows = [(index, form.cleaned_data["sku"].strip()) for index, form in shown]
        return JsonResponse(totals_shown(examined, rows, shows_margin=self.user.may("inventory.view_cost")))


def totals_shown(
    examined: QuoteExamination, rows: list[tuple[int, str]], *, shows_margin: bool
) -> dict[str, Any]:
    """What the script writes into the grid; margins only for those who may see costs."""
    problems: dict[int, list[str]] = {}
    for problem in examined.problems:
        parts = problem.pointer.split("/")
        if len(parts) == 4 and parts[1] == "lines":
            problems.setdefault(int(parts[2]), []).append(problem.detail)
    priced = {line.line_no - 1: line for line in examined.priced.lines}
    totals, currency = examined.priced.totals, examined.priced.customer.currency
    lines = []
    for n, (index, code) in enumerate(rows):
        line, product = priced.get(n), examined.products.get(code)
        lines.append(
            {
                "row": index,
                "name": product.name if product else "",
                "spec": product.spec if product else "",
                "unit": product.unit if product else "",
                "list_price": _found_price(line, currency),
                "source": str(PriceSource(line.priced.price_source).label) if line else "",
                "amount": amount_text(line.amounts.gross, currency) if line else "",
                "margin": _margin(line) if line and shows_margin else "",
                "problem": " ".join(problems.get(n, [])),
            }
        )
    return {
        "lines": lines,
        "net": amount_text(totals.net, currency),
        "tax": amount_text(totals.tax, currency),
        "total": amount_text(totals.total, currency),
        "warnings": [*(warning.detail for warning in examined.priced.warnings), *_authority(examined)],
    }


def _found_price(line: PricedQuoteLine | None, currency: str) -> str:
    """The price that holds when none is typed in."""
    if line is None or line.priced.found is None:
        return ""
    return str(price(line.priced.found.unit_price, currency))


def _margin(line: PricedQuoteLine) -> str:
    if line.margin is None or not line.amounts.net:
        return ""
    return percent(line.margin / line.amounts.net * 100, 1)


def _authority(examined: QuoteExamination) -> list[str]:
    """Who will have to allow these prices (QT-03)."""
    posts = posts_that_allow(examined.priced.prices.level)
    if examined.priced.prices.level == "rep" or not posts:
        return []
    return [_("These prices are for: %(roles)s.") % {"roles": posts}]


class QuoteProductOptionsView(ProductOptionsView):
    permission = "orders.make_quotes"  # type: ignore[assignment]


class QuoteCustomerOptionsView(CustomerOptionsView):
    permission = "orders.make_quotes"  # type: ignore[assignment]
