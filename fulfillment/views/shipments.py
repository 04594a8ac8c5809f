"""A shipment: its page, pick, check, delivery and papers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.attachments import store_attachment
from core.components import Action
from core.errors import BusinessError
from core.pages import seen_version
from fulfillment import papers
from fulfillment.forms import CheckForm, DeliveryProofForm, LinesForm, PickForm
from fulfillment.models import Shipment
from fulfillment.queries import pickable_batches
from fulfillment.services import (
    check_shipment,
    record_delivery,
    record_pick,
    send_back,
    void_shipment,
)
from fulfillment.steps import next_step_of_shipment, steps_of_shipment
from fulfillment.views.base import LinesPage, WarehousePage, events_of, lines_of, shipment_for
from fulfillment.workflow import SHIPMENT_WORKFLOW, ShipmentStatus


class ShipmentView(WarehousePage):
    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        shipment = shipment_for(request, number)
        context = {
            "shipment": shipment,
            "lines": lines_of(shipment),
            "step": next_step_of_shipment(shipment, self.user),
            "steps": steps_of_shipment(shipment),
            "gate_pass": getattr(shipment, "gate_pass", None),
            "proof": getattr(shipment, "proof", None),
            "events": events_of(shipment, shipment.notice),
            "workflow": SHIPMENT_WORKFLOW,
        }
        return render(request, "fulfillment/shipment_detail.html", context)


class ShipmentLinesPage(LinesPage):
    """A step on one shipment, taken with a table of its lines."""

    transition: str
    shipment: Shipment

    def about(self, form: LinesForm) -> dict[str, Any]:
        return {"shipment": self.shipment, "rows": list(form.rows())}

    def read(self, request: HttpRequest, number: str) -> None:
        self.shipment = shipment_for(request, number)

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        self.read(request, number)
        reason = SHIPMENT_WORKFLOW.refusal(self.shipment, self.transition, self.user)
        if reason:
            messages.error(request, reason)
            return redirect(self.shipment)
        return self.show(request, self.form())

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        self.read(request, number)
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(request, form, status=422)
        try:
            done = self.act(request, form)
        except BusinessError as error:
            return self.refuse(request, form, error, self.shipment)
        messages.success(request, done)
        return redirect(self.shipment)

    def form(self, data: Any = None, files: Any = None) -> Any:
        raise NotImplementedError

    def act(self, request: HttpRequest, form: Any) -> str:
        raise NotImplementedError

    def common(self) -> dict[str, Any]:
        return {"lines": lines_of(self.shipment), "initial": {"version": self.shipment.version}}


class PickView(ShipmentLinesPage):
    permission = "fulfillment.pick"
    transition = "pick"
    template_name = "fulfillment/shipment_pick.html"

    def form(self, data: Any = None, files: Any = None) -> PickForm:
        return PickForm(data, batches=pickable_batches(self.shipment), **self.common())

    def act(self, request: HttpRequest, form: PickForm) -> str:
        record_pick(
            self.shipment, picked=form.picked(), actor=self.user, version=form.cleaned_data["version"]
        )
        return _("Picked. Another person checks the goods now.")


class CheckView(ShipmentLinesPage):
    permission = "fulfillment.check"
    transition = "check"
    template_name = "fulfillment/shipment_check.html"

    def about(self, form: LinesForm) -> dict[str, Any]:
        back = Action(
            _("Send back to picking"),
            f"{self.shipment.get_absolute_url()}send-back/",
            icon="arrow-back-up",
            fields={"version": self.shipment.version},
            wants_reason=True,
            reason_label=_("What differs from the paper"),
        )
        return {**super().about(form), "back": back}

    def form(self, data: Any = None, files: Any = None) -> CheckForm:
        common = self.common()
        common["lines"] = [line for line in common["lines"] if line.picked]
        return CheckForm(data, **common)

    def act(self, request: HttpRequest, form: CheckForm) -> str:
        shipment = check_shipment(
            self.shipment, checked=form.checked(), actor=self.user, version=form.cleaned_data["version"]
        )
        return _("Checked. Gate pass %(number)s is issued; print it for the driver.") % {
            "number": shipment.gate_pass
        }


class SendBackView(WarehousePage):
    permission = "fulfillment.check"

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        shipment = shipment_for(request, number)
        try:
            send_back(
                shipment,
                reason=request.POST.get("note", ""),
                actor=self.user,
                version=seen_version(request),
            )
        except BusinessError as error:
            messages.error(request, str(error))
            return redirect(shipment)
        messages.success(request, _("%(number)s is back with the picker.") % {"number": shipment})
        return redirect(shipment)


class ShipmentVoidView(WarehousePage):
    permission = "fulfillment.make_notice"

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        shipment = shipment_for(request, number)
        try:
            void_shipment(
                shipment, reason=request.POST.get("note", ""), actor=self.user, version=seen_version(request)
            )
        except BusinessError as error:
            messages.error(request, str(error))
            return redirect(shipment)
        messages.success(
            request,
            _("%(number)s and its notice are void; the goods can go on a new notice.") % {"number": shipment},
        )
        return redirect(shipment)


class DeliveryProofView(ShipmentLinesPage):
    permission = "fulfillment.record_delivery"
    transition = "deliver"
    template_name = "fulfillment/delivery_proof_form.html"

    def form(self, data: Any = None, files: Any = None) -> DeliveryProofForm:
        return DeliveryProofForm(data, files, **self.common())

    def act(self, request: HttpRequest, form: DeliveryProofForm) -> str:
        image = store_attachment(form.cleaned_data["file"], kind="delivery_proof", actor=self.user)
        arrivals = form.arrivals()
        proof = record_delivery(
            self.shipment,
            image=image,
            signer=form.cleaned_data["signer"],
            signed_at=form.cleaned_data["signed_at"],
            lines=arrivals,
            note=form.cleaned_data["note"],
            actor=self.user,
            version=form.cleaned_data["version"],
        )
        differing = sum(1 for arrival in arrivals.values() if arrival.missing)
        if not differing:
            return _("Delivery %(number)s is recorded.") % {"number": proof}
        return ngettext(
            "Delivery %(number)s recorded. %(count)s line arrived short or damaged; the order stays open.",
            "Delivery %(number)s recorded. %(count)s lines arrived short or damaged; the order stays open.",
            differing,
        ) % {"number": proof, "count": differing}


class PaperView(WarehousePage):
    """A shipment's paper as PDF: pick list, delivery note, gate pass. A void shipment has none."""

    paper: str = "delivery_note"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        shipment = shipment_for(request, number)
        if shipment.status == ShipmentStatus.VOID:
            raise Http404
        content = papers.PAPERS[self.paper](shipment, lines_of(shipment))
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{shipment.number}-{self.paper}.pdf"'
        response["Cache-Control"] = "private, no-store"
        return response
