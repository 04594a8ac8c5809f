"""Typing an enquiry in: a form that works as plain HTML and that a script makes fast."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.errors import BusinessError
from core.form_once import AlreadySent, sent_once
from core.pages import StaffPage
from inventory.queries import products_found
from orders.enquiries.drafts import MOST_LINES
from orders.enquiries.forms import EnquiryEntry
from orders.enquiries.queries import enquiry_for_page
from orders.enquiries.services import edit_enquiry, open_enquiry
from orders.enquiries.services.intake import EDITABLE
from orders.models import Enquiry

MORE_ROWS = 5
OPTIONS_SHOWN = 12


class EnquiryEntryPage(StaffPage):
    """Shared by new and edit: nothing typed is ever lost."""

    permission = "orders.handle_enquiries"

    def show(self, entry: EnquiryEntry, status: int = 200) -> HttpResponse:
        context = {
            "entry": entry,
            "header": entry.header,
            "lines": entry.lines,
            "enquiry": entry.enquiry,
            "line_errors": entry.line_errors() if entry.header.is_bound and status != 200 else [],
        }
        return render(self.request, "orders/enquiry_entry.html", context, status=status)

    def more_rows(self, request: HttpRequest, enquiry: Enquiry | None) -> HttpResponse | None:
        """Without script: the button that adds empty rows sends the form, and it comes back as typed."""
        if "add_rows" not in request.POST:
            return None
        data = request.POST.copy()
        given = data.get("line-TOTAL_FORMS", "0")
        total = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
        data["line-TOTAL_FORMS"] = str(min(total + MORE_ROWS, MOST_LINES))
        return self.show(EnquiryEntry(self.user, data=data, enquiry=enquiry))


class EnquiryNewPage(EnquiryEntryPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET.get(name, "").replace("\x00", "")[:12] for name in ("customer", "channel")}
        own = self.user.desk_assignments.in_force().values_list("region__code", flat=True)[:2]
        desks = list(own)
        initial: dict[str, Any] = {name: value for name, value in asked.items() if value}
        if len(desks) == 1:
            initial["region"] = desks[0]
        return self.show(EnquiryEntry(self.user, initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        again = self.more_rows(request, None)
        if again is not None:
            return again
        entry = EnquiryEntry(self.user, data=request.POST)
        if not entry.is_readable():
            return self.show(entry, status=422)
        key = request.POST.get("form_key", "")
        try:
            with sent_once(self.user, key=key, route=request.path, address=_address):
                enquiry = open_enquiry(draft=entry.draft(), actor=self.user)
        except AlreadySent as error:
            messages.info(request, str(error))
            return HttpResponseRedirect(error.address)
        except BusinessError as error:
            entry.put_error(error)
            return self.show(entry, status=422)
        messages.success(request, _("%(number)s was recorded.") % {"number": enquiry.number})
        return HttpResponseRedirect(enquiry.get_absolute_url())


class EnquiryEditPage(EnquiryEntryPage):
    def enquiry(self, number: str) -> Enquiry:
        found = None if "\x00" in number else enquiry_for_page(self.user, number)
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        enquiry = self.enquiry(number)
        if enquiry.status not in EDITABLE:
            messages.error(
                request,
                _("%(number)s is closed and cannot be corrected. Reopen it first.") % {"number": number},
            )
            return HttpResponseRedirect(enquiry.get_absolute_url())
        return self.show(EnquiryEntry(self.user, enquiry=enquiry))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        enquiry = self.enquiry(number)
        again = self.more_rows(request, enquiry)
        if again is not None:
            return again
        entry = EnquiryEntry(self.user, data=request.POST, enquiry=enquiry)
        if not entry.is_readable():
            return self.show(entry, status=422)
        was_confirmed, version = enquiry.is_demand_confirmed, entry.header.cleaned_data["version"]
        try:
            enquiry = edit_enquiry(enquiry, draft=entry.draft(), actor=self.user, version=version)
        except BusinessError as error:
            entry.put_error(error)
            return self.show(entry, status=409 if error.http_status in (409, 412) else 422)
        messages.success(request, _("%(number)s was corrected.") % {"number": enquiry.number})
        if was_confirmed and not enquiry.is_demand_confirmed:
            messages.warning(
                request, _("The demand has changed: have the customer confirm the demand note again.")
            )
        return HttpResponseRedirect(enquiry.get_absolute_url())


class EnquiryProductOptions(StaffPage):
    """`?q=` by code, barcode, name or pinyin, for the code cell: no prices, for an enquiry has none."""

    permission = "orders.handle_enquiries"

    def get(self, request: HttpRequest) -> JsonResponse:
        text = request.GET.get("q", "").replace("\x00", "").strip()[:40]
        on_sale = products_found(text).filter(discontinued_on__isnull=True)
        rows = list(on_sale.order_by("sku")[:OPTIONS_SHOWN]) if text else []
        options = [
            {
                "value": product.sku,
                "text": f"{product.name} {product.spec}".strip(),
                "price": "",
                "note": product.unit,
            }
            for product in rows
        ]
        return JsonResponse(options, safe=False)


def _address(enquiry: Enquiry) -> str:
    return enquiry.get_absolute_url()
