"""Which customers are still to be called, and what they said (SV-01)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, QuerySet, Sum

from aftersales.models import Survey
from core.calendar import work_calendar
from core.clock import today
from core.models import User
from core.money import round_half_up
from core.parameters import Parameters, parameters_on
from customers.policy import Window
from orders.models import Order
from orders.workflow import OrderStatus

SCORES_OF_A_SURVEY = 3
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


def survey_averages(window: Window) -> dict[int, Decimal]:
    """The mean of the survey averages by customer, answered within the window (CM-07). One query.

    Exact to 4 decimals, so that 2.9967 stays below 3.00.
    """
    answered = Survey.objects.filter(answered_on__range=(window.start, window.end)).order_by()
    sums = answered.values("order__customer_id").annotate(
        scores=Sum(F("quality") + F("timeliness") + F("attitude")), surveys=Count("pk")
    )
    return {
        row["order__customer_id"]: round_half_up(
            Decimal(row["scores"]) / (row["surveys"] * SCORES_OF_A_SURVEY), 4
        )
        for row in sums
    }


def answered_surveys(user: User) -> QuerySet[Survey]:
    """Surveys of the orders that the person may see, newest first."""
    return (
        Survey.objects.filter(order__in=Order.objects.visible_to(user))
        .select_related("order__customer", "recorded_by")
        .order_by("-id")
    )
