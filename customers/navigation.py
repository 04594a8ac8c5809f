from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem

NAVIGATION = [
    NavItem(_("Customers"), "customers", "users", permission="customers.view", order=35, section=_("Sales"))
]
