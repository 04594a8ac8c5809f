from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem

NAVIGATION = [
    NavItem(_("Waiting for me"), "home", "home", order=0, also=("/work/",)),
    NavItem(
        _("Import centre"),
        "imports",
        "upload",
        permission=("customers.maintain", "inventory.maintain_catalogue"),
        order=84,
    ),
    NavItem(_("Contract register"), "contract_register", "list-check", permission="credit.view", order=85),
    NavItem(_("Monthly report"), "monthly_report", "chart-bar", permission="reports.view", order=90),
    NavItem(_("Customer analysis"), "customer_analysis", "users", permission="credit.view", order=92),
]
