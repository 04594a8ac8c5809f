"""What the pages of the warehouse share."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.errors import BusinessError, PermissionDenied, StaleVersion, TransitionNotAllowed
from core.models import Event
from core.pages import StaffPage, visible_or_404
from fulfillment.forms import LinesForm
from fulfillment.models import DispatchNotice, Shipment, ShipmentLine

NOT_FOR_THE_FORM = (StaleVersion, TransitionNotAllowed, PermissionDenied)
"""Refusals that no other entry in the form would lift: they are shown on the document's page."""


class WarehousePage(StaffPage):
    permission = "fulfillment.view"


class LinesPage(WarehousePage):
    """A form with a table of lines: refused entries stay on the page, everything typed is kept."""

    template_name: str

    def show(self, request: HttpRequest, form: LinesForm, status: int = 200) -> HttpResponse:
        return render(request, self.template_name, {"form": form, **self.about(form)}, status=status)

    def about(self, form: LinesForm) -> dict[str, Any]:
        raise NotImplementedError

    def refuse(
        self, request: HttpRequest, form: LinesForm, error: BusinessError, document: Any
    ) -> HttpResponse:
        if isinstance(error, NOT_FOR_THE_FORM):
            messages.error(request, str(error))
            return redirect(document)
        form.add_problems(error)
        return self.show(request, form, status=422)


def shipment_for(request: HttpRequest, number: str) -> Shipment:
    shipments = Shipment.objects.visible_to(request.user)
    found: Shipment = visible_or_404(
        shipments.select_related(
            "order__customer", "notice__warehouse", "carrier", "gate_pass", "proof__image"
        ),
        number=number,
    )
    return found


def lines_of(shipment: Shipment) -> list[ShipmentLine]:
    return list(shipment.lines.select_related("order_line__product", "batch", "delivery").order_by("line_no"))


def events_of(*documents: DispatchNotice | Shipment) -> Any:
    """The latest acts on these papers, newest first."""
    return (
        Event.objects.filter(document_number__in=[document.number for document in documents])
        .select_related("actor")
        .order_by("-id")[:50]
    )
