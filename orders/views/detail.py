"""The order page and its steps."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core.attachments import PICTURE_OR_PDF, store_attachment
from core.components import NextStep, Step
from core.models import Event
from core.pages import ServiceFormPage, StaffPage, TransitionPage, visible_or_404
from core.panels import next_actions, owners_of, panels_of
from orders.forms import ConfirmationForm
from orders.models import Order
from orders.panels import obstacles_of
from orders.queries import events_of, files_of, order_for_page
from orders.services.placing import reopen_order
from orders.services.submitting import confirm_by_customer, submit_order
from orders.warnings import sum_up
from orders.workflow import Hold, OrderStatus

STEPS = (
    (gettext_lazy("Entry"), (OrderStatus.DRAFT, OrderStatus.REJECTED)),
    (gettext_lazy("Payment gate"), (OrderStatus.CHECKING,)),
    (
        gettext_lazy("Review"),
        (
            OrderStatus.REP_REVIEW,
            OrderStatus.MANAGER_REVIEW,
            OrderStatus.MARKETING_REVIEW,
            OrderStatus.FINANCE_REVIEW,
        ),
    ),
    (gettext_lazy("Preparation"), (OrderStatus.APPROVED, OrderStatus.FULFILLING)),
    (gettext_lazy("Dispatch"), (OrderStatus.PARTLY_SHIPPED,)),
    (gettext_lazy("Sign-off"), (OrderStatus.SHIPPED,)),
    (pgettext_lazy("step of an order", "Settlement"), (OrderStatus.COMPLETED,)),
)

WHAT = {
    OrderStatus.DRAFT: gettext_lazy("Complete the order and submit it for review."),
    OrderStatus.CHECKING: gettext_lazy("Check payment and credit, then pass the order to review."),
    OrderStatus.REP_REVIEW: gettext_lazy("The salesperson reviews the order."),
    OrderStatus.MANAGER_REVIEW: gettext_lazy("The sales manager reviews the order."),
    OrderStatus.MARKETING_REVIEW: gettext_lazy("Marketing reviews the order."),
    OrderStatus.FINANCE_REVIEW: gettext_lazy("Finance gives the final approval."),
    OrderStatus.APPROVED: gettext_lazy("The order is approved; stock is being reserved."),
    OrderStatus.FULFILLING: gettext_lazy("Dispatch the reserved goods."),
    OrderStatus.PARTLY_SHIPPED: gettext_lazy("Dispatch the rest of the goods."),
    OrderStatus.SHIPPED: gettext_lazy("Record the delivery when the customer has signed."),
    OrderStatus.COMPLETED: gettext_lazy("Everything is signed for; the open amount is still to be settled."),
    OrderStatus.SETTLED: gettext_lazy("Nothing is left to do: delivered, signed for and paid."),
    OrderStatus.REJECTED: gettext_lazy("The order was rejected. Rework it or cancel it."),
    OrderStatus.CANCELLED: gettext_lazy("The order was cancelled. The record stays."),
}
STEP_PERMISSION = {
    OrderStatus.DRAFT: "orders.submit",
    OrderStatus.CHECKING: "credit.check",
    OrderStatus.REP_REVIEW: "credit.pass_rep",
    OrderStatus.MANAGER_REVIEW: "credit.pass_manager",
    OrderStatus.MARKETING_REVIEW: "credit.pass_marketing",
    OrderStatus.FINANCE_REVIEW: "credit.pass_finance",
    OrderStatus.REJECTED: "orders.edit",
}
MEANING = {
    OrderStatus.REJECTED: "blocked",
    OrderStatus.CANCELLED: "neutral",
    OrderStatus.SETTLED: "done",
    OrderStatus.COMPLETED: "moving",
    OrderStatus.FULFILLING: "moving",
    OrderStatus.PARTLY_SHIPPED: "moving",
    OrderStatus.SHIPPED: "moving",
}


class OrderPage(StaffPage):
    """At most 25 statements with everything the later stages add, however many lines."""

    permission = "orders.view"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        order = None if "\x00" in number else order_for_page(self.user, number)
        if order is None:
            raise Http404
        events = events_of(order)
        return render(
            request,
            "orders/order_detail.html",
            {
                "order": order,
                "lines": list(order.lines.all()),
                "steps": steps_of(order),
                "next_step": next_step_of(order, self.user, events),
                "obstacles": obstacles_of(order) if order.status == OrderStatus.DRAFT else [],
                "holds": [Hold(hold).label for hold in order.holds if hold in Hold.values],
                "warnings": _warnings(order, events),
                "events": events,
                "files": files_of(order),
                "confirmations": list(order.confirmations.all()),
                "panels": panels_of(request, order),
            },
        )


def steps_of(order: Order) -> list[Step]:
    """Where the order stands, for the stepper."""
    if order.status == OrderStatus.CANCELLED:
        return [Step(label) for label, _statuses in STEPS]
    at = next(
        (index for index, (_label, statuses) in enumerate(STEPS) if order.status in statuses), len(STEPS)
    )
    current = "blocked" if order.status == OrderStatus.REJECTED or order.holds else "current"
    return [
        Step(label, "done" if n < at else current if n == at else "todo")
        for n, (label, _statuses) in enumerate(STEPS)
    ]


def next_step_of(order: Order, user: Any, events: list[Event]) -> NextStep:
    actions = next_actions(order, user)
    permission = STEP_PERMISSION.get(OrderStatus(order.status), "")
    holds = [str(Hold(hold).label) for hold in order.holds if hold in Hold.values]
    return NextStep(
        WHAT[OrderStatus(order.status)],
        actions,
        owner=owners_of(permission) if permission else "",
        since=_since(order, events),
        meaning="blocked" if holds else MEANING.get(OrderStatus(order.status), "waiting"),
        detail=_("On hold: %(holds)s") % {"holds": pgettext("between names of a list", ", ").join(holds)}
        if holds
        else "",
    )


def _since(order: Order, events: list[Event]) -> Any:
    """When the order came into its present state; nothing waits once it is settled or cancelled."""
    if order.status in (OrderStatus.SETTLED, OrderStatus.CANCELLED):
        return None
    moved = (
        event
        for event in events
        if event.document_type == "order" and event.to_status and event.outcome == "done"
    )
    latest = next(moved, None)
    return latest.at if latest is not None else order.created_at


def _warnings(order: Order, events: list[Event]) -> list[str]:
    """What was noticed when the order was last entered, for those who still decide on it."""
    if order.approved_at is not None or order.status == OrderStatus.CANCELLED:
        return []
    entered = next((event for event in events if event.name in ("received", "edited")), None)
    return sum_up(entered.data.get("warnings", [])) if entered is not None else []


class SubmitPage(TransitionPage):
    permission = "orders.submit"
    done_message = gettext_lazy("%(number)s was submitted.")

    def documents(self) -> Any:
        return Order.objects.visible_to(self.user)

    def act(self, document: Order, *, version: int | None, note: str) -> Any:
        return submit_order(document, version=version, note=note, actor=self.user)


class ReopenPage(TransitionPage):
    permission = "orders.edit"
    done_message = gettext_lazy("%(number)s is a draft again.")

    def documents(self) -> Any:
        return Order.objects.visible_to(self.user)

    def act(self, document: Order, *, version: int | None, note: str) -> Any:
        return reopen_order(document, version=version, note=note, actor=self.user)


class ConfirmPage(ServiceFormPage):
    """The customer's confirmation with its paper."""

    permission = "orders.confirm_by_customer"
    form_class = ConfirmationForm
    template_name = "orders/order_confirm.html"
    done_message = gettext_lazy("The confirmation was recorded.")

    def order(self) -> Order:
        return visible_or_404(Order.objects.visible_to(self.user).for_display(), number=self.kwargs["number"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(order=self.order(), **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.order().version, "confirmed_by": self.order().contact_name}

    def act(self, form: ConfirmationForm) -> Any:
        order, data = self.order(), form.cleaned_data
        attachment = None
        if data["file"]:
            attachment = store_attachment(
                data["file"], kind="confirmation", actor=self.user, allowed=PICTURE_OR_PDF
            )
        confirm_by_customer(
            order,
            confirmed_by=data["confirmed_by"],
            confirmed_on=data["confirmed_on"],
            attachment=attachment,
            version=data["version"],
            actor=self.user,
        )
        return order
