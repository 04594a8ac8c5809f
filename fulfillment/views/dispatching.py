"""The dispatch board and the notices on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.errors import BusinessError
from core.pages import seen_version, visible_or_404
from fulfillment.board import board_for
from fulfillment.forms import DispatchNoticeForm, LinesForm
from fulfillment.models import DispatchNotice
from fulfillment.panels import paper_waiting
from fulfillment.queries import dispatchable_lines
from fulfillment.services import (
    make_dispatch_notice,
    sign_dispatch_notice,
    void_dispatch_notice,
)
from fulfillment.steps import next_step_of_notice
from fulfillment.views.base import LinesPage, WarehousePage, events_of
from fulfillment.workflow import NOTICE_WORKFLOW
from orders.models import Order


class BoardView(WarehousePage):
    """Five columns from the reserved order to the lorry on the road; a list on a phone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "fulfillment/dispatch_board.html", {"columns": board_for(self.user)})


class NoticeCreateView(LinesPage):
    permission = "fulfillment.make_notice"
    template_name = "fulfillment/dispatch_notice_form.html"

    def about(self, form: LinesForm) -> dict[str, Any]:
        return {"order": self.order}

    def form(self, request: HttpRequest, number: str, data: Any = None) -> DispatchNoticeForm:
        orders = Order.objects.visible_to(self.user).select_related("customer", "warehouse")
        self.order = visible_or_404(orders, number=number)
        lines = [line for line in dispatchable_lines(self.order) if line.free > 0]
        return DispatchNoticeForm(data, lines=lines, initial={"version": self.order.version})

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self.show(request, self.form(request, number))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        form = self.form(request, number, request.POST)
        if not form.is_valid():
            return self.show(request, form, status=422)
        try:
            notice = make_dispatch_notice(
                self.order,
                lines=form.quantities(),
                actor=self.user,
                remarks=form.cleaned_data["remarks"],
                version=form.cleaned_data["version"],
            )
        except BusinessError as error:
            return self.refuse(request, form, error, self.order)
        messages.success(
            request, _("Dispatch notice %(number)s is made. The manager signs it.") % {"number": notice}
        )
        return redirect(notice)


def notice_for(request: HttpRequest, number: str) -> DispatchNotice:
    notices = DispatchNotice.objects.visible_to(request.user)
    return visible_or_404(
        notices.select_related("order__customer", "warehouse", "created_by", "shipment"), number=number
    )


class NoticeView(WarehousePage):
    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        notice = notice_for(request, number)
        context = {
            "notice": notice,
            "shipment": getattr(notice, "shipment", None),
            "lines": notice.lines.select_related("order_line"),
            "step": next_step_of_notice(notice, self.user),
            "events": events_of(notice),
            "workflow": NOTICE_WORKFLOW,
        }
        return render(request, "fulfillment/dispatch_notice_detail.html", context)


class NoticeSignView(WarehousePage):
    permission = "fulfillment.sign_notice"

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        notice = notice_for(request, number)
        try:
            shipment = sign_dispatch_notice(notice, actor=self.user, version=seen_version(request))
        except BusinessError as error:
            messages.error(request, str(error))
            return redirect(notice)
        messages.success(
            request, _("Signed. Shipment %(number)s waits for the picker.") % {"number": shipment}
        )
        return redirect(notice)


class NoticeVoidView(WarehousePage):
    permission = "fulfillment.make_notice"

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        notice = notice_for(request, number)
        try:
            void_dispatch_notice(
                notice, reason=request.POST.get("note", ""), actor=self.user, version=seen_version(request)
            )
        except BusinessError as error:
            messages.error(request, str(error))
            return redirect(notice)
        messages.success(
            request, _("Notice %(number)s is void; its goods are free again.") % {"number": notice}
        )
        return redirect(notice)


class NextPaperView(WarehousePage):
    """From an order to the paper on which its goods wait for one step."""

    step = ""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        order = visible_or_404(Order.objects.visible_to(self.user), number=number)
        paper = paper_waiting(order, self.step)
        pages = {"pick": "shipment_pick", "check": "shipment_check", "deliver": "shipment_proof"}
        if paper is None:
            return redirect(order)
        if self.step == "gate_out" and self.user.may("fulfillment.gate_out"):
            return redirect("gate")
        return redirect(pages[self.step], paper.number) if self.step in pages else redirect(paper)
