from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem

NAVIGATION = [
    NavItem(_("Customers"), "customers", "users", permission="customers.view", order=35, section=_("Sales")),
    NavItem(
        _("Customer changes"),
        "customer_changes",
        "history",
        permission="customers.maintain",
        order=36,
        section=_("Sales"),
    ),
    NavItem(
        _("Grading"),
        "grading_runs",
        "chart-bar",
        permission="customers.confirm_grades",
        order=37,
        section=_("Sales"),
    ),
    NavItem(
        _("Care plans"),
        "care_plans",
        "list-check",
        permission="customers.maintain",
        order=38,
        section=_("Sales"),
    ),
    NavItem(_("Desks"), "desks", "map-pin", permission="customers.delegate", order=39, section=_("Sales")),
]
