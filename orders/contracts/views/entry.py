"""Applying for a contract: a form that works as plain HTML and that a script makes fast."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.errors import BusinessError, Conflict
from core.pages import StaffPage, say_error, seen_version, visible_or_404
from customers.models import Customer
from orders.contracts.forms import ContractEntry
from orders.contracts.queries import contract_for_page
from orders.contracts.services import apply_for_contract, edit_contract, submit_contract
from orders.contracts.services.from_quote import create_contract_from_quote
from orders.contracts.workflow import ContractStatus
from orders.models import Contract, Quote
from orders.views.entry import CustomerOptionsView, ProductOptionsView, TotalsView

MORE_ROWS = 10
APPLIES = "orders.apply_for_contracts"


class ContractEntryPage(StaffPage):
    """Shared by new and edit: nothing typed is ever lost."""

    permission = APPLIES

    def show(self, entry: ContractEntry, status: int = 200) -> HttpResponse:
        is_refused = entry.header.is_bound and status != 200
        context = {
            "entry": entry,
            "header": entry.header,
            "lines": entry.lines,
            "contract": entry.contract,
            "parent": entry.parent,
            "line_errors": entry.line_errors() if is_refused else [],
        }
        return render(self.request, "orders/contract_form.html", context, status=status)

    def with_more_rows(self) -> Any:
        """Without script: the button that adds empty rows sends the form, and it comes back as typed."""
        if "add_rows" not in self.request.POST:
            return None
        data = self.request.POST.copy()
        given = data.get("line-TOTAL_FORMS", "0")
        total = int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 0
        data["line-TOTAL_FORMS"] = str(min(total + MORE_ROWS, 1000))
        return data

    def finish(self, contract: Contract, done: str) -> HttpResponse:
        """Submit as well, if that button was used; what keeps the application back is said on its page."""
        if "submit_contract" in self.request.POST:
            try:
                submit_contract(contract, actor=self.user)
                done = _("%(number)s was saved and submitted.")
            except BusinessError as error:
                say_error(self.request, error)
        messages.success(self.request, done % {"number": contract.number})
        return HttpResponseRedirect(contract.get_absolute_url())


class ContractNewPage(ContractEntryPage):
    """`?customer=`, `?supplement_to=` a contract in force, or `?quote=` an accepted quotation."""

    def parent(self) -> Contract | None:
        number = self.request.POST.get("supplement_to") or self.request.GET.get("supplement_to", "")
        if not number:
            return None
        contracts = Contract.objects.visible_to(self.user).for_display()
        parent: Contract = visible_or_404(contracts, number=number)
        return parent

    def quote(self) -> Quote | None:
        number = self.request.GET.get("quote", "")
        if not number:
            return None
        quotes = Quote.objects.visible_to(self.user).for_display().prefetch_related("lines")
        quote: Quote = visible_or_404(quotes, number=number)
        return quote

    def get(self, request: HttpRequest) -> HttpResponse:
        quote = self.quote()
        if quote is not None:
            return self.show_quote(quote)
        number = request.GET.get("customer", "").replace("\x00", "")[:12]
        initial = {"customer": number} if number else None
        return self.show(ContractEntry(self.user, parent=self.parent(), initial=initial))

    def show_quote(self, quote: Quote, status: int = 200) -> HttpResponse:
        lines = [line for line in quote.lines.all() if not line.is_alternative]
        context = {"quote": quote, "lines": lines}
        return render(self.request, "orders/contract_from_quote.html", context, status=status)

    def post(self, request: HttpRequest) -> HttpResponse:
        quote = self.quote()
        if quote is not None:
            return self.convert(quote)
        parent = self.parent()
        data = self.with_more_rows()
        if data is not None:
            return self.show(ContractEntry(self.user, data=data, parent=parent))
        entry = ContractEntry(self.user, data=request.POST, parent=parent)
        if not entry.is_readable():
            return self.show(entry, status=422)
        customer = entry.header.customer_chosen()
        assert customer is not None
        customer = Customer.objects.with_defaults().get(pk=customer.pk)
        try:
            contract = apply_for_contract(customer, draft=entry.draft(), actor=self.user)
        except Conflict as error:
            if error.code == "duplicate_external_ref":  # the same form, sent twice
                return HttpResponseRedirect(Contract(number=error.facts["existing"]).get_absolute_url())
            entry.put_error(error)
            return self.show(entry, status=422)
        except BusinessError as error:
            entry.put_error(error)
            return self.show(entry, status=422)
        return self.finish(contract, _("%(number)s was saved as an application."))

    def convert(self, quote: Quote) -> HttpResponse:
        try:
            contract = create_contract_from_quote(quote, actor=self.user, version=seen_version(self.request))
        except BusinessError as error:
            say_error(self.request, error)
            return self.show_quote(quote, status=409 if error.http_status in (409, 412) else 422)
        return self.finish(contract, _("%(number)s was made from the quotation."))


class ContractEditPage(ContractEntryPage):
    def contract(self) -> Contract:
        number = self.kwargs["number"]
        contract = None if "\x00" in number else contract_for_page(self.user, number)
        if contract is None:
            raise Http404
        return contract

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        contract = self.contract()
        if contract.status != ContractStatus.DRAFT:
            messages.error(
                request, _("%(number)s is submitted and cannot be corrected.") % {"number": contract.number}
            )
            return HttpResponseRedirect(contract.get_absolute_url())
        return self.show(ContractEntry(self.user, contract=contract))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        contract = self.contract()
        data = self.with_more_rows()
        if data is not None:
            return self.show(ContractEntry(self.user, data=data, contract=contract))
        entry = ContractEntry(self.user, data=request.POST, contract=contract)
        if not entry.is_readable():
            return self.show(entry, status=422)
        try:
            contract = edit_contract(
                contract, draft=entry.draft(), actor=self.user, version=entry.header.cleaned_data["version"]
            )
        except BusinessError as error:
            entry.put_error(error)
            return self.show(entry, status=409 if error.http_status in (409, 412) else 422)
        return self.finish(contract, _("%(number)s was corrected."))


class ContractOrderPage(StaffPage):
    """Leads to the order form, with the contract and what it sells."""

    permission = "orders.enter"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        contract = visible_or_404(Contract.objects.visible_to(self.user), number=number)
        return HttpResponseRedirect(f"{reverse('order_new')}?contract={contract.number}")


class ContractTotalsView(TotalsView):
    permission = (APPLIES,)  # type: ignore[assignment]


class ContractProductOptionsView(ProductOptionsView):
    permission = (APPLIES,)  # type: ignore[assignment]


class ContractCustomerOptionsView(CustomerOptionsView):
    permission = (APPLIES,)  # type: ignore[assignment]
