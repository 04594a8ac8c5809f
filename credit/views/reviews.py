"""The review queue: clean orders and exceptions, with the file of the chosen one beside (AP-01..AP-08)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.components import Action, Tab
from core.pages import StaffPage
from core.parameters import parameters_on
from credit.outlook import doubts_about, needs_justification, orders_awaiting, review_file
from credit.services.reviews import PERMISSION_AT
from orders.models import Order
from orders.price_panel import price_context, why_not_allow, why_not_pass
from orders.workflow import ORDER_WORKFLOW, OrderStatus

MOST_SHOWN = 200
STEP_AT = {
    OrderStatus.CHECKING: ("pass_check", "order_check"),
    OrderStatus.REP_REVIEW: ("pass_rep", "order_pass_rep"),
    OrderStatus.MANAGER_REVIEW: ("pass_manager", "order_pass_manager"),
    OrderStatus.MARKETING_REVIEW: ("pass_marketing", "order_pass_marketing"),
    OrderStatus.FINANCE_REVIEW: ("pass_finance", "order_pass_finance"),
}


class ReviewQueuePage(StaffPage):
    permission = (
        "credit.check",
        "credit.pass_rep",
        "credit.pass_manager",
        "credit.pass_marketing",
        "credit.pass_finance",
        "orders.approve_prices",
    )

    def get(self, request: HttpRequest) -> HttpResponse:
        settings = parameters_on()
        limit, price_limit = settings.amount("credit.default_limit"), settings.amount("discount.manager")
        rows = [
            self._row(order, doubts_about(order, limit, price_limit))
            for order in orders_awaiting(self.user)[:MOST_SHOWN]
        ]
        wanted = request.GET.get("show", "all")
        kinds = {
            "all": (_("All"), rows),
            "clean": (_("Without exception"), [row for row in rows if row["is_clean"]]),
            "exceptions": (_("Exceptions"), [row for row in rows if not row["is_clean"]]),
        }
        shown = kinds.get(wanted, kinds["all"])[1]
        tabs = [
            Tab(label, f"?show={kind}", len(found), kind == wanted) for kind, (label, found) in kinds.items()
        ]
        chosen = self._chosen([row["order"] for row in shown])
        context: dict[str, Any] = {"rows": shown, "tabs": tabs, "chosen": chosen, "show": wanted}
        if chosen is not None:
            context |= {"file": review_file(chosen), "actions": self._actions(chosen, wanted, limit)}
            context |= {"prices": price_context(request, chosen)}
        return render(request, "credit/review_queue.html", context)

    def _row(self, order: Order, doubts: list[Any]) -> dict[str, Any]:
        return {"order": order, "doubts": doubts, "is_clean": all(doubt.is_fine for doubt in doubts)}

    def _chosen(self, orders: list[Order]) -> Order | None:
        """The order named in the address, else the first that waits."""
        number = self.request.GET.get("order", "")
        return next((order for order in orders if order.number == number), orders[0] if orders else None)

    def _actions(self, order: Order, show: str, limit: Decimal) -> list[Action]:
        if not self.user.may(PERMISSION_AT[OrderStatus(order.status)]):
            return self._price_actions(order, show)
        step, url_name = STEP_AT[OrderStatus(order.status)]
        fields = {"version": order.version, "next": f"{reverse('reviews')}?show={show}"}
        # A grade C order above the limit needs a justification, which the box then asks for (AP-03).
        needs_note = order.status == OrderStatus.MANAGER_REVIEW and needs_justification(order, limit)
        return [
            Action(
                _("Check payment") if step == "pass_check" else ORDER_WORKFLOW[step].label,
                reverse(url_name, args=[order.number]),
                icon="check",
                key="A",
                fields=fields,
                is_primary=True,
                wants_reason=needs_note,
                reason_label=_("Justification: grade C, and the amount is above the credit limit")
                if needs_note
                else "",
                disabled_reason=ORDER_WORKFLOW.refusal(order, step, self.user)
                or (why_not_pass(order, self.user) if step == "pass_manager" else ""),
            ),
            Action(
                ORDER_WORKFLOW["reject"].label,
                reverse("order_reject", args=[order.number]),
                icon="arrow-back-up",
                key="R",
                fields=fields,
                is_danger=True,
                wants_reason=True,
                disabled_reason=ORDER_WORKFLOW.refusal(order, "reject", self.user),
            ),
        ]

    def _price_actions(self, order: Order, show: str) -> list[Action]:
        """Of an order that waits for a post above the sales manager because of its prices (QT-03)."""
        return [
            Action(
                _("Allow the prices"),
                reverse("order_approve_prices", args=[order.number]),
                icon="tag",
                key="A",
                fields={"version": order.version, "next": f"{reverse('reviews')}?show={show}"},
                is_primary=True,
                disabled_reason=why_not_allow(order, self.user),
            )
        ]
