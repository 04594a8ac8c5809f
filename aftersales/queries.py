"""Which customers are still to be called, and what they said (SV-01)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from aftersales.models import Survey
from core.calendar import work_calendar
from core.clock import today
from core.models import User
from core.parameters import Parameters, parameters_on
from orders.models import Order
from orders.workflow import OrderStatus

SURVEYED_STATUSES = (OrderStatus.COMPLETED, OrderStatus.SETTLED)


@dataclass(frozen=True, slots=True)
class DueSurvey:
    """A completed order whose customer has not been asked yet."""

    order: Order
    due_on: date
    is_overdue: bool


def orders_to_survey(user: User) -> QuerySet[Order]:
    """Completed orders without a survey that the person may see, oldest completion first."""
    return (
        Order.objects.visible_to(user)
        .filter(status__in=SURVEYED_STATUSES, completed_on__isnull=False, survey__isnull=True)
        .order_by("completed_on", "id")
    )


def surveys_due(orders: Sequence[Order]) -> list[DueSurvey]:
    """The same orders with their due dates, three working days after completion. Two queries."""
    if not orders:
        return []
    calendar, day = work_calendar(), today()
    days = working_days_to_ask(parameters_on())
    found = []
    for order in orders:
        assert order.completed_on is not None
        due_on = calendar.after(order.completed_on, days)
        found.append(DueSurvey(order, due_on, is_overdue=due_on < day))
    return found


def working_days_to_ask(settings: Parameters) -> int:
    """How many working days after completion the customer is called at the latest (`survey.days`)."""
    days = settings["survey.days"]
    assert isinstance(days, int)
    return days


def answered_surveys(user: User) -> QuerySet[Survey]:
    """Surveys of the orders that the person may see, newest first."""
    return (
        Survey.objects.filter(order__in=Order.objects.visible_to(user))
        .select_related("order__customer", "recorded_by")
        .order_by("-id")
    )
