"""The company's working days, as maintained in the admin (G-05).

calendar = work_calendar()
due_on = calendar.after(order.submitted_on, 1)
"""

from __future__ import annotations

from core.models import CalendarDay
from core.workdays import WorkCalendar


def work_calendar() -> WorkCalendar:
    """Every public holiday and make-up day on file. One query; read it once per use case and pass it on."""
    days: dict[str, set] = {kind: set() for kind in CalendarDay.Kind.values}
    for day, kind in CalendarDay.objects.values_list("day", "kind").order_by():
        days[kind].add(day)
    return WorkCalendar(
        holidays=frozenset(days[CalendarDay.Kind.HOLIDAY]),
        make_up_days=frozenset(days[CalendarDay.Kind.MAKE_UP]),
    )
