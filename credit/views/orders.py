"""The steps of an order that credit takes: check, reviews, rejection, cancellation (AP-01..AP-07)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import StaleVersion
from core.pages import TransitionPage
from credit.services import reviews
from credit.services.checking import check_order
from orders.models import Order


class OrderStepPage(TransitionPage):
    """POST of one step; refused or done, back to where the person was."""

    def documents(self) -> QuerySet[Order]:
        return Order.objects.visible_to(self.user)

    def act(self, document: Order, *, version: int | None, note: str) -> Any:
        if version is None:
            raise StaleVersion(
                _("Open %(number)s again and decide on what it shows.") % {"number": document.number}
            )
        return self.decide(document, version=version, note=note)

    def decide(self, document: Order, *, version: int, note: str) -> Any:
        """Call the one service of this step."""
        raise NotImplementedError


class CheckOrderPage(OrderStepPage):
    permission = "credit.check"

    def decide(self, document: Order, *, version: int, note: str) -> Any:
        outcome = check_order(document, version=version, actor=self.user)
        say = messages.success if outcome.passed else messages.warning
        say(self.request, outcome.message)


class PassRepPage(OrderStepPage):
    permission = "credit.pass_rep"
    done_message = gettext_lazy("%(number)s has passed the rep review.")

    def decide(self, document: Order, *, version: int, note: str) -> Any:
        return reviews.pass_rep(document, version=version, actor=self.user, note=note)


class PassManagerPage(OrderStepPage):
    permission = "credit.pass_manager"
    done_message = gettext_lazy("%(number)s has passed the manager review.")

    def decide(self, document: Order, *, version: int, note: str) -> Any:
        return reviews.pass_manager(document, version=version, actor=self.user, note=note)


class PassMarketingPage(OrderStepPage):
    permission = "credit.pass_marketing"
    done_message = gettext_lazy("%(number)s has passed the marketing review.")

    def decide(self, document: Order, *, version: int, note: str) -> Any:
        return reviews.pass_marketing(document, version=version, actor=self.user, note=note)


class PassFinancePage(OrderStepPage):
    permission = "credit.pass_finance"
    done_message = gettext_lazy("%(number)s is approved and its stock reserved.")

    def decide(self, document: Order, *, version: int, note: str) -> Any:
        return reviews.approve_order(document, version=version, actor=self.user, note=note)


class RejectOrderPage(OrderStepPage):
    permission = "credit.reject"
    done_message = gettext_lazy("%(number)s is rejected and back with the desk.")

    def decide(self, document: Order, *, version: int, note: str) -> Any:
        return reviews.reject_order(document, reason=note, version=version, actor=self.user)


class CancelOrderPage(OrderStepPage):
    permission = "orders.cancel"
    done_message = gettext_lazy("%(number)s is cancelled.")

    def decide(self, document: Order, *, version: int, note: str) -> Any:
        return reviews.cancel_order(document, reason=note, version=version, actor=self.user)
