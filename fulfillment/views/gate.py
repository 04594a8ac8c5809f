"""The gate desk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.clock import now, today
from core.errors import BusinessError
from fulfillment.forms import GateForm
from fulfillment.models import Shipment
from fulfillment.queries import waiting_at_the_gate
from fulfillment.services import (
    gate_out,
)
from fulfillment.views.base import WarehousePage, lines_of


class GateDeskView(WarehousePage):
    """The guard types or scans the pass, sees what it lets out, and records carrier and time (DS-03)."""

    permission = "fulfillment.gate_out"

    def get(self, request: HttpRequest) -> HttpResponse:
        number = request.GET.get("pass", "").strip()
        shipment = self._shipment(request, number) if number else None
        form = GateForm(
            lines=[], initial={"gate_pass": number, "version": shipment.version if shipment else None}
        )
        if number and shipment is None:
            messages.error(
                request, _("There is no gate pass %(number)s. Check the number.") % {"number": number}
            )
        return self._show(request, form, shipment)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = GateForm(request.POST, lines=[])
        shipment = self._shipment(request, request.POST.get("gate_pass", "").strip())
        if shipment is None:
            form.add_error("gate_pass", _("There is no gate pass with this number. Check the number."))
        if not form.is_valid() or shipment is None:
            return self._show(request, form, shipment, status=422)
        entered = {name: form.cleaned_data[name] for name in form.cleaned_data}
        try:
            gate_out(shipment, actor=self.user, **entered)
        except BusinessError as error:
            form.add_problems(error)
            return self._show(request, form, shipment, status=422)
        messages.success(
            request,
            _("%(number)s left the gate at %(time)s.")
            % {"number": shipment, "time": f"{localtime(now()):%H:%M}"},
        )
        return redirect("gate")

    def _show(
        self, request: HttpRequest, form: GateForm, shipment: Shipment | None, status: int = 200
    ) -> HttpResponse:
        context = {
            "form": form,
            "shipment": shipment,
            "lines": lines_of(shipment) if shipment else [],
            "waiting": waiting_at_the_gate(self.user),
            "gone_today": Shipment.objects.visible_to(self.user)
            .filter(gone_on=today())
            .select_related("order__customer", "carrier", "gate_pass")
            .order_by("-gone_at")[:20],
        }
        return render(request, "fulfillment/gate_desk.html", context, status=status)

    def _shipment(self, request: HttpRequest, number: str) -> Shipment | None:
        number = number.replace("\x00", "").upper()[:25]
        return (
            Shipment.objects.visible_to(self.user)
            .select_related("order__customer", "gate_pass__used_by", "notice")
            .filter(gate_pass__number=number)
            .first()
        )
