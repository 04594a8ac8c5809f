"""The list of customers and the answers for search boxes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from core.components import Facet, FacetValue
from core.keyset import KeysetPage, keyset_page
from core.pages import StaffPage
from customers.models import Customer, Region
from customers.queries import LISTED_BY, customers_found, customers_listed, people_who_sell

OPTIONS_SHOWN = 20
SORTS = ("number", "name")


class CustomersPage(StaffPage, TemplateView):
    """The customers in scope, by number or name, narrowed by facets and text. At most 7 statements."""

    template_name = "customers/customer_list.html"
    permission = "customers.view"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = self.request.GET
        facets = self._facets()
        kept = [(name, given[name]) for name in (*LISTED_BY, "sort") if given.get(name)]
        return super().get_context_data(
            page=self._page(),
            q=given.get("q", ""),
            kept=kept,
            facets=facets,
            is_narrowed=bool(given.get("q")) or any(facet.chosen for facet in facets),
            may_open=self.user.may("customers.maintain"),
            may_export=self.user.may("customers.export"),
            narrowed_by=self._narrowed_by(),
            **kwargs,
        )

    def _page(self) -> KeysetPage:
        given = self.request.GET
        wanted = {name: given[name] for name in ("q", *LISTED_BY) if given.get(name)}
        rows = customers_listed(wanted, self.user).select_related("region", "salesperson")
        sort = given.get("sort", "")
        key = sort.removeprefix("-") if sort.removeprefix("-") in SORTS else "number"
        return keyset_page(rows, given.get("cursor", ""), key=key, is_descending=sort.startswith("-"))

    def _narrowed_by(self) -> str:
        """The present filter as a query, for the export of what is seen."""
        query = self.request.GET.copy()
        for name in ("cursor", "sort"):
            query.pop(name, None)
        return str(query.urlencode())

    def _facets(self) -> list[Facet]:
        regions = [(region.code, str(region)) for region in Region.objects.all()]
        people = [(person.username, person.display_name) for person in people_who_sell()]
        return [
            self._facet("region", _("Region"), regions),
            self._facet("grade", _("Grade"), Customer.Grade.choices),
            self._facet("status", _("Status"), Customer.Status.choices),
            self._facet("salesperson", _("Salesperson"), people),
            self._facet("settlement", _("Settlement"), Customer.Settlement.choices),
        ]

    def _facet(self, name: str, label: str, choices: Any) -> Facet:
        values = []
        for value, text in choices:
            query = self.request.GET.copy()
            query.pop("cursor", None)
            is_on = query.get(name) == value
            if is_on:
                del query[name]
            else:
                query[name] = value
            values.append(FacetValue(text, f"?{query.urlencode()}", is_on=is_on))
        return Facet(label, values)


class CustomerOptions(StaffPage):
    """`?q=` → the customers for a search box, by number, name or pinyin. One query beside the sign-in."""

    permission = "customers.view"

    def get(self, request: HttpRequest) -> JsonResponse:
        found = (
            customers_found(request.GET.get("q", ""), self.user).select_related("region").order_by("number")
        )
        options = [
            {
                "value": customer.number,
                "text": f"{customer.number} {customer}",
                "note": str(customer.region or ""),
            }
            for customer in found[:OPTIONS_SHOWN]
        ]
        return JsonResponse(options, safe=False)
